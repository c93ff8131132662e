"""Filling in a form as a visitor does, and what the browser then sends."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from io import BytesIO
from typing import Any

from contweb.web.reading import Button, Field, Form

Pairs = list[tuple[str, Any]]
_CHOSEN = ("checkbox", "radio", "select")


class BrowserError(AssertionError):
    """The page has not what the test wants to use; the message shows what it has."""


def find_form(forms: Sequence[Form], which: int | str) -> Form:
    """A form by its number, ``id`` or ``name``.

    Errors:
        BrowserError: there is none.
    """
    for number, form in enumerate(forms):
        if which in (number, form.name):
            return form
    raise BrowserError(f"the page has no form {which!r}, but {len(forms)} forms")


def find_button(form: Form, which: str | None, values: Mapping[str, Any]) -> Button | None:
    """The button to press: by text, name or value; or the one whose name is filled in; or the first.

    Errors:
        BrowserError: there is none of that text, name or value.
    """
    if which is None:
        named = [button for button in form.buttons if button.name in values]
        return next(iter(named + form.buttons), None)
    for button in form.buttons:
        if which in (button.text, button.name, button.value):
            return button
    raise BrowserError(f"the form has no button {which!r}, only {[each.text for each in form.buttons]}")


def fill(form: Form, values: Mapping[str, Any], button: Button | None) -> Pairs:
    """What the form sends when it is filled in so: each named control in order, then the button.

    Errors:
        BrowserError: there is no field of a name, or nothing in it that could be chosen so.
    """
    names = {field.name for field in form.fields} | {button.name for button in form.buttons}
    for name in values:
        if name not in names:
            raise BrowserError(f"the form has no field {name!r}, only {sorted(filter(None, names))}")
    given = {name: _as_list(value) for name, value in values.items()}
    for name, wanted in given.items():
        _refuse_no_choice([field for field in form.fields if field.name == name], wanted)
    pairs: Pairs = []
    for field in form.fields:
        if field.name:
            pairs += [(field.name, value) for value in _sent(field, given)]
    if button is not None and button.name:
        pairs += [(button.name, value) for value in given.get(button.name, [button.value])]
    return pairs


def _refuse_no_choice(fields: Sequence[Field], wanted: list[Any]) -> None:
    """Refuse what cannot be chosen in the fields of one name."""
    if not fields or any(field.kind not in _CHOSEN for field in fields):
        return
    choices = [choice for field in fields for choice in field.choices]
    for value in wanted:
        checks = value is True and fields[0].kind == "checkbox"
        if not checks and str(value) not in choices:
            raise BrowserError(f"the field {fields[0].name!r} has no choice {str(value)!r}, only {choices}")


def _sent(field: Field, given: dict[str, list[Any]]) -> list[Any]:
    """What one control sends. Of several text fields of one name, each takes the next of the given values."""
    if field.name not in given:
        return list(field.values)
    wanted = given[field.name]
    if field.kind in ("checkbox", "radio"):
        checked = any(each is True or str(each) == field.choices[0] for each in wanted)
        return field.choices[:1] if checked else []
    if field.several or field.kind == "select":
        given[field.name] = []
        return wanted
    given[field.name] = wanted[1:]
    return wanted[:1]


def _as_list(value: Any) -> list[Any]:
    if value is None or value is False:
        return []
    return list(value) if isinstance(value, list | set | frozenset) else [value]


def plain(pairs: Iterable[tuple[str, Any]]) -> list[tuple[str, str]]:
    """Pairs as they stand in a URL or a plain form, where a file is only its name."""
    return [(name, str(value[0] if isinstance(value, tuple) else value)) for name, value in pairs]


def parts(pairs: Iterable[tuple[str, Any]]) -> dict[str, list[Any]]:
    """Pairs as werkzeug's test client takes them for a multipart form."""
    data: dict[str, list[Any]] = {}
    for name, value in pairs:
        if isinstance(value, tuple):
            filename, content, *kind = value
            data.setdefault(name, []).append((BytesIO(content), filename, *kind))
        else:
            data.setdefault(name, []).append(str(value))
    return data
