"""``once`` and ``shared``: what happens once, and what going back does not undo."""

import os
import subprocess
import sys
import threading

import pytest

from contweb import App, NotRunningError, ask, once, shared
from contweb.errors import ClaimLostError
from tests.web.effects import done, effects, fails
from tests.web.flows import FORM

NEVER = AssertionError("not called")


@pytest.fixture
def app(make_app):
    app = make_app()
    app.include(effects)
    done.clear()
    fails.clear()
    return app


def called():
    return [n for n, _ in done]


# once


def test_once_in_the_conversation(browser):
    browser.open("/pay/conversation")
    browser.submit(n="1")
    browser.back()
    browser.submit(n="2")
    assert browser.submit(n="3").text == "receipt 1, 1"
    assert called() == ["1"]


def test_once_on_each_path(browser):
    browser.open("/pay/path")
    browser.submit(n="1")
    assert browser.submit(n="x").text == "receipt 1, 1"
    browser.back()
    browser.back()
    browser.submit(n="2")
    assert browser.submit(n="x").text == "receipt 2, 1"
    browser.back()
    assert browser.submit(n="y").text == "receipt 2, 1"
    assert called() == ["1", "2"]


def test_each_conversation_has_its_own(browser):
    for n in ("1", "2"):
        browser.open("/pay/conversation")
        browser.submit(n=n)
    assert called() == ["1", "2"]


@pytest.mark.parametrize("scope", ["conversation", "path"])
def test_the_record_outlives_a_step_that_fails(browser, scope):
    browser.open(f"/pay/{scope}")
    url = browser.page.url
    for _ in range(3):
        assert browser.request("POST", url, data={"n": "fails"}).status == 500
    assert called() == ["fails"]
    browser.open(url)
    browser.submit(n="1")
    assert browser.submit(n="x").text == ("receipt fails, 1" if scope == "conversation" else "receipt 1, 1")


def test_nothing_is_left_of_a_path_but_what_travels(browser, app):
    browser.open("/pay/path")
    browser.submit(n="1")
    (conversation,) = app.backing.store.conversations()
    assert app.backing.store.records(conversation.name) == {}


def test_an_exception_is_tried_again(browser):
    browser.open("/flaky/retry")
    fails.append(LookupError("no card"))
    browser.submit(n="1")
    assert browser.submit(n="2").text == "no card: receipt 2"
    assert called() == ["2"]


def test_an_exception_is_recorded_if_asked_for(browser):
    browser.open("/flaky/record")
    fails.append(LookupError("no card"))
    browser.submit(n="1")
    assert browser.submit(n="2").status == 500
    browser.open("/flaky/record")
    assert browser.submit(n="3").text == "receipt 3"


def test_an_idempotency_key(browser):
    browser.open("/key")
    fails.append(LookupError("no card"))
    assert browser.submit(n="1").status == 500
    browser.back()
    assert browser.submit(n="1").text == "paid"
    (_, first), (_, second) = done
    assert first != second
    assert all(len(key) == 32 for key in (first, second))


@pytest.mark.parametrize("path", ["/unstorable", "/asks-inside"])
def test_what_once_cannot_do_is_said(browser, path, caplog):
    browser.open(path)
    assert browser.submit(n="1").status == 500
    assert "CannotStoreError" in caplog.text or "BarrierError" in caplog.text


def test_outside_of_a_flow(browser):
    with pytest.raises(NotRunningError):
        once("charge", lambda: NEVER)
    with pytest.raises(NotRunningError):
        shared["a"] = 1
    assert browser.open("/handler").status == 500


def test_wrong_words(browser):
    browser.open("/pay/nowhere")
    assert browser.submit(n="1").status == 500
    assert done == []
    with pytest.raises(ValueError, match='scope=\'all\': it is "conversation" or "path"'):
        once("pay", done.append, scope="all")
    with pytest.raises(ValueError, match='errors=\'ignore\': it is "retry" or "record"'):
        once("pay", done.append, errors="ignore")


def test_without_the_claim_nothing_is_begun(browser, app, monkeypatch):
    browser.open("/pay/conversation")
    url = browser.page.url
    complete = app.backing.store.complete

    def lost(step):
        raise ClaimLostError("taken over")

    monkeypatch.setattr(app.backing.store, "complete", lost)
    assert browser.request("POST", url, data={"n": "1"}).status == 503
    assert done == []
    monkeypatch.setattr(app.backing.store, "complete", complete)
    assert browser.request("POST", url, data={"n": "1"}).status == 303


PROGRAM = """
import sys
from contweb import App
from tests.web.effects import effects
app = App("tests.web", store=sys.argv[1], name="site")
app.include(effects)
browser = app.test_client()
if len(sys.argv) == 3:
    print(browser.open(sys.argv[2]).url)
else:
    page = browser.request("POST", sys.argv[2], data={"n": sys.argv[3]})
    print(page.status, browser.open(page.headers["Location"]).text if page.status == 303 else "")
"""


@pytest.fixture
def process(tmp_path):
    """Runs one request in a process of its own, which may die in the middle of an effect."""
    journal = tmp_path / "journal"
    journal.touch()

    def run(*arguments, die=False):
        environ = {**os.environ, "JOURNAL": str(journal), "DIE": "1" if die else ""}
        store = f"sqlite:///{tmp_path}/store.sqlite3"
        made = subprocess.run(
            [sys.executable, "-c", PROGRAM, store, *arguments], env=environ, capture_output=True, text=True
        )
        assert made.returncode == (9 if die else 0), made.stderr
        return made.stdout.strip()

    run.journal = journal
    return run


def test_a_second_try_is_told_that_the_first_was_begun(process):
    url = process("/dies/told")
    process(url, "1", die=True)
    assert process(url, "1") == "200 write was begun, found: True".replace("200", "303")
    assert process.journal.read_text() == "1 None\n"


def test_what_nobody_handles_runs_nothing_twice(process):
    url = process("/dies/path")
    process(url, "1", die=True)
    assert process(url, "1") == "500"
    assert process(url, "2") == "303 2"
    assert process.journal.read_text() == "1 None\n2 None\n"


def test_with_a_key_it_is_called_again_with_the_same(process):
    url = process("/dies/key")
    process(url, "1", die=True)
    assert process(url, "1") == "303 1"
    first, second = process.journal.read_text().splitlines()
    assert first == second != "1 None"


# shared


def seen(page):
    return page.text.splitlines()[-1]


def test_shared_is_not_rewound(browser):
    browser.open("/visits")
    browser.submit(n="1")
    assert seen(browser.submit(n="2")) == "1,2"
    browser.back()
    browser.back()
    assert seen(browser.page) == "1,2"
    assert seen(browser.submit(n="3")) == "1,2,3"
    other = browser.new_tab("/visits")
    assert seen(other.submit(n="x")) == "x"


def test_shared_changes_with_the_step_or_not_at_all(browser, app):
    browser.open("/visits")
    browser.submit(n="1")
    url = browser.page.url
    assert browser.request("POST", url, data={"n": "fails"}).status == 500
    browser.open(url)
    assert seen(browser.submit(n="2")) == "1,2"
    browser.submit(n="clear")
    assert "shared" not in app.backing.store.records(next(app.backing.store.conversations()).name)


def test_the_same_answer_changes_shared_once(browser):
    browser.open("/visits")
    first, second = browser.submit_twice(n="1")
    assert seen(first) == seen(second) == "1"


def test_what_cannot_be_stored_is_named():
    app = App("tests.web", store="memory:", debug=True)

    @app.flow("/once")
    def unstorable():
        once("lock", threading.Lock)

    @app.flow("/shared")
    def unshared():
        shared["fine"], shared["lock"] = 1, [threading.Lock()]
        ask(FORM)

    browser = app.test_client()
    assert "cannot store the result of once('lock') (lock)" in browser.open("/once")
    assert "cannot store shared['lock'][0] (lock)" in browser.open("/shared")
