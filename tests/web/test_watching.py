"""Log lines, metrics and traces."""

import logging
import threading

import pytest

from contweb import App, abort, ask, forget, html, redirect
from contweb.web.watching import Watcher
from tests.needs import need_module
from tests.web.flows import FORM

watched = App(__name__, name="watching")
gate = threading.Event()
inside = threading.Event()
tracers = []


@watched.flow("/door")
def door():
    ask(FORM)
    forget()
    ask(FORM)


@watched.flow("/slow")
def slow():
    ask(FORM)
    inside.set()
    gate.wait(5)
    return "<p>done</p>"


@watched.flow("/boom")
def boom():
    n = ask(FORM)["n"]
    return html(str(1 // int(n)))


@watched.flow("/charge")
def charge():
    ask(FORM)
    with tracers[-1].start_as_current_span("charge"):
        return "<p>done</p>"


@watched.flow("/stops/<how>")
def stops(how):
    ask(FORM)
    abort(redirect("/elsewhere") if how == "away" else int(how))


@pytest.fixture
def app(make_app):
    app = make_app()
    app.include(watched)
    return app


class Notes(Watcher):
    def __init__(self):
        self.notes = []

    def repeated(self, flow):
        self.notes.append(("repeated", flow))

    def asked(self, flow, outcome):
        self.notes.append(("asked", flow, outcome))

    def refused(self, flow, status, reason):
        self.notes.append(("refused", flow, status, reason))


def test_one_line_for_each_step_with_its_fields(app, caplog):
    browser = app.test_client()
    with caplog.at_level(logging.INFO, "contweb"):
        browser.open("/door")
        browser.submit(n="a secret")
    lines = [record for record in caplog.records if hasattr(record, "contweb")]
    assert [(line.contweb["from"], line.contweb["to"], line.contweb["kind"]) for line in lines] == [
        ("start", "page", "start"),
        ("page", "page", "answer"),
    ]
    for line in lines:
        assert set(line.contweb) == {"conversation", "flow", "kind", "from", "to", "ms", "bytes"}
        assert line.contweb["flow"] == "/door" and line.contweb["bytes"] > 100 and line.contweb["ms"] > 0
    assert "a secret" not in caplog.text
    assert browser.page.url.rpartition("~")[2] not in caplog.text


def test_a_watcher_that_does_nothing(app):
    app.watch(Watcher())
    browser = app.test_client()
    browser.open("/add")
    browser.submit(n="1")
    assert "3" in browser.submit(n="2").text
    assert browser.open("/nowhere").status == 404


def test_what_watchers_are_told(app, clock):
    notes = Notes()
    app.watch(notes)
    browser = app.test_client()
    url = browser.open("/door").url
    browser.submit(n="1")
    browser.request("POST", url, data={"n": "1"})
    browser.request("POST", url, data={"n": "2"})
    browser.request("GET", "/nowhere")
    browser.request("GET", url[:-1])
    assert notes.notes == [
        ("asked", "watching.door", "works"),
        ("asked", "watching.door", "works"),
        ("asked", "watching.door", "works"),
        ("repeated", "watching.door"),
        ("asked", "watching.door", "passed"),
        ("refused", "watching.door", 410, "passed"),
        ("refused", "", 404, "not found"),
        ("refused", "watching.door", 404, "not found"),
    ]


@pytest.fixture
def metrics(app):
    prometheus = need_module("prometheus_client")
    from contweb.web.metrics import Metrics

    registry = prometheus.CollectorRegistry()
    made = Metrics(registry)
    app.watch(made)
    app.route("/metrics")(made.page)
    made.value = lambda name, **labels: registry.get_sample_value(f"contweb_{name}", labels)
    return made


def test_metrics(app, metrics):
    browser = app.test_client()
    browser.open("/add")
    url = browser.page.url
    for n in ("1", "2", "1"):
        browser.open(url)
        browser.submit(n=n)
    assert metrics.value("steps_total", flow="flows.add", kind="start") == 1
    assert metrics.value("steps_total", flow="flows.add", kind="answer") == 2
    assert metrics.value("forks_total", flow="flows.add") == 1
    assert metrics.value("repeats_total", flow="flows.add") == 1
    assert metrics.value("stored_bytes_total", flow="flows.add") > 300
    assert metrics.value("step_seconds_count", flow="flows.add") == 3
    assert metrics.value("pages_asked_total", flow="flows.add", outcome="works") > 5
    page = browser.request("GET", "/metrics")
    assert 'contweb_forks_total{flow="flows.add"} 1.0' in page.markup
    assert page.headers["Content-Type"].startswith("text/plain")


def test_metrics_of_what_goes_wrong(app, metrics, clock):
    browser = app.test_client()
    browser.open("/boom")
    browser.submit(n="0")
    assert metrics.value("steps_failed_total", flow="watching.boom") == 1
    assert metrics.value("refusals_total", flow="watching.boom", status="500", reason="failed") == 1
    browser.open("/soon")
    clock.advance(61)
    browser.submit(n="1")
    assert metrics.value("refusals_total", flow="flows.soon", status="410", reason="expired") == 1
    assert metrics.value("pages_asked_total", flow="flows.soon", outcome="expired") == 1


@pytest.mark.parametrize(
    ("how", "counter"),
    [("404", "refused"), ("409", "refused"), ("away", "refused"), ("500", "failed"), ("503", "failed")],
)
def test_a_step_that_a_flow_aborts_has_not_failed_unless_it_says_so(app, metrics, how, counter):
    browser = app.test_client()
    browser.open(f"/stops/{how}")
    browser.submit(n="1")
    counted = {
        name: metrics.value(f"steps_{name}_total", flow="watching.stops") for name in ("refused", "failed")
    }
    assert counted == {"refused": None, "failed": None, counter: 1}


def test_an_answer_that_comes_too_late_or_without_its_field_has_not_failed(app, metrics, clock):
    browser = app.test_client()
    browser.open("/soon")
    clock.advance(61)
    assert browser.submit(n="1").status == 410
    assert metrics.value("steps_refused_total", flow="flows.soon") == 1
    assert metrics.value("steps_failed_total", flow="flows.soon") is None
    url = browser.open("/boom").url
    assert browser.request("POST", url, data={"m": "1"}).status == 400
    assert metrics.value("steps_refused_total", flow="watching.boom") == 1
    assert metrics.value("steps_failed_total", flow="watching.boom") is None


def test_metrics_of_waiting(app, metrics):
    gate.clear()
    inside.clear()
    browser = app.test_client()
    url = browser.open("/slow").url
    sent = [
        threading.Thread(target=browser.request, args=("POST", url), kwargs={"data": {"n": n}}) for n in "12"
    ]
    sent[0].start()
    assert inside.wait(5)
    sent[1].start()
    threading.Timer(0.1, gate.set).start()
    for thread in sent:
        thread.join()
    assert metrics.value("lock_wait_seconds_count", flow="watching.slow") == 1


def test_metrics_of_waiting_in_vain(app, metrics):
    gate.clear()
    inside.clear()
    app.wait = 0.05
    browser = app.test_client()
    url = browser.open("/slow").url
    first = threading.Thread(target=browser.request, args=("POST", url), kwargs={"data": {"n": "1"}})
    first.start()
    assert inside.wait(5)
    assert browser.request("POST", url, data={"n": "2"}).status == 503
    gate.set()
    first.join()
    assert metrics.value("lock_wait_seconds_count", flow="watching.slow") == 1


@pytest.fixture
def spans(app):
    """The spans that are there, whenever it is called."""
    need_module("opentelemetry.sdk")
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import SimpleSpanProcessor
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

    from contweb.web.tracing import Tracing

    exporter, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    app.watch(Tracing(provider))
    tracers.append(provider.get_tracer("tests"))
    return exporter.get_finished_spans


def test_spans(app, spans):
    browser = app.test_client()
    browser.open("/boom")
    browser.submit(n="2")
    start, answer = spans()
    assert [(span.name, span.status.status_code.name) for span in (start, answer)] == [
        ("watching.boom start", "UNSET"),
        ("watching.boom page", "UNSET"),
    ]
    conversation = next(iter(app.backing.store.conversations())).name
    known = {"contweb.conversation": conversation[:8], "contweb.flow": "watching.boom"}
    assert known.items() <= start.attributes.items() & answer.attributes.items()
    assert (answer.attributes["contweb.kind"], answer.attributes["contweb.from"]) == ("answer", "page")
    assert answer.attributes["contweb.to"] == "page" and answer.attributes["contweb.bytes"] > 100
    assert answer.attributes["contweb.fork"] is False
    browser.back()
    browser.submit(n="3")
    assert spans()[-1].attributes["contweb.fork"] is True


def test_spans_stand_in_each_other(app, spans):
    browser = app.test_client()
    browser.open("/charge")
    with tracers[-1].start_as_current_span("request"):
        browser.request("POST", browser.page.url)
        browser.request("POST", browser.page.url)
    _, charged, step, request = spans()
    assert [charged.name, step.name, request.name] == ["charge", "watching.charge page", "request"]
    assert charged.parent.span_id == step.context.span_id
    assert step.parent.span_id == request.context.span_id
    assert [event.name for event in request.events] == ["contweb.repeated"]


@pytest.mark.parametrize(("typed", "kind"), [("0", "ZeroDivisionError"), ("hush", "ValueError")])
def test_the_span_of_a_step_that_fails_says_nothing_that_was_typed(app, spans, typed, kind):
    browser = app.test_client()
    browser.open("/boom")
    browser.submit(n=typed)
    failed = spans()[-1]
    assert failed.status.status_code.name == "ERROR"
    assert failed.attributes["error.type"] == f"builtins.{kind}"
    assert "hush" not in failed.to_json()


@pytest.mark.parametrize(("how", "status"), [("404", 404), ("away", 303)])
def test_the_span_of_a_step_that_is_aborted_is_no_error(app, spans, how, status):
    browser = app.test_client()
    browser.open(f"/stops/{how}")
    browser.submit(n="1")
    stopped = spans()[-1]
    assert stopped.status.status_code.name == "UNSET" and not stopped.events
    assert stopped.attributes["contweb.refused"] == status


def test_the_span_of_an_answer_that_comes_too_late_is_no_error(app, spans, clock):
    browser = app.test_client()
    browser.open("/soon")
    clock.advance(61)
    browser.submit(n="1")
    late = spans()[-1]
    assert late.status.status_code.name == "UNSET" and late.attributes["contweb.refused"] == 410
