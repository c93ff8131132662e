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
        return Read(None, errors_in(error))


def errors_in(error: ValueError) -> dict[str, str]:
    """What pydantic says is wrong, by fields; nothing if it is not pydantic that says it."""
    library = sys.modules.get("pydantic")
    if library is None or not isinstance(error, library.ValidationError):
        return {}
    errors: dict[str, list[str]] = {}
    for each in error.errors(include_url=False, include_context=False, include_input=False):
        name = str(each["loc"][0]) if each["loc"] else WHOLE
        errors.setdefault(name, []).append(each["msg"])
    return {name: "; ".join(dict.fromkeys(texts)) for name, texts in errors.items()}


def names(into: type[BaseModel], typed: Answer, details: Any) -> dict[str, Any]:
    """Nothing besides ``errors`` and ``typed``."""
    return {}


def _values(into: type[BaseModel], answer: Answer) -> Iterator[tuple[str, Any]]:
    """What pydantic is given. What was left empty is not given, where it cannot be a text; a checkbox that
    was not sent is False."""
    for own, field in into.model_fields.items():
        name = _name(own, field, answer)
        kinds = set(_kinds(field.annotation))
        given: list[Any] = [*answer.getlist(name), *answer.files.getlist(name)]
        if str not in kinds:
            given = [value for value in given if value != ""]
        if kinds & set(_SEVERAL):
            if given or name in answer or field.is_required():
                yield name, given
        elif given:
            yield name, given[0]
        elif bool in kinds:
            yield name, False
        elif type(None) in kinds and field.is_required():
            yield name, None


def _name(own: str, field: FieldInfo, answer: Answer) -> str:
    aliases = [alias for alias in (field.validation_alias, field.alias) if isinstance(alias, str)]
    return next(
        (name for name in [*aliases, own] if name in answer or name in answer.files), [*aliases, own][0]
    )


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
