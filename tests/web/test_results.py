"""What a flow and a handler may return."""

import pytest
from werkzeug.utils import send_file

from contweb import Answer, App, ask, button, flow, html, link, page, redirect, request, url_for
from tests.web.flows import FORM


def test_a_page(browser):
    shown = browser.open("/results/page")
    assert shown.url.startswith("/results/page/typed~")
    assert "&lt;b&gt;" in shown.markup
    assert shown.url in shown.text  # `request` in a template


@pytest.mark.parametrize(
    ("kind", "markup"), [("html", "<p>as <i>is</i></p>"), ("text", "<p>a text</p>")], ids=["html", "text"]
)
def test_markup(browser, kind, markup):
    shown = browser.open(f"/results/{kind}")
    assert shown.markup == markup
    assert shown.url.startswith(f"/results/{kind}/page~")
    assert browser.reload().markup == markup


def test_nothing(browser):
    assert browser.open("/results/nothing").title == "Done"
    assert browser.reload().status == 200


def test_a_redirect(browser):
    first = browser.request("GET", "/results/redirect")
    assert (first.status, first.headers["Location"]) == (303, "/")
    away = browser.request("GET", "/results/away")
    assert (away.status, away.headers["Location"]) == (303, "https://example.org/x")


def test_a_redirect_after_a_question_is_the_outcome(browser):
    url = browser.open("/results-after/redirect").url
    assert browser.submit(n="1").url == "/"
    browser.back()
    assert browser.submit(n="1").url == "/"
    assert browser.request("POST", url, data={"n": "1"}).status == 303


def test_a_handler(browser):
    assert browser.open("/").text.startswith("home")
    assert browser.open("/plain").text == "GET"
    assert browser.request("POST", "/plain", data={"a": "b"}).text == "POST b"
    assert browser.open("/wrong").status == 500


def test_what_ask_takes():
    app = App("tests.web", store="memory:", debug=True)

    @app.flow("/asks/<how>")
    def asks(how):
        answer = ASKS[how]()
        assert isinstance(answer, Answer)
        return html(answer["n"])

    browser = app.test_client()
    for how in ("template", "page", "both"):
        shown = browser.open(f"/asks/{how}")
        assert "How many?" in shown.text
        assert browser.submit(n="3").text == "3"
    assert browser.open("/asks/step").url.startswith("/asks/step/how-many~")
    assert "how-many" in browser.page.title
    for wrong in ("bad step", "number", "context of html", "later"):
        assert browser.open(f"/asks/{wrong}").status == 500


ASKS = {
    "template": flow(lambda: ask("number.html", question="How many?")),
    "page": flow(lambda: ask(page("number.html", question="How many?"))),
    "both": flow(lambda: ask(page("number.html", question="Who?"), question="How many?")),
    "step": flow(lambda: ask("number.html", step="how-many")),
    "bad step": flow(lambda: ask("number.html", step="a/b")),
    "number": flow(lambda: ask(42)),
    "context of html": flow(lambda: ask(html("x"), name="y")),
    "later": flow(lambda: ask("number.html", into=dict)),
}


def test_outside_of_a_request():
    with pytest.raises(RuntimeError, match="while a request is being answered"):
        url_for("home")
    assert redirect("/x").status_code == 303


def test_an_answer():
    answer = Answer([("a", "1"), ("b", "2"), ("a", "3")])
    assert answer["a"] == "1"
    assert answer.getlist("a") == ["1", "3"]
    assert answer.get("c") is None
    assert answer.get("b", type=int) == 2
    with pytest.raises(KeyError):
        answer["c"]
    copy = answer.copy()
    copy["a"] = "4"
    assert answer["a"] == "1"
    assert repr(answer) == "Answer([('a', '1'), ('a', '3'), ('b', '2')])"


@pytest.mark.parametrize("odd", [("a", 404), b"a", {}, 5, (n for n in "a")], ids=repr)
def test_an_odd_result_is_an_error_that_names_the_flow(odd):
    app = App("tests.web", store="memory:", debug=True)
    app.flow("/odd/<int:number>", endpoint="odd")(lambda number: odd)
    shown = app.test_client().open("/odd/7")
    assert shown.status == 500
    assert f"the flow at /odd/7 returned {type(odd).__name__}, which cannot be shown" in shown
    assert "return page(name, ...)" in shown


def test_a_file(tmp_path):
    app = App("tests.web", store="memory:")
    path = tmp_path / "sums.csv"
    path.write_text("a,b\n")

    @app.flow("/sums")
    def sums():
        ask(FORM)
        return send_file(path, request.environ, as_attachment=True)

    browser = app.test_client()
    browser.open("/sums")
    shown = browser.submit(n="5")
    assert (shown.status, shown.markup) == (200, "a,b\n")
    assert shown.headers["Content-Disposition"] == "attachment; filename=sums.csv"
    path.unlink()
    assert browser.reload().markup == "a,b\n"


def test_a_redirect_is_quoted():
    app = App("tests.web", store="memory:")

    @app.flow("/away")
    def away():
        ask(FORM)
        return redirect("/größe € x?q=a b&r=%20#€")

    browser = app.test_client()
    url = browser.open("/away").url
    quoted = "/gr%C3%B6%C3%9Fe%20%E2%82%AC%20x?q=a%20b&r=%20#%E2%82%AC"

    def sent(**headers):
        return browser.request("POST", url, data={"n": "5"}, headers=headers)

    assert sent().headers["Location"] == quoted
    assert sent(**{"HX-Request": "true"}).headers["HX-Redirect"] == quoted
    assert f'"url": "{quoted}"' in sent(Accept="application/json").markup


@pytest.mark.parametrize("timeout", ["10m", float("nan"), [5]], ids=repr)
def test_a_timeout_that_is_none(timeout):
    app = App("tests.web", store="memory:", debug=True)

    @app.flow("/timed")
    def timed():
        ask(FORM, timeout=timeout)

    shown = app.test_client().open("/timed")
    assert shown.status == 500
    assert f"timeout={timeout!r}: give seconds or a timedelta" in shown


def test_ask_where_no_flow_is_running():
    app = App("tests.web", store="memory:", debug=True)

    @app.route("/handler")
    def handler():
        return ask(FORM)["n"]

    shown = app.test_client().open("/handler")
    assert shown.status == 500
    assert "ask() was called, but no flow is running" in shown


def test_markup_where_a_template_is_asked():
    app = App("tests.web", store="memory:", debug=True)
    app.flow("/", endpoint="home")(lambda: ask("<form method='post'></form>"))
    shown = app.test_client().open("/")
    assert shown.status == 500
    assert "ask(html(" in shown


@pytest.mark.parametrize("make", [link, button])
def test_a_handler_has_no_links_to_call(make):
    app = App("tests.web", store="memory:", debug=True)
    app.route("/text")(lambda: f"{make(redirect, '/x')}")
    app.route("/page", endpoint="page")(lambda: page("typed.html", typed=make(redirect, "/x")))
    for path, name in [("/text", "<lambda>"), ("/page", "page")]:
        shown = app.test_client().open(path)
        assert shown.status == 500
        assert f"the page of {name} has links to call, but no flow goes on there" in shown


@pytest.mark.parametrize("make", [link, button])
def test_a_link_to_what_was_called_already(make):
    with pytest.raises(TypeError, match=rf"{make.__name__}\(None\).*{make.__name__}\(function, argument\)"):
        make([].append(1))
