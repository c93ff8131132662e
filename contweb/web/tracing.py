"""Traces by OpenTelemetry (the extra ``tracing``): a span for each step.

    from contweb.web.tracing import Tracing

    app.watch(Tracing())

A span stands inside the one of the request, where the server or a middleware has begun one, and what the flow
calls stands inside it. It carries the flow, the steps' names and the conversation, nothing that was typed: of
an exception its type alone, since its text may say what was; that is in the log. A step that was refused, by
``abort(404)`` or for coming too late, has the status as ``contweb.refused``, and is no error.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

from opentelemetry import trace

from contweb.web.watching import StepRun, Watcher, refused_with


class Tracing(Watcher):
    """Makes spans.

    Arguments:
        provider: of tracers; OpenTelemetry's usual one by default.

    Example:
        ``app.watch(Tracing())``
    """

    def __init__(self, provider: trace.TracerProvider | None = None) -> None:
        self._tracer = trace.get_tracer("contweb", tracer_provider=provider)

    def step(self, run: StepRun) -> AbstractContextManager[object]:
        return self._step(run)

    @contextmanager
    def _step(self, run: StepRun) -> Iterator[None]:
        known = {
            "contweb.conversation": run.conversation[:8],
            "contweb.flow": run.flow,
            "contweb.kind": run.kind,
            "contweb.from": run.came_from,
        }
        name = f"{run.flow} {run.came_from}"
        with self._tracer.start_as_current_span(
            name, attributes=known, record_exception=False, set_status_on_exception=False
        ) as span:
            try:
                yield
            except BaseException as error:
                _note(span, error)
                raise
            span.set_attributes({"contweb.to": run.to, "contweb.bytes": run.bytes, "contweb.fork": run.fork})

    def repeated(self, flow: str) -> None:
        trace.get_current_span().add_event("contweb.repeated", {"contweb.flow": flow})

    def waited(self, flow: str, seconds: float) -> None:
        trace.get_current_span().add_event("contweb.waited", {"contweb.seconds": seconds})


def _note(span: trace.Span, error: BaseException) -> None:
    """Note on a step's span that it was refused or has failed."""
    refused = refused_with(error)
    if refused is not None:
        span.set_attribute("contweb.refused", refused)
        return
    kind = type(error)
    span.set_attribute("error.type", f"{kind.__module__}.{kind.__qualname__}")
    span.set_status(trace.Status(trace.StatusCode.ERROR))
