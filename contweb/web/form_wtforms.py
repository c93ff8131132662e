"""A WTForms form made of an answer. WTForms is not imported here: where a form is given, it was."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from werkzeug.datastructures import MultiDict

from contweb.web.answers import Answer
from contweb.web.form_result import WHOLE, Read


def is_form(into: type) -> bool:
    """Whether a class is a form of WTForms."""
    library = sys.modules.get("wtforms")
    return library is not None and issubclass(into, library.Form)


def read(into: Any, answer: Answer) -> Read:
    """The form filled in with an answer, or what it says is wrong."""
    form = _filled(into, answer)
    if form.validate():
        return Read(form, {})
    return Read(None, {name or WHOLE: _text(said) for name, said in form.errors.items()})


def names(into: Any, typed: Answer, errors: dict[str, str]) -> dict[str, Any]:
    """``form``, to draw its fields with."""
    return {"form": ShownForm(into, typed, errors)}


class ShownForm:
    """A form in a template: it is made when the template asks for a field of it.

    Arguments:
        into: its class.
        typed: what was typed.
        errors: what was wrong with that.
    """

    def __init__(self, into: Any, typed: Answer, errors: Mapping[str, str]) -> None:
        self._parts = into, typed, dict(errors)

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
            into, typed, errors = self._parts
            made = self.__dict__["_made"] = _filled(into, typed) if typed else into()
            for name, text in errors.items():
                if name in made:
                    made[name].errors = [text]
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


def _text(said: Any) -> str:
    """What is said of a field, which for a field of fields is a mapping or a list of such."""
    if isinstance(said, str):
        return said
    parts: Iterable[Any] = said.values() if isinstance(said, Mapping) else said
    return " ".join(filter(None, map(_text, parts)))
