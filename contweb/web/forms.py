"""What ``ask(into=...)`` makes of an answer: which kinds of forms there are."""

from __future__ import annotations

from dataclasses import is_dataclass
from typing import Any, Protocol

from contweb.web import form_dataclass, form_pydantic, form_wtforms
from contweb.web.answers import Answer
from contweb.web.form_result import Read
from contweb.web.wording import say


class _Kind(Protocol):
    """What the file of each kind has."""

    def read(self, into: Any, answer: Answer, /) -> Read: ...

    def names(self, into: Any, typed: Answer, details: Any, /) -> dict[str, Any]: ...


def read_form(into: Any, answer: Answer) -> Read:
    """The object that is made of an answer, or what is wrong with it.

    Arguments:
        into: a dataclass, a pydantic model or a WTForms form.

    Errors:
        TypeError: it is none of these, or has a field of a type that no form can give.
    """
    read = _kind(into).read(into, answer)
    if not read.errors or read.details is not None:
        return read
    return Read(None, {name: say(text) for name, text in read.errors.items()})


def form_names(into: Any, typed: Answer, details: Any) -> dict[str, Any]:
    """What a template gets besides ``errors`` and ``typed``.

    Errors:
        TypeError: as ``read_form``.
    """
    return _kind(into).names(into, typed, details)


def _kind(into: Any) -> _Kind:
    if isinstance(into, type):
        if form_pydantic.is_model(into):
            return form_pydantic
        if form_wtforms.is_form(into):
            return form_wtforms
        if is_dataclass(into):
            return form_dataclass
    raise TypeError(f"into={into!r}: give a dataclass, a pydantic model or a WTForms form")
