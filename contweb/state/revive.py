"""What bytes may call to make our own things again. Every public function here may be named by them, and nothing else."""

from __future__ import annotations

import types
from collections import deque
from collections.abc import Iterator
from typing import Any

from contweb.errors import ContinuationError, ForbiddenError
from contweb.runtime.callee import Making
from contweb.runtime.frames import Frame
from contweb.runtime.registry import find
from contweb.runtime.support import Shared
from contweb.state.policy import load

_CONTAINERS = (list, dict, set, frozenset, str, bytes, bytearray, tuple, int, float, deque)
_OF_EXCEPTIONS = ("add_note", "with_traceback", "derive", "split", "subgroup")


def cell() -> types.CellType:
    """An empty cell; what it holds is read when everything that may refer to it is there."""
    return types.CellType()


def function(module: str, name: str, fingerprint: bytes, closure: tuple[types.CellType, ...] | None) -> Any:
    """A function that was defined inside a flow."""
    code = find(module, name, fingerprint)
    return types.FunctionType(code.plain, code.globals, code.plain.co_name, None, closure)


def describe(made: types.FunctionType, state: tuple[Any, ...]) -> None:
    """What a program may have set on a function."""
    made.__defaults__, made.__kwdefaults__, made.__name__, made.__qualname__, made.__doc__, *rest = state
    annotations, attributes = rest
    if annotations:
        made.__annotations__ = annotations
    if attributes:
        made.__dict__.update(attributes)


def method(receiver: Any, owner: type, name: str) -> Any:
    """A bound method: the function of that name in the class that defines it."""
    found = owner.__dict__.get(name) if isinstance(owner, type) else None
    if isinstance(found, classmethod):
        found = found.__func__
    if not isinstance(found, types.FunctionType):
        raise ForbiddenError(f"the bytes name a method {name!r} that is not there")
    return types.MethodType(found, receiver)


def builtin_method(receiver: Any, name: str) -> Any:
    """A bound method of one of Python's own containers or exceptions."""
    of_exception = isinstance(receiver, BaseException) and name in _OF_EXCEPTIONS
    if not of_exception and (type(receiver) not in _CONTAINERS or name.startswith("_")):
        raise ForbiddenError(f"the bytes name a method {name!r} of {type(receiver).__name__}")
    return getattr(receiver, name)


def type_method(owner: type, name: str) -> Any:
    """``str.upper``: a method of one of Python's own containers, not bound."""
    if owner not in _CONTAINERS or name.startswith("_"):
        raise ForbiddenError(f"the bytes name a method {name!r}")
    return getattr(owner, name)


def shared(iterator: Iterator[Any]) -> Shared:
    """A loop's iterator that the program has a name for."""
    return Shared(iterator)


def dict_view(container: dict[Any, Any], view: str) -> Any:
    """``container.keys()``, ``.values()`` or ``.items()``."""
    if not isinstance(container, dict) or view not in ("keys", "values", "items"):
        raise ForbiddenError("the bytes name a view of what is no dictionary")
    return getattr(dict, view)(container)


def dict_iterator(container: dict[Any, Any], view: str, turns: int) -> Iterator[Any]:
    """An iterator over a dictionary that has made so many turns."""
    iterator = iter(dict_view(container, view))
    for _ in range(turns):
        next(iterator)
    return iterator


def making(made: Any) -> Making:
    return Making(made)


def frames(entries: tuple[Any, ...]) -> Frame:
    """The innermost of the frames, which are written with the outermost first."""
    frame: Frame | None = None
    for entry in entries:
        (module, name, fingerprint), number, values, *rest = entry
        if not isinstance(values, tuple):
            raise ContinuationError("a frame without values")
        load(module)
        code = find(module, name, fingerprint)
        point = code.points.get(number)
        if point is None or len(point.live) != len(values):
            raise ContinuationError("a frame does not fit its function")
        frame = Frame(code, number, values, frame, rest[0] if rest else None)
    if frame is None:
        raise ContinuationError("a continuation without frames")
    return frame
