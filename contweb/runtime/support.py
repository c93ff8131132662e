"""What compiled code reaches at run time: the one object that stands behind the hidden name in it.

Each attribute is used by a pass of the compiler, which says what for.
"""

from __future__ import annotations

import functools
import itertools
import sys
import types
from collections.abc import Iterator
from types import FunctionType, MethodType
from typing import Any

from contweb.runtime.frames import content
from contweb.runtime.groups import star_match, star_result, star_type
from contweb.runtime.raising import Raises, raises
from contweb.runtime.signals import UNBOUND, Signal


class Kept:
    """An exception that is about to be raised again, and how it was before that."""

    __slots__ = ("_before", "_context", "_traceback", "error")

    def __init__(self, error: BaseException) -> None:
        self.error = error
        self._context = error.__context__
        self._traceback = error.__traceback__
        self._before: BaseException | None = None

    @property
    def exception(self) -> BaseException:
        """What is to be raised here. Python then unlinks it from the contexts of what is being handled."""
        self._before = _before(sys.exception(), self.error)
        return self.error

    def restore(self) -> None:
        """Undo what raising it again did to it."""
        self.error.__traceback__ = self._traceback
        self.restore_context()

    def restore_context(self) -> None:
        """The same, but for the traceback, which grows as it did when it went through the frames."""
        self.error.__context__ = self._context
        if self._before is not None:
            self._before.__context__ = self.error
        del self.error, self._before, self._context, self._traceback


class New(Kept):
    """An exception that is raised for the first time, in the context of its point."""

    __slots__ = ()

    def restore_context(self) -> None:
        del self.error, self._before, self._context, self._traceback


def _before(handled: BaseException | None, error: BaseException) -> BaseException | None:
    """The one of which an exception is the context, among the contexts of what is being handled."""
    seen: set[int] = set()
    while handled is not None and handled is not error and id(handled) not in seen:
        seen.add(id(handled))
        if handled.__context__ is error:
            return handled
        handled = handled.__context__
    return None


def thrown_in(error: BaseException, handled: BaseException | None) -> Kept:
    """An exception that is thrown in: its context is what is being handled there, else its own. What is being
    handled where it comes from is no matter."""
    return Kept(error) if handled is None else New(error)


def stops(delivered: Kept | None) -> bool:
    """Whether what comes to a loop instead of an item is its end."""
    return delivered is not None and isinstance(delivered.error, StopIteration)


def given(value: Any, delivered: Kept | None, iterator: Any) -> Iterator[Any]:
    """A loop that gets its item from a generator which has suspended meanwhile: that item, then the rest."""
    return iter(()) if delivered is not None else itertools.chain((value,), iterator)


class Shared:
    """An iterator that the program has a name for: an object of its own, and not only the state of a loop."""

    __slots__ = ("iterator",)

    def __init__(self, iterator: Iterator[Any]) -> None:
        self.iterator = iterator

    def __iter__(self) -> Iterator[Any]:
        return self.iterator


def loop_over(iterable: Any, iterator: Any) -> Any:
    """The iterator of a loop over something that the program may have a name for."""
    return Shared(iterator) if iterator is iterable else iterator


def again(iterator: Any) -> Iterator[Any]:
    """A loop that is entered again: one turn without an item, then the rest."""
    return itertools.chain((None,), iterator)


def raised() -> bool:
    """Whether a ``finally`` is run for an exception of the program, and not for a capture."""
    return not isinstance(sys.exception(), Signal)


def enter(manager: Any) -> Any:
    """``__enter__`` of a context manager, as the ``with`` statement finds it."""
    own = type(manager).__dict__
    method = own.get("__enter__")
    if type(method) is FunctionType and type(own.get("__exit__")) is FunctionType:
        return MethodType(method, manager)  # as nearly always
    entered, left = _special(manager, "__enter__"), _special(manager, "__exit__", missed=True)
    return left if isinstance(left, Raises) and not isinstance(entered, Raises) else entered


def leave(manager: Any) -> Any:
    """``__exit__`` of a context manager."""
    method = type(manager).__dict__.get("__exit__")
    if type(method) is FunctionType:
        return MethodType(method, manager)
    return _special(manager, "__exit__")


def _special(manager: Any, name: str, missed: bool = False) -> Any:
    kind = type(manager)
    for base in kind.__mro__:
        found = base.__dict__.get(name, _ABSENT)
        if type(found) is FunctionType:
            return MethodType(found, manager)
        if found is not _ABSENT:
            bind = getattr(type(found), "__get__", None)
            return found if bind is None else bind(found, manager, kind)
    message = f"'{_full_name(kind)}' object does not support the context manager protocol"
    return raises(TypeError(message + (f" (missed {name} method)" if missed else "")))


_ABSENT: Any = object()


def _full_name(kind: type) -> str:
    made_by_class_statement = kind.__flags__ & (1 << 9)  # Py_TPFLAGS_HEAPTYPE
    if made_by_class_statement or kind.__module__ == "builtins":
        return kind.__name__
    return f"{kind.__module__}.{kind.__name__}"


def keywords(function: Any, mapping: Any, earlier: list[str]) -> dict[str, Any]:
    """``**mapping`` of a call whose later arguments may suspend, with the errors that the call would give.
    ``earlier`` are the names that are given already."""
    if not hasattr(mapping, "keys"):
        kind = type(mapping).__name__
        raise TypeError(f"{_shown(function)} argument after ** must be a mapping, not {kind}")
    given = {**mapping}
    for name in given:
        if name in earlier:
            raise TypeError(f"{_shown(function)} got multiple values for keyword argument '{name}'")
    return given


def _shown(function: Any) -> Any:
    """A function, as Python's own messages name it."""
    name = getattr(function, "__qualname__", None)
    module = getattr(function, "__module__", None)
    shown = f"{name}()" if module in (None, "builtins") else f"{module}.{name}()"
    return shown if name else function


def zero_super(kind: Any, names: dict[str, Any], first: str | None, missing: str) -> Any:
    """What is called by ``super()``: with its arguments, or with the error that Python gives without them."""
    if kind is not super:
        return kind
    if first is None:
        return raises(RuntimeError("super(): no arguments"))
    if first not in names:
        return raises(RuntimeError("super(): arg[0] deleted"))
    if "__class__" not in names:
        return raises(RuntimeError(f"super(): {missing}"))
    return functools.partial(super, names["__class__"], names[first])


def visible(names: Any) -> Any:
    """``locals()``, ``vars()`` or ``dir()`` without the names that contweb made."""
    if isinstance(names, dict):
        return {name: value for name, value in names.items() if "@" not in name}
    return [name for name in names if "@" not in name]


def holds(cell: types.CellType) -> bool:
    """Whether the variable that lives in a cell is bound."""
    return content(cell) is not UNBOUND


def unset(name: str) -> Raises:
    """What raises the error of a local variable that is not bound."""
    return raises(
        UnboundLocalError(f"cannot access local variable '{name}' where it is not associated with a value")
    )


def seen(called: Any, names: Any) -> Any:
    """The same, where what was called may be another function of that name."""
    return visible(names) if any(called is each for each in (locals, vars, dir)) else names


class Support:
    """A namespace. Its one instance is a constant of compiled code, and so must have a hash."""

    def __init__(self, **attributes: Any) -> None:
        self.__dict__.update(attributes)


SUPPORT: Any = Support(
    AssertionError=AssertionError,
    BaseException=BaseException,
    Signal=Signal,
    UNBOUND=UNBOUND,
    again=again,
    content=content,
    enter=enter,
    exc_info=sys.exc_info,
    exception=sys.exception,
    exit=leave,
    given=given,
    holds=holds,
    iter=iter,
    keywords=keywords,
    locals=locals,
    loop_over=loop_over,
    keep=Kept,
    raised=raised,
    seen=seen,
    set=set,
    slice=slice,
    stops=stops,
    super=zero_super,
    type=type,
    StopIteration=StopIteration,
    star_match=star_match,
    star_result=star_result,
    star_type=star_type,
    unset=unset,
    visible=visible,
)
