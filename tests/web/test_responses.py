"""Responses of our own, beside what werkzeug makes of the same."""

import pytest
from werkzeug.test import Client, EnvironBuilder, run_wsgi_app
from werkzeug.wrappers import Response

from contweb import App, url_for
from contweb.web.responses import PlainResponse, html_response, see_other

URLS = ("/x", "/ä", "http://example.org/%C3%A4?q=1")


def sent(response, method="GET"):
    body, status, headers = run_wsgi_app(response, EnvironBuilder(method=method).get_environ())
    return b"".join(body), status, sorted(headers.to_wsgi_list())


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("text", ["", "<p>Grüße</p>"])
def test_a_page_is_sent_as_werkzeug_sends_it(text, method):
    assert sent(html_response(text), method) == sent(Response(text, mimetype="text/html"), method)


@pytest.mark.parametrize("url", URLS)
def test_a_redirect_is_sent_as_werkzeug_sends_it(url):
    theirs = Response(status="303 See Other", headers={"Location": url}, mimetype="text/html")
    assert sent(see_other(url)) == sent(theirs)


def changed(how):
    """The same change made to a response of ours and to one of werkzeug's."""
    responses = html_response("<p>one</p>"), Response("<p>one</p>", mimetype="text/html")
    for response in responses:
        how(response)
    return [sent(response) for response in responses]


@pytest.mark.parametrize(
    "how",
    [
        lambda response: response.set_data("<p>another, longer</p>"),
        lambda response: setattr(response, "response", [b"<p>", b"two</p>"]),
        lambda response: setattr(response, "response", ["<p>ü</p>"]),
        lambda response: setattr(response, "response", (part for part in (b"a", b"b"))),
        lambda response: setattr(response, "status_code", 204),
        lambda response: setattr(response, "status", "201 MADE"),
        lambda response: response.headers.remove("Content-Length"),
        lambda response: response.set_cookie("a", "b"),
    ],
)
def test_a_response_that_a_program_changed(how):
    ours, theirs = changed(how)
    assert ours == theirs


def test_what_is_to_be_called_at_the_end_is_called():
    response, called = PlainResponse("x"), []
    response.call_on_close(lambda: called.append(True))
    Client(response, Response).get("/").close()
    assert called == [True]


@pytest.fixture
def build():
    """Builds the same URL twice in one request below a root: the second time it is known."""
    app = App(__name__, store="memory:", name="named")
    wanted = []
    app.route("/one/<name>", endpoint="one")(lambda name: name)
    app.route("/two/<int:n>", endpoint="two")(lambda n: str(n))
    app.route("/", endpoint="home")(lambda: " ".join(url_for(*wanted[0], **wanted[1]) for _ in range(2)))

    def build(root, *args, **values):
        wanted[:] = args, values
        first, second = Client(app, Response).get("/", base_url=f"http://localhost{root}/").text.split(" ")
        assert first == second
        return first

    return build


def test_urls_are_built_for_their_own_root_and_values(build):
    assert build("", "one", name="a b") == "/one/a%20b"
    assert build("/below", "one", name="a") == "/below/one/a"
    assert build("", "one", name="a") == "/one/a"
    assert build("", "one", name="b", q="1") == "/one/b?q=1"
    assert build("", "two", n=1) == build("", "two", n=True) == "/two/1"
    assert build("", "one", name="a", _anchor="part 2") == "/one/a#part%202"
    assert build("", "one", name="a", _external=True) == "http://localhost/one/a"
