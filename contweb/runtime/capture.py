"""``suspend``: walk the live frames from itself outwards to the driver, save them, and only then unwind.

Every frame on the way must be a flow's, at a point, and the callee at that point must be the function of the
next frame: so a C function in between is noticed. What is not so is a ``BarrierError``, raised here, in the
user's own stack.
"""

from __future__ import annotations

import sys
import types
from collections.abc import Callable
from typing import Any

from contweb.errors import BarrierError, ContwebError, NotRunningError
from contweb.runtime.callee import reaches
from contweb.runtime.frames import Frame
from contweb.runtime.generators import ADVANCE, CLOSE, Boundary, is_next
from contweb.runtime.holding import acquire, release
from contweb.runtime.registry import places_of, primitive, site_of
from contweb.runtime.signals import Signal
from contweb.runtime.variables import Variables

_DRIVERS: set[int] = set()


def driver(function: Any) -> Any:
    """Mark a function at which a capture ends.

    Its locals ``outer`` (the frames around, which are saved already), ``on_suspend`` and ``running`` (the
    context of the flow) are read by the capture.
    """
    _DRIVERS.add(id(function.__code__))
    return function


@primitive
def suspend(value: Any = None) -> Any:
    """Leave the running flow here, with a value for whoever runs it; return what it is resumed with.

    The one primitive: ``ask``, ``receive``, ``sleep`` and ``job`` are written with it. Raises whatever it is
    resumed with by ``throw``; ``BarrierError`` if something on the stack cannot be captured;
    ``NotRunningError`` outside a flow.

        @flow
        def add():
            return suspend("first") + suspend("second")

        step = start(add)                        # Suspended("first", continuation)
        step = step.continuation.resume(1)       # Suspended("second", continuation)
        step = step.continuation.resume(2)       # Finished(3)
    """
    frame: types.FrameType | None = sys._getframe(1)
    called: types.CodeType = _SUSPEND_CODE
    inside: dict[str, Any] = {}
    saved: list[Any] = []
    while frame is not None:
        names = frame.f_locals
        site = site_of(frame, names)
        if site is None:
            if id(frame.f_code) in _DRIVERS:
                break
            if frame.f_code is not ADVANCE:
                raise _blocked(frame, called)
            inside = {"self": names["self"]}
            frame = _caller(frame)
            called = frame.f_code
            saved.append((inside["self"], called is CLOSE))
            frame = frame.f_back
            continue
        via = reaches(site.point, names, called, inside)
        if via is False:
            raise _between(frame, called)
        saved.append((site, site.save(names), via))
        called, inside, frame = frame.f_code, names, frame.f_back
    if frame is None:
        raise NotRunningError(_OUTSIDE)
    continuation: Frame = names["outer"]
    for part in reversed(saved):
        if len(part) == 2:
            continuation = Boundary(part[0], part[1], continuation)
        else:
            continuation = Frame(part[0], part[1], continuation, part[2])
    continuation.remember()
    on_suspend: Callable[[Any, Frame], Any] | None = names["on_suspend"]
    running: Variables = names["running"]
    if continuation.managing is not None:
        raise Signal(value, continuation, _released(value, continuation, on_suspend, running))
    continuation.variables = running.leave()
    raise Signal(value, continuation, on_suspend(value, continuation) if on_suspend else None)


def _released(
    value: Any, continuation: Frame, on_suspend: Callable[[Any, Frame], Any] | None, running: Variables
) -> Any:
    """What ``on_suspend`` gives when the managers have been told; if it fails, the flow goes on with them."""
    release(continuation)
    try:
        continuation.variables = running.leave()
        return on_suspend(value, continuation) if on_suspend else None
    except BaseException:
        acquire(continuation)
        raise


_SUSPEND_CODE = suspend.__code__
_OUTSIDE = (
    "suspend() or ask() was called, but no flow is running: use start(flow, ...), or a route of @app.flow"
)


def _caller(frame: types.FrameType) -> types.FrameType:
    assert frame.f_back is not None
    return frame.f_back


def _barrier(frame: types.FrameType, reason: str, instead: str) -> ContwebError:
    around: types.FrameType | None = frame
    while around is not None and id(around.f_code) not in _DRIVERS:
        around = around.f_back
    if around is None:
        return NotRunningError(_OUTSIDE)
    code = frame.f_code
    return BarrierError(
        frame=f"{code.co_qualname}()",
        filename=code.co_filename,
        line=frame.f_lineno,
        reason=reason,
        instead=instead,
    )


def _blocked(frame: types.FrameType, called: types.CodeType) -> ContwebError:
    if places_of(frame.f_code) is None:
        return _not_a_flow(frame)
    return _read(frame) if is_next(called) else _no_point(frame)


_INLINE = ("<genexpr>", "<listcomp>", "<setcomp>", "<dictcomp>")


def _not_a_flow(frame: types.FrameType) -> ContwebError:
    name = frame.f_code.co_name
    around = frame
    while around.f_code.co_name in _INLINE and around.f_back is not None:
        around = around.f_back
    if around is not frame and places_of(around.f_code) is None:
        return _not_a_flow(around)
    if name in _INLINE:
        return _barrier(
            frame, "it is not a flow's own code", "write a `for` loop, or a list comprehension, in the flow"
        )
    return _barrier(
        frame, "it is not a flow", f"put @flow on {name}, if it is yours; else ask before or after the call"
    )


def _read(frame: types.FrameType) -> ContwebError:
    return _barrier(
        frame,
        "what reads a flow generator here is not a loop of the flow",
        "write a `for` loop; or [x for x in items()], with the call in it, "
        "and use that list in list(), sum(), `in` or an assignment to several names",
    )


def _no_point(frame: types.FrameType) -> ContwebError:
    return _barrier(
        frame,
        "this line runs code through an operator, an attribute or a builtin, which cannot be suspended",
        "call the flow by its name on a line of its own; "
        "write a loop instead of map(), filter() or sorted(key=...)",
    )


def _between(frame: types.FrameType, called: types.CodeType) -> ContwebError:
    if is_next(called):
        return _read(frame)
    instead = f"call {called.co_name}() directly; write a loop instead of passing it to another function"
    if called.co_name in ("__new__", "__init__"):
        instead = "ask in a function or classmethod that makes the object, before or after it is made"
    return _barrier(
        frame,
        f"what it calls here is not {called.co_qualname}(): something that is not a flow stands between them",
        instead,
    )
