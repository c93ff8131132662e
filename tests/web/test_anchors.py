"""Behaviours that were seen in, or missed in, other systems of this kind, as a visitor sees them."""

import contextvars
import decimal
import itertools
import subprocess
import sys
import threading
from pathlib import Path

import pytest

import contweb
from tests.web.anchors import LANG, anchors, told


@pytest.fixture(params=["memory:", "sqlite:///{}/store.sqlite3"], ids=["memory", "sqlite"])
def app(request, make_app, tmp_path):
    app = make_app(store=request.param.format(tmp_path))
    app.include(anchors)
    told.clear()
    return app


@pytest.fixture
def browser(app):
    return app.test_client()


def walk(browser, path, *answers):
    """From a start through some answers; what each page said."""
    said = [browser.open(path).text.split("\n")[0]]
    for n in answers:
        said.append(browser.submit(n=str(n)).text.split("\n")[0])
    return said


def test_01_add_two_numbers_in_any_order(browser):
    first = browser.open("/add").url
    seconds = {}
    for n in (1, -7):
        browser.open(first)
        seconds[n] = browser.submit(n=str(n)).url
    for (one, at), two in itertools.product(seconds.items(), (3, -9, 0)):
        browser.open(at)
        assert f"The sum is {one + two}." in browser.submit(n=str(two))


def test_02_an_ask_in_the_initialiser_of_a_function_that_later_steps_call(browser):
    assert walk(browser, "/initialiser", 10, 1, 2) == ["first", "total 0", "total 11", "total 23"]
    browser.back()
    assert "total 111" in browser.submit(n="90")


def test_03_two_counters_follow_the_tree_of_pages(browser):
    browser.open("/counters")
    browser.click("more a")
    tab = browser.new_tab()
    assert "a=2 b=0" in browser.click("more a")
    assert "a=1 b=1" in tab.click("more b")
    browser.back()
    assert "a=1 b=1" in browser.click("more b")
    tab.back()
    assert "a=2 b=0" in tab.click("more a")


def test_04_after_forward_the_page_before_has_expired(browser):
    first = browser.open("/forward").url
    second = browser.submit(n="1").url
    assert browser.request("GET", first).headers["Location"] == second
    assert browser.request("POST", first, data={"n": "2"}).status == 410
    last = browser.submit(n="1").url
    assert browser.page.text == "the end"
    for url in (first, second):
        assert browser.request("POST", url, data={"n": "2"}).status == 410
        assert browser.request("GET", url).headers["Location"] == last


def test_05_what_cannot_be_kept_fails_when_it_is_captured(browser, app, caplog):
    assert browser.open("/unstorable").status == 500
    assert "CannotStoreError" in caplog.text and "lock" in caplog.text and "anchors.py" in caplog.text
    assert app.backing.store.count().pages == 0


def test_05_context_variables_are_there_after_it(browser, app):
    assert walk(browser, "/language", "de", 1) == ["en 28", "de 0.667", "de 0.667"]
    other = app.test_client()
    assert walk(other, "/language", "fr") == ["en 28", "fr 0.667"]
    assert browser.submit(n="2").text == "en"
    browser.back()
    browser.back()
    assert "de 0.667" in browser.submit(n="3")
    browser.back()
    browser.back()
    assert "nl 0.667" in browser.submit(n="nl")
    assert "fr 0.667" in other.submit(n="1")
    assert (LANG.get(), decimal.getcontext().prec) == ("en", 28)


def test_05_a_context_variable_that_cannot_be_kept_fails_when_it_is_captured(browser, app, caplog):
    assert browser.open("/unstorable/variable").status == 500
    assert "CannotStoreError" in caplog.text and "the context variable lang" in caplog.text
    assert app.backing.store.count().pages == 0
    assert browser.open("/language").text.startswith("en")


def test_05_the_visitors_of_one_thread(app):
    """A worker thread serves one visitor after the other."""

    def serve():
        before = dict(contextvars.copy_context())
        one, other = app.test_client(), app.test_client()
        said.append(walk(one, "/language", "de"))
        said.append(walk(other, "/language", "fr"))
        said.append(one.submit(n="1").text.split("\n")[0])
        said.append(dict(contextvars.copy_context()) == before)

    said = []
    thread = threading.Thread(target=serve)
    thread.start()
    thread.join()
    assert said == [["en 28", "de 0.667"], ["en 28", "fr 0.667"], "de 0.667", True]


def test_06_five_thousand_links_for_one_capture(browser, app):
    browser.open("/links")
    assert app.backing.store.count().pages == 1
    for n in (0, 4999):
        assert browser.click(f"link {n}.").text == f"chosen {n}"
        browser.back()
    assert told == [0, 4999]


def test_07_blocks_end_once(browser):
    walk(browser, "/blocks", 1, 2, 3, 4)
    assert told == ["finally", "enter"]
    for n in (5, 6, 7):
        browser.submit(n=str(n))
    assert browser.page.text == "[1, 5, 4, 5] 7"
    assert told == ["finally", "enter", "exit", "enter", "exit"]


def test_08_loops_of_all_kinds(browser):
    browser.open("/loops")
    for n in range(10):
        browser.submit(n=str(n))
    assert browser.page.text.startswith("[('list', 0, 1, 0), ('list', 1, 2, 1), ('tuple', 0, 3, 2)")
    assert browser.page.text.endswith("('set', 0, 7, 6), ('dict', 0, 8, 7), (8, 8), (9, 9)]")


def test_08_recursion_and_a_recursive_lambda(browser):
    assert walk(browser, "/recursion", 1, 2, 3, 4, 5)[-1] == "6 9"


def test_08_an_ask_in_init(browser):
    assert walk(browser, "/init", 7) == ["in __init__", "7"]


def test_09_what_is_changed_in_place_belongs_to_its_page(browser):
    browser.open("/mutated")
    browser.submit(n="1")
    tab = browser.new_tab()
    assert "[1, 2] {1: 1, 2: 2} [1, 2]" in browser.submit(n="2")
    assert "[1, 3] {1: 1, 3: 2} [1, 3]" in tab.submit(n="3")
    browser.back()
    assert "[1, 4] {1: 1, 4: 2} [1, 4]" in browser.submit(n="4")


def test_10_the_program_goes_back_from_page_three_to_page_one(browser):
    assert walk(browser, "/wizard", "a", "b")[-1] == "three [('one', 'a'), ('two', 'b')]"
    assert "one [('one', 'a'), ('two', 'b')]" in browser.click("to one")
    browser.submit(n="A")
    browser.submit(n="B")
    assert browser.submit(n="C").text == "{'one': 'A', 'two': 'B', 'three': 'C'}"


def test_11_never_somebody_elses_page(browser, app):
    url = browser.open("/private").url
    other = app.test_client()
    for method in ("GET", "POST", "HEAD"):
        assert other.request(method, url, data={"n": "1"}).status == 403
    assert "secret" not in other.open(url).markup
    token = url.rpartition("~")[2]
    for unknown in (
        f"/private/page~{'A' * len(token)}",
        "/private/page~",
        f"/add/page~{token}",
        "/private/page",
    ):
        assert other.request("GET", unknown).status == 404
    assert browser.submit(n="1").text == "mine 1"


def test_11_the_names_of_a_forged_form_reach_no_callback(browser):
    browser.open("/links")
    url, href = browser.page.url, browser.page.links[0].href
    forged = href[:-1] + ("A" if href[-1] != "A" else "B")
    assert browser.request("GET", url + forged).status == 404
    assert browser.request("POST", url, data={href.removeprefix("?"): "1"}).status in (303, 500)
    assert told == []


def test_11_prefetch_and_head_run_nothing(browser):
    browser.open("/links")
    url = browser.page.url + browser.page.links[0].href
    assert browser.request("HEAD", url).status == 200
    assert browser.request("GET", url, headers={"Sec-Purpose": "prefetch"}).status == 503
    assert told == []


def test_12_damaged_tokens(browser, app):
    url = browser.open("/add").url
    base, _, token = url.rpartition("~")
    swapped = token[:5] + chr(ord(token[5]) ^ 1) + token[6:]
    for damaged in (token[:-1], swapped, token[::-1], "../" + token, "A" * 10_000, token + "%00", ""):
        for method in ("GET", "POST"):
            page = browser.request(method, f"{base}~{damaged}", data={"n": "1"})
            assert page.status in (404, 400, 414, 405)
            for inside in ("Traceback", "site-packages", ".py", token):
                assert inside not in page.markup


def test_13_what_was_typed_into_an_expired_page_is_offered_back(browser, clock):
    url = browser.open("/soon").url
    clock.advance(61)
    gone = browser.submit(n="a long text")
    assert gone.status == 410 and "a long text" in gone
    assert browser.open(url).status == 410


@pytest.mark.parametrize("name", ["contweb_session", "contweb_browser"])
def test_13_a_cookie_that_is_not_ours_and_cannot_be_deleted(browser, name):
    """It may stand before ours, as one of a narrower path does."""
    browser._client.set_cookie(name, "garbage", path="/private")
    assert "a secret" in browser.open("/private")
    assert "a secret" in browser.reload()
    assert browser.request("GET", "/").status == 200


def test_14_looking_at_pages_does_not_prolong_their_life(browser, app, clock):
    url = browser.open("/add").url
    store = app.backing.store
    clock.advance(50)
    list(store.conversations())
    browser.open(url)
    browser.request("HEAD", url)
    clock.advance(50)
    assert store.sweep(before=clock.now() - 99).pages == 1
    assert browser.open(url).status == 410


MODULE = """
from contweb import App, ask, html

app = App(__name__, store="sqlite:///live.sqlite3")
FORM = html("<form method='post'><input name='n'></form>")

@app.flow("/flow")
def flow():
    {first}
    {second}
    return html(f"<p>{{a}} {{b}} {{{constant}}}</p>")
"""
A, B = 'a = ask(FORM)["n"]', 'b = ask(FORM)["n"]'
EDITS = {
    "nothing": (A, B, "1"),
    "a line inserted": (A, f"print()\n    {B}", "1"),
    "a constant changed": (A, B, "2"),
    "two lines swapped": (B, A, "1"),
    "a point removed": ("a = 7", B, "1"),
}


@pytest.mark.parametrize("edit", EDITS)
def test_15_the_code_was_changed_under_a_live_page(edit, tmp_path):
    def run(module, script):
        first, second, constant = module
        tmp_path.joinpath("live.py").write_text(MODULE.format(first=first, second=second, constant=constant))
        command = [sys.executable, "-B", "-c", f"from live import app\nbrowser = app.test_client()\n{script}"]
        path = f"{tmp_path}:{Path(contweb.__file__).parent.parent}"
        done = subprocess.run(
            command, cwd=tmp_path, env={"PYTHONPATH": path}, capture_output=True, text=True, check=True
        )
        return done.stdout.split("\n")[-2]

    url = run(EDITS["nothing"], "browser.open('/flow'); print(browser.submit(n='x').url)")
    said = run(
        EDITS[edit],
        f"print(browser.open({url!r}).status, browser.submit(n='y').status, browser.page.text.split())",
    )
    constant = EDITS[edit][2]
    right = f"200 200 ['x', 'y', '{constant}']"
    assert said == right or (edit != "nothing" and said.startswith("200 410") and "version" in said), said
