"""Old conversations go by themselves, after responses, and nothing goes that somebody is at."""

import logging
from datetime import timedelta

import pytest
from werkzeug.test import EnvironBuilder

from contweb import App
from contweb.errors import ConfigurationError, StoreUnavailableError
from contweb.stores.base import NOTED
from contweb.stores.owner import new_owner
from contweb.stores.sqlite import SQLiteStore
from contweb.web.sweeping import AT_MOST, EVERY, KEEP, NAME, RECENT
from tests.web.files import files

DAY = 86_400


@pytest.fixture(params=["memory", "sqlite"])
def url(request, tmp_path):
    return "memory:" if request.param == "memory" else f"sqlite:///{tmp_path}/store.sqlite3"


@pytest.fixture
def make(make_app, url):
    def make(**settings):
        app = make_app(**{"store": url, "secret_keys": [bytes(32)], **settings})
        app.include(files)
        return app

    return make


@pytest.fixture
def app(make):
    return make()


@pytest.fixture
def look(clock):
    """A request of somebody else, at a moment at which the app looks for what is old."""

    def look(app):
        clock.advance(EVERY)
        app.test_client().open("/greet/somebody")

    return look


def opened(app, path="/add"):
    browser = app.test_client()
    browser.open(path)
    return browser


def test_a_conversation_goes_thirty_days_after_its_last_step(app, clock, look):
    browser = opened(app)
    clock.advance(29 * DAY)
    browser.submit(n="1")
    clock.advance(29 * DAY)
    look(app)
    assert "The sum is 3." in browser.submit(n="2").text
    browser.back()
    clock.advance(30 * DAY + 1)
    look(app)
    page = browser.submit(n="4")
    assert page.status == 410
    assert "4" in page.markup  # what was typed


@pytest.mark.parametrize("keep", ["2h", 7200, timedelta(hours=2), "environment"])
def test_how_long_can_be_said(make, clock, look, keep, monkeypatch):
    if keep == "environment":
        monkeypatch.setenv("CONTWEB_KEEP", "2h")
        keep = None
    app = make(keep=keep)
    browsers = [opened(app)]
    clock.advance(3600)
    browsers.append(opened(app))
    clock.advance(3600)
    look(app)
    assert [browser.submit(n="1").status for browser in browsers] == [410, 200]


def test_for_ever(make, clock, look):
    app = make(keep="forever")
    browser = opened(app)
    clock.advance(10_000 * DAY)
    look(app)
    assert browser.submit(n="1").status == 200


@pytest.mark.parametrize(
    "settings", [{"keep": "long"}, {"keep": -1}, {"limit": "much"}, {"limit": "2 miles"}]
)
def test_what_is_no_age_and_no_size(settings):
    with pytest.raises(ConfigurationError, match=r"is no (age|size): write"):
        App(__name__, store="memory:", **settings)


def test_a_timeout_that_is_longer_is_refused_at_the_ask(make, caplog):
    browser = make(keep=30).test_client()
    assert browser.open("/soon").status == 500
    assert "longer keep=" in caplog.text
    assert "ask(FORM, timeout=60)" in caplog.text


def test_a_page_that_is_looked_at_gets_its_time_anew(app, clock, look):
    looks, does_not = opened(app), opened(app)
    clock.advance(20 * DAY)
    looks.reload()  # too early to count
    clock.advance(8 * DAY)
    looks.reload()
    clock.advance(20 * DAY)
    look(app)
    assert looks.submit(n="1").status == 200
    assert does_not.submit(n="1").status == 410


def test_the_first_visitor_after_a_long_time(app, clock):
    """Nobody came for so long that nothing was swept: the request that sweeps is at an old page itself."""
    browser = opened(app)
    clock.advance(100 * DAY)
    assert browser.reload().status == 200
    clock.advance(EVERY)
    assert browser.reload().status == 200
    assert browser.submit(n="1").status == 200


def test_a_page_that_is_answered_just_then(app, clock):
    browser = opened(app)
    clock.advance(100 * DAY)
    assert browser.submit(n="1").status == 200
    assert "The sum is 3." in browser.submit(n="2").text


def test_a_step_that_runs_just_then(app, clock, look):
    opened(app)
    (talk,) = app.backing.store.conversations()
    clock.advance(100 * DAY)
    assert app.backing.store.claim(talk.name, new_owner(), 2 * EVERY)
    look(app)
    assert len(app.backing.store.pages(talk.name)) == 1


def test_the_bytes_are_limited(make, clock, look):
    app = make(limit="1 MB")
    browsers = []
    for _ in range(12):
        browsers.append(app.test_client())
        browsers[-1].open("/album")
        browsers[-1].submit(f=[("a", bytes(100_000))])
        look(app)
    assert app.backing.store.size() > 1_000_000  # all of the last hour
    clock.advance(RECENT)
    look(app)
    assert 700_000 < app.backing.store.size() <= 1_000_000
    assert [browser.submit(n="1").status for browser in (browsers[0], browsers[-1])] == [410, 200]


def test_little_at_a_time_until_all_is_gone(app, clock):
    for _ in range(2 * AT_MOST + 10):
        opened(app)
    clock.advance(2 * KEEP)
    left = []
    for _ in range(4):
        app.test_client().request("GET", "/greet/somebody")
        left.append(app.backing.store.count().conversations)
    assert left == [AT_MOST + 11, 12, 3, 4]


def test_one_process_sweeps_at_a_time(tmp_path, make_app, clock, monkeypatch):
    made = [make_app(store=f"sqlite:///{tmp_path}/s.db", secret_keys=[bytes(32)]) for _ in range(2)]
    for _ in range(2 * AT_MOST):
        opened(made[0])
    opened(made[1])
    clock.advance(2 * KEEP)
    store = made[0].backing.store
    sweep = store.sweep

    def sweep_while_another_would(**limits):
        before = store.count()
        made[1].test_client().request("GET", "/greet/somebody")
        assert store.count().conversations == before.conversations + 1
        return sweep(**limits)

    monkeypatch.setattr(store, "sweep", sweep_while_another_would)
    made[0].test_client().request("GET", "/greet/somebody")
    assert store.count().conversations == AT_MOST + 3
    clock.advance(EVERY)
    made[1].test_client().request("GET", "/greet/somebody")  # nobody holds it up for long
    assert store.count().conversations == 4


def test_most_requests_do_not_look(app, clock, monkeypatch):
    opened(app)
    monkeypatch.setattr(app.backing.store, "sweep", lambda **_: pytest.fail("it looks"))
    clock.advance(EVERY - 1)
    opened(app)
    assert NAME not in [talk.name for talk in app.backing.store.conversations()]


def test_a_sweep_comes_after_the_response(app, clock):
    opened(app)
    clock.advance(2 * KEEP)
    answered = app(EnvironBuilder("/greet/somebody").get_environ(), lambda *_: None)
    list(answered)
    assert app.backing.store.count().conversations == 2
    answered.close()
    assert app.backing.store.count().conversations == 1


def test_a_store_that_cannot_be_swept_now(app, clock, look, monkeypatch, caplog):
    browser = opened(app)

    def fails(**_):
        raise StoreUnavailableError("busy")

    monkeypatch.setattr(app.backing.store, "sweep", fails)
    with caplog.at_level(logging.WARNING, "contweb"):
        look(app)
    assert "old conversations could not be removed" in caplog.text
    monkeypatch.undo()
    clock.advance(KEEP)
    look(app)
    assert browser.submit(n="1").status == 410


def test_all_goes_with_a_conversation(app, clock, look):
    browser = app.test_client()
    browser.open("/album")
    browser.submit(f=[("a", bytes(300_000))])
    clock.advance(KEEP + 1)
    look(app)
    clock.advance(KEEP + 1)
    app.backing.store.sweep(before=clock.now())
    assert app.backing.store.count().bytes == 0


# the sources of versions


def versions(app):
    """How many notes the store of an app has."""
    store = app.backing.store
    if isinstance(store, SQLiteStore):
        return store._row("SELECT count(*) FROM notes")[0]
    return len(store._notes)


def test_sources_of_versions_go_after_the_pages_that_need_them(app, clock):
    store = app.backing.store
    opened(app)
    assert versions(app) > 0
    for _ in range(10):
        clock.advance(DAY)
        opened(app)
        store.sweep(before=clock.now() - 3 * DAY)
    store.note("earlier", b"of another version")
    in_use = versions(app) - 1
    assert in_use > 0
    for _ in range(7):
        clock.advance(DAY)
        opened(app)
        store.sweep(before=clock.now() - 3 * DAY)
    assert (store.note("earlier"), versions(app)) == (None, in_use)


def test_the_source_of_a_version_that_is_stored_again_after_long(app, clock):
    """A process that lay still relies on no mark that is too old."""
    opened(app)
    count = versions(app)
    clock.advance(10 * NOTED)
    browser = opened(app)
    swept = app.backing.store.sweep(before=clock.now())
    assert (swept.conversations, swept.notes, versions(app)) == (1, 0, count)
    clock.advance(NOTED)
    browser.submit(n="1")
    clock.advance(NOTED)
    assert app.backing.store.sweep().notes == 0
