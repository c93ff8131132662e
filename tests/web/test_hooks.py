"""Hooks around requests, and flash messages."""

from base64 import urlsafe_b64decode, urlsafe_b64encode

import pytest
from markupsafe import Markup

from contweb import App, abort, ask, flash, get_flashed_messages, html, redirect, request, session
from tests.web.flows import FORM

called = []  # what was, in order


def home():
    return "<p>home</p>"


@pytest.fixture
def app():
    """A site with a part, each with hooks that note when they are called."""
    app, part = App("tests.web", store="memory:", name="site"), App("tests.web.parts", name="part")
    called.clear()
    for each in (app, part):
        for number in (1, 2):
            name = f"{each.name}{number}"
            each.before_request(lambda name=name: called.append(f"before {name}"))
            each.after_request(lambda response, name=name: called.append(f"after {name}"))
    app.route("/")(home)
    part.route("/home", endpoint="part_home")(home)

    @part.flow("/flow")
    def flow():
        called.append("step")
        ask(FORM)
        called.append("step")
        return "<p>end</p>"

    app.include(part, "/part")
    return app


SITE = ["before site1", "before site2", "after site2", "after site1"]
PART = ["before site1", "before site2", "before part1", "before part2"]
AFTER_PART = ["after part2", "after part1", "after site2", "after site1"]


def test_the_order_of_hooks(app):
    browser = app.test_client()
    browser.open("/")
    assert called == SITE
    called.clear()
    browser.open("/part/home")
    assert called == PART + AFTER_PART


def test_hooks_of_a_flow_are_those_of_its_app(app):
    browser = app.test_client()
    browser.open("/part/flow")
    assert called == [*PART, "step", *AFTER_PART, *PART, *AFTER_PART]
    called.clear()
    browser.submit(n="1")
    assert called == [*PART, "step", *AFTER_PART, *PART, *AFTER_PART]


def test_a_response_before_the_request_is_instead_of_it(app):
    @app.before_request
    def closed():
        return html("<p>closed</p>") if "closed" in request.args else None

    browser = app.test_client()
    browser.open("/part/flow")
    url = browser.page.url
    called.clear()
    assert browser.request("POST", f"{url}?closed", data={"n": "1"}).text == "closed"
    assert browser.open("/part/flow?closed").text == "closed"
    assert "step" not in called
    assert browser.open(url).status == 200


def test_an_abort_before_the_request(app):
    @app.before_request
    def closed():
        abort(403, "Not today.")

    assert (app.test_client().open("/").status, called[-1]) == (403, "after site1")


def test_a_response_can_be_changed_or_exchanged(app):
    @app.after_request
    def marked(response):
        response.headers["X-Mark"] = "1"

    browser = app.test_client()
    assert browser.open("/").headers["X-Mark"] == "1"
    assert browser.open("/nowhere").headers["X-Mark"] == "1"

    @app.after_request
    def other(response):
        return redirect("/elsewhere") if request.path == "/" else response

    assert browser.request("GET", "/").status == 303


def test_a_hook_that_fails_is_a_500(app):
    app.after_request(lambda response: 1 / 0)
    assert app.test_client().open("/").status == 500


def test_what_a_hook_may_not_return(app, caplog):
    app.before_request(lambda: 42)
    assert app.test_client().open("/").status == 500
    assert "returned int" in caplog.text


@pytest.fixture
def flashing(make_app, tmp_path):
    (tmp_path / "flashed.html").write_text(
        "{% for kind, text in get_flashed_messages(true) %}<p>{{ kind }}: {{ text }}</p>{% endfor %}"
        "{{ get_flashed_messages()|length }}<form method='post'></form>"
    )
    app = make_app(template_folder=tmp_path)

    @app.flow("/ask")
    def asks():
        flash("one")
        ask("flashed.html")
        flash("<two>", "error")
        flash("three")
        ask("flashed.html")
        return html(str(get_flashed_messages(category_filter=["error"])))

    return app


def test_flash_messages_are_said_once(flashing):
    browser = flashing.test_client()
    assert browser.open("/ask").text.split() == ["message:", "one", "1"]
    assert browser.reload().text == "0"
    assert browser.submit().text.split() == ["error:", "<two>", "message:", "three", "2"]
    assert browser.submit().text == "[]"


def test_markup_is_said_as_markup_and_text_as_text(flashing):
    @flashing.flow("/marked")
    def marked():
        flash(Markup("<b>{}</b>").format("<one>"))
        flash("<b>two</b>", "error")
        ask("flashed.html")

    page = flashing.test_client().open("/marked")
    assert "<p>message: <b>&lt;one&gt;</b></p><p>error: &lt;b&gt;two&lt;/b&gt;</p>" in page.markup


@pytest.mark.parametrize(("mark", "said"), [(b"", ["message:", "one", "1"]), (b", true", ["0"])])
def test_a_visitor_makes_no_markup_of_text(flashing, mark, said):
    browser = flashing.test_client()
    url = browser.request("GET", "/ask").headers["Location"]
    kept = urlsafe_b64decode(browser._client.get_cookie("contweb_session").value)
    sent = kept.replace(b'"one"', b'"one"' + mark)
    assert (sent == kept) is (not mark)
    browser._client.set_cookie("contweb_session", urlsafe_b64encode(sent).decode())
    assert browser.open(url).text.split() == said


def test_what_nobody_sees_says_no_flash_message(flashing):
    browser = flashing.test_client()
    url = browser.request("GET", "/ask").headers["Location"]
    browser.request("HEAD", url)
    browser.request("GET", url, headers={"Sec-Purpose": "prefetch"})
    assert "one" in browser.open(url).text


def test_flash_and_the_session_go_together(make_app):
    app = make_app()

    @app.route("/flash", endpoint="flash")
    def _flash():
        session["n"] = 1
        flash("a")
        assert get_flashed_messages() == ["a"]
        assert get_flashed_messages(True) == [("message", "a")]
        return str(dict(session))

    assert app.test_client().open("/flash").text == "{'n': 1}"


@pytest.mark.parametrize("path", ["/nowhere", "/part/flow/page~" + "A" * 36, "/part/flow/x~y"])
def test_what_is_not_there_has_its_hooks(app, path):
    browser = app.test_client()
    assert browser.open(path).status == 404
    assert called == SITE

    @app.before_request
    def closed():
        return html("<p>Closed on Mondays.</p>")

    assert browser.open(path).text == "Closed on Mondays."


def test_what_a_hook_after_the_request_may_not_return(app):
    app.debug = True

    @app.after_request
    def shorten(response):
        return "short"

    page = app.test_client().open("/")
    assert page.status == 500
    assert "shorten returned str; return the response, another one, or nothing" in page
