"""Watching what an app does: a log line for each step, and watchers for metrics and traces."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from time import perf_counter
from typing import Literal, cast

from werkzeug.exceptions import HTTPException

from contweb.stores.base import Page
from contweb.stores.sizes import page_bytes
from contweb.web.current import Turn

log = logging.getLogger("contweb")

Kind = Literal["start", "answer", "link"]


@dataclass
class StepRun:
    """One step, as watchers see it: when it begins, and when it has ended.

    Arguments:
        conversation: its name.
        path: of the flow's URL.
        kind: of the request that runs it.
        came_from: step name of the page that was answered; ``start`` at a start.
        flow: endpoint of the flow, where a watcher asks for it.
        to: step name of the next page. Empty while it runs, and of one that was refused or failed.
        bytes: of the new pages in the store.
        seconds: that it took.
        fork: whether the page was answered in another way before.
    """

    conversation: str
    path: str
    kind: Kind
    came_from: str
    flow: str = ""
    to: str = ""
    bytes: int = 0
    seconds: float = 0.0
    fork: bool = False

    def landed(self, pages: tuple[Page, ...]) -> None:
        """Note what it came to."""
        self.to = pages[-1].step
        self.bytes = sum(map(page_bytes, pages))


class Watcher:
    """Is told what happens. ``app.watch(watcher)``. Each method may do nothing."""

    def step(self, run: StepRun) -> AbstractContextManager[object]:
        """A block around a step. When it ends, the step is completed; by an exception, it was refused or has
        failed (see ``refused_with``)."""
        return nullcontext()

    def repeated(self, flow: str) -> None:
        """An answer was sent that had been given before: nothing was run."""

    def asked(self, flow: str, outcome: str) -> None:
        """A page that was issued was asked for or answered: it ``works``, or is ``expired``, ``changed`` (the
        code has), or ``passed`` (a one-way door)."""

    def refused(self, flow: str, status: int, reason: str) -> None:
        """A request was refused, or failed."""

    def waited(self, flow: str, seconds: float) -> None:
        """A request has waited for another step of its conversation."""


def watchers_of(turn: Turn) -> list[Watcher]:
    """Who watches the app that serves a request."""
    return cast("list[Watcher]", turn.app.watchers)


def flow_of(turn: Turn, path: str) -> str:
    """The endpoint of the flow at a path, for watchers."""
    route = turn.app.site.flow_at(turn.environ, path.rstrip("/"))
    return route.endpoint if route is not None else ""


def refused_with(error: BaseException) -> int | None:
    """The status that a step was refused with, as by ``abort(404)`` or because its answer came too late; None
    if it has failed."""
    if not isinstance(error, HTTPException):
        return None
    status = error.response.status_code if error.response is not None else error.code or 500
    return status if status < 500 else None


class Timed:
    """A block that runs a step, which is logged if it ends well."""

    __slots__ = ("_began", "_run")

    def __init__(self, run: StepRun) -> None:
        self._run = run

    def __enter__(self) -> None:
        self._began = perf_counter()

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._run.seconds = perf_counter() - self._began
        if kind is None and log.isEnabledFor(logging.INFO):
            _log(self._run)


def watched(turn: Turn, run: StepRun) -> AbstractContextManager[object]:
    """A block that runs a step, which is watched, and logged at the end."""
    watchers = watchers_of(turn)
    return _told(turn, run, watchers) if watchers else Timed(run)


@contextmanager
def _told(turn: Turn, run: StepRun, watchers: list[Watcher]) -> Iterator[None]:
    """A block that runs a step, of which watchers are told."""
    run.flow = flow_of(turn, run.path)
    with ExitStack() as stack:
        for watcher in watchers:
            stack.enter_context(watcher.step(run))
        with Timed(run):
            yield
        if turn.page is not None and run.kind != "start":
            run.fork = turn.backing.store.answers(turn.page.token) > 1


def _log(run: StepRun) -> None:
    """One line, with the same as fields for those who collect logs by fields."""
    fields = {
        "conversation": run.conversation[:8],
        "flow": run.path,
        "kind": run.kind,
        "from": run.came_from,
        "to": run.to,
        "ms": round(run.seconds * 1000, 1),
        "bytes": run.bytes,
    }
    log.info(
        "conversation %(conversation)s: %(from)s -> %(to)s in %(ms)s ms, %(bytes)d bytes",
        fields,
        extra={"contweb": fields},
    )


def note_repeated(turn: Turn) -> None:
    """Tell the watchers that an answer was given before."""
    for watcher in watchers_of(turn):
        watcher.repeated(_flow_here(turn))


def note_asked(turn: Turn, outcome: str) -> None:
    """Tell the watchers how an issued page stands that was asked for."""
    for watcher in watchers_of(turn):
        watcher.asked(_flow_here(turn), outcome)


def note_refused(turn: Turn, status: int, reason: str) -> None:
    """Tell the watchers of a request that was refused."""
    for watcher in watchers_of(turn):
        watcher.refused(_flow_here(turn), status, reason)


def note_waited(turn: Turn, seconds: float) -> None:
    """Tell the watchers that a request has waited for its turn."""
    for watcher in watchers_of(turn):
        watcher.waited(_flow_here(turn), seconds)


def _flow_here(turn: Turn) -> str:
    """The flow that a request is for, whether it starts it or goes on with it."""
    path = turn.request.path
    return flow_of(turn, turn.page.path if turn.page else path) or flow_of(turn, path.rpartition("/")[0])
