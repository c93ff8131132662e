"""Flow generators: iterators whose state is data, so that they can be stored and copied while suspended.

The body is a flow. At a ``yield`` its one frame is saved and left, as at a suspension; the next item enters
it again. When the body (or a flow that it calls) suspends while a flow's ``for`` loop waits for an item, the
capture goes on through the generator into the flow around it, and a ``Boundary`` in the chain of frames
remembers where the one ends and the other begins.
"""

from __future__ import annotations

import functools
import sys
import types
import warnings
from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Any

from contweb.runtime.frames import Frame
from contweb.runtime.registry import site_of
from contweb.runtime.signals import Signal, Yielded
from contweb.runtime.support import SUPPORT, Kept, New, Shared, thrown_in

_RUNNING = "generator already executing"
_IGNORED = "generator ignored GeneratorExit"
_THREE_ARGUMENTS = (
    "the (type, exc, tb) signature of throw() is deprecated, use the single-arg signature instead."
)
_RAISED_STOP = "generator raised StopIteration"


@dataclass(frozen=True)
class Standing:
    """Where a generator stands that is not running, by the names that frames have for it."""

    f_code: types.CodeType
    f_lineno: int
    f_locals: dict[str, Any]
    f_globals: dict[str, Any]
    f_back: None = None


class FlowGenerator:
    """What a flow with ``yield`` gives when it is called: a generator (PEP 342) that can be copied and kept.

    It is used as any generator: in a ``for`` loop, by ``next()``, ``send``, ``throw`` and ``close``. Unlike
    one, it is not closed when it is dropped.
    """

    __slots__ = ("__name__", "__qualname__", "__weakref__", "_args", "_body", "_frame", "_state")

    def __init__(self, body: types.FunctionType, args: tuple[Any, ...]) -> None:
        self._body: types.FunctionType | None = body
        self._args = args
        self._frame: Frame | None = None
        self._state = "new"  # "suspended", "running", "finished"
        self.__name__ = body.__name__
        self.__qualname__ = body.__qualname__

    def __iter__(self) -> FlowGenerator:
        return self

    def __next__(self) -> Any:
        return self._advance(None, None)

    def send(self, value: Any) -> Any:
        """Go on with ``value`` as the value of the ``yield``; return the next item.

        Raises ``StopIteration`` at the end.
        """
        if value is not None and self._state == "new":
            raise TypeError("can't send non-None value to a just-started generator")
        return self._advance(value, None)

    def throw(self, kind: Any, *more: Any) -> Any:
        """Raise an exception at the ``yield``; return the next item."""
        if more and sys.version_info >= (3, 12):
            warnings.warn(_THREE_ARGUMENTS, DeprecationWarning, stacklevel=2)
        value, traceback = (*more, None, None)[:2]
        error = (
            kind if isinstance(kind, BaseException) else value if isinstance(value, BaseException) else kind()
        )
        if traceback is not None:
            error = error.with_traceback(traceback)
        if self._frame is not None:
            return self._advance(None, thrown_in(error, self._frame.handling))
        if self._state == "running":
            raise ValueError(_RUNNING)
        self._finish()
        kept = Kept(error)
        try:
            raise kept.exception
        finally:
            kept.restore_context()

    def close(self) -> Any:
        """End it: raise ``GeneratorExit`` at the ``yield``, so that what is in ``finally`` is run.

        Since Python 3.13 it gives what the generator then returns.
        """
        if self._state in ("new", "finished"):
            return self._finish()
        try:
            self._advance(None, New(GeneratorExit()))
        except GeneratorExit:
            return None
        except StopIteration as end:
            return self.closed(end)
        raise RuntimeError(_IGNORED)

    def closed(self, end: StopIteration) -> Any:
        """What ``close`` gives when the body has returned."""
        return end.value if sys.version_info >= (3, 13) else None

    @property
    def gi_running(self) -> bool:
        return self._state == "running"

    @property
    def gi_suspended(self) -> bool:
        return self._state == "suspended"

    @property
    def gi_frame(self) -> Standing | None:
        """What a debugger asks of the frame; None when there is none any more."""
        if self._frame is not None:
            site = self._frame.site
            return Standing(site.code.plain, site.point.line, self._frame.names(), site.code.globals)
        if self._body is None:
            return None
        code = self._body.__code__
        given = dict(zip(code.co_varnames, self._args, strict=False))
        return Standing(code, code.co_firstlineno, given, self._body.__globals__)

    def __copy__(self) -> FlowGenerator:
        """Another generator, suspended at the same ``yield`` with the same objects."""
        if self._state == "running":
            raise ValueError("a generator that is running cannot be copied")
        copied = FlowGenerator.__new__(FlowGenerator)
        copied.set_state(self.state())
        copied._frame = self._frame.copy() if self._frame is not None else None
        return copied

    def state(self) -> tuple[Any, ...]:
        """Where it is, as data."""
        return self._state, self._body, self._args, self._frame, self.__name__, self.__qualname__

    def set_state(self, state: tuple[Any, ...]) -> None:
        self._state, self._body, self._args, self._frame, self.__name__, self.__qualname__ = state

    def __repr__(self) -> str:
        return f"<flow generator {self.__qualname__}, {self._state}>"

    def _advance(self, value: Any, delivered: Kept | None) -> Any:
        """Run the body to its next ``yield``. A driver, as those of ``drive``."""
        run, args = self._enter(value, delivered)
        try:
            result = run(*args)
        except Yielded as item:
            return self.park(item)
        except Signal:
            raise  # the body is in a continuation now, with this generator running
        except StopIteration as stop:
            self._finish()
            raise RuntimeError(_RAISED_STOP) from stop
        except BaseException:
            self._finish()
            raise
        self._finish()
        raise StopIteration(result) if result is not None else StopIteration

    def _enter(self, value: Any, delivered: Kept | None) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        if self._state == "running":
            raise ValueError(_RUNNING)
        if self._state == "finished":
            raise StopIteration
        body, args, frame = self._body, self._args, self._frame
        self._body, self._args, self._frame, self._state = None, (), None, "running"
        if frame is None:
            assert body is not None
            return body, args
        twin, state = frame.prepare()
        return twin, (frame.site.number, state, value, delivered)

    def park(self, item: Yielded) -> Any:
        """The body has come to a ``yield``."""
        self._frame, self._state = item.frame, "suspended"
        return item.value

    def ended(self, value: Any, thrown: BaseException | None) -> BaseException:
        """The body has returned, or raised, in a continuation: what is raised where an item was wanted."""
        self._finish()
        if thrown is None:
            return StopIteration(value)
        if isinstance(thrown, StopIteration):
            error = RuntimeError(_RAISED_STOP)
            error.__cause__ = error.__context__ = thrown
            return error
        return thrown

    def _finish(self) -> None:
        self._body, self._args, self._frame, self._state = None, (), None, "finished"


Generator.register(FlowGenerator)
ADVANCE = FlowGenerator._advance.__code__
CLOSE = FlowGenerator.close.__code__


class Boundary(Frame):
    """In a chain of frames: a running generator, between its body and the loop that wants an item."""

    __slots__ = ("closing", "generator")

    def __init__(self, generator: FlowGenerator, closing: bool, outer: Frame | None) -> None:
        self.generator = generator
        self.closing = closing  # it was not asked for an item, but to end
        self.outer = outer
        self.cells = ()
        self.around = outer if outer is None or outer.cells else outer.around
        self.contents = ()
        self.variables = None
        self.handling = None if outer is None else outer.handling
        self.managing = None if outer is None else outer.managing
        self.values = ()
        self.via = None

    def ended(self, value: Any, thrown: BaseException | None) -> tuple[Any, Kept | None]:
        """The body has returned, or raised: what its caller gets."""
        error = self.generator.ended(value, thrown)
        if self.closing and isinstance(error, GeneratorExit):
            return None, None
        if self.closing and isinstance(error, StopIteration):
            return self.generator.closed(error), None
        return None, Kept(error)

    def yielded(self, item: Yielded) -> tuple[Any, Kept | None]:
        """The body has come to a ``yield``: what its caller gets."""
        value = self.generator.park(item)
        return (None, New(RuntimeError(_IGNORED))) if self.closing else (value, None)


def produce(value: Any) -> Any:
    """``yield``: leave the body with an item, for which ``_advance`` or a driver waits."""
    frame = sys._getframe(1)
    names = frame.f_locals
    site = site_of(frame, names)
    assert site is not None
    raise Yielded(value, Frame(site, site.save(names), None))


def delegate(iterable: Any) -> Any:
    """The iterator of a ``yield from``."""
    return iter(iterable)


def sender(iterator: Any, value: Any) -> Callable[[], Any]:
    """What gives the next item of an iterator that is delegated to."""
    if value is None and not isinstance(iterator, FlowGenerator):
        return functools.partial(next, iterator)
    return functools.partial(iterator.send, value)


def thrower(iterator: Any, error: BaseException) -> Callable[[], Any]:
    """What throws an exception into an iterator that is delegated to (PEP 380)."""
    if isinstance(error, GeneratorExit):
        close = getattr(iterator, "close", None)
        if close is not None:
            close()
        raise error
    throw = getattr(iterator, "throw", None)
    if throw is None:
        raise error
    return functools.partial(throw, error)


def loop_generator(iterator: Any) -> FlowGenerator | None:
    """The flow generator that a loop iterates over, if it is one."""
    if type(iterator) is Shared:
        iterator = iterator.iterator
    return iterator if isinstance(iterator, FlowGenerator) else None


def is_next(code: types.CodeType) -> bool:
    """Whether code is the method by which a loop wants an item."""
    return code is FlowGenerator.__next__.__code__


for _name, _function in {
    "delegate": delegate,
    "FlowGenerator": FlowGenerator,
    "generator": FlowGenerator,
    "produce": produce,
    "sender": sender,
    "thrower": thrower,
}.items():
    setattr(SUPPORT, _name, _function)
