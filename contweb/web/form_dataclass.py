"""A dataclass made of an answer: each text is converted into its field's type."""

from __future__ import annotations

import re
import types
from collections.abc import Callable
from dataclasses import MISSING, Field, fields
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from enum import Enum
from functools import lru_cache
from math import isfinite
from typing import Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin, get_type_hints
from uuid import UUID

from contweb.web.answers import Answer
from contweb.web.form_pydantic import errors_in
from contweb.web.form_result import WHOLE, Read
from contweb.web.uploads import Upload

EMPTY = "Fill this in."
CHOOSE = "Choose one of these."
FILE = "Choose a file."
_SEVERAL = (list, tuple, set, frozenset)
_ON, _OFF = frozenset(("on", "true", "yes", "1")), frozenset(("off", "false", "no", "0", ""))
_NUMBER = re.compile(r"[-+]?[0-9]+")
_DECIMAL = re.compile(r"[-+]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][-+]?[0-9]{1,3})?")


class Kind(NamedTuple):
    """How a field is made.

    Arguments:
        convert: a text, or an upload, to a value; raises ``ValueError`` with what to tell the visitor.
        gather: of several values: what makes the collection of them.
        absent: what stands for a field that is empty or was not sent.
    """

    convert: Callable[[Any], Any]
    gather: Callable[[Any], Any] | None = None
    absent: Any = MISSING
    is_text: bool = False
    is_file: bool = False


def read(into: Any, answer: Answer) -> Read:
    """The dataclass made of an answer. A ``ValueError(field, text)`` of its ``__post_init__`` is an error of
    that field, a ``ValueError(text)`` one of the whole form.

    Errors:
        TypeError: a field has a type that no form can give.
    """
    values: dict[str, Any] = {}
    errors: dict[str, str] = {}
    for field, kind in _kinds(into):
        try:
            value = _value(field, kind, answer)
        except ValueError as error:
            errors[field.name] = str(error)
        else:
            if value is not MISSING:
                values[field.name] = value
    return Read(None, errors) if errors else _made(into, values)


def names(into: Any, typed: Answer, details: Any) -> dict[str, Any]:
    """Nothing besides ``errors`` and ``typed``."""
    _kinds(into)
    return {}


def _made(into: Any, values: dict[str, Any]) -> Read:
    try:
        return Read(into(**values), {})
    except ValueError as error:
        match error.args:
            case (str(name), str(text)):
                return Read(None, {name: text})
        return Read(None, errors_in(error) or {WHOLE: str(error)})


def _value(field: Field[Any], kind: Kind, answer: Answer) -> Any:
    """The value of a field; ``MISSING`` where its default is taken."""
    given = answer.files.getlist(field.name) if kind.is_file else answer.getlist(field.name)
    if kind.gather is not None:
        items = [item for item in given if item != ""]
        if items or not _has_default(field) or field.name in answer:
            return kind.gather(kind.convert(item) for item in items)
        return MISSING
    text = given[0] if given else ""
    if text != "" and (not isinstance(text, str) or text.strip()):
        return kind.convert(text)
    if kind.absent is False:  # a checkbox that is not checked is not sent
        return False
    if _has_default(field):
        return text if kind.is_text and given else MISSING
    if kind.absent is MISSING:
        raise ValueError(FILE if kind.is_file else EMPTY)
    return kind.absent


def _has_default(field: Field[Any]) -> bool:
    return field.default is not MISSING or field.default_factory is not MISSING


@lru_cache(maxsize=1024)
def _kinds(into: Any) -> list[tuple[Field[Any], Kind]]:
    hints = get_type_hints(into, include_extras=False)
    return [(field, _kind(into, field.name, hints[field.name])) for field in fields(into) if field.init]


def _kind(into: Any, name: str, hint: Any) -> Kind:
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return _kind(into, name, arguments[0])
    if origin in (Union, types.UnionType):
        return _optional(into, name, hint)
    if origin is Literal:
        return Kind(_choice({str(value): value for value in arguments}))
    if origin in _SEVERAL or hint in _SEVERAL:
        inner = _kind(into, name, arguments[0] if arguments else str)
        return Kind(inner.convert, origin or hint, is_file=inner.is_file)
    if isinstance(hint, type):
        return _of_type(into, name, hint)
    raise _no_form(into, name, hint)


def _optional(into: Any, name: str, hint: Any) -> Kind:
    rest = [part for part in get_args(hint) if part is not types.NoneType]
    if len(rest) != 1 or len(rest) == len(get_args(hint)):
        raise _no_form(into, name, hint)
    return _kind(into, name, rest[0])._replace(absent=None, is_text=False)


def _of_type(into: Any, name: str, kind: type) -> Kind:
    if kind is Upload:
        return Kind(lambda upload: upload, is_file=True)
    if issubclass(kind, Enum):
        return Kind(_choice({str(member.value): member for member in kind}))
    if kind in _CONVERTERS:
        return Kind(_CONVERTERS[kind], absent=False if kind is bool else MISSING, is_text=kind is str)
    if kind.__module__ != "builtins" and not hasattr(kind, "__dataclass_fields__"):
        return Kind(kind)
    raise _no_form(into, name, kind)


def _no_form(into: type, name: str, hint: Any) -> TypeError:
    return TypeError(
        f"into={into.__name__}: {name} is of the type {hint}, which no field of a form gives; use str, int, "
        "float, bool, Decimal, date, datetime, time, UUID, an Enum, Literal, Upload, a class that is made of "
        "a text, or a list or `| None` of these"
    )


def _choice(values: dict[str, Any]) -> Callable[[str], Any]:
    def convert(text: str) -> Any:
        if text not in values:
            raise ValueError(CHOOSE)
        return values[text]

    return convert


def _bool(text: str) -> bool:
    if text.lower() not in _ON | _OFF:
        raise ValueError(CHOOSE)
    return text.lower() in _ON


def _int(text: str) -> int:
    if not _NUMBER.fullmatch(text.strip()) or len(text) > 1000:
        raise ValueError("Type a whole number.")
    return int(text)


def _float(text: str) -> float:
    number = float(text) if _DECIMAL.fullmatch(text.strip()) else float("nan")
    if not isfinite(number):
        raise ValueError("Type a number.")
    return number


def _decimal(text: str) -> Decimal:
    try:
        if _DECIMAL.fullmatch(text.strip()):
            return Decimal(text.strip())
    except InvalidOperation:
        pass
    raise ValueError("Type a number.")


def _parsed(parse: Callable[[str], Any], told: str) -> Callable[[str], Any]:
    def convert(text: str) -> Any:
        try:
            return parse(text.strip())
        except ValueError:
            raise ValueError(told) from None

    return convert


_CONVERTERS: dict[type, Callable[[str], Any]] = {
    str: str,
    bool: _bool,
    int: _int,
    float: _float,
    Decimal: _decimal,
    date: _parsed(date.fromisoformat, "Type a date, such as 2026-01-31."),
    datetime: _parsed(datetime.fromisoformat, "Type a date and a time, such as 2026-01-31 18:30."),
    time: _parsed(time.fromisoformat, "Type a time, such as 18:30."),
    UUID: _parsed(UUID, "This is not complete."),
}
