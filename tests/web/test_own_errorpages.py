"""Each page for an error can be the app's own: by a template of the same name, and by a handler."""

import json

import pytest

from contweb import App, ask, forget
from tests.web.flows import FORM

STATUSES = (404, 409, 410, 413, 500, 503)
pages = App(__name__)


@pages.flow("/once")
def once_only():
    answer = ask(FORM, repeat="never")["n"]
    if answer == "fail":
        raise RuntimeError("not for visitors")
    return f"<p>{answer}</p>"


@pages.flow("/door")
def door():
    ask(FORM)
    forget()


def provoke(app, status, **headers):
    """A response of a status, as a visitor may come by it."""
    browser = app.test_client()
    browser.headers.update(headers)
    if status == 404:
        return browser.request("GET", "/nowhere")
    if status == 503:
        return browser.request("GET", "/once", headers={"Sec-Purpose": "prefetch"})
    url = app.test_client().open("/door" if status == 410 else "/once").url
    for answer in {409: "ab", 410: "ab", 413: ["x" * 2000], 500: ["fail"]}[status]:
        told = browser.request("POST", url, data={"n": answer})
    return told


@pytest.fixture
def app(make_app, tmp_path):
    app = make_app(template_folder=tmp_path, max_body=1000)
    app.include(pages)
    return app


@pytest.mark.parametrize("status", STATUSES)
def test_a_template_of_the_same_name(app, tmp_path, status):
    (tmp_path / "contweb").mkdir()
    (tmp_path / "contweb" / f"{status}.html").write_text("own words for {{ code }}")
    told = provoke(app, status)
    assert (told.status, told.text) == (status, f"own words for {status}")


@pytest.mark.parametrize("status", STATUSES)
def test_a_handler(app, status):
    app.errorhandler(status)(lambda error: f"<p>handled {error.code}</p>")
    told = provoke(app, status)
    assert (told.status, told.text) == (status, f"handled {status}")
    assert told.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("status", STATUSES)
def test_for_scripts(app, status):
    told = provoke(app, status, Accept="application/json")
    assert told.status == json.loads(told.markup)["status"] == status
    assert "not for visitors" not in told.markup
