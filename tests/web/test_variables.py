"""Context variables of libraries that are set in a flow: spans of OpenTelemetry, bound names of a logger."""

import contextvars

import pytest

from contweb import App, ask, html, transient
from contweb.runtime import variables
from tests.needs import need_module

trace = need_module("opentelemetry.trace")
context = need_module("opentelemetry.context")

libraries = App(__name__, name="libraries")
FORM = html('<form method="post"><input name="n"></form>')
BOUND = {"user": contextvars.ContextVar("bound_user")}  # as structlog has them


def span():
    return trace.use_span(trace.NonRecordingSpan(trace.INVALID_SPAN_CONTEXT))


@libraries.flow("/spans")
def spans():
    with span():
        pass
    n = ask(FORM)["n"]
    with span():
        said = f"said {n}"
    return html(said)


@libraries.flow("/around")
def around():
    with span():
        n = ask(FORM)["n"]
    return html(n)


@libraries.flow("/attached")
def attached():
    context.attach(context.set_value("key", "value"))
    BOUND["user"].set(object())
    n = ask(FORM)["n"]
    return html(f"{n} {context.get_value('key')} {BOUND['user'].get('nobody')}")


@pytest.fixture
def browser(make_app, monkeypatch):
    for table in ("_TRANSIENT", "_PATTERNS"):
        monkeypatch.setattr(variables, table, set())
    app = make_app()
    app.include(libraries)
    return app.test_client()


def test_spans_between_the_asks(browser):
    browser.open("/spans")
    assert browser.submit(n="1").text == "said 1"


def test_a_span_around_an_ask_is_refused(browser, caplog):
    assert browser.open("/around").status == 500
    assert "CannotStoreError" in caplog.text


def test_what_a_library_has_set_and_left(browser, caplog):
    assert browser.open("/attached").status == 500
    assert "CannotStoreError: cannot store the context variable" in caplog.text
    assert "transient('current_context')" in caplog.text or "transient('bound_user')" in caplog.text


def test_and_is_not_to_be_kept(browser):
    transient("current_context", "bound_*")
    assert browser.open("/attached").status == 200
    assert browser.submit(n="1").text == "1 None nobody"
