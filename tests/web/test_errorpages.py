"""Pages for errors: the app's own, in the visitor's language, for scripts; and the ways out they show."""

import json
import re
from dataclasses import dataclass

import pytest
from werkzeug.exceptions import Forbidden, HTTPException, NotFound

from contweb import App, abort, ask, forget, html, page
from contweb.web.templates import OWN_FOLDER
from contweb.web.testing import Visit
from tests.web.flows import FORM

JSON = {"Accept": "application/json"}
GERMAN = {"Accept-Language": "de-CH,de;q=0.9,en;q=0.5"}
pages = App(__name__)


@dataclass
class Order:
    count: int


class Refused(Exception):
    pass


@pages.flow("/order")
def order():
    ask("into.html", into=Order)


@pages.flow("/refuses")
def refuses():
    raise Refused(ask(FORM)["n"])


@pages.flow("/door")
def door():
    ask(html('<form method="post"><input name="n"><input name="password"><textarea name="why"></textarea>'))
    forget()
    ask(FORM, timeout=60)


@pytest.fixture
def app(make_app):
    app = make_app()
    app.include(pages)
    return app


def post(browser, url, **data):
    browser._go(Visit("POST", url, tuple(data.items())))
    return browser.page


# the app's own handlers


def test_a_handler_for_a_status(app):
    @app.errorhandler(404)
    def missing(error):
        assert isinstance(error, NotFound)
        return page("typed.html", typed="not here")

    shown = app.test_client().open("/nowhere")
    assert (shown.status, shown.text.split()[:2]) == (404, ["not", "here"])
    assert shown.headers["Cache-Control"] == "no-store"
    assert app.test_client().request("POST", "/add").status == 405


def test_a_handler_for_an_exception(app):
    @app.errorhandler(Refused)
    def refused(error):
        return f"<p>refused: {error}</p>"

    browser = app.test_client()
    url = browser.open("/refuses").url
    assert (browser.submit(n="1").status, browser.page.text) == (500, "refused: 1")
    assert browser.open(url).status == 200
    assert browser.submit(n="2").text == "refused: 2"


@pytest.mark.parametrize(
    "kinds, nearest",
    [
        ([403, Forbidden, HTTPException, Exception], Forbidden),
        ([403, HTTPException, Exception], 403),
        ([HTTPException, Exception], HTTPException),
        ([Exception, 404], Exception),
    ],
)
def test_the_nearest_handler_counts(app, kinds, nearest):
    app.route("/no")(no)
    for kind in kinds:
        app.errorhandler(kind)(lambda error, kind=kind: str(kind))
    assert app.test_client().open("/no").markup == str(nearest)


def no():
    abort(403)


def test_the_handlers_of_an_included_app_are_for_its_own(make_app):
    app = make_app()
    part = App("tests.web.test_errorpages", name="part")
    part.route("/no")(no)
    part.errorhandler(403)(lambda error: "of the part")
    app.include(part, "/part")
    app.route("/site-no", endpoint="site_no")(no)
    app.errorhandler(403)(lambda error: "of the site")
    browser = app.test_client()
    assert browser.open("/part/no").text == "of the part"
    assert browser.open("/site-no").text == "of the site"


def test_a_handler_for_500_gets_the_error(app, caplog):
    app.errorhandler(500)(lambda error: f"<p>{type(error.original_exception).__name__}</p>")
    browser = app.test_client()
    browser.open("/fails")
    assert (browser.submit(n="raise").status, browser.page.text) == (500, "RuntimeError")
    assert "the secret text of an error" in caplog.text


def test_a_handler_that_fails_is_a_500(app, caplog):
    app.errorhandler(404)(lambda error: 1 / 0)
    shown = app.test_client().open("/nowhere")
    assert (shown.status, shown.title) == (500, "Something went wrong on our side")
    assert "ZeroDivisionError" in caplog.text
    app.debug = True
    assert app.test_client().open("/nowhere").title.startswith("ZeroDivisionError")


def test_a_handler_keeps_what_belongs_to_the_status(app):
    app.errorhandler(405)(lambda error: "no")
    assert "GET" in app.test_client().request("POST", "/add").headers["Allow"]


@pytest.mark.parametrize("wrong", [200, 399, 600])
def test_a_handler_for_what_is_no_error(app, wrong):
    with pytest.raises(ValueError, match="400 to 599"):
        app.errorhandler(wrong)


# templates of the same name


def test_a_template_of_the_same_name_counts(make_app, tmp_path):
    (tmp_path / "contweb").mkdir()
    (tmp_path / "contweb" / "404.html").write_text("mine: {{ code }}")
    shown = make_app(template_folder=tmp_path).test_client().open("/nowhere")
    assert (shown.status, shown.text) == (404, "mine: 404")
    assert "Content-Security-Policy" not in shown.headers


def test_a_frame_of_the_app_is_around_all_of_them(make_app, tmp_path):
    (tmp_path / "contweb").mkdir()
    (tmp_path / "contweb" / "layout.html").write_text("<i>my frame</i>{% block main %}{% endblock %}")
    shown = make_app(template_folder=tmp_path).test_client().open("/nowhere")
    assert "my frame" in shown.text and "There is no such page" in shown.text
    assert "Content-Security-Policy" not in shown.headers


# translated


CATALOGUE = {
    "de": {
        "There is no such page": "Diese Seite gibt es nicht",
        "The form came without its field %(name)s.": "Im Formular fehlt das Feld %(name)s.",
        "Type a whole number.": "Eine ganze Zahl bitte.",
        "Not thirteen.": "Nicht dreizehn.",
    }
}


def in_german(app):
    browser = app.test_client()
    browser.headers.update(GERMAN)
    return browser


def test_a_catalogue(make_app):
    app = make_app(translations=CATALOGUE)
    app.include(pages)
    browser = in_german(app)
    shown = browser.open("/nowhere")
    assert shown.title == "Diese Seite gibt es nicht"
    assert '<html lang="de">' in shown.markup
    browser.open("/add")
    assert "Im Formular fehlt das Feld n." in post(browser, browser.page.url, m="1").text
    browser.open("/order")
    assert "Eine ganze Zahl bitte." in browser.submit(count="x").text
    english = app.test_client().open("/nowhere")
    assert english.title == "There is no such page" and '<html lang="en">' in english.markup


def test_a_function_that_translates(make_app):
    app = make_app(translations=lambda text: "x-upper" if text == "en" else text.upper())
    shown = app.test_client().open("/nowhere")
    assert shown.title == "THERE IS NO SUCH PAGE"
    assert '<html lang="x-upper">' in shown.markup


def test_a_field_that_is_called_like_a_placeholder(make_app):
    browser = make_app(translations=CATALOGUE).test_client()
    browser.open("/add")
    assert "%(name)s" not in post(browser, browser.page.url, **{"%(name)s": "1"}).text


def test_every_text_goes_through_the_catalogue(make_app):
    """With a function that marks what it is given, no text of the framework's pages is left unmarked."""
    texts = set()

    def mark(text):
        texts.add(text)
        return f"«{text}»"

    app = make_app(translations=mark)
    templates = app.site.templates
    with app.test_request():
        for file in sorted((OWN_FOLDER / "contweb").glob("[0-9d]*.html")):
            if file.name == "debug.html":
                continue
            for why in ("expired", "changed", "passed"):
                names = {
                    "code": file.stem,
                    "name": "Name",
                    "why": why,
                    "typed": [("<1>", "<2>")],
                    "home": "/",
                    "missing": "<3>",
                }
                text = templates.get("site", f"contweb/{file.name}").render(names)
                body = re.sub(r"(?s)<style>.*?</style>|«[^»]*»|<[^>]*>|&lt;\d&gt;", "", text)
                assert not body.replace(file.stem, "").strip(), (file.name, body.split())
    assert len(texts) > 20


# for scripts


def test_errors_for_scripts(app):
    browser = app.test_client()
    browser.headers.update(JSON)
    told = browser.request("GET", "/nowhere")
    assert told.headers["Content-Type"] == "application/json"
    assert json.loads(told.markup) == {"status": 404, "error": "Not Found", "home": "/"}
    url = json.loads(browser.request("GET", "/add").markup)["url"]
    told = browser.request("POST", url, data={"m": "1"})
    assert (told.status, json.loads(told.markup)["missing"]) == (400, "n")
    assert json.loads(told.markup)["again"] == url
    url = json.loads(browser.request("GET", "/fails").markup)["url"]
    told = json.loads(browser.request("POST", url, data={"n": "abort"}).markup)
    assert told["description"] == "Not for <you>."
    assert "secret" not in browser.request("POST", url, data={"n": "raise"}).markup


# ways out


def test_404_leads_home(app):
    browser = app.test_client()
    browser.open("/nowhere")
    browser.click("To the home page")
    assert "home" in browser.page.text


def test_404_leads_nowhere_if_there_is_no_home():
    app = App("tests.web", store="memory:", name="alone")
    assert not app.test_client().open("/nowhere").links


def test_404_of_a_damaged_page_leads_to_a_new_start(app):
    browser = app.test_client()
    url = browser.open("/add").url
    for damaged in (url[:-1], url[:-1] + ("A" if url[-1] != "A" else "B")):
        assert browser.open(damaged).status == 404
        assert browser.click("Start again").status == 200
        assert browser.page.url.startswith("/add/first~")


def test_404_offers_no_start_where_none_is(app):
    browser = app.test_client()
    token = browser.open("/add").url.rpartition("/")[2]
    shown = browser.open(f"/nowhere/{token}")
    assert [link.text for link in shown.links] == ["To the home page"]


def test_410_offers_what_was_typed_and_the_newest_page(app):
    browser = app.test_client()
    url = browser.open("/door").url
    newest = browser.submit(n="1").url
    gone = post(browser, url, n="<b>2", password="hunter2", why="because\nof this")
    assert gone.status == 410
    assert gone.title == "This page is finished with"
    assert "<b>2" in gone.text and "because\nof this" in gone.text
    assert "hunter2" not in gone.markup and "<b>" not in gone.markup
    assert browser.click("Go to the newest page").url == newest


def test_410_leads_to_a_new_start_when_nothing_newer_works(app, clock):
    browser = app.test_client()
    url = browser.open("/door").url
    newest = browser.submit(n="1").url
    clock.advance(61)
    for at in (url, newest):
        gone = post(browser, at, n="2")
        assert gone.status == 410
        assert "2" in gone.text
        assert [link.text for link in gone.links] == ["Start again", "To the home page"]
    assert browser.click("Start again").url.startswith("/door/")


def test_410_offers_no_more_than_fits(app):
    browser = app.test_client()
    url = browser.open("/door").url
    browser.submit(n="1")
    gone = post(browser, url, n="2", why="x" * 300_000)
    assert gone.status == 410 and "x" * 1000 not in gone.markup


def test_410_for_scripts(app):
    browser = app.test_client()
    url = browser.open("/door").url
    newest = browser.submit(n="1").url
    told = json.loads(browser.request("POST", url, data={"n": "2"}, headers=JSON).markup)
    assert told == {
        "status": 410,
        "error": "Gone",
        "why": "passed",
        "typed": [["n", "2"]],
        "newest": newest,
        "start": "/door",
        "home": "/",
    }
