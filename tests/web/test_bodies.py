"""What visitors send: read strictly, within limits, and never taken for an answer when it is not whole."""

import io

import pytest

from contweb.web.body import Body, Limits
from contweb.web.receiving import receive

URLENCODED = "application/x-www-form-urlencoded"


class Endless(io.RawIOBase):
    """A body without end; counts what was read of it."""

    def __init__(self, piece=b"n=" + b"x" * 998):
        self.piece = piece
        self.given = 0

    def readable(self):
        return True

    def readinto(self, buffer):
        data = (self.piece * (len(buffer) // len(self.piece) + 1))[: len(buffer)]
        buffer[:] = data
        self.given += len(data)
        return len(data)


@pytest.fixture
def post(browser):
    """Posts to a page of ``/echo``, and checks that it stays answerable whatever came."""
    url = browser.open("/echo").url

    def send(data, content_type=URLENCODED, **options):
        raw = data.encode() if isinstance(data, str) else data
        sent = {"input_stream": io.BytesIO(raw), "content_length": len(raw)} if raw is not None else {}
        page = browser.request("POST", url, content_type=content_type, **sent, **options)
        again = browser.request("POST", url, data={"a": "still works"})
        assert again.status == 303
        return page

    send.url = url
    return send


def shown(browser, page):
    assert page.status == 303, page
    return browser.request("GET", page.headers["Location"]).text


def multipart(*parts, end=True):
    body = b"".join(b"--B\r\n" + head + b"\r\n\r\n" + data + b"\r\n" for head, data in parts)
    return body + (b"--B--\r\n" if end else b"")


def field(name, data):
    return b'Content-Disposition: form-data; name="%s"' % name, data


def file(name, filename, data):
    return b'Content-Disposition: form-data; name="%s"; filename="%s"' % (name, filename), data


BOUNDARY = "multipart/form-data; boundary=B"


def test_a_form(post, browser):
    assert (
        shown(browser, post("a=1&b=%C3%A9+%26&a=2&c"))
        == "[('a', '1'), ('a', '2'), ('b', 'é &'), ('c', '')] []"
    )


def test_an_empty_answer(post, browser):
    assert shown(browser, post("")) == "[] []"
    assert shown(browser, post(None, None)) == "[] []"


def test_multipart(post, browser):
    body = multipart(field(b"a", b"\xc3\xa9\r\nx"), file(b"f", b"x.txt", b"123\r\n"), file(b"g", b"", b""))
    assert shown(browser, post(body, BOUNDARY)) == "[('a', 'é\\r\\nx')] [('f', 'x.txt', 5)]"


BAD = {
    "utf-8 in bytes": (b"a=\xff\xfe", URLENCODED),
    "utf-8 in escapes": (b"a=%ff%fe", URLENCODED),
    "half a surrogate": (b"a=%ed%a0%80", URLENCODED),
    "another charset": (b"a=1", URLENCODED + "; charset=latin-1"),
    "utf-16": ("a=1".encode("utf-16"), URLENCODED),
    "nul": (b"a=%00", URLENCODED),
    "nul in a name": (b"a%00=1", URLENCODED),
    "nul in a part": (multipart(field(b"a", b"\0")), BOUNDARY),
    "nul in a file's type": (
        multipart((b'Content-Disposition: form-data; name="f"; filename="x"\r\nContent-Type: a\0b', b"1")),
        BOUNDARY,
    ),
    "utf-8 in a part": (multipart(field(b"a", b"\xff")), BOUNDARY),
    "utf-8 in a part's name": (multipart(field(b"\xff", b"1")), BOUNDARY),
    "no boundary": (multipart(field(b"a", b"1")), "multipart/form-data"),
    "another boundary": (multipart(field(b"a", b"1")), "multipart/form-data; boundary=C"),
    "no end": (multipart(field(b"a", b"1"), end=False), BOUNDARY),
    "cut in a part": (multipart(field(b"a", b"1"))[:-12], BOUNDARY),
    "no name": (multipart((b"Content-Disposition: form-data", b"1")), BOUNDARY),
    "no disposition": (multipart((b"Content-Type: text/plain", b"1")), BOUNDARY),
    "nothing at all": (b"", BOUNDARY),
    "an odd boundary": (b"", "multipart/form-data; boundary=\xe9"),
}


@pytest.mark.parametrize("what", BAD)
def test_what_is_no_form_is_400(post, what):
    data, content_type = BAD[what]
    page = post(data, content_type)
    assert page.status == 400, page
    assert "the page you came from still works" in page.text


@pytest.mark.parametrize("content_type", ["text/plain", "application/json", "", "nonsense"])
def test_what_is_another_thing_is_415(post, content_type):
    page = post(b'{"a": 1}', content_type)
    assert page.status == 415
    assert page.text.count("not a form") == 1


def test_limits(make_app):
    app = make_app(max_body=10_000, max_field=1_000, max_fields=20)
    browser = app.test_client()
    url = browser.open("/echo").url

    def send(data, content_type=URLENCODED):
        return browser.request("POST", url, data=data, content_type=content_type).status

    assert send("&".join(f"f{n}={'x' * 400}" for n in range(20))) == 303
    assert send("a=" + "x" * 1_000) == 303
    assert send("a=" + "x" * 1_001) == 413
    assert send("x" * 1_001 + "=") == 413
    assert send("&".join("a=1" for _ in range(21))) == 413
    assert send(multipart(*[field(b"a", b"1")] * 20), BOUNDARY) == 303
    assert send(multipart(*[field(b"a", b"1")] * 21), BOUNDARY) == 413
    assert send(multipart(field(b"a", b"x" * 1_001)), BOUNDARY) == 413
    assert send(multipart(file(b"f", b"f", b"x" * 9_000)), BOUNDARY) == 303
    assert send(multipart(file(b"f", b"f", b"x" * 10_000)), BOUNDARY) == 413
    assert send(b"x" * 10_001, "text/plain") == 413


def test_a_field_of_a_megabyte_and_ten_thousand_fields(post):
    assert post("a=" + "x" * 1_000_000).status == 413
    assert post("&".join(f"f{n}=x" for n in range(10_000))).status == 413


def test_a_body_over_the_limit_is_not_read(make_app):
    browser = make_app(max_body=100_000).test_client()
    url = browser.open("/echo").url
    announced = Endless()
    environ = {"wsgi.input": announced, "CONTENT_LENGTH": str(10**9)}
    page = browser.request("POST", url, content_type=URLENCODED, environ_overrides=environ)
    assert page.status == 413
    assert announced.given == 0
    unannounced = Endless()
    page = browser.request("POST", url, content_type=URLENCODED, environ_overrides=chunked(unannounced))
    assert page.status == 413
    assert unannounced.given <= 100_001
    assert browser.request("POST", url, data={"a": "1"}).status == 303


def chunked(stream):
    """As gunicorn does for a body that comes in chunks."""
    return {
        "wsgi.input": stream,
        "wsgi.input_terminated": True,
        "HTTP_TRANSFER_ENCODING": "chunked",
        "CONTENT_LENGTH": "",
    }


@pytest.mark.parametrize("terminated", [True, False])
@pytest.mark.parametrize("body", [b"a=1234", multipart(field(b"a", b"1"))], ids=["urlencoded", "multipart"])
def test_a_body_cut_short_is_no_answer(browser, app, terminated, body):
    url = browser.open("/echo").url
    pages = app.backing.store.count().pages
    environ = {"wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": str(len(body) + 10)}
    if terminated:
        environ["wsgi.input_terminated"] = True
    content_type = URLENCODED if body.startswith(b"a=") else BOUNDARY
    page = browser.request("POST", url, content_type=content_type, environ_overrides=environ)
    assert page.status == 400
    assert app.backing.store.count().pages == pages


def test_a_connection_that_breaks_is_no_answer(browser):
    class Broken(io.BytesIO):
        def read(self, size=-1):
            raise OSError("connection reset")

    url = browser.open("/echo").url
    environ = {"wsgi.input": Broken(), "CONTENT_LENGTH": "10"}
    page = browser.request("POST", url, content_type=URLENCODED, environ_overrides=environ)
    assert page.status == 400


def test_a_body_of_unknown_length_without_an_end_is_empty():
    assert Body({"wsgi.input": Endless()}, 100).read() == b""


def test_a_body_in_pieces_is_put_together():
    class Slow(io.BytesIO):
        def read(self, size=-1):
            return super().read(min(size, 3))

    body = Body({"wsgi.input": Slow(b"0123456789"), "CONTENT_LENGTH": "10"}, 100)
    assert body.read() == b"0123456789"


def test_a_chunked_body_within_the_limit(browser):
    url = browser.open("/echo").url
    environ = chunked(io.BytesIO(b"a=chunked"))
    page = browser.request("POST", url, content_type=URLENCODED, environ_overrides=environ)
    assert "chunked" in browser.open(page.headers["Location"]).text


def test_handlers_have_the_same_limits(make_app):
    browser = make_app(max_body=1_000).test_client()
    assert browser.request("POST", "/plain", data={"a": "x"}).text == "POST x"
    assert browser.request("POST", "/plain", data={"a": "x" * 1_000}).status == 413
    assert browser.request("POST", "/plain", data=b"a=%ff", content_type=URLENCODED).status == 400


def test_a_file_is_read_back():
    body = multipart(file(b"f", b"p.png", b"\x89PNG"))
    answer = receive(io.BytesIO(body), "multipart/form-data", {"boundary": "B"}, Limits())
    upload = answer.files["f"]
    assert (upload.filename, upload.size, upload.read(), upload.open().read(1)) == (
        "p.png",
        4,
        b"\x89PNG",
        b"\x89",
    )
    assert upload.content_type == "application/octet-stream"
