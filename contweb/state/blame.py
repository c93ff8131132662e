"""Which name, and what in it, could not be stored: found by trying the parts, once storing the whole has failed."""

from __future__ import annotations

from collections.abc import Iterator
from types import ModuleType
from typing import Any

from contweb.compiler.names import is_hidden
from contweb.errors import CannotStoreError
from contweb.runtime.frames import Frame
from contweb.runtime.generators import Boundary
from contweb.state.pickler import NotAllowed, to_bytes
from contweb.state.policy import Policy

_DEEPEST = 12
_INSTEAD = {
    "generator": "make a list of it before the ask",
    "lock": "take it with `with`, and leave the `with` before the ask",
    "Connection": "fetch it again after the ask",
    "module": "import it at the top of the module",
}
_GENERAL = "keep its key and fetch it again after the ask, or do not use it after the ask"


def blame(value: Any, error: Exception, policy: Policy) -> CannotStoreError:
    """The error for a value that could not be stored."""
    for name, part, where in _roots(value):
        if not _fails(part, policy):
            continue
        path, culprit = _deepest(name, part, policy)
        return _error(name, path, culprit, where, policy)
    return _error("value", "the value", value, "", policy)


def _roots(value: Any) -> Iterator[tuple[str, Any, str]]:
    if isinstance(value, Frame):
        held = {id(cell): inside for cell, inside in value.contents}
        for frame in value.chain():
            if not isinstance(frame, Boundary):
                yield from _names(frame, held)
    else:
        yield "value", value, ""


def _names(frame: Frame, held: dict[int, Any]) -> Iterator[tuple[str, Any, str]]:
    code, point = frame.site.code, frame.site.point
    where = f'File "{code.plain.co_filename}", line {point.line}, in {code.name}'
    for name, value in zip(point.live, frame.values, strict=True):
        shown = "a value that this statement, or a loop around it, still needs" if is_hidden(name) else name
        yield shown, held.get(id(value), value), where


def _deepest(path: str, value: Any, policy: Policy) -> tuple[str, Any]:
    seen: set[int] = set()
    for _ in range(_DEEPEST):
        seen.add(id(value))
        failing = next(
            (
                (path + suffix, part)
                for suffix, part in _parts(value)
                if id(part) not in seen and _fails(part, policy)
            ),
            None,
        )
        if failing is None:
            break
        path, value = failing
    return path, value


def _parts(value: Any) -> Iterator[tuple[str, Any]]:
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
        if isinstance(value, BaseException):
            yield ".args", value.args
        for name, part in (getattr(value, "__dict__", None) or {}).items():
            yield f".{name}", part
        for cell in getattr(value, "__closure__", None) or ():
            yield " (used in it)", cell
        receiver = getattr(value, "__self__", None)
        if receiver is not None and not isinstance(receiver, ModuleType):
            yield " (its object)", receiver


def _fails(value: Any, policy: Policy) -> bool:
    try:
        to_bytes(value, policy)
    except Exception:
        return True
    return False


def _error(name: str, path: str, culprit: Any, where: str, policy: Policy) -> CannotStoreError:
    reason, instead = "it has no form as bytes", _INSTEAD.get(type(culprit).__name__, _GENERAL)
    try:
        to_bytes(culprit, policy)
    except NotAllowed as refusal:
        reason, instead = refusal.reason, refusal.instead
    except RecursionError:
        reason, instead = "it is nested too deeply", "keep it flatter, for example as a list"
    except Exception as error:
        reason = str(error) or reason
    return CannotStoreError(
        name=name, path=path, type_name=type(culprit).__qualname__, reason=reason, instead=instead, where=where
    )
