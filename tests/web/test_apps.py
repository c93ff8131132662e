"""Apps: routes, inclusion, settings, static files, WSGI."""

import json
import os
import stat
import subprocess
import sys
from wsgiref.validate import validator

import pytest

from contweb import App, ask, html, page, url_for
from contweb.errors import ConfigurationError, StoreKeysError
from contweb.sealing import new_key
from contweb.stores.sqlite import SQLiteStore
from contweb.web.testing import Browser
from tests.web.flows import FORM, flows


def test_wsgi_to_the_letter(make_app):
    app = make_app()
    checked = Browser(validator(app))
    checked.open("/add")
    checked.submit(n="5")
    checked.submit(n="7")
    assert "12" in checked.page.text
    for method, path in [
        ("HEAD", "/add"),
        ("OPTIONS", "/add"),
        ("GET", "/nowhere"),
        ("HEAD", checked.page.url),
        ("POST", "/plain"),
        ("GET", "/static/plain.css"),
        ("HEAD", "/static/plain.css"),
    ]:
        response = checked._client.open(path, method=method)
        response.close()
        assert response.status_code < 500


@pytest.mark.parametrize("headers", [{"HX-Request": "true"}, {"Accept": "application/json"}], ids=str)
def test_wsgi_to_the_letter_for_scripts(make_app, headers):
    app = make_app()
    app.after_request(lambda response: response.headers.add("X-More", "ü".encode().decode("latin-1")))
    url = Browser(validator(app)).open("/add").url
    checked = Browser(validator(app))
    for method, path, data in [
        ("POST", url, {"n": "x"}),
        ("POST", url, {"n": "5"}),
        ("POST", url, {"m": "5"}),
        ("GET", url, None),
        ("HEAD", url, None),
        ("GET", url[:-1], None),
        ("PUT", url, None),
        ("GET", "/add", None),
        ("GET", "/results/redirect", None),
    ]:
        response = checked._client.open(path, method=method, data=data, headers=headers)
        response.close()
        assert response.status_code < 500


def two_apps():
    first, second, site = (
        App(name, store="memory:") for name in ("tests.first", "tests.second", "tests.site")
    )
    for each in (first, second):

        @each.route(f"/{each.name}")
        def index():
            return " ".join(url_for(name) for name in ("index", "first.index", "second.index", "main"))

    @site.route("/")
    def main():
        return url_for("index")

    @site.route("/other")
    def other():
        return url_for("first.index", x=1, _anchor="a", _external=True)

    return first, second, site


def test_included_apps():
    first, second, site = two_apps()
    site.include(first)
    site.include(second, "/shop")
    browser = site.test_client()
    assert browser.open("/first").text == "/first /first /shop/second /"
    assert browser.open("/shop/second").text == "/shop/second /first /shop/second /"
    assert browser.open("/other").text == "http://localhost/first?x=1#a"
    assert browser.open("/").status == 500  # url_for("index") could be either
    assert browser.open("/second").status == 404
    with pytest.raises(ValueError, match="write it as"):
        site.include(first, "shop/")


def test_apps_of_one_name():
    _, _, site = two_apps()
    with pytest.raises(ValueError, match="different names"):
        site.include(App("tests.more", name="site"))


def test_functions_of_one_name():
    app = App(__name__)

    @app.route("/one")
    def one():
        return "1"

    app.route("/uno")(one)
    with pytest.raises(ValueError, match="two functions"):
        app.route("/two", endpoint="one")(two_apps)


def test_an_included_flow_sees_its_own_templates_first(tmp_path):
    site = App("tests.site", store="memory:", template_folder=tmp_path / "site")
    part = App("tests.part", template_folder=tmp_path / "part")
    for folder, text in (("site", "site"), ("part", "part")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "x.html").write_text(f'{text} {{% include "y.html" %}}<form method=post></form>')
    (tmp_path / "site" / "y.html").write_text("shared")

    @part.flow("/part")
    def in_part():
        ask("x.html")
        return page("x.html")

    @site.route("/site")
    def in_site():
        return page("x.html")

    site.include(part)
    browser = site.test_client()
    assert browser.open("/part").text == "part shared"
    assert browser.submit().text == "part shared"
    assert browser.open("/site").text == "site shared"


def test_static_files(browser):
    css = browser.request("GET", "/static/plain.css")
    assert (css.status, css.headers["Content-Type"]) == (200, "text/css; charset=utf-8")
    again = browser.request("GET", "/static/plain.css", headers={"If-None-Match": css.headers["ETag"]})
    assert again.status == 304
    for wrong in ("/static/none.css", "/static/../flows.py", "/static/..%2fflows.py", "/static/"):
        assert browser.request("GET", wrong).status == 404


def test_a_flow_is_started_by_get_or_post():
    app = App(__name__)
    for wrong in (["PUT"], [], ["GET", "DELETE"]):
        with pytest.raises(ValueError, match="started by GET or POST"):
            app.flow("/x", methods=wrong)


@pytest.fixture
def empty_environment(monkeypatch, tmp_path):
    for name in ("CONTWEB_STORE", "CONTWEB_SECRET_KEYS", "CONTWEB_DEBUG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    return monkeypatch


def test_the_default_store_has_its_keys_beside_it(empty_environment, tmp_path):
    app = App("tests.web")
    app.include(flows)
    url = app.test_client().open("/add").url
    app.close()
    keys = tmp_path / "contweb.sqlite3.keys"
    assert (tmp_path / "contweb.sqlite3").exists()
    assert stat.S_IMODE(keys.stat().st_mode) == 0o600
    again = App("tests.web")
    again.include(flows)
    assert again.test_client().open(url).status == 200
    again.close()


def test_the_environment_says_what_the_arguments_do_not(empty_environment, tmp_path):
    empty_environment.setenv("CONTWEB_STORE", f"sqlite:///{tmp_path}/other.sqlite3")
    empty_environment.setenv("CONTWEB_SECRET_KEYS", new_key())
    empty_environment.setenv("CONTWEB_DEBUG", "1")
    app = App("tests.web")
    app.include(flows)
    assert app.debug
    assert app.test_client().open("/add").status == 200
    app.close()
    assert {path.name for path in tmp_path.glob("*")} <= {
        "other.sqlite3",
        "other.sqlite3-wal",
        "other.sqlite3-shm",
        "other.sqlite3-claims",
    }


def test_other_keys_are_refused(empty_environment, tmp_path):
    for expected in (False, True):
        app = App("tests.web", store=f"sqlite:///{tmp_path}/x.sqlite3", secret_keys=new_key(), debug=False)
        app.include(flows)
        if expected:
            with pytest.raises(StoreKeysError):
                app.backing  # noqa: B018
            assert app.test_client().open("/add").status == 500
        else:
            assert app.test_client().open("/add").status == 200
        app.close()


def test_a_store_on_a_server_needs_keys(empty_environment):
    with pytest.raises(ConfigurationError, match="CONTWEB_SECRET_KEYS"):
        App("tests.web", store="redis://localhost").backing  # noqa: B018


@pytest.mark.parametrize("url", ["foo://x", "memory", "sqlite:/x", "x.db"])
def test_a_store_that_is_none(empty_environment, url):
    with pytest.raises(ConfigurationError, match=r"sqlite:///relative/path or sqlite:////absolute/path"):
        App("tests.web", store=url).backing  # noqa: B018


def test_an_app_that_is_only_included_opens_no_store(make_app, empty_environment, tmp_path):
    make_app().test_client().open("/add")
    assert list(tmp_path.iterdir()) == []


def test_each_process_opens_the_store_for_itself(tmp_path):
    app = App("tests.web", store=f"sqlite:///{tmp_path}/x.sqlite3")
    app.include(flows)
    url = app.test_client().open("/add").url
    program = (
        "import json, os, sys; from contweb import App; from tests.web.flows import flows\n"
        "app = App('tests.web', store=sys.argv[1]); app.include(flows)\n"
        "before = app.backing.process\n"
        "child = os.fork()\n"
        "if child:\n"
        "    os.waitpid(child, 0)\n"
        "    page = app.test_client().open(sys.argv[2])\n"
        "    print(json.dumps([page.status, before == os.getpid() == app.backing.process]))\n"
        "else:\n"
        "    status = app.test_client().open(sys.argv[2]).status\n"
        "    os._exit(0 if status == 200 and app.backing.process == os.getpid() else 1)\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program, f"sqlite:///{tmp_path}/x.sqlite3", url],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": os.getcwd()},
    )
    assert json.loads(done.stdout) == [200, True]
    app.close()


def test_after_close_it_opens_again(make_app, tmp_path):
    app = make_app(store=f"sqlite:///{tmp_path}/x.sqlite3")
    browser = app.test_client()
    browser.open("/add")
    app.close()
    assert browser.submit(n="5").status == 200


def test_main_module():
    app = App("__main__", store="memory:")

    @app.flow("/x")
    def x():
        return html(ask(FORM)["n"])

    browser = app.test_client()
    browser.open("/x")
    assert browser.submit(n="1").text == "1"


def test_a_function_with_several_rules():
    app = App("tests.web", store="memory:", name="site")

    @app.route("/")
    @app.route("/index/<int:number>")
    def home(number=0):
        return f"home {number} {url_for('home')} {url_for('home', number=3)}"

    @app.flow("/open")
    @app.flow("/closed", private=True)
    def asks():
        return html(f"<p>{ask(FORM)['n']}</p>")

    browser = app.test_client()
    assert browser.open("/").text == "home 0 / /index/3"
    assert browser.open("/index/7").text == "home 7 / /index/3"
    for path, elsewhere in [("/open", 200), ("/closed", 403)]:
        url = browser.open(path).url
        assert url.startswith(f"{path}/page~")
        assert app.test_client().open(url).status == elsewhere
        assert browser.submit(n="5").text == "5"


@pytest.mark.parametrize("host", ["a..b", "x" * 300])
@pytest.mark.parametrize("path", ["/add", "/nowhere", "/add/number~" + "A" * 36, "/add/x~y"])
def test_a_host_that_no_name_is(browser, host, path):
    page = browser.request("GET", path, headers={"Host": host})
    assert page.status in (400, 404)
    assert "form" not in page


def test_a_host_that_is_not_trusted(make_app):
    browser = make_app(trusted_hosts=["example.org"]).test_client()
    page = browser.request("GET", "/add")
    assert page.status == 400
    assert "form" not in page


@pytest.mark.parametrize("register", ["route", "flow"])
def test_what_is_no_rule_is_refused_at_import(register):
    app = App("tests.web", store="memory:")

    def home():
        """A handler, or a flow."""

    for rule in ("home", "", "/x/<", "/x/<foo:a>", "/x/<a>/<a>"):
        with pytest.raises(ValueError, match=f"rule={rule!r}: "):
            getattr(app, register)(rule)(home)
    with pytest.raises(TypeError, match=rf"the rule is missing: write @app.{register}\('/home'\)"):
        getattr(app, register)(home)
    with pytest.raises(TypeError, match=r"methods='POST': give a list, as \['POST'\]"):
        getattr(app, register)("/home", methods="POST")


def test_an_app_that_includes_itself():
    outer, inner = App("tests.web", name="outer"), App("tests.web", name="inner")
    outer.include(inner)
    for other in (inner, outer):
        with pytest.raises(ValueError, match="includes itself"):
            inner.include(other)
    assert outer.everything() == [(outer, ""), (inner, "")]


def test_one_trusted_host_is_a_list_too():
    with pytest.raises(TypeError, match=r"trusted_hosts='example.org': give a list, as \['example.org'\]"):
        App("tests.web", trusted_hosts="example.org")


def test_a_store_that_is_refused_is_closed(tmp_path, monkeypatch):
    url = f"sqlite:///{tmp_path}/store.sqlite3"
    app = App("tests.web", store=url, secret_keys=new_key())
    app.backing.store.count()
    app.close()
    closed = []
    close = SQLiteStore.close
    monkeypatch.setattr(SQLiteStore, "close", lambda store: closed.append(store) or close(store))
    with pytest.raises(StoreKeysError):
        App("tests.web", store=url, secret_keys=new_key()).backing  # noqa: B018
    assert len(closed) == 1
