"""Whether the callee at a point is the function of the next frame. No code of the user's runs to find out."""

from __future__ import annotations

import functools
import types
from typing import Any

from contweb.compiler.points import Point
from contweb.runtime.generators import is_next, loop_generator
from contweb.runtime.registry import code_of

_ABSENT: Any = object()


def reaches(point: Point, names: dict[str, Any], called: types.CodeType, inside: dict[str, Any]) -> Any:
    """False if the call does not go to that code directly; else what it goes through.

    That is None, or, where a class was called and its ``__init__`` is the code, a ``Making``. ``inside`` are
    the names of the frame that was called.
    """
    held = names.get(point.callee, _ABSENT)
    if type(held) is types.FunctionType and point.method is None and not point.draws:
        return None if _is_code(held, called) else False  # as nearly always
    if point.draws:
        waiting = loop_generator(held)
        return None if waiting is not None and waiting is inside.get("self") and is_next(called) else False
    callee = held if point.method is None else _method(held, point.method)
    if isinstance(callee, type):
        return _made(callee, called, inside)
    return _leads(callee, called)


def _made(kind: type, called: types.CodeType, inside: dict[str, Any]) -> Any:
    """The object that a class is making, if it does that as ``type`` does; else whether its metaclass leads
    to the code."""
    metaclass: type = type(kind)
    call = _in_classes(metaclass.__mro__, "__call__")
    if call is not type.__dict__["__call__"]:
        return _leads(call, called) if type(call) is types.FunctionType else False
    code = code_of(called)
    if code is None or not (called.co_argcount and code.keeps_first):
        return False
    made = inside.get(called.co_varnames[0])
    if not isinstance(made, kind) or _leads(_in_classes(type(made).__mro__, "__init__"), called) is False:
        return False
    return Making(made)


class Making:
    """A class was called, and its ``__init__`` suspended: the call gives the object that was being made."""

    __slots__ = ("made",)

    def __init__(self, made: Any) -> None:
        self.made = made

    def given(self, returned: Any) -> tuple[Any, BaseException | None]:
        """What the call of the class gives when ``__init__`` has returned, or what it raises."""
        if returned is None:
            return self.made, None
        return None, TypeError(f"__init__() should return None, not '{type(returned).__name__}'")


def _leads(callee: Any, called: types.CodeType) -> Any:
    kind = type(callee)
    if kind is types.FunctionType:
        return None if _is_code(callee, called) else False
    if kind is types.MethodType:
        return _leads(callee.__func__, called)
    if kind in (staticmethod, classmethod):
        return _leads(callee.__func__, called)
    if kind is functools.partial:
        return _leads(callee.func, called)
    if isinstance(callee, type) or callee is _ABSENT:
        return False
    call = _in_classes(kind.__mro__, "__call__")
    return _leads(call, called) if type(call) is types.FunctionType else False


def _is_code(function: types.FunctionType, called: types.CodeType) -> bool:
    return function.__code__ is called


def _method(receiver: Any, name: str) -> Any:
    """What ``receiver.name`` is, if that is a function of its class, its own, or a module's."""
    if isinstance(receiver, super):
        return _in_super(receiver, name)
    kind = type(receiver)
    if isinstance(receiver, type):
        found = _in_classes(receiver.__mro__, name)
        return found if found is not _ABSENT else _in_classes(kind.__mro__, name)
    if isinstance(receiver, types.ModuleType):
        return receiver.__dict__.get(name, _ABSENT)
    found = _in_classes(kind.__mro__, name)
    if type(found) is types.MemberDescriptorType:  # of ``__slots__``
        return found.__get__(receiver, kind)
    own = getattr(receiver, "__dict__", None) if _has_plain_dict(kind) else None
    if type(own) is dict and name in own:
        return own[name]
    return found


def _in_super(receiver: Any, name: str) -> Any:
    after: tuple[type, ...] = receiver.__self_class__.__mro__
    return _in_classes(after[after.index(receiver.__thisclass__) + 1 :], name)


def _in_classes(classes: tuple[type, ...], name: str) -> Any:
    for base in classes:
        if name in base.__dict__:
            return base.__dict__[name]
    return _ABSENT


def _has_plain_dict(kind: type) -> bool:
    """Whether reading ``__dict__`` runs no code of the user's."""
    found = _in_classes(kind.__mro__, "__dict__")
    return type(found) is types.GetSetDescriptorType and _in_classes(kind.__mro__, "__getattribute__") in (
        object.__getattribute__,
        types.ModuleType.__getattribute__,
    )


def leads(callee: Any, called: types.CodeType, inside: dict[str, Any]) -> Any:
    """As ``reaches``, of a callee that is at hand."""
    return _made(callee, called, inside) if isinstance(callee, type) else _leads(callee, called)


def method(receiver: Any, name: str) -> Any:
    """What ``receiver.name`` is, as far as that is known without running anything."""
    return _method(receiver, name)
