"""Continuation URLs: where they stand, and what becomes of those that are not ours."""

import pytest

from contweb import App, ask
from contweb.web.places import checked_step, path_url, place_of, step_name
from contweb.web.tokens import RANDOM_LENGTH, TOKEN_LENGTH, Tokens
from tests.web.flows import FORM

KEYS = [b"k" * 32]


def test_a_token_has_128_random_bits():
    tokens = [Tokens(KEYS).new("/add", "first") for _ in range(200)]
    assert len(set(tokens)) == 200
    assert len({token[:RANDOM_LENGTH] for token in tokens}) == 200
    assert RANDOM_LENGTH * 6 >= 128
    assert {len(token) for token in tokens} == {TOKEN_LENGTH}


def test_a_token_belongs_to_its_place_and_keys():
    token = Tokens(KEYS).new("/add", "first")
    assert Tokens(KEYS).key_of(token, "/add", "first")
    assert Tokens([b"n" * 32, *KEYS]).key_of(token, "/add", "first")
    assert not Tokens([b"n" * 32]).key_of(token, "/add", "first")
    assert not Tokens(KEYS).key_of(token, "/ad", "first")
    assert not Tokens(KEYS).key_of(token, "/add", "second")
    assert not Tokens(KEYS).key_of(token, "/add\0first", "")


def one_character_changed(token):
    for place, character in enumerate(token):
        other = "B" if character == "A" else "A"
        yield f"{token[:place]}{other}{token[place + 1 :]}"


def test_tokens_changed_by_one_character_are_unknown(browser):
    page = browser.open("/add")
    path, _, token = page.url.rpartition("~")
    for changed in (*one_character_changed(token), token.swapcase()):
        assert browser.request("GET", f"{path}~{changed}").status == 404
        assert browser.request("POST", f"{path}~{changed}", data={"n": "5"}).status == 404


HOSTILE = [
    "first~",
    "first~x",
    "first~" + "A" * TOKEN_LENGTH,
    "first~" + "A" * 10_000,
    "first~" + "~" * 50,
    "first~../../etc/passwd",
    "first~..%2f..%2fetc%2fpasswd",
    "first~%00",
    "first~%ff%fe",
    "first~" + "é" * TOKEN_LENGTH,
    "first~<script>alert(1)</script>",
    "~" + "A" * TOKEN_LENGTH,
    "../add~" + "A" * TOKEN_LENGTH,
    "first~" + "A" * (TOKEN_LENGTH - 1) + "\n",
    "first~{{7*7}}",
    "first~' OR 1=1 --",
]


@pytest.mark.parametrize("method", ["GET", "POST", "HEAD"])
@pytest.mark.parametrize("last", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_tokens(browser, last, method):
    page = browser.request(method, f"/add/{last}", data={"n": "5"} if method == "POST" else None)
    assert page.status == 404
    assert "Traceback" not in page.markup
    assert "<script>" not in page.markup
    assert "49" not in page.markup


def test_a_truncated_token_and_the_page_that_still_works(browser, still_works):
    url = browser.open("/add").url
    for cut in (1, 5, 20, TOKEN_LENGTH - 1):
        assert browser.request("GET", url[:-cut]).status == 404
        assert browser.request("POST", url[:-cut], data={"n": "5"}).status == 404
    assert still_works(url)


def test_a_token_under_another_path_is_unknown(browser):
    url = browser.open("/greet/Ada").url
    last = url.rpartition("/")[2]
    for elsewhere in ("/greet/Eve/", "/add/", "/", "/greet/Ada/x/", "/greet/"):
        assert browser.request("GET", elsewhere + last).status == 404
    assert browser.request("GET", url.replace("/page~", "/other~")).status == 404


def test_a_damaged_token_never_starts_a_flow(browser, app):
    for last in ("first~x", "page~" + "A" * TOKEN_LENGTH):
        assert browser.request("GET", f"/files/a/b/{last}").status == 404
    assert app.backing.store.count().pages == 0


def test_a_value_may_contain_a_tilde(browser):
    browser.open("/greet/~Ada~")
    assert "~Ada~, 1" in browser.submit(n=1).text


@pytest.mark.parametrize("name", ["Ada Lovelace", "größe-€", "a%b?c#d", "日本", "a;b=c"])
def test_values_in_paths(browser, name):
    url = path_url("", f"/greet/{name}")
    browser.open(url)
    assert browser.page.status == 200
    assert f"{name}, 1" in browser.submit(n=1).text


def test_a_path_of_several_parts(browser):
    browser.open("/files/a/b/c.txt")
    assert browser.page.url.startswith("/files/a/b/c.txt/page~")
    assert "a/b/c.txt 1" in browser.submit(n=1).text


def test_a_rule_that_ends_in_a_slash(browser):
    browser.open("/slash")
    assert browser.page.url.startswith("/slash/page~")
    assert browser.submit(n=1).text == "1"


def test_the_root_rule(make_app):
    root = App(__name__, store="memory:")

    @root.flow("/")
    def start():
        return ask(FORM)["n"]

    browser = root.test_client()
    browser.open("/")
    assert browser.page.url.startswith("/page~")
    assert browser.submit(n="1").text == "1"
    assert browser.open("/page~nonsense").status == 404


def test_a_swept_page_is_gone_and_leads_to_a_start(browser, app, clock):
    url = browser.open("/add").url
    clock.advance(10)
    assert app.backing.store.sweep(before=clock.now()).pages == 1
    for method in ("GET", "POST"):
        page = browser.request(method, url, data={"n": "5"} if method == "POST" else None)
        assert page.status == 410
        assert 'href="/add"' in page.markup


def test_a_page_whose_time_is_over(browser, clock):
    url = browser.open("/soon").url
    clock.advance(59)
    assert browser.request("GET", url).status == 200
    clock.advance(2)
    assert browser.request("GET", url).status == 410
    late = browser.request("POST", url, data={"n": "5"})
    assert late.status == 410
    assert "/soon" in late.markup


def test_an_answer_given_in_time_can_be_repeated_late(browser, clock):
    url = browser.open("/soon").url
    first = browser.submit(n="5").url
    clock.advance(100)
    assert browser.request("POST", url, data={"n": "5"}).headers["Location"] == first
    assert browser.request("POST", url, data={"n": "6"}).status == 410


def test_mounted_under_a_prefix_by_the_server(app, browser):
    page = browser.request("GET", "/add", environ_overrides={"SCRIPT_NAME": "/shop"})
    assert page.headers["Location"].startswith("/shop/add/first~")
    inside = page.headers["Location"].removeprefix("/shop")
    assert browser.request("GET", inside).status == 200  # moved: the token is bound to the path in the app


def test_a_location_never_leaves_the_host():
    assert path_url("", "//evil.example/x") == "/evil.example/x"
    assert path_url("/", "/a b") == "/a%20b"
    assert path_url("/shop", "/a\r\nSet-Cookie: x") == "/shop/a%0D%0ASet-Cookie:%20x"
    assert "\\" not in path_url("", "/\\evil.example")


def test_places():
    token = "A" * TOKEN_LENGTH
    place = place_of(f"/order/A-1/name~{token}")
    assert (place.base, place.step, place.token) == ("/order/A-1", "name", token)
    assert place_of(f"/name~{token}").base == ""
    for other in (
        "/",
        "",
        "/order",
        f"/order/~{token}",
        f"/order/name~{token}/",
        f"/o/a b~{token}",
        f"/o/{'s' * 65}~{token}",
    ):
        assert place_of(other) is None


def test_names_of_steps():
    assert step_name("order/address.html") == "address"
    assert step_name("Größe~1.html") == "Gr-e-1"
    assert step_name("x" * 100) == "x" * 64
    assert checked_step("a.b-c_1") == "a.b-c_1"
    for wrong in ("", "a/b", "a~b", "ä", "x" * 65):
        with pytest.raises(ValueError, match="stands in the URL"):
            checked_step(wrong)
