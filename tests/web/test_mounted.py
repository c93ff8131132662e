"""An app inside another site, another site inside an app, and a proxy before it."""

from urllib.parse import quote
from wsgiref.validate import validator

import pytest
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wrappers import Request, Response

from contweb import App, ask, button, flash, html, link, redirect, session, url_for
from contweb.web.testing import Browser
from tests.web.flows import FORM

inner = App(__name__)


def shout(word):
    return word.upper()


@inner.flow("/buy/<thing>")
def buy(thing):
    session["thing"] = thing
    flash("hello")
    count = ask(FORM)["n"]
    word = ask(html(f'<a href="{link(shout, "up")}">up</a>{button(shout, "press")}'))
    ask(html(f"<p>{thing} {count} {word} {url_for('home')}</p><form method='post'></form>"))
    return redirect(url_for("home"))


@inner.route("/")
def home():
    return f"<h1>inner {session.get('thing')}</h1>"


@pytest.fixture
def app():
    app = App("tests.web", store="memory:", name="outer")
    app.include(inner)
    yield app
    app.close()


@Request.application
def site(request):
    return Response(f"site: {request.script_root}{request.path}")


def walk(browser, root):
    """From a start to the end, with all URLs below a root."""
    first = browser.open(f"{root}/buy/tea").url
    assert first.startswith(f"{root}/buy/tea/page~")
    browser.submit(n="2")
    at_links = browser.page.url
    browser.click("up")
    assert browser.page.text.split() == ["tea", "2", "UP", f"{root}/"]
    browser.open(at_links)
    assert browser.click("Shout").text.split()[2] == "PRESS"
    assert browser.submit().text == "inner tea"
    assert browser.page.url == f"{root}/"
    return first


def test_below_a_prefix_of_another_site(app):
    browser = Browser(validator(DispatcherMiddleware(site, {"/shop": app})))
    first = walk(browser, "/shop")
    assert browser.open("/elsewhere").text == "site: /elsewhere"
    assert browser.open(first.removeprefix("/shop")).text.startswith("site: /buy")
    assert "/shop" in next(iter(browser._client._cookies.values())).path


@pytest.mark.parametrize("prefix", ["/my shop", "/größe/東京", "/100%20off", "/what?#"])
def test_below_a_prefix_that_a_url_cannot_hold_as_it_is(app, prefix):
    """The prefix stands in every URL as it is written there, and is quoted once."""

    @app.route("/urls/")
    def urls():
        return f"{url_for('home', _external=True)} {url_for('buy', thing='ä b')} {url_for('home', q='ö')}"

    outer = App("tests.web", store="memory:", name="outermost")
    outer.mount(prefix, app)
    browser = Browser(validator(outer))
    root = quote(prefix)
    if prefix.isascii() and "%" not in prefix:  # werkzeug's test client sends no cookie to such a path
        walk(browser, root)
    expected = [f"http://localhost{root}/", f"{root}/buy/%C3%A4%20b", f"{root}/?q=%C3%B6"]
    assert browser.open(f"{root}/urls").text.split() == expected  # werkzeug leads on to the one with a slash
    assert browser.request("GET", f"{root}/urls").headers["Location"] == f"http://localhost{root}/urls/"
    assert f"Path={root};" in browser.request("GET", f"{root}/buy/tea").headers["Set-Cookie"] + ";"


def test_a_page_belongs_to_its_path_below_any_prefix(app):
    """The prefix is the server's affair: the same app under another one knows its pages."""
    browser = Browser(DispatcherMiddleware(site, {"/shop": app, "/store": app}))
    first = browser.open("/shop/buy/tea").url
    assert browser.open(first.replace("/shop", "/store")).status == 200


def test_another_site_below_a_prefix(app):
    app.mount("/blog", site)
    app.mount("/blog/deep", Response("deeper", headers={"Content-Length": "6"}))
    browser = Browser(validator(app))
    assert browser.open("/blog/2026/hello").text == "site: /blog/2026/hello"
    assert browser.open("/blog").text == "site: /blog/"
    assert browser.open("/blogger").status == 404
    assert browser.open("/blog/deep/x").text == "deeper"
    walk(browser, "")


def test_an_app_with_a_store_of_its_own_below_a_prefix(app):
    outer = App("tests.web", store="memory:", name="outermost")
    outer.mount("/one", app)
    outer.route("/")(lambda: "outermost")
    browser = Browser(validator(outer))
    walk(browser, "/one")
    assert browser.open("/").text == "outermost"


def test_what_an_included_app_mounts_is_below_its_prefix(app):
    part = App("tests.web.parts", name="part")
    part.mount("/old", site)
    app.include(part, "/part")
    assert app.test_client().open("/part/old/x").text == "site: /part/old/x"


@pytest.mark.parametrize("prefix", ["", "blog", "/blog/", "/"])
def test_prefixes_that_are_none(app, prefix):
    with pytest.raises(ValueError, match="prefix="):
        app.mount(prefix, site)


def test_behind_a_proxy(app):
    @app.route("/external")
    def external():
        return url_for("home", _external=True)

    behind = ProxyFix(app, x_for=1, x_proto=1, x_host=1, x_prefix=1)
    browser = Browser(behind)
    said = {
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Host": "shop.example",
        "X-Forwarded-Prefix": "/shop",
        "X-Forwarded-For": "192.0.2.1",
    }
    assert browser.request("GET", "/external", headers=said).text == "https://shop.example/shop/"
    started = browser.request("GET", "/buy/tea", headers=said)
    assert started.headers["Location"].startswith("/shop/buy/tea/page~")
    cookie = started.headers["Set-Cookie"]
    for attribute in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/shop"):
        assert attribute in cookie
    url = started.headers["Location"].removeprefix("/shop")
    for origin, status in (("https://shop.example", 303), ("http://localhost", 403)):
        sent = browser.request("POST", url, data={"n": "1"}, headers={**said, "Origin": origin})
        assert sent.status == status


def test_a_cookie_without_tls_is_not_secure(app):
    cookie = app.test_client().request("GET", "/buy/tea").headers["Set-Cookie"]
    assert "Secure" not in cookie and "HttpOnly" in cookie and "SameSite=Lax" in cookie


def test_a_middleware_around_the_app(app):
    seen = []

    def middleware(environ, start_response):
        seen.append(environ["PATH_INFO"])
        return inner_app(environ, start_response)

    inner_app, app.wsgi_app = app.wsgi_app, middleware
    assert app.test_client().open("/").status == 200
    assert seen == ["/"]
