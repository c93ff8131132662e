"""What bytes may call to make our own things again. Every public function here may be named by them, and nothing else."""

from __future__ import annotations

import types
from collections.abc import Iterator
from typing import Any

from contweb.errors import ContinuationError, ForbiddenError
from contweb.runtime.callee import Making
from contweb.runtime.frames import Frame
from contweb.runtime.registry import find
from contweb.runtime.support import Shared

_METHODS_OF = (list, dict, set, frozenset, str, bytes, bytearray, tuple, int, float)


def cell() -> types.CellType:
    """An empty cell; what it holds is read when everything that may refer to it is there."""
    return types.CellType()


def function(module: str, name: str, fingerprint: bytes, closure: tuple[types.CellType, ...] | None) -> Any:
    """A function that was defined inside a flow."""
    code = find(module, name, fingerprint)
    return types.FunctionType(code.plain, code.globals, code.plain.co_name, None, closure)


def describe(made: types.FunctionType, state: tuple[Any, ...]) -> None:
    """What a program may have set on a function."""
    made.__defaults__, made.__kwdefaults__, made.__name__, made.__qualname__, made.__doc__, attributes = state
    if attributes:
        made.__dict__.update(attributes)


def method(receiver: Any, name: str) -> Any:
    """A bound method: a function of the receiver's class."""
    for base in type(receiver).__mro__ if not isinstance(receiver, type) else receiver.__mro__:
        found = base.__dict__.get(name)
        if isinstance(found, classmethod):
            found = found.__func__
        if isinstance(found, types.FunctionType):
            return types.MethodType(found, receiver)
    raise ForbiddenError(f"the bytes name a method {name!r}, which {type(receiver).__name__} has not")


def builtin_method(receiver: Any, name: str) -> Any:
    """A bound method of one of Python's own containers."""
    if type(receiver) not in _METHODS_OF or name.startswith("_"):
        raise ForbiddenError(f"the bytes name a method {name!r} of {type(receiver).__name__}")
    return getattr(receiver, name)


def shared(iterator: Iterator[Any]) -> Shared:
    """A loop's iterator that the program has a name for."""
    return Shared(iterator)


def dict_iterator(container: dict[Any, Any], view: str, turns: int) -> Iterator[Any]:
    """An iterator over a dictionary that has made so many turns."""
    walked: Any = {"keys": container.keys, "values": container.values, "items": container.items}[view]()
    iterator = iter(walked)
    for _ in range(turns):
        next(iterator)
    return iterator


def exception(error: BaseException, state: tuple[Any, ...]) -> None:
    """The parts of an exception that its class does not restore."""
    attributes, cause, context, suppress = state
    if attributes:
        error.__dict__.update(attributes)
    error.__cause__ = cause
    error.__context__ = context
    error.__suppress_context__ = suppress


def making(made: Any) -> Making:
    return Making(made)


def frames(entries: tuple[Any, ...]) -> Frame:
    """The innermost of the frames, which are written with the outermost first."""
    frame: Frame | None = None
    for entry in entries:
        (module, name, fingerprint), number, values, *rest = entry
        code = find(module, name, fingerprint)
        point = code.points.get(number)
        if point is None or len(point.live) != len(values):
            raise ContinuationError("a frame does not fit its function")
        frame = Frame(code, number, values, frame, rest[0] if rest else None)
    if frame is None:
        raise ContinuationError("a continuation without frames")
    return frame
