"""The driver: runs a flow until it suspends, and a continuation from its innermost frame outwards.

The twin of the innermost frame gets the value; what it returns (or raises) goes to the twin of the next; and
so on. There is no recursion, so depth costs nothing.
"""

from __future__ import annotations

import types
from collections.abc import Callable
from typing import Any

from contweb.runtime import generators, iterators
from contweb.runtime.callee import Making
from contweb.runtime.capture import driver
from contweb.runtime.frames import Frame
from contweb.runtime.generators import Boundary
from contweb.runtime.holding import acquire
from contweb.runtime.signals import Signal, Yielded
from contweb.runtime.support import Kept, New, thrown_in
from contweb.runtime.variables import NOTHING, Variables

OnSuspend = Callable[[Any, Frame], Any] | None


def run(function: Callable[..., Any], args: Any, kwargs: Any, on_suspend: OnSuspend = None) -> Any:
    """Start a function. Returns a ``Signal`` if it suspended, else a ``Result``; raises what it raises."""
    running = NOTHING.enter()
    return running.context.run(_started, function, args, kwargs, None, on_suspend, running)


def go_on(frame: Frame, value: Any, thrown: BaseException | None, on_suspend: OnSuspend = None) -> Any:
    """Go on from a frame with a value, or with an exception, raised at its point. Returns as ``run`` does."""
    running = (frame.variables or NOTHING).enter()
    result = running.context.run(_gone_on, frame, value, thrown, on_suspend, running)
    if isinstance(result, Kept):
        try:
            raise result.exception
        finally:
            result.restore_context()
    return result


def _gone_on(
    frame: Frame, value: Any, thrown: BaseException | None, on_suspend: OnSuspend, running: Variables
) -> Any:
    """The same, in the context of the flow; what is to be raised is returned."""
    frame.recall()
    if frame.managing is not None:
        acquire(frame)
    delivered: Kept | None = thrown_in(thrown, frame.handling) if thrown is not None else None
    current: Frame | None = frame
    clean: Traceback = None
    while current is not None:
        try:
            signal, value = _entered(current, value, delivered, current.outer, on_suspend, running)
        except BaseException as error:
            clean = _without_us(error, clean)
            signal, value, delivered = None, None, Kept(error)
        else:
            delivered = None
            if type(signal) is Signal:
                return signal
        current, value, delivered = _outwards(current.outer, value, delivered, signal)
    return Result(value) if delivered is None else delivered


def _outwards(
    outer: Frame | None, value: Any, delivered: Kept | None, signal: Signal | None
) -> tuple[Frame | None, Any, Kept | None]:
    """The frame that comes next, and what it gets."""
    if isinstance(outer, Boundary):
        thrown = delivered.error if delivered else None
        given = outer.yielded(signal) if isinstance(signal, Yielded) else outer.ended(value, thrown)
        return outer.outer, *given
    if outer is not None and delivered is None and isinstance(outer.via, Making):
        value, error = outer.via.given(value)
        delivered = New(error) if error is not None else None
    return outer, value, delivered


class Result:
    """What a flow returned."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value


@driver
def _started(
    function: Any, args: Any, kwargs: Any, outer: Frame | None, on_suspend: OnSuspend, running: Variables
) -> Any:
    try:
        return Result(function(*args, **kwargs))
    except Signal as signal:
        return signal.with_traceback(None)
    except BaseException as error:
        kept = error.__traceback__
        if kept is not None and kept.tb_next is not None:
            kept.tb_next = _without_us(error, None)
            error.__traceback__ = kept
        raise


@driver
def _entered(
    frame: Frame,
    value: Any,
    delivered: Kept | None,
    outer: Frame | None,
    on_suspend: OnSuspend,
    running: Variables,
) -> tuple[Signal | None, Any]:
    handled = None if outer is None else outer.handling
    twin, state = frame.prepare()
    try:
        if handled is None:
            return None, twin(frame.site.number, state, value, delivered)
        kept = Kept(handled)
        try:
            raise kept.exception
        except BaseException:
            kept.restore()
            return None, twin(frame.site.number, state, value, delivered)
    except Signal as signal:
        return signal.with_traceback(None), None


Traceback = types.TracebackType | None


def _without_us(error: BaseException, clean: Traceback) -> Traceback:
    """Take our own frames out of the traceback: those of a driver at its start, those of generators anywhere.

    From ``clean`` on that has been done before. Returns the traceback.
    """
    traceback = error.__traceback__
    while traceback is not None and traceback is not clean and _is_ours(traceback):
        traceback = traceback.tb_next
    entry = traceback
    while entry is not None and entry is not clean:
        while entry.tb_next is not None and entry.tb_next is not clean and _is_ours(entry.tb_next):
            entry.tb_next = entry.tb_next.tb_next
        entry = entry.tb_next
    error.__traceback__ = traceback
    return traceback


def _is_ours(entry: types.TracebackType) -> bool:
    names = entry.tb_frame.f_globals
    return names is _OURS or names is _GENERATORS or names is _ITERATORS


_OURS = globals()
_GENERATORS = vars(generators)
_ITERATORS = vars(iterators)
