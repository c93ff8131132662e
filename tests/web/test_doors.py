"""``forget`` and ``isolate``: pages that stop working behind the visitor."""

import pytest

from contweb import NotRunningError, forget, isolate
from tests.web.effects import effects


@pytest.fixture
def app(make_app, tmp_path):
    app = make_app(store=f"sqlite:///{tmp_path}/store.sqlite3")
    app.include(effects)
    return app


def leads_to(browser, url):
    return browser.request("GET", url).headers.get("Location")


def answered(browser, url, n="another"):
    return browser.request("POST", url, data={"n": n})


def test_who_goes_back_past_the_door_is_led_to_the_newest_page(browser):
    first = browser.open("/door").url
    second = browser.submit(n="1").url
    third = browser.submit(n="2").url
    assert leads_to(browser, first) == leads_to(browser, second) == third
    last = browser.submit(n="3").url
    assert browser.page.text.startswith("1 2 3")
    browser.back()
    assert browser.page.url == third or browser.page.url == last
    assert leads_to(browser, first) == last


def test_a_different_answer_is_refused_and_the_same_is_led_on(browser):
    first = browser.open("/door").url
    second = browser.submit(n="1").url
    third = browser.submit(n="2").url
    for url in (first, second):
        page = answered(browser, url)
        assert (page.status, page.title) == (410, "This page is finished with")
    assert answered(browser, first, "1").headers["Location"] == second
    assert answered(browser, second, "2").headers["Location"] == third


def test_other_conversations_and_other_branches(browser):
    other = browser.new_tab("/door").page.url
    first = browser.open("/door").url
    second = browser.submit(n="1").url
    browser.back()
    branch = browser.submit(n="one").url
    browser.open(second)
    third = browser.submit(n="2").url
    assert leads_to(browser, branch) == third
    assert leads_to(browser, first) == third
    assert browser.request("GET", other).status == 200


def test_a_step_that_fails_forgets_nothing(browser):
    first = browser.open("/door").url
    browser.submit(n="1")
    assert browser.submit(n="fails").status == 500
    assert browser.request("GET", first).status == 200


def test_isolate_closes_the_pages_inside(browser, app):
    name = browser.open("/exam").url
    one = browser.submit(n="Ada").url
    two = browser.submit(n="1").url
    browser.back()
    other_two = browser.submit(n="one").url
    three = browser.submit(n="2").url
    assert leads_to(browser, other_two) == three
    for url in (name, one, two):
        assert browser.request("GET", url).status == (200)
    browser.open(three)
    assert answered(browser, three, "fails").status == 500
    after = browser.submit(n="3").url
    for url in (one, two, other_two, three):
        assert leads_to(browser, url) == after
        assert answered(browser, url).status == 410
    assert browser.request("GET", name).status == 200
    assert browser.submit(n="").text == "Ada one 2 3"
    names = app.backing.store.records(next(app.backing.store.conversations()).name)
    assert [name for name in names if name.startswith("inside")] == []


def test_pages_before_a_block_lead_into_a_new_one(browser):
    name = browser.open("/exam").url
    for n in ("Ada", "1", "2", "3"):
        browser.submit(n=n)
    after = browser.page.url
    browser.open(name)
    one = browser.submit(n="Bea").url
    assert browser.page.status == 200
    two = browser.submit(n="1").url
    assert browser.request("GET", one).status == 200
    assert browser.request("GET", two).status == 200
    assert browser.new_tab(after).submit(n="").text == "Ada 1 2 3"


def test_a_block_that_an_exception_ends(browser):
    before = browser.open("/gives-up").url
    inside = browser.submit(n="").url
    after = browser.submit(n="up").url
    assert leads_to(browser, inside) == after
    assert browser.request("GET", before).status == 200


def test_outside_of_a_flow():
    with pytest.raises(NotRunningError):
        forget()
    with pytest.raises(NotRunningError), isolate():
        pass
