"""Which name, and what in it, could not be stored, or is the largest.

Found by trying the parts, once storing the whole has failed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextvars import ContextVar
from types import ModuleType
from typing import Any

from contweb.compiler.names import is_hidden
from contweb.errors import CannotStoreError, TooLargeError
from contweb.runtime.frames import Frame
from contweb.runtime.generators import Boundary
from contweb.state.pickler import to_bytes
from contweb.state.policy import Policy
from contweb.state.travel import NotAllowed, way_of

Part = tuple[str, Any, str]  # its name, the value, and where it stands
Parts = Callable[[], Iterable[Part]]
_DEEPEST = 12
_VARIABLE = "the context variable "
_NAMED = 5  # names of large values that an error tells
_PROCESS_WIDE = "make it once in each process and name it, resource(name, object); or fetch it after the ask"
_OPEN = "read what is needed before the ask, or keep its name and open it again after it"
_INSTEAD = {
    "BufferedReader": _OPEN,
    "BufferedWriter": _OPEN,
    "ContextManager": "leave the `with localcontext()` before the ask, or use decimal.setcontext() instead",
    "Connection": "use it in a `with` that ends before the ask, or fetch it again after the ask",
    "Cursor": "fetch the rows before the ask, for example by list(...)",
    "Engine": _PROCESS_WIDE,
    "InstanceState": "have rows of your database stored by their keys: contweb.sqlalchemy.store_by_key",
    "Logger": _PROCESS_WIDE,
    "Session": "use it in a `with` that ends before the ask, or fetch it again after the ask",
    "TextIOWrapper": _OPEN,
    "generator": "make a list of it before the ask, or make its function a @flow",
    "lock": "take it with `with`, and leave the `with` before the ask",
    "module": "import it at the top of the module",
    "socket": "use it in a `with` that ends before the ask, or open it again after the ask",
}
_GENERAL = (
    "keep its key and fetch it again after the ask, or do not use it after the ask; for a class of yours see "
    "storable(...), for what each process has once resource(...)"
)


def parts_of(frame: Frame) -> Iterator[Part]:
    """The saved names of all frames."""
    held = {id(cell): inside for cell, inside in frame.contents}
    for each in frame.chain():
        if not isinstance(each, Boundary):
            yield from _names(each, held)
    if frame.variables is not None:
        for variable, value in frame.variables.own.items():
            name = _VARIABLE + variable.name
            yield name, variable, _where(frame)
            yield name, value, _where(frame)


def _names(frame: Frame, held: dict[int, Any]) -> Iterator[Part]:
    where = _where(frame)
    for name, value in zip(frame.site.point.live, frame.values, strict=True):
        shown = "a value that this statement, or a loop around it, still needs" if is_hidden(name) else name
        yield shown, held.get(id(value), value), where


def _where(frame: Frame) -> str:
    code = frame.site.code
    return f'File "{code.plain.co_filename}", line {frame.site.point.line}, in {code.name}'


def default_parts(value: Any) -> Iterator[Part]:
    """The parts of a value of which nothing else is known: the names of the frames in it, then the rest."""
    for each in value if isinstance(value, tuple) else (value,):
        if isinstance(each, Frame):
            yield from parts_of(each)
    yield "value", value, ""


def blame(value: Any, parts: Iterable[Part], policy: Policy) -> CannotStoreError:
    """The error for a value that could not be stored."""
    for name, part, where in parts:
        if _fails(part, policy):
            path, culprit = _deepest(name, part, policy)
            return _error(name, path, culprit, where, policy)
    return _error("value", "the value", value, "", policy)


def biggest(size: int, limit: int, parts: Iterable[Part], policy: Policy) -> TooLargeError:
    """The error for a value that takes too many bytes."""
    sizes: dict[tuple[str, str], int] = {}
    for name, part, where in parts:
        sizes[name, where] = max(sizes.get((name, where), 0), len(to_bytes(part, policy)))
    largest = sorted(sizes, key=lambda each: -sizes[each])[:_NAMED]
    return TooLargeError(
        size=size, limit=limit, names=tuple((name, sizes[name, where], where) for name, where in largest)
    )


def _deepest(path: str, value: Any, policy: Policy) -> tuple[str, Any]:
    seen: set[int] = set()
    for _ in range(_DEEPEST):
        seen.add(id(value))
        if _hint(value, policy) or _refuses_itself(value, policy):
            break
        failing = next(
            (
                (path + suffix, part)
                for suffix, part in _inside(value)
                if id(part) not in seen and _fails(part, policy)
            ),
            None,
        )
        if failing is None:
            break
        path, value = failing
    return path, value


def _inside(value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for key, part in value.items():
            yield f"[{key!r}]", part
    elif isinstance(value, list | tuple):
        for place, part in enumerate(value):
            yield f"[{place}]", part
    elif isinstance(value, set | frozenset):
        for part in value:
            yield f" (the member {part!r})", part
    elif not isinstance(value, type | ModuleType):
        yield from _inside_object(value)


def _inside_object(value: Any) -> Iterator[tuple[str, Any]]:
    way = way_of(type(value))
    if way is not None:
        try:
            yield " (what is stored in its place)", way.dump(value)
        except Exception:
            return
    elif isinstance(value, BaseException):
        yield ".args", value.args
    for name, part in (getattr(value, "__dict__", None) or {}).items():
        yield f".{name}", part
    for cell in getattr(value, "__closure__", None) or ():
        yield " (used in it)", cell
    receiver = getattr(value, "__self__", None)
    if receiver is not None and not isinstance(receiver, ModuleType):
        yield " (its object)", receiver


def _hint(value: Any, policy: Policy) -> str | None:
    """What to do instead with an object of a well-known class, which is not the app's."""
    kind = type(value)
    if policy.allows(kind.__module__, kind.__qualname__, kind):
        return None
    return next((_INSTEAD[base.__name__] for base in kind.__mro__ if base.__name__ in _INSTEAD), None)


def _refuses_itself(value: Any, policy: Policy) -> bool:
    try:
        to_bytes(value, policy)
    except NotAllowed as refusal:
        return refusal.value is value or refusal.value is type(value)
    except Exception:
        pass
    return False


def _fails(value: Any, policy: Policy) -> bool:
    try:
        to_bytes(value, policy)
    except Exception:
        return True
    return False


def _error(name: str, path: str, culprit: Any, where: str, policy: Policy) -> CannotStoreError:
    known = _hint(culprit, policy)
    reason, instead = "it has no form as bytes", known or _GENERAL
    try:
        to_bytes(culprit, policy)
    except NotAllowed as refusal:
        reason, instead = refusal.reason, known or refusal.instead
    except RecursionError:
        reason, instead = "it is nested too deeply", "keep it flatter, for example as a list"
    except Exception as error:
        reason = str(error) or reason
    if name.startswith(_VARIABLE) and type(culprit) is not ContextVar:
        instead += f"; or do not have it kept, transient({name.removeprefix(_VARIABLE)!r})"
    return CannotStoreError(
        name=name,
        path=path,
        type_name=type(culprit).__qualname__,
        reason=reason,
        instead=instead,
        where=where,
    )
