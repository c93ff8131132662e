"""Reading a page as a browser does: its text, links and forms."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

_VOID_TEXT = frozenset(("script", "style", "template", "noscript"))
_BLOCKS = re.compile(
    "address|article|aside|blockquote|br|d[dlt]|div|fieldset|footer|form|h[1-6]|header|hr|label|legend|li|main|nav"
    "|ol|option|p|pre|section|table|t[dhr]|title|ul"
)
_BUTTON_TYPES = frozenset(("submit", "image"))


@dataclass(slots=True)
class Field:
    """A control of a form, with what it would send if it were left as it is."""

    name: str
    kind: str  # "text", "hidden", "checkbox", "radio", "select", "textarea", "file" ...
    values: list[str] = field(default_factory=list)  # sent as it stands
    choices: list[str] = field(
        default_factory=list
    )  # of a select, or the value of a checkbox or radio button
    several: bool = False

    def __str__(self) -> str:
        shown = f"{self.kind} {self.name}={', '.join(map(repr, self.values)) or 'nothing'}"
        return f"{shown} of {self.choices}" if self.kind == "select" else shown


@dataclass(slots=True)
class Button:
    """What submits a form, and where to and how, if that is not as the form says."""

    text: str
    name: str = ""
    value: str = ""
    action: str | None = None
    method: str = ""


@dataclass(slots=True)
class Form:
    """A form, its controls in order."""

    action: str
    method: str
    name: str
    multipart: bool
    fields: list[Field] = field(default_factory=list)
    buttons: list[Button] = field(default_factory=list)

    def __str__(self) -> str:
        parts = [f"{self.method} {self.action or '(this page)'}", *map(str, self.fields)]
        return "; ".join(parts + [f"button {button.text!r}" for button in self.buttons])


@dataclass(slots=True)
class Link:
    """A link and the text that one clicks on."""

    text: str
    href: str


class Document(HTMLParser):
    """What stands in a page.

    Example:
        >>> document = read("<title>T</title><p>Hi <a href='/x'>there</a></p>")
        >>> document.text, document.links[0].href, document.title
        ('Hi there', '/x', 'T')
    """

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.title = ""
        self.links: list[Link] = []
        self.forms: list[Form] = []
        self._pieces: list[str] = []
        self._silent = 0
        self._disabled = 0  # fieldsets that are open, from the one that is disabled on
        self._ahead: dict[str, Form] = {}  # id -> what stands before its form
        self._in_title = False
        self._form: Form | None = None
        self._link: Link | None = None
        self._button: Button | None = None
        self._area: Field | None = None
        self._select: Field | None = None
        self._option: tuple[str | None, bool] | None = None
        self._option_text = ""

    @property
    def text(self) -> str:
        """What a reader sees, one line for each block."""
        lines = (" ".join(line.split()) for line in "".join(self._pieces).split("\n"))
        return "\n".join(line for line in lines if line)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag in _VOID_TEXT:
            self._silent += 1
        if _BLOCKS.fullmatch(tag):
            self._pieces.append("\n")
        match tag:
            case "title":
                self._in_title = True
            case "a" if "href" in given:
                self._link = Link("", given["href"])
            case "form":
                self._begin_form(given)
            case "fieldset" if self._disabled or "disabled" in given:
                self._disabled += 1
            case "input" | "button" | "textarea" | "select" if not self._disabled and "disabled" not in given:
                form = self._form_of(given)
                if form is not None:
                    self._control(tag, given, form)
            case "option":
                self._end_option()
                value = given.get("value")
                self._option, self._option_text = (value, "selected" in given), ""

    def _begin_form(self, given: dict[str, str]) -> None:
        multipart = given.get("enctype", "").lower() == "multipart/form-data"
        method = given.get("method", "get").upper()
        name = given.get("id") or given.get("name", "")
        ahead = self._ahead.pop(given.get("id", ""), Form("", "", "", False))
        self._form = Form(given.get("action", ""), method, name, multipart, ahead.fields, ahead.buttons)
        self.forms.append(self._form)

    def _form_of(self, given: dict[str, str]) -> Form | None:
        """The form of a control: the one that it names, else the one that it stands in."""
        name = given.get("form")
        if name is None:
            return self._form
        found = next((form for form in self.forms if form.name == name), None)
        return found or self._ahead.setdefault(name, Form("", "", name, False))

    def _control(self, tag: str, given: dict[str, str], form: Form) -> None:
        kind = given.get("type", "submit" if tag == "button" else "text").lower()
        name, value = given.get("name", ""), given.get("value", "")
        if tag in ("button", "input") and kind in _BUTTON_TYPES:
            method = given.get("formmethod", "").upper()
            button = Button(value or given.get("alt", ""), name, value, given.get("formaction"), method)
            form.buttons.append(button)
            if tag == "button":
                button.text, self._button = "", button
        elif tag == "textarea":
            self._area = Field(name, "textarea", [""])
            form.fields.append(self._area)
        elif tag == "select":
            self._select = Field(name, "select", several="multiple" in given)
            form.fields.append(self._select)
        elif tag == "input" and kind in ("checkbox", "radio"):
            value = given.get("value", "on")
            form.fields.append(Field(name, kind, [value] if "checked" in given else [], [value]))
        elif tag == "input" and kind not in ("reset", "button"):
            form.fields.append(
                Field(name, kind, [] if kind == "file" else [value], several="multiple" in given)
            )

    def handle_endtag(self, tag: str) -> None:
        if tag in _VOID_TEXT:
            self._silent = max(0, self._silent - 1)
        if _BLOCKS.fullmatch(tag):
            self._pieces.append("\n")
        match tag:
            case "title":
                self._in_title = False
            case "a" if self._link is not None:
                self._link.text = " ".join(self._link.text.split())
                self.links.append(self._link)
                self._link = None
            case "form":
                self._form = None
            case "fieldset":
                self._disabled = max(0, self._disabled - 1)
            case "button" if self._button is not None:
                self._button.text = " ".join(self._button.text.split())
                self._button = None
            case "textarea" if self._area is not None:
                self._area.values = [self._area.values[0].removeprefix("\n")]
                self._area = None
            case "option":
                self._end_option()
            case "select":
                self._end_select()

    def _end_option(self) -> None:
        if self._option is None:
            return
        value, selected = self._option
        text = " ".join(self._option_text.split())
        if self._select is not None:
            self._select.choices.append(text if value is None else value)
            if selected:
                self._select.values.append(self._select.choices[-1])
        self._option = None

    def _end_select(self) -> None:
        self._end_option()
        select, self._select = self._select, None
        if select is not None and not select.several:
            select.values = select.values[-1:] or select.choices[:1]

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            self._area.values[0] += data
            return
        if self._in_title:
            self.title += data
            return
        if self._silent:
            return
        self._option_text += data
        if self._link is not None:
            self._link.text += data
        if self._button is not None:
            self._button.text += data
        self._pieces.append(data)


def read(markup: str) -> Document:
    """A page, read."""
    document = Document()
    document.feed(markup)
    document.close()
    return document
