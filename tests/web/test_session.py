"""The session cookie."""

import pytest

from contweb import App, session


def test_the_session_remembers(browser):
    assert "nobody" in browser.open("/").text
    browser.open("/remember")
    browser.submit(n="Ada")
    assert "Ada" in browser.open("/").text
    assert "Ada" in browser.new_tab("/").page.text


def cookie_of(page):
    return page.headers.get("Set-Cookie", "")


def test_the_cookie(make_app):
    browser = make_app().test_client()
    url = browser.open("/remember").url
    plain = browser.request("POST", url, data={"n": "Ada"})
    assert "HttpOnly" in cookie_of(plain)
    assert "SameSite=Lax" in cookie_of(plain)
    assert "Path=/" in cookie_of(plain)
    assert "Secure" not in cookie_of(plain)
    url = browser.open("/remember").url
    secure = browser.request("POST", url, data={"n": "Eve"}, environ_overrides={"wsgi.url_scheme": "https"})
    assert "Secure" in cookie_of(secure)


def test_only_a_change_is_sent(browser):
    browser.open("/remember")
    browser.submit(n="Ada")
    page = browser.request("GET", "/")
    assert cookie_of(page) == ""
    assert "Cookie" in page.headers["Vary"]
    assert "Vary" not in browser.request("GET", "/plain").headers


def test_a_changed_cookie_is_nobodys(browser):
    browser.open("/remember")
    browser.submit(n="Ada")
    value = browser._client.get_cookie("contweb_session").value
    for wrong in (value[:-4] + "AAAA", value[::-1], "x", "é", "", "A" * 4000):
        browser._client.set_cookie("contweb_session", wrong)
        assert "nobody" in browser.open("/").text


def test_a_cookie_that_is_not_ours_may_stand_before_it(keeper):
    keeper._client.set_cookie("contweb_session", "garbage", path="/add")
    keeper.open("/add/one")
    assert keeper.open("/add/two").text == "['one', 'two']"


@pytest.fixture
def keeper():
    app = App(__name__, store="memory:", debug=False)

    @app.route("/add/<item>")
    def add(item):
        session.setdefault("items", []).append(item)
        return str(session["items"])

    @app.route("/clear")
    def clear():
        session.clear()
        return "cleared"

    @app.route("/large")
    def large():
        session["x"] = "x" * 5000
        return "large"

    @app.route("/odd")
    def odd():
        session["x"] = object()
        return "odd"

    return app.test_client()


def test_a_change_inside_a_value_is_seen(keeper):
    keeper.open("/add/a")
    assert keeper.open("/add/b").text == "['a', 'b']"


def test_cleared(keeper):
    keeper.open("/add/a")
    keeper.open("/clear")
    assert keeper._client.get_cookie("contweb_session") is None
    assert keeper.open("/add/b").text == "['b']"


@pytest.mark.parametrize("path", ["/large", "/odd"])
def test_what_a_cookie_cannot_hold(keeper, path):
    assert keeper.open(path).status == 500


@pytest.mark.parametrize(
    ("name", "value"), [("cart", object()), (7, "x"), ("b", {1: 2, "c": 3})], ids=["value", "name", "inside"]
)
def test_what_json_cannot_hold_is_named(name, value):
    app = App(__name__, store="memory:", debug=True)

    @app.route("/")
    def home():
        session.update({"a": 1, name: value})
        return ""

    page = app.test_client().open("/")
    assert page.status == 500
    assert f"session[{name!r}]" in page
    assert "JSON" in page
