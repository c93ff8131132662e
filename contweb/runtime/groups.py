"""What ``except*`` does with an exception (PEP 654), as CPython's ``PREP_RERAISE_STAR`` and others do it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from contweb.runtime.raising import raises

_NO_CLASS = "catching classes that do not inherit from BaseException is not allowed"
_NO_GROUP = "catching ExceptionGroup with except* is not allowed. Use except instead."
Part = BaseException | None


def star_type(kind: Any) -> Callable[[], Any]:
    """Refuses, when it is called, what a clause cannot handle."""
    for each in kind if isinstance(kind, tuple) else (kind,):
        if not (isinstance(each, type) and issubclass(each, BaseException)):
            return raises(TypeError(_NO_CLASS))
        if issubclass(each, BaseExceptionGroup):
            return raises(TypeError(_NO_GROUP))
    return bool


def star_match(rest: Part, kind: Any) -> tuple[Part, Part]:
    """The part of what is left that a clause handles, as a group, and what is left after it."""
    if rest is None:
        return None, None
    if issubclass(type(rest), kind):
        return BaseExceptionGroup("", (rest,)), None
    if isinstance(rest, BaseExceptionGroup):
        return rest.split(kind)
    return None, rest


def star_result(whole: BaseException, raised: list[BaseException], rest: Part) -> Part:
    """What is to be raised when all clauses have run: what they raised, and what none of them handled."""
    exceptions = [*raised, rest] if rest is not None else list(raised)
    if not exceptions:
        return None
    if not isinstance(whole, BaseExceptionGroup):
        return exceptions[0]
    again = [exception for exception in exceptions if _same_group(exception, whole)]
    new = [exception for exception in exceptions if not _same_group(exception, whole)]
    kept = _projection(whole, again)
    if not new:
        return kept
    if kept is not None:
        new.append(kept)
    return BaseExceptionGroup("", new) if len(new) > 1 else new[0]


def _same_group(part: BaseException, whole: BaseException) -> bool:
    """Whether it is a part of the group that was raised again as it was."""
    return isinstance(part, BaseExceptionGroup) and all(
        getattr(part, name, None) is getattr(whole, name, None)
        for name in ("__notes__", "__traceback__", "__cause__", "__context__")
    )


def _projection(whole: BaseExceptionGroup[Any], parts: list[Any]) -> Part:
    """The group, with only those exceptions that are in one of the parts."""
    leaves = {id(leaf) for part in parts for leaf in _leaves(part)}
    return whole.subgroup(lambda exception: id(exception) in leaves) if leaves else None


def _leaves(exception: BaseException) -> list[BaseException]:
    if isinstance(exception, BaseExceptionGroup):
        return [leaf for part in exception.exceptions for leaf in _leaves(part)]
    return [exception]
