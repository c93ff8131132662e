"""A pydantic model made of an answer. pydantic is not imported here: where a model is given, it was."""

from __future__ import annotations

import sys
import types
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any, Union, get_args, get_origin

from contweb.web.answers import Answer
from contweb.web.form_result import WHOLE, Read

if TYPE_CHECKING:
    from pydantic import BaseModel
    from pydantic.fields import FieldInfo

_SEVERAL = (list, tuple, set, frozenset)
_DEEPEST = 20  # models in models that a form has fields for


def is_model(into: type) -> bool:
    """Whether a class is a pydantic model."""
    library = sys.modules.get("pydantic")
    return library is not None and issubclass(into, library.BaseModel)


def read(into: type[BaseModel], answer: Answer) -> Read:
    """The model made of an answer, or what pydantic says is wrong with it."""
    library = sys.modules["pydantic"]
    try:
        return Read(into.model_validate(dict(_values(into, answer))), {})
    except library.ValidationError as error:
        return Read(None, errors_in(error, into))


def errors_in(error: ValueError, into: type[BaseModel] | None = None) -> dict[str, str]:
    """What pydantic says is wrong, by fields; nothing if it is not pydantic that says it.

    Arguments:
        into: the model that was to be made, if it was one.
    """
    library = sys.modules.get("pydantic")
    if library is None or not isinstance(error, library.ValidationError):
        return {}
    errors: dict[str, list[str]] = {}
    for each in error.errors(include_url=False, include_context=False, include_input=False):
        name = _field_at(into, each["loc"]) if each["loc"] else WHOLE
        errors.setdefault(name, []).append(each["msg"])
    return {name: "; ".join(dict.fromkeys(texts)) for name, texts in errors.items()}


def names(into: type[BaseModel], typed: Answer, details: Any) -> dict[str, Any]:
    """Nothing besides ``errors`` and ``typed``."""
    return {}


def _field_at(into: type[BaseModel] | None, place: tuple[int | str, ...]) -> str:
    """The name of a form's field: ``to.zip`` for one of a model in a model."""
    first, *rest = map(str, place)
    if into is None or not rest:
        return first
    for own, field in into.model_fields.items():
        if first in (own, *_aliases(field)):
            inner = _inner(field)
            known = inner is not None and any(
                rest[0] in (name, *_aliases(each)) for name, each in inner.model_fields.items()
            )
            return f"{first}.{_field_at(inner, tuple(rest))}" if known else first
    return first


def _values(into: type[BaseModel], answer: Answer, before: str = "") -> Iterator[tuple[str, Any]]:
    """What pydantic is given. What was left empty is not given, where it cannot be a text; a checkbox that
    was not sent is False.

    Arguments:
        before: what the names of the form's fields begin with: ``to.`` for those of a model in a model.
    """
    for own, field in into.model_fields.items():
        name = _name(own, field, answer, before)
        kinds = set(_kinds(field.annotation))
        given: list[Any] = [*answer.getlist(before + name), *answer.files.getlist(before + name)]
        if str not in kinds:
            given = [value for value in given if value != ""]
        inner = _inner(field) if before.count(".") < _DEEPEST else None
        optional = type(None) in kinds or not field.is_required()
        if kinds & set(_SEVERAL):
            if given or before + name in answer or field.is_required():
                yield name, given
        elif given:
            yield name, given[0]
        elif inner is not None and not (optional and _is_empty(answer, f"{before}{name}.")):
            yield name, dict(_values(inner, answer, f"{before}{name}."))
        elif bool in kinds:
            yield name, False
        elif type(None) in kinds and field.is_required():
            yield name, None


def _name(own: str, field: FieldInfo, answer: Answer, before: str) -> str:
    names = [*_aliases(field), own]
    sent = (name for name in names if before + name in answer or before + name in answer.files)
    inside = (name for name in names if not _is_empty(answer, f"{before}{name}."))
    return next(sent, None) or next(inside, names[0])


def _aliases(field: FieldInfo) -> list[str]:
    return [alias for alias in (field.validation_alias, field.alias) if isinstance(alias, str)]


def _inner(field: FieldInfo) -> type[BaseModel] | None:
    """The model that a field holds, if it can be one."""
    return next(
        (kind for kind in _kinds(field.annotation) if isinstance(kind, type) and is_model(kind)), None
    )


def _is_empty(answer: Answer, before: str) -> bool:
    """Whether nothing was typed into the fields whose names begin so."""
    pairs = [*answer.items(multi=True), *answer.files.items(multi=True)]
    return not any(value != "" and name.startswith(before) for name, value in pairs)


def _kinds(annotation: Any) -> Iterator[Any]:
    """The types that a value may have; of a collection, the collection's."""
    origin = get_origin(annotation)
    if origin in (Union, types.UnionType):
        for part in get_args(annotation):
            yield from _kinds(part)
    elif origin is Annotated:
        yield from _kinds(get_args(annotation)[0])
    else:
        kind = origin or annotation
        yield str if isinstance(kind, type) and issubclass(kind, str) else kind
