"""What a page takes in the store: limits, warnings, and pages kept as differences to earlier ones."""

import logging
import threading

import pytest

from contweb import App, ask, html, page
from contweb.errors import CannotStoreError, TooLargeError
from contweb.stores.sizes import page_bytes
from contweb.web import records
from contweb.web.packing import WHOLE_EVERY

FORM = html('<form method="post"><input name="n"></form>')
shop = App(__name__)


@shop.flow("/cart")
def cart():
    lines = []
    while True:
        answer = ask(FORM)
        if answer["n"] == "done":
            return html(" ".join(line["sku"] for line in lines[-3:]) + f" {len(lines)}")
        lines.append(
            {"sku": f"sku-{answer['n']}", "title": f"thing number {answer['n']}", "count": len(lines)}
        )


@shop.flow("/seats")
def seats():
    lines = list(range(2000))
    while True:
        timeout = ask(FORM)["n"]
        lines.append(timeout)
        lines.append(ask(FORM, timeout=int(timeout))["n"])


@shop.flow("/large/<int:size>")
def large(size):
    small, text, rows = "s", "x" * size, ["y" * size]
    ask(FORM)
    return html(f"{len(small)} {len(text)} {len(rows)}")


@shop.flow("/shown/<int:size>")
def shown(size):
    ask(page("size.html", rows="r" * size, title="t"))


@shop.flow("/lock")
def lock():
    basket = {"lines": [threading.Lock()]}
    try:
        ask(FORM)
    except CannotStoreError as error:
        return html(f"{error.path}; {error.type_name}; {error.where}")
    return html(f"{basket}")


@shop.flow("/shown-lock")
def shown_lock():
    ask(page("size.html", rows=[threading.Lock()], title="t"))


@pytest.fixture(params=["memory:", "sqlite"])
def app(make_app, tmp_path, request):
    (tmp_path / "size.html").write_text("<form method=post>{{ title }}</form>")
    store = "memory:" if request.param == "memory:" else f"sqlite:///{tmp_path}/pages.sqlite3"
    app = make_app(store=store, template_folder=tmp_path)
    shop.template_folder = tmp_path
    app.include(shop)
    return app


@pytest.fixture
def raised(caplog):
    """Gives the exception that a flow fails with at its start."""

    def find(browser, path):
        assert browser.request("GET", path).status == 500
        return caplog.records[-1].exc_info[1]

    return find


# what cannot be stored


def test_at_the_ask_line_whatever_the_store(browser):
    page = browser.open("/lock")
    assert page.text.startswith("basket['lines'][0]; lock; File ")
    assert "test_sizes.py" in page.text


def test_what_a_template_was_given(browser, raised):
    error = raised(browser, "/shown-lock")
    assert (error.path, error.where) == ("rows[0]", "given to the template 'size.html'")


# limits


def test_too_large_a_continuation(browser, app, raised):
    error = raised(browser, "/large/600000")
    assert isinstance(error, TooLargeError)
    assert error.size > error.limit == 1024 * 1024
    names = {name: size for name, size, _ in error.names}
    assert names["text"] > 600_000
    assert names["rows"] > 600_000
    assert names["small"] < 100
    assert "test_sizes.py" in str(error)
    assert "max_page" in str(error)
    assert app.backing.store.count().pages == 0


def test_too_large_a_page(browser, raised):
    error = raised(browser, "/shown/1100000")
    assert error.names[0][0] == "rows"
    assert error.names[0][2] == "given to the template 'size.html'"


def test_within_the_limit(browser):
    browser.open("/large/400000")
    assert browser.submit(n="1").text == "1 400000 1"


def test_another_limit(make_app, raised):
    app = make_app(max_page=5000)
    app.include(shop)
    browser = app.test_client()
    assert browser.open("/large/1000").status == 200
    assert raised(browser, "/large/3000").limit == 5000


@pytest.mark.parametrize(
    ("debug", "size", "warned"), [(True, 40_000, True), (True, 10, False), (False, 40_000, False)]
)
def test_a_warning_in_development(make_app, caplog, debug, size, warned):
    app = make_app(debug=debug)
    app.include(shop)
    with caplog.at_level(logging.WARNING, "contweb"):
        app.test_client().open(f"/large/{size}")
    found = [record.getMessage() for record in caplog.records if "bytes" in record.getMessage()]
    assert bool(found) is warned
    if found:
        assert "text: 40," in found[0]


# differences


def kinds(app):
    """Whether each page of the only conversation is kept as a difference."""
    (talk,) = app.backing.store.conversations()
    return [
        records._split(page.frames)[1][22:23] == b"\2"
        for page in app.backing.store.pages(talk.name)
        if page.frames
    ]


def walk(browser, steps, start="/cart"):
    browser.open(start)
    for number in range(steps):
        browser.submit(n=str(number))


def test_what_is_stored_grows_with_what_changed(browser, app):
    walk(browser, 300)
    (talk,) = app.backing.store.conversations()
    pages = app.backing.store.pages(talk.name)
    whole = len(app.backing.codec.encode(records.open_frames(app.backing, pages[-1]).frame))
    assert whole > 10_000
    late = [page_bytes(page) for page in pages[-2 * WHOLE_EVERY :]]
    assert sum(late) / len(late) < 1000  # a line takes about 60
    assert sum(kinds(app)[50:]) >= 250 * (WHOLE_EVERY - 1) // WHOLE_EVERY - 1
    assert browser.submit(n="done").text == "sku-297 sku-298 sku-299 300"


def test_any_page_can_be_gone_back_to(browser, app):
    walk(browser, 80)
    (talk,) = app.backing.store.conversations()
    pages = app.backing.store.pages(talk.name)
    for number in (79, 64, 63, 62, 40, 33, 32, 31, 5):
        url = f"/cart/{pages[number].step}~{pages[number].token}"
        browser.open(url)
        browser.submit(n="new")
        assert browser.submit(n="done").text.endswith(f"sku-new {number + 1}")


def test_small_pages_are_whole(browser, app):
    walk(browser, 8)
    assert not any(kinds(app)[:5])


def test_a_page_never_stands_on_one_that_goes_before_it(browser, app, clock):
    walk(browser, 0, "/seats")
    for seconds in (5, 60, 5, 5, 60, 9, 5):
        browser.submit(n=str(seconds))
        browser.submit(n="taken")
    (talk,) = app.backing.store.conversations()
    store = app.backing.store
    assert any(kinds(app))
    clock.advance(6)
    browser.submit(n="60")  # the conversation goes on, and four of its pages are over
    before = len(store.pages(talk.name))
    assert store.sweep(before=clock.now()).pages == 4
    left = store.pages(talk.name)
    assert len(left) == before - 4
    for each in left:
        records.open_frames(app.backing, each)


def test_a_difference_without_what_it_stands_on_is_refused(browser, app, monkeypatch):
    walk(browser, 40)
    url = browser.page.url
    (talk,) = app.backing.store.conversations()
    pages = app.backing.store.pages(talk.name)
    base = next(page for page in pages if pages[-1].frames.find(page.token.encode()) > 0)
    load = app.backing.store.load
    monkeypatch.setattr(app.backing.store, "load", lambda token: None if token == base.token else load(token))
    assert browser.request("POST", url, data={"n": "1"}).status == 404
    changed = base._replace(frames=base.frames[:-1] + bytes((base.frames[-1] ^ 1,)))
    monkeypatch.setattr(
        app.backing.store, "load", lambda token: changed if token == base.token else load(token)
    )
    assert browser.request("POST", url, data={"n": "1"}).status == 404
    elsewhere = base._replace(conversation="another")
    monkeypatch.setattr(
        app.backing.store, "load", lambda token: elsewhere if token == base.token else load(token)
    )
    assert browser.request("POST", url, data={"n": "1"}).status == 404
    monkeypatch.undo()
    assert browser.request("POST", url, data={"n": "1"}).status == 303
