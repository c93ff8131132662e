"""What bytes may call to make our own things again. Every public function here may be named by them, and
nothing else."""

from __future__ import annotations

import sys
import types
from collections import deque
from collections.abc import Iterator
from contextvars import ContextVar
from typing import Any

from contweb.errors import ContinuationError, ForbiddenError, NotThereError
from contweb.runtime.callee import Making
from contweb.runtime.frames import Frame
from contweb.runtime.generators import Boundary, FlowGenerator
from contweb.runtime.iterators import ITERTOOLS, Rest, rebuilt
from contweb.runtime.registry import Code, find, known
from contweb.runtime.support import Shared
from contweb.runtime.variables import DECIMAL
from contweb.state.policy import load

CONTAINERS = (list, dict, set, frozenset, str, bytes, bytearray, tuple, int, float, deque)
_OF_VARIABLES = ("get", "reset", "set")
_OF_EXCEPTIONS = ("add_note", "with_traceback", "derive", "split", "subgroup")


def _code(reference: tuple[str, str, bytes]) -> Code:
    """The code of a function, whose module may not be imported yet in a fresh process."""
    if reference[0] and reference[0] not in sys.modules:
        load(reference[0])
    return find(reference)


def cell() -> types.CellType:
    """An empty cell; what it holds is read when everything that may refer to it is there."""
    return types.CellType()


def function(reference: tuple[str, str, bytes], closure: tuple[types.CellType, ...] | None) -> Any:
    """A function that was defined inside a flow."""
    code = _code(reference)
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


def has_builtin_method(receiver: Any, name: str) -> bool:
    """Whether it is a method that may travel: of one of Python's own containers or exceptions, or of a
    context variable."""
    if isinstance(receiver, BaseException):
        return name in _OF_EXCEPTIONS
    if isinstance(receiver, ContextVar):
        return name in _OF_VARIABLES
    return type(receiver) in CONTAINERS and not name.startswith("_")


def builtin_method(receiver: Any, name: str) -> Any:
    """A bound method of such an object."""
    if not has_builtin_method(receiver, name):
        raise ForbiddenError(f"the bytes name a method {name!r} of {type(receiver).__name__}")
    return getattr(receiver, name)


def type_method(owner: type, name: str) -> Any:
    """``str.upper``: a method of one of Python's own containers, not bound."""
    if owner not in CONTAINERS or name.startswith("_"):
        raise ForbiddenError(f"the bytes name a method {name!r}")
    return getattr(owner, name)


def exception(kind: type, args: tuple[Any, ...]) -> Any:
    """An exception as it was, whatever its own ``__init__`` takes: that has run already."""
    if not issubclass(kind, BaseException):
        raise ForbiddenError(f"the bytes name {kind.__name__} as an exception")
    made = kind.__new__(kind, *args)
    own = [vars(base)["__init__"] for base in kind.__mro__ if "__init__" in vars(base)]
    next(init for init in own if not isinstance(init, types.FunctionType))(made, *args)
    return made


def resource(name: str) -> Any:
    """A thing that travels by its name; what a codec puts in its place knows the app's."""
    raise NotThereError(f"there is no resource named {name!r} here")


def stored(module: str, name: str, value: Any) -> Any:
    """An object of a class for which the user says how it is loaded; the same."""
    raise NotThereError(f"nothing says how {module}.{name} is loaded")


def variable(module: str, name: str) -> ContextVar[Any]:
    """A context variable that a module has as a global."""
    loaded = load(module)
    found = vars(loaded).get(name) if loaded is not None else None
    if not isinstance(found, ContextVar):
        raise NotThereError(f"there is no context variable {module}.{name} any more")
    return found


def decimal_variable() -> ContextVar[Any]:
    """The one in which ``decimal`` has its context."""
    return DECIMAL


def token(variable: ContextVar[Any], used: bool, *old: Any) -> Any:
    """A token of a context variable; what an unpickler puts in its place has a context to make it in."""
    raise ContinuationError("the bytes name a token where no flow is")


def shared(iterator: Iterator[Any]) -> Shared:
    """A loop's iterator that the program has a name for."""
    return Shared(iterator)


def itertool(make: Any, arguments: tuple[Any, ...], state: Any) -> Any:
    """An iterator of ``itertools``, made of its parts."""
    if make is not iter and make not in ITERTOOLS:
        raise ForbiddenError("the bytes name an iterator that is none")
    return rebuilt(make, arguments, state)


def dict_view(container: dict[Any, Any], view: str) -> Any:
    """``container.keys()``, ``.values()`` or ``.items()``."""
    if not isinstance(container, dict) or view not in ("keys", "values", "items"):
        raise ForbiddenError("the bytes name a view of what is no dictionary")
    return getattr(dict, view)(container)


def dict_iterator(container: dict[Any, Any], view: str, turns: int) -> Iterator[Any]:
    """An iterator over a dictionary that has made so many turns."""
    iterator: Iterator[Any] = iter(dict_view(container, view))
    for _ in range(turns):
        next(iterator)
    return iterator


def rest(container: Any, left: list[Any], size: int | None) -> Rest:
    """What is left of a loop over a set, or a reversed dictionary."""
    return Rest(container, left, size)


def generator() -> FlowGenerator:
    """A flow generator, whose state follows."""
    return FlowGenerator.__new__(FlowGenerator)


def generator_state(made: FlowGenerator, state: tuple[Any, ...]) -> None:
    """Where a flow generator is."""
    made.set_state(state)


def making(made: Any) -> Making:
    return Making(made)


def frames(entries: tuple[Any, ...]) -> Frame:
    """The innermost of the frames, which are written with the outermost first."""
    frame: Frame | None = None
    for entry in entries:
        if isinstance(entry[0], FlowGenerator):
            generator, closing = entry
            frame = Boundary(generator, closing, frame)
            continue
        reference, number, values, *rest = entry
        via = rest[0] if rest else None
        code = known(reference) or _code(reference)
        site = code.sites.get(number)
        if site is None or type(values) is not tuple or len(site.point.live) != len(values):
            raise ContinuationError("a frame does not fit its function")
        if via is not None and type(via) is not Making:
            raise ContinuationError("a frame does not fit its function")
        frame = Frame(site, values, frame, via)
    if frame is None:
        raise ContinuationError("a continuation without frames")
    return frame
