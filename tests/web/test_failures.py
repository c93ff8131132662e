"""What goes wrong, and what a visitor sees of it."""

import logging
import sqlite3
from html.parser import HTMLParser

import pytest

from contweb import abort
from contweb.errors import ChangedCodeError, ForbiddenError, SealError, StoreUnavailableError
from contweb.web.reading import read
from contweb.web.testing import Visit
from tests.web.flows import ran


@pytest.fixture
def at_fails(browser):
    """A browser at the page of ``/fails``, and a check that the page is answerable."""
    url = browser.open("/fails").url

    def answer(n):
        page = browser.request("POST", url, data={"n": n})
        fine = browser.new_tab(url).submit(n="after")
        assert (fine.status, fine.text) == (200, "fine: after")
        return page

    return answer


def nothing_inside(page):
    for inside in ("Traceback", "secret", ".py", "/work", "site-packages", "RuntimeError", ", line"):
        assert inside not in page.markup, page


def test_an_exception_is_500_without_its_text(at_fails, caplog):
    with caplog.at_level(logging.ERROR, "contweb"):
        page = at_fails("raise")
    assert page.status == 500
    assert page.title == "Something went wrong on our side"
    nothing_inside(page)
    assert "the secret text of an error" in caplog.text
    assert "POST '/fails/page~" in caplog.text
    assert page.url.rpartition("~")[2] not in caplog.text  # who reads the log does not get the page


def test_abort_is_what_the_visitor_sees(at_fails):
    page = at_fails("abort")
    assert page.status == 403
    assert "Not for <you>." in page.text
    assert "<you>" not in page.markup


def test_abort_with_a_status_that_has_no_page_of_its_own(at_fails):
    page = at_fails("bare abort")
    assert page.status == 418
    assert page.title == "I'm a teapot"


@pytest.mark.parametrize("n", ["number", "template", "ask"])
def test_what_cannot_be_shown_fails_before_the_visitor_is_sent_there(at_fails, n):
    page = at_fails(n)
    assert page.status == 500
    nothing_inside(page)


def test_a_missing_field_is_400(browser):
    browser.open("/add")
    page = browser.request("POST", browser.page.url, data={"m": "5"})
    assert page.status == 400
    assert "without its field n" in page.text
    nothing_inside(page)
    assert "/add/second~" in browser.submit(n="5").url


def test_the_way_back_is_a_link(browser):
    url = browser.open("/add").url
    browser._go(Visit("POST", url, (("m", "5"),)))
    assert browser.page.status == 400
    browser.click("Back to the page")
    assert (browser.page.status, browser.page.url) == (200, url)
    assert "Back to the page" not in browser.open("/nowhere").text


def test_a_step_is_logged(browser, caplog):
    with caplog.at_level(logging.INFO, "contweb"):
        token = browser.open("/add").url.rpartition("~")[2]
        browser.submit(n="5")
    assert "start -> first in" in caplog.text
    assert "first -> second in" in caplog.text
    assert token not in caplog.text


def test_an_error_that_was_caught_may_be_waited_with(browser):
    browser.open("/catches")
    url = browser.page.url
    browser.open(browser.request("POST", url, data={"m": "1"}).headers["Location"])
    assert browser.submit(n="raise").status == 400
    browser.back()
    assert browser.submit(n="2").text == "2"


def test_a_failing_step_runs_again_each_time(at_fails):
    assert [at_fails("raise").status for _ in range(2)] == [500, 500]


def test_a_failing_start_is_not_kept(browser, app):
    page = browser.request("GET", "/results/unknown")
    assert page.status == 500
    assert app.backing.store.count().pages == 0


def test_a_page_that_cannot_be_drawn(browser, app):
    page = browser.open("/results/broken")
    assert page.status == 500
    nothing_inside(page)


class Down:
    """A store of which some operations are down."""

    def __init__(self, store, *names):
        self.store = store
        self.names = names

    def __getattr__(self, name):
        if name in self.names:
            raise StoreUnavailableError("/var/secret/place.sqlite3 is locked")
        return getattr(self.store, name)


@pytest.mark.parametrize("down", ["ready", "complete"])
def test_a_store_that_is_down_at_a_start(browser, app, down):
    app.backing.store = app.backing.claims._store = Down(app.backing.store, down)
    page = browser.request("GET", "/results/text")
    assert page.status == 503
    assert int(page.headers["Retry-After"]) > 0
    nothing_inside(page)


def test_what_is_busy_can_be_tried_again(browser, app):
    up = app.backing.store
    app.backing.store = app.backing.claims._store = Down(up, "ready")
    assert browser.open("/results/text?x=1&y=%C3%A4").status == 503
    app.backing.store = app.backing.claims._store = up
    assert browser.click("Try again").status == 200
    assert browser.page.redirects == ("/results/text?x=1&y=%C3%A4",)


def test_only_of_an_answer_it_is_said_that_it_counts_once(browser, app):
    @app.route("/mail", methods=["POST"])
    def mail():
        abort(503)

    url = browser.open("/add").url
    up = app.backing.store
    app.backing.store = app.backing.claims._store = Down(up, "take", "ready")
    said = "It is safe to send the form again"
    assert said in browser.request("POST", url, data={"n": "1"})
    for other in ("/mail", "/posted"):
        page = browser.request("POST", other, data={"first": "1"})
        assert page.status == 503 and said not in page
        assert "Reload this page in a few seconds" in page


@pytest.mark.parametrize("down", ["take", "complete"])
def test_a_store_that_is_down_at_an_answer(browser, app, down):
    browser.open("/add")
    url = browser.submit(n="1").url
    up = app.backing.store
    app.backing.store = app.backing.claims._store = Down(up, down)
    page = browser.request("POST", url, data={"n": "2"})
    assert page.status == 503
    assert int(page.headers["Retry-After"]) > 0
    assert "Try again" not in page  # which would be a link to the page itself, without what was sent
    nothing_inside(page)
    assert ran == ([(1, 2)] if down == "complete" else [])
    app.backing.store = app.backing.claims._store = up
    assert "The sum is 3." in browser.submit(n="2").text


def test_a_store_that_cannot_be_opened(make_app, tmp_path):
    app = make_app(store=f"sqlite:///{tmp_path}/no/such/folder/x.sqlite3", secret_keys=[b"k" * 32])
    page = app.test_client().request("GET", "/add")
    assert page.status in (500, 503)
    nothing_inside(page)


@pytest.mark.parametrize("error", [SealError, ForbiddenError])
def test_bytes_that_are_not_ours_are_refused_like_an_unknown_token(browser, app, monkeypatch, error):
    url = browser.open("/add").url

    def load(data, context):
        raise error("secret")

    monkeypatch.setattr(app.backing, "codec", type("Codec", (), {"open": staticmethod(load), "decode": None}))
    for method in ("GET", "POST"):
        page = browser.request(method, url, data={"n": "5"} if method == "POST" else None)
        assert page.status == 404
        nothing_inside(page)


def test_bytes_that_were_tampered_with_or_moved(browser, app):
    store = app.backing.store
    url = browser.open("/add").url
    other = browser.open("/greet/Ada").url
    pages = {url: store.load(url.rpartition("~")[2]), other: store.load(other.rpartition("~")[2])}

    def with_page(page, **changed):
        app.backing.store = app.backing.claims._store = Replaced(store, page._replace(**changed))

    page = pages[url]
    for data in (pages[other].shown, page.shown[:-1] + bytes([page.shown[-1] ^ 1]), b"", page.frames):
        with_page(page, shown=data)
        assert browser.request("GET", url).status == 404
    for data in (pages[other].frames, page.frames[:-1] + bytes([page.frames[-1] ^ 1]), b"", page.shown):
        with_page(page, frames=data)
        assert browser.request("POST", url, data={"n": "5"}).status == 404
    with_page(page, conversation="another")
    assert browser.request("GET", url).status == 404
    app.backing.store = app.backing.claims._store = store
    assert browser.request("POST", url, data={"n": "5"}).status == 303


class Replaced:
    """A store in which one page was changed from outside."""

    def __init__(self, store, page):
        self.store = store
        self.page = page

    def load(self, token):
        return self.page if token == self.page.token else self.store.load(token)

    def take(self, token, *claim):
        taken = self.store.take(token, *claim)
        return taken._replace(page=self.page) if token == self.page.token else taken

    def __getattr__(self, name):
        return getattr(self.store, name)


@pytest.fixture
def changed(app, monkeypatch):
    """To be called when the code of the app's flows changes."""
    codec = app.backing.codec

    class Changed:
        def open(self, data, context):
            if context.startswith(b"frames"):
                raise ChangedCodeError(function="secret.add", reason="the point is gone")
            return codec.open(data, context)

        def decode(self, data):
            return codec.decode(data)

    return lambda: monkeypatch.setattr(app.backing, "codec", Changed())


def test_code_that_has_changed(browser, changed, monkeypatch):
    url = browser.open("/add").url
    changed()
    page = browser.request("POST", url, data={"n": "5"})
    assert page.status == 410
    assert page.title == "This page belongs to an earlier version"
    assert 'href="/add"' in page.markup
    nothing_inside(page)
    monkeypatch.undo()
    assert browser.request("POST", url, data={"n": "5"}).status == 303


def test_how_code_has_changed_is_told_to_a_developer(browser, app, changed):
    app.debug = True
    url = browser.open("/add").url
    changed()
    page = browser.request("POST", url, data={"n": "5"})
    assert page.status == 410 and "secret.add: the point is gone" in page
    assert page.title == "This page belongs to an earlier version"


def test_a_page_behind_a_one_way_door(browser, app, monkeypatch):
    browser.open("/add")
    first = browser.page.url
    second = browser.submit(n="1").url
    store = app.backing.store
    retired = store.load(first.rpartition("~")[2])._replace(retired=True)
    app.backing.store = app.backing.claims._store = Replaced(store, retired)
    assert browser.request("GET", first).headers["Location"] == second
    assert browser.request("POST", first, data={"n": "1"}).headers["Location"] == second
    page = browser.request("POST", first, data={"n": "2"})
    assert page.status == 410
    assert page.title == "This page is finished with"


class Structure(HTMLParser):
    """What accessible pages have."""

    def __init__(self, markup):
        super().__init__()
        self.seen = []
        self.attributes = {}
        self.feed(markup)

    def handle_starttag(self, tag, attrs):
        self.seen.append(tag)
        self.attributes.setdefault(tag, []).append(dict(attrs))


def framework_pages(browser):
    url = browser.open("/fails").url
    yield browser.request("GET", "/nowhere")
    yield browser.request("GET", url[:-1])
    yield browser.request("PUT", url)
    yield browser.request("POST", url, data={})
    yield browser.request("POST", url, data={"n": "raise"})
    yield browser.request("POST", url, data={"n": "abort"})
    yield browser.request("POST", url, data={"n": "bare abort"})
    yield browser.request("POST", url, data={"n": "x" * 1_000_000})
    yield browser.request("POST", url, data=b"x", content_type="text/plain")
    yield browser.request("GET", "/add", headers={"Purpose": "prefetch"})
    yield browser.open("/results/nothing")


def test_the_frameworks_pages_are_well_made(browser):
    statuses = set()
    for page in framework_pages(browser):
        statuses.add(page.status)
        structure = Structure(page.markup)
        assert structure.attributes["html"] == [{"lang": "en"}]
        assert structure.attributes["meta"][:2] == [
            {"charset": "utf-8"},
            {"name": "viewport", "content": "width=device-width, initial-scale=1"},
        ]
        assert (
            structure.seen.count("main") == structure.seen.count("h1") == structure.seen.count("title") == 1
        )
        assert read(page.markup).title.strip()
        assert page.headers["Content-Type"] == "text/html; charset=utf-8"
        assert "default-src 'none'" in page.headers["Content-Security-Policy"]
        assert page.headers["Cache-Control"] == "no-store"
    assert statuses == {200, 400, 403, 404, 405, 413, 415, 418, 500, 503}


def test_an_app_may_have_pages_of_its_own(make_app, tmp_path):
    folder = tmp_path / "contweb"
    folder.mkdir()
    (folder / "404.html").write_text("<h1>Lost? {{ code }}</h1>")
    browser = make_app(template_folder=tmp_path).test_client()
    page = browser.request("GET", "/nowhere")
    assert (page.status, page.text) == (404, "Lost? 404")
    assert "Content-Security-Policy" not in page.headers
    assert browser.request("PUT", "/add").title == "That cannot be done here"


def test_a_page_of_its_own_that_fails_does_not_fail_the_answer(make_app, tmp_path):
    folder = tmp_path / "contweb"
    folder.mkdir()
    (folder / "404.html").write_text("{{ 1 // 0 }}")
    app = make_app(template_folder=tmp_path)
    page = app.test_client().request("GET", "/nowhere")
    assert (page.status, page.text) == (404, "Not Found")
    app.debug = True
    assert app.test_client().open("/nowhere").title.startswith("ZeroDivisionError")


def test_on_a_real_store(make_app, tmp_path):
    path = tmp_path / "store.sqlite3"
    app = make_app(store=f"sqlite:///{path}")
    browser = app.test_client()
    url = browser.open("/add").url
    app.close()
    with sqlite3.connect(path) as database:
        tables = [name for (name,) in database.execute("select name from sqlite_master where type = 'table'")]
        assert tables
    database.close()
    again = make_app(store=f"sqlite:///{path}").test_client()
    again.open(url)
    assert "/add/second~" in again.submit(n="5").url
