"""A WTForms form made of an answer. WTForms is not imported here: where a form is given, it was."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from werkzeug.datastructures import MultiDict

from contweb.web.answers import Answer
from contweb.web.form_result import WHOLE, Read
from contweb.web.wording import say


def is_form(into: type) -> bool:
    """Whether a class is a form of WTForms."""
    library = sys.modules.get("wtforms")
    return library is not None and issubclass(into, library.Form)


def read(into: Any, answer: Answer) -> Read:
    """The form filled in with an answer, or what it says is wrong."""
    form = _filled(into, answer)
    if form.validate():
        return Read(form, {})
    told = _told(form.errors)
    return Read(None, {name or WHOLE: _text(said) for name, said in told.items()}, told)


def names(into: Any, typed: Answer, details: Any) -> dict[str, Any]:
    """``form``, to draw its fields with."""
    return {"form": ShownForm(into, typed, details or {})}


class ShownForm:
    """A form in a template: it is made when the template asks for a field of it.

    Arguments:
        into: its class.
        typed: what was typed.
        told: what was wrong with that, as the form has it.
    """

    def __init__(self, into: Any, typed: Answer, told: Mapping[str | None, Any]) -> None:
        self._parts = into, typed, told

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return getattr(self._form(), name)

    def __getitem__(self, name: str) -> Any:
        return self._form()[name]

    def __iter__(self) -> Iterator[Any]:
        return iter(self._form())

    def _form(self) -> Any:
        made = self.__dict__.get("_made")
        if made is None:
            into, typed, told = self._parts
            made = self.__dict__["_made"] = _filled(into, typed) if typed else into()
            _tell_form(made, told)
        return made

    def __reduce__(self) -> tuple[Any, ...]:
        return ShownForm, self._parts


def refilled(into: Any, answer: Answer) -> Any:
    """A form that was stored, again."""
    return _filled(into, answer)


def _filled(into: Any, answer: Answer) -> Any:
    given: MultiDict[str, Any] = MultiDict(answer.items(multi=True))
    given.update(answer.files)
    form = _storable(into)(given)
    form._contweb = (into, answer)
    return form


@lru_cache(maxsize=1024)
def _storable(into: Any) -> Any:
    """The same class, its objects stored as what they were made of."""

    def reduce(self: Any) -> tuple[Any, ...]:
        return refilled, self._contweb

    return type(into)(into.__name__, (into,), {"__reduce__": reduce, "__module__": into.__module__})


def _told(said: Any) -> Any:
    """What is said of a form or a field, as what can be stored, in the visitor's language."""
    if isinstance(said, Mapping):
        return {name: _told(more) for name, more in said.items()}
    if isinstance(said, list | tuple):
        return [_told(more) for more in said]
    return say(str(said))


def _tell_form(form: Any, told: Mapping[str | None, Any]) -> None:
    """Let a form, or one inside it, say again what was wrong."""
    for name, said in told.items():
        if name is None:
            form.form_errors = said
        else:
            _tell_field(form[name], said)


def _tell_field(field: Any, said: Any) -> None:
    if isinstance(said, Mapping):
        _tell_form(field.form, said)
        return
    field.errors = said
    for entry, more in zip(getattr(field, "entries", ()), said, strict=False):
        if not isinstance(more, str):
            _tell_field(entry, more)


def _text(said: Any) -> str:
    """What is said of a field, which for a field of fields is a mapping or a list of such."""
    if isinstance(said, str):
        return said
    parts: Iterable[Any] = said.values() if isinstance(said, Mapping) else said
    return " ".join(filter(None, map(_text, parts)))
