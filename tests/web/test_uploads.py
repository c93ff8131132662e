"""Uploaded files: streamed into the store, opened at any later step, gone with their conversation."""

import io
import os
import tracemalloc

import pytest

from contweb import request
from contweb.errors import NotRunningError, StoreError
from contweb.web.blobs import CHUNK, readable
from contweb.web.uploads import Upload
from tests.web.files import files
from tests.web.test_bodies import BOUNDARY, Endless, chunked

MEGABYTE = 1024 * 1024


@pytest.fixture(params=["memory", "sqlite"])
def app(request, make_app, tmp_path):
    url = "memory:" if request.param == "memory" else f"sqlite:///{tmp_path}/store.sqlite3"
    app = make_app(store=url)
    app.include(files)
    return app


def blobs_of(app):
    """How many bytes the store has beside pages and records."""
    store = app.backing.store
    (talk,) = store.conversations()
    pages = sum(len(page.shown) + len(page.frames or b"") for page in store.pages(talk.name))
    return talk.bytes - pages - sum(map(len, store.records(talk.name).values()))


def test_several_files_are_opened_at_later_steps(browser):
    big = os.urandom(3 * CHUNK + 17) + b"end"
    browser.open("/album")
    browser.submit(f=[("a.txt", b"alpha", "text/plain"), ("../é.bin", big)])
    browser.submit(n="1")
    page = browser.submit(n="2")
    assert "a.txt text/plain 5 b'alpha'" in page.text
    assert f"../é.bin application/octet-stream {len(big)}" in page.text
    assert page.text.endswith("b'end' b'alp'")


def test_it_travels_by_reference(browser, app):
    browser.open("/album")
    browser.submit(f=[("a", os.urandom(MEGABYTE))])
    browser.submit(n="1")
    page = app.backing.store.load(browser.page.url.rpartition("~")[2])
    assert len(page.frames) < 1000


def test_files_go_with_their_conversation(browser, app, clock):
    browser.open("/album")
    browser.submit(f=[("a", b"x" * 1000)])
    assert blobs_of(app) > 1000
    clock.advance(10)
    app.backing.store.sweep(before=clock.now())
    assert app.backing.store.count().bytes == 0


def test_what_changed_nothing_leaves_no_files(browser, app):
    url = browser.open("/takes").url
    empty = blobs_of(app)

    def post(n, size=MEGABYTE):
        data = {"n": n, "f": (io.BytesIO(b"x" * size), "f")}
        return browser.request("POST", url, data=data, content_type="multipart/form-data").status

    assert post("fails") == 500
    assert blobs_of(app) == empty
    cut = b'--B\r\nContent-Disposition: form-data; name="f"; filename="f"\r\n\r\n' + b"x" * MEGABYTE
    assert browser.request("POST", url, data=cut, content_type=BOUNDARY).status == 400
    assert blobs_of(app) == empty
    assert post("1") == 303
    full = blobs_of(app)
    assert full > MEGABYTE
    assert post("1") == 303
    assert full - 200 < blobs_of(app) < full + 200
    assert post("once") == 500
    assert blobs_of(app) > 2 * MEGABYTE


def test_the_same_file_is_the_same_answer(browser):
    url = browser.open("/takes").url

    def post(content):
        data = {"n": "1", "f": (io.BytesIO(content), "f")}
        return browser.request("POST", url, data=data, content_type="multipart/form-data").headers["Location"]

    assert post(b"x" * CHUNK) == post(b"x" * CHUNK) != post(b"x" * CHUNK + b"y")


def test_pieces_cannot_be_changed_or_exchanged(app):
    store, blobs = app.backing.store, app.backing.blobs
    app.test_client().open("/takes")
    (talk,) = store.conversations()
    blobs.put(talk.name, "one", 0, b"data")
    sealed = store.chunk(talk.name, "one", 0)
    store.add_chunk(talk.name, "two", 0, sealed)
    store.add_chunk(talk.name, "one", 1, sealed[:-1] + b"x")
    assert blobs.get(talk.name, "one", 0) == b"data"
    for blob, number in (("two", 0), ("one", 1)):
        with pytest.raises(StoreError):
            blobs.get(talk.name, blob, number)
    upload = Upload("f", "text/plain", 4, b"", (talk.name, "three"))
    with pytest.raises(NotRunningError):
        upload.read()
    with readable(lambda: blobs), pytest.raises(FileNotFoundError):
        upload.read()


def test_limits(make_app):
    app = make_app(max_body=3 * MEGABYTE, max_file=MEGABYTE)
    app.include(files)
    browser = app.test_client()
    browser.open("/takes")
    empty = blobs_of(app)
    assert browser.submit(f=("f", b"x" * (MEGABYTE + 1)), n="1").status == 413
    assert "1,048,576 bytes" in browser.page.text
    browser.back()
    assert browser.submit(f=[("f", b"x" * MEGABYTE)] * 4, n="1").status == 413
    assert blobs_of(app) == empty
    browser.back()
    assert browser.submit(f=[("f", b"x" * MEGABYTE)] * 2, n="1").text == "1048576"


class Sent(io.RawIOBase):
    """A multipart body with a file of so many bytes, made as it is read."""

    def __init__(self, size):
        head = b'--B\r\nContent-Disposition: form-data; name="n"\r\n\r\n1\r\n'
        self._parts = [
            head + b'--B\r\nContent-Disposition: form-data; name="f"; filename="f"\r\n\r\n',
            b"\r\n--B--\r\n",
        ]
        self._left = size
        self.length = size + sum(map(len, self._parts))
        self.given = 0

    def readable(self):
        return True

    def readinto(self, buffer):
        if len(self._parts) == 2 or not self._left:
            data = self._parts.pop(0) if self._parts else b""
        else:
            data = bytes(min(len(buffer), self._left))
            self._left -= len(data)
        buffer[: len(data)] = data
        self.given += len(data)
        return len(data)


def posted(browser, url, environ):
    """The page, and how much memory the post took."""
    tracemalloc.start()
    try:
        page = browser.request("POST", url, environ_overrides={"CONTENT_TYPE": BOUNDARY, **environ})
        return page, tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_a_large_file_is_streamed(make_app, tmp_path):
    app = make_app(store=f"sqlite:///{tmp_path}/store.sqlite3", max_body=100 * MEGABYTE)
    app.include(files)
    browser = app.test_client()
    url = browser.open("/takes").url
    body = Sent(20 * MEGABYTE)
    page, memory = posted(browser, url, {"wsgi.input": body, "CONTENT_LENGTH": str(body.length)})
    assert page.status == 303, page
    assert browser.open(page.headers["Location"]).text == str(20 * MEGABYTE)
    assert memory < 4 * MEGABYTE


@pytest.mark.parametrize("head", [b"", b'--B\r\nContent-Disposition: form-data; name="'])
def test_what_has_no_end_is_cut_off(browser, head):
    url = browser.open("/takes").url
    first, endless = io.BytesIO(head), Endless(b"x" * 1000)

    class Sent(io.RawIOBase):
        def read(self, size=-1):
            return first.read(size) or endless.read(size)

    page, memory = posted(browser, url, {"wsgi.input": Sent(), "CONTENT_LENGTH": str(16 * MEGABYTE)})
    assert page.status == 400
    assert endless.given < MEGABYTE
    assert memory < 2 * MEGABYTE


@pytest.mark.parametrize("announced", [True, False])
def test_a_hundred_megabytes_to_a_limit_of_one_are_cut_off_early(make_app, tmp_path, announced):
    app = make_app(store=f"sqlite:///{tmp_path}/store.sqlite3", max_body=MEGABYTE)
    app.include(files)
    browser = app.test_client()
    url = browser.open("/takes").url
    empty = blobs_of(app)
    body = Sent(100 * MEGABYTE)
    environ = {"wsgi.input": body, "CONTENT_LENGTH": str(body.length)} if announced else chunked(body)
    page, memory = posted(browser, url, environ)
    assert page.status == 413
    assert body.given == 0 if announced else body.given <= MEGABYTE + 1
    assert memory < 4 * MEGABYTE
    assert blobs_of(app) == empty
    page, memory = posted(browser, url, chunked(Endless()))
    assert page.status in (400, 413)
    assert browser.submit(f=("f", b"123"), n="1").text == "3"


def test_reading_a_part_of_it(app):
    app.test_client().open("/takes")
    (talk,) = app.backing.store.conversations()
    content = os.urandom(2 * CHUNK + 10)
    for number in range(3):
        app.backing.blobs.put(talk.name, "b", number, content[number * CHUNK : (number + 1) * CHUNK])
    upload = Upload("f", "", len(content), b"", (talk.name, "b"))
    with readable(lambda: app.backing.blobs), upload.open() as file:
        file.seek(CHUNK - 3)
        assert file.read(6) == content[CHUNK - 3 : CHUNK + 3]
        assert file.tell() == CHUNK + 3
        file.seek(-4, os.SEEK_CUR)
        assert file.read() == content[CHUNK - 1 :]
        assert file.seek(0, os.SEEK_END) == len(content)
        assert file.read() == b""


def test_a_file_that_starts_a_flow(browser, app):
    def post(n):
        data = {"n": n, "f": (io.BytesIO(b"x" * 2 * MEGABYTE + b"end"), "f")}
        return browser.request("POST", "/sent", data=data, content_type="multipart/form-data")

    started = post("1")
    assert started.status == 303
    assert blobs_of(app) > 2 * MEGABYTE
    browser.open(started.headers["Location"])
    assert browser.submit(n="1").text == "b'end'"
    held = app.backing.store.size()
    assert post("fails").status == 500
    assert app.backing.store.size() < held + MEGABYTE


def test_a_hook_that_looks_at_the_form_first(browser, app):
    app.before_request(lambda: None if request.form is not None else "")
    browser.open("/album")
    browser.submit(f=[("a", os.urandom(2 * MEGABYTE) + b"end")])
    browser.submit(n="1")
    assert len(app.backing.store.load(browser.page.url.rpartition("~")[2]).frames) < 1000
    assert "b'end'" in browser.submit(n="2").text
    url = browser.open("/takes").url
    held = app.backing.store.size()
    data = {"n": "fails", "f": (io.BytesIO(b"x" * MEGABYTE), "f")}
    assert browser.request("POST", url, data=data).status == 500
    assert app.backing.store.size() < held + MEGABYTE / 2
