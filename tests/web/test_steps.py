"""Starting, showing and answering: what a visitor's walk through a flow does."""

import io
import threading

import pytest

from contweb import App, ask, html
from tests.web.flows import FORM, flows, ran

slow = App(__name__, name="slow")
entered, go_on = threading.Event(), threading.Event()
sizes = []


@slow.flow("/slow")
def slowly():
    n = ask(FORM)["n"]
    sizes.append(n)
    hold()
    return html(f"<p>done {n}</p>")


def hold():
    entered.set()
    assert go_on.wait(10)


@pytest.fixture
def held(make_app):
    """A browser at a flow whose step waits until it is told to go on."""
    sizes.clear()
    entered.clear()
    go_on.clear()

    def make(**settings):
        app = make_app(**settings)
        app.include(slow)
        browser = app.test_client()
        browser.open("/slow")
        return browser

    yield make
    go_on.set()


def in_background(function, *args, **kwargs):
    results = []
    thread = threading.Thread(target=lambda: results.append(function(*args, **kwargs)))
    thread.start()

    def result():
        thread.join(10)
        return results[0]

    return result


def test_a_walk(browser):
    browser.open("/add")
    assert browser.page.url.startswith("/add/first~")
    browser.submit(n="5")
    assert browser.page.url.startswith("/add/second~")
    browser.submit(n="7")
    assert browser.page.url.startswith("/add/sum~")
    assert "The sum is 12." in browser.page.text
    assert "The sum is 12." in browser.reload().text
    assert ran == [(5, 7)]


def test_each_request_answers_303(browser):
    start = browser.request("GET", "/add")
    assert start.status == 303
    answer = browser.request("POST", start.headers["Location"], data={"n": "5"})
    assert answer.status == 303
    assert answer.headers["Location"].startswith("/add/second~")


def test_each_start_is_a_conversation_of_its_own(browser, app):
    urls = {browser.request("GET", "/add").headers["Location"] for _ in range(5)}
    assert len(urls) == 5
    assert app.backing.store.count().conversations == 5


def test_getting_a_page_runs_nothing(browser, app):
    browser.open("/add")
    browser.submit(n="5")
    before = app.backing.store.count()
    for method in ("GET", "HEAD", "GET"):
        assert browser.request(method, browser.page.url).status == 200
    assert app.backing.store.count() == before
    assert ran == []


def test_back_and_another_answer_forks(browser):
    browser.open("/add")
    browser.submit(n="1")
    second_of_one = browser.page.url
    browser.back()
    browser.submit(n="-7")
    second_of_minus_seven = browser.page.url
    totals = []
    for url, n in [
        (second_of_one, 2),
        (second_of_minus_seven, 3),
        (second_of_one, 10),
        (second_of_minus_seven, 0),
    ]:
        browser.open(url)
        totals.append(browser.submit(n=n).text)
    assert [total.split()[3] for total in totals] == ["3.", "-4.", "11.", "-7."]


def test_the_same_answer_gives_the_same_page_and_runs_once(browser):
    browser.open("/add")
    browser.submit(n="5")
    first = browser.submit(n="7").url
    for _ in range(3):
        browser.back()
        assert browser.submit(n="7").url == first
    assert ran == [(5, 7)]


def test_the_order_of_pairs_and_each_value_count(browser):
    browser.open("/greet/Ada")
    bodies = ["n=1&m=2", "m=2&n=1", "n=1&m=2&m=3", "n=1&m=2"]
    to = [
        browser.request(
            "POST", browser.page.url, data=body, content_type="application/x-www-form-urlencoded"
        ).headers["Location"]
        for body in bodies
    ]
    assert len(set(to)) == 3
    assert to[0] == to[3]


def test_the_contents_of_files_count(browser):
    browser.open("/echo")

    def send(content):
        return browser.request(
            "POST", browser.page.url, data={"f": (content, "name.txt")}, content_type="multipart/form-data"
        ).headers["Location"]

    from_a, from_b, again = (send(open_bytes(content)) for content in (b"a", b"b", b"a"))
    assert from_a == again != from_b


def open_bytes(content):
    return io.BytesIO(content)


def test_pressed_twice_at_the_same_moment(browser):
    browser.open("/add")
    browser.submit(n="5")
    first, second = browser.submit_twice(n="7")
    assert first.url == second.url
    assert ran == [(5, 7)]


def test_another_answer_waits_for_its_turn(held):
    browser = held(wait=10)
    tab = browser.new_tab(browser.page.url)
    first = in_background(browser.submit, n="1")
    assert entered.wait(10)
    second = in_background(tab.submit, n="2")
    go_on.set()
    assert "done 1" in first().text
    assert "done 2" in second().text
    assert sizes == ["1", "2"]


def test_a_turn_that_does_not_come_is_503(held):
    browser = held(wait=0.05)
    url = browser.page.url
    first = in_background(browser.submit, n="1")
    assert entered.wait(10)
    for n in ("1", "2"):
        busy = browser.request("POST", url, data={"n": n})
        assert busy.status == 503
        assert int(busy.headers["Retry-After"]) > 0
        assert "Another step of what you are doing here is still running" in busy
    tab = browser.new_tab(url)
    assert tab.submit(n="2").status == 503
    assert tab.click("Back to the page").url == url
    go_on.set()
    assert "done 1" in first().text
    assert "done 2" in tab.submit(n="2").text


def test_a_claim_does_not_end_under_a_slow_step(held, clock):
    browser = held(lease=0.3, wait=0.05)
    url = browser.page.url
    first = in_background(browser.submit, n="1")
    assert entered.wait(10)
    for _ in range(4):
        clock.advance(0.2)
        threading.Event().wait(0.15)
        assert browser.request("POST", url, data={"n": "2"}).status == 503
    go_on.set()
    assert "done 1" in first().text
    assert sizes == ["1"]


def test_a_step_that_lost_its_claim_leads_to_what_the_other_reached(held, app):
    browser = held()
    url = browser.page.url
    backing = browser._app.backing
    first = in_background(browser.request, "POST", url, data={"n": "1"})
    assert entered.wait(10)
    store = backing.store
    conversation = next(store.conversations()).name
    (page,) = store.pages(conversation)
    store.release(conversation, next(iter(backing.claims._held))[1])
    go_on.set()
    assert first().status == 503
    again = browser.request("POST", url, data={"n": "1"})
    assert again.status == 303
    assert page.token in url


def test_different_pages_of_one_start_share_a_conversation(browser, app):
    browser.open("/add")
    browser.submit(n="1")
    browser.submit(n="2")
    (conversation,) = app.backing.store.conversations()
    assert conversation.pages == 3
    pages = app.backing.store.pages(conversation.name)
    assert [page.step for page in pages] == ["first", "second", "sum"]
    assert [page.parent for page in pages] == [None, pages[0].token, pages[1].token]
    assert pages[2].frames is None


def test_a_start_by_post(browser):
    start = browser.request("POST", "/posted", data={"first": "one"})
    assert start.status == 303
    browser.open(start.headers["Location"])
    assert "one two" in browser.submit(n="two").text


def test_flows_are_ordinary_functions_of_each_other():
    assert flows.name == "flows"
    assert callable(slowly)
