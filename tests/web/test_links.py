"""``link`` and ``button``: callbacks on a page."""

import re

import pytest

from contweb import button, link
from contweb.web.links import id_in_query
from tests.web.calls import calls, pick, ran


@pytest.fixture
def app(make_app):
    app = make_app()
    app.include(calls)
    ran.clear()
    return app


def values(page):
    return [int(found) for found in re.findall(r"<p>(-?\d+)</p>", page.markup)]


def links(page):
    return [found.href for found in page.links]


def test_five_thousand_links_cost_one_capture(browser, app):
    browser.open("/many")
    many = browser.page.url
    assert app.backing.store.count().pages == 1
    assert len(set(links(browser.page))) == 5000
    assert browser.click("number 4999").text == "picked 4999"
    browser.open(many)
    assert browser.click("number 0").text == "picked 0"
    assert ran == [4999, 0]


def test_a_followed_link_runs_once_and_redirects(browser):
    browser.open("/many")
    url = browser.page.url + links(browser.page)[7]
    to = {browser.request("GET", url).headers["Location"] for _ in range(3)}
    assert len(to) == 1
    assert ran == [7]
    assert browser.request("POST", url).status == 303


def test_what_only_looks_runs_nothing(browser):
    browser.open("/many")
    url = browser.page.url + links(browser.page)[7]
    head = browser.request("HEAD", url)
    assert (head.status, head.markup) == (200, "")
    for header in ("Purpose", "Sec-Purpose", "X-Moz"):
        assert browser.request("GET", url, headers={header: "prefetch"}).status == 503
    assert browser.request("OPTIONS", url).status == 200
    assert ran == []


def test_counters_follow_the_browsing_tree(browser):
    browser.open("/counters")
    browser.click("up 0")
    browser.click("up 1")
    assert values(browser.page) == [1, 1, 0]
    here = browser.page.url
    browser.click("down 2")
    assert values(browser.page) == [1, 1, -1]
    browser.back()
    browser.back()
    assert values(browser.page) == [1, 0, 0]
    browser.click("up 0")
    assert values(browser.page) == [2, 0, 0]
    browser.open(here)
    browser.click("up 2")
    assert values(browser.page) == [1, 1, 1]


def test_a_button_is_pressed_by_post_only(browser):
    browser.open("/counters")
    form = browser.page.forms[0]
    assert (form.method, [each.text for each in form.buttons]) == ("POST", ["up 0"])
    page = browser.request("GET", browser.page.url + form.action)
    assert page.status == 405
    assert ran == []
    first, second = browser.submit_twice(form=0)
    assert first.url == second.url
    assert ran == [(0, 1)]


def test_a_callback_has_the_flows_own_objects(browser):
    browser.open("/cart")
    for item in "bac":
        browser.click(f"Remove {item}")
    assert browser.page.text == "empty"


def test_a_callback_may_ask(browser):
    browser.open("/asks")
    browser.click("Bea")
    assert browser.page.url.startswith("/asks/page~")
    browser.submit(new="")
    assert browser.submit(new="Cleo").text == "Bea is Cleo"
    browser.back()
    browser.back()
    browser.back()
    browser.click("Ada")
    assert browser.submit(new="Dora").text == "Ada is Dora"


def test_links_that_stand_as_text(browser):
    browser.open("/menu")
    browser.click("third")
    browser.click("third")
    assert "<button>&lt;two&gt;</button>" in browser.page.markup
    browser.click("first")
    browser.click("<two>")
    assert browser.page.text == "['third', 'third', 'first', '2']"


def test_the_list_of_a_page_does_not_grow(browser, app):
    browser.open("/counters")
    sizes = []
    for _ in range(5):
        browser.click("up 0")
        sizes.append(len(app.backing.store.load(browser.page.url.rpartition("~")[2]).frames))
    assert max(sizes) - min(sizes) < 20


def test_a_form_of_ones_own(browser):
    browser.open("/own-form")
    url = browser.page.url
    assert browser.submit(v="1").text == "x1"
    browser.open(url)
    assert browser.submit(v="2").text == "x2"


def test_a_button_beside_a_form(browser):
    browser.open("/into")
    assert browser.click("Remove skip").text == "skipped"


def test_a_page_at_the_end_has_no_links(browser, caplog):
    browser.open("/last")
    assert browser.submit().status == 500
    assert "nothing goes on there" in caplog.text


def test_a_link_that_is_printed_but_not_shown_is_no_trouble(browser):
    browser.open("/last-text")
    assert browser.submit(n="1").text == "fine"


def test_a_callback_that_fails_leaves_the_page(browser):
    browser.open("/breaks")
    url = browser.page.url
    assert browser.click("Broken").status == 500
    browser.open(url)
    assert browser.click("Skip").text == "skipped"


def test_ids_from_elsewhere_reach_nothing(browser, app):
    browser.open("/counters")
    url, ours = browser.page.url, browser.page.forms[0].action
    tab = browser.new_tab("/counters")
    other, theirs = tab.page.url, tab.page.forms[0].action
    many = browser.new_tab("/many").page
    assert browser.request("POST", url + theirs).status == 404
    assert browser.request("POST", other + ours).status == 404
    assert browser.request("POST", many.url + ours).status == 404
    assert browser.request("GET", url + links(many)[0]).status == 404
    assert browser.request("POST", url + links(many)[0]).status == 404
    flipped = ours[:-1] + ("A" if ours[-1] != "A" else "B")
    assert browser.request("POST", url + flipped).status == 404
    next_page = browser.click("up 0").url
    assert browser.request("POST", next_page + ours).status == 404
    assert ran == [(0, 1)]
    store = app.backing.store
    assert store.claim(store.load(url.rpartition("~")[2]).conversation, "a:1:2:3", 30)


@pytest.mark.parametrize(
    "query", ["?~", "?~l", "?~lx", "?l=~l123456789012", "?~x123456789012", "?~l12345678901é"]
)
def test_another_query_is_none_of_ours(browser, query):
    browser.open("/counters")
    assert browser.request("GET", browser.page.url + query).status == 200


def test_what_others_append_to_a_link():
    assert id_in_query(b"~l123456789012&utm_source=x") == "l123456789012"
    assert id_in_query(b"~l123456789012x") is None


def test_links_follow_the_rules_of_their_page(browser, clock):
    browser.open("/rules/run")
    url, (one, two) = browser.page.url, links(browser.page)
    assert (
        browser.request("GET", url + one).headers["Location"]
        != browser.request("GET", url + one).headers["Location"]
    )
    browser.open("/rules/never")
    url, (one, two) = browser.page.url, links(browser.page)
    to = browser.request("GET", url + one).headers["Location"]
    assert browser.request("GET", url + one).headers["Location"] == to
    assert browser.request("GET", url + two).status == 409
    browser.open("/rules/same")
    url, (one, two) = browser.page.url, links(browser.page)
    clock.advance(60)
    assert browser.request("GET", url + one).status == 410
    assert ran == [1, 1, 1]


def test_a_link_of_a_private_page(browser, app):
    browser.open("/private")
    url = browser.page.url + links(browser.page)[0]
    assert app.test_client().request("GET", url).status == 403
    assert browser.open(url).text == "1"


def test_as_objects():
    assert repr(link(pick, 1)) == "<Link to pick>"
    assert str(button(pick, 1)).endswith("<button>Pick</button></form>")
    assert str(button(lambda: 1)).endswith("<button>OK</button></form>")
