"""Metrics for Prometheus (the extra ``metrics``).

    from contweb.web.metrics import Metrics

    metrics = Metrics()
    app.watch(metrics)
    app.route("/metrics")(metrics.page)

Availability, the share of issued pages that still work when somebody asks for them, is

    sum(rate(contweb_pages_asked_total{outcome="works"}[1d])) / sum(rate(contweb_pages_asked_total[1d]))

With several worker processes, set ``PROMETHEUS_MULTIPROC_DIR`` as prometheus_client says.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    Histogram,
    generate_latest,
)
from prometheus_client.multiprocess import MultiProcessCollector
from werkzeug.wrappers import Response

from contweb.web.watching import StepRun, Watcher, refused_with

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


class Metrics(Watcher):
    """Counts what happens, by the flow's endpoint.

    Arguments:
        registry: of prometheus_client; its usual one by default.

    Example:
        ``app.watch(Metrics())``
    """

    def __init__(self, registry: CollectorRegistry = REGISTRY) -> None:
        self._registry = registry
        flow = ["flow"]
        self.steps = Counter("contweb_steps", "Steps that were completed", [*flow, "kind"], registry=registry)
        self.failed = Counter("contweb_steps_failed", "Steps that failed", flow, registry=registry)
        self.turned_away = Counter(
            "contweb_steps_refused", "Steps that were aborted or came too late", flow, registry=registry
        )
        self.seconds = Histogram(
            "contweb_step_seconds", "How long steps took", flow, registry=registry, buckets=_SECONDS
        )
        self.bytes = Counter(
            "contweb_stored_bytes", "Bytes of pages that were stored", flow, registry=registry
        )
        self.forks = Counter("contweb_forks", "Pages answered in one more way", flow, registry=registry)
        self.repeats = Counter("contweb_repeats", "Answers that were given before", flow, registry=registry)
        self.refusals = Counter(
            "contweb_refusals", "Requests refused or failed", [*flow, "status", "reason"], registry=registry
        )
        self.pages = Counter(
            "contweb_pages_asked",
            "How issued pages stood when asked for",
            [*flow, "outcome"],
            registry=registry,
        )
        self.waits = Histogram(
            "contweb_lock_wait_seconds",
            "How long requests waited for another step of their conversation",
            flow,
            registry=registry,
            buckets=_SECONDS,
        )

    def step(self, run: StepRun) -> AbstractContextManager[object]:
        return self._step(run)

    @contextmanager
    def _step(self, run: StepRun) -> Iterator[None]:
        try:
            yield
        except BaseException as error:
            ended = self.failed if refused_with(error) is None else self.turned_away
            ended.labels(run.flow).inc()
            raise
        self.steps.labels(run.flow, run.kind).inc()
        self.seconds.labels(run.flow).observe(run.seconds)
        self.bytes.labels(run.flow).inc(run.bytes)
        if run.fork:
            self.forks.labels(run.flow).inc()

    def repeated(self, flow: str) -> None:
        self.repeats.labels(flow).inc()

    def asked(self, flow: str, outcome: str) -> None:
        self.pages.labels(flow, outcome).inc()

    def refused(self, flow: str, status: int, reason: str) -> None:
        self.refusals.labels(flow, str(status), reason).inc()

    def waited(self, flow: str, seconds: float) -> None:
        self.waits.labels(flow).observe(seconds)

    def page(self) -> Response:
        """A handler for what Prometheus reads. It is for your own network: keep it from visitors."""
        registry = self._registry
        if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
            registry = CollectorRegistry()
            MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        return Response(generate_latest(registry), headers={"Content-Type": CONTENT_TYPE_LATEST})
