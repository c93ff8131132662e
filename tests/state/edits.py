"""Edits of a flow while it waits: the module as it was, as it is, and how a page that waits goes on."""

from __future__ import annotations

import linecache
import sys
import types
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from contweb import Continuation, Finished, Suspended, flow, start, suspend
from contweb.errors import ChangedCodeError
from contweb.runtime.registry import forget_module
from contweb.state.codec import Codec
from contweb.state.plans import Plans

_NUMBERS = count(1)


@flow
def ask(question: str, **context: Any) -> Any:
    """Waits for an answer. (The web's ``ask`` is tested with the web.)"""
    return suspend((question, context))


@dataclass
class Table:
    """Where the effects of a flow are seen."""

    log: list[Any] = field(default_factory=list)


def load(name: str, source: str, log: list[Any], extra: Sequence[tuple[str, str]] = ()) -> types.ModuleType:
    """A module as if it had been imported from a file of that text."""
    forget_module(name)
    file = f"<{name} {next(_NUMBERS)}>"
    linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
    module = types.ModuleType(name)
    module.__dict__.update(flow=flow, ask=ask, log=log.append)
    sys.modules[name] = module
    exec(compile(source, file, "exec"), module.__dict__)
    return module


class Site:
    """A store that outlives the versions of one module."""

    def __init__(self, name: str = "shop") -> None:
        self.name = name
        self.log: list[Any] = []
        self.versions: dict[bytes, bytes] = {}
        self.record = b""
        self.asked = ""

    def run(self, source: str, answers: Sequence[Any], function: str = "order") -> None:
        """Start the flow of a version, answer its first pages, and keep the page that it then shows."""
        module = load(self.name, source, self.log)
        step = start(getattr(module, function))
        for answer in answers:
            step = self._carry(step).resume(answer)
        assert isinstance(step, Suspended)
        self.record = self._codec().dump(step.continuation.innermost)
        self.plans.keep(0.0)
        self.asked = step.value[0]

    def go_on(self, source: str, answers: Sequence[Any]) -> Any:
        """Answer the page with another version; what comes out, or the question that is asked at last."""
        load(self.name, source, self.log)
        step: Any = Suspended(None, Continuation(self._codec().load(self.record)))
        for answer in answers:
            if isinstance(step, Finished):
                raise AssertionError(f"it is finished, with {step.value!r}, before {answer!r}")
            step = self._carry(step).resume(answer)
        return step.value if isinstance(step, Finished) else ("asks", step.value[0])

    def _codec(self) -> Codec:
        self.plans = Plans(self.versions.get, self.versions.__setitem__)
        return Codec(None, packages=[self.name], plans=self.plans)

    def _carry(self, step: Any) -> Continuation:
        codec = self._codec()
        return Continuation(codec.load(codec.dump(step.continuation.innermost)))


def outcome(old: str, new: str, before: Sequence[Any], after: Sequence[Any]) -> tuple[str, Any, list[Any]]:
    """``("goes on", value, log)`` or ``("refused", reason, log)``."""
    site = Site()
    site.run(old, before)
    try:
        value = site.go_on(new, after)
    except ChangedCodeError as error:
        return "refused", error.reason, site.log
    finally:
        forget_module(site.name)
        del sys.modules[site.name]
    return "goes on", value, site.log
