"""Callbacks on a page: ``link`` and ``button``, thousands of which cost one capture.

A link is printed as ``?~id``, seen from the page that it stands on. Which functions the ids of a page stand
for is a list in the page's own sealed record: an id from elsewhere reaches nothing. What is kept of the page
to be shown has only the ids, so that showing it needs no function.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from contweb.web.bound import bound

_PRINTED = re.compile(r"\?(~[lb][A-Za-z0-9_-]{12})")
_QUERY = re.compile(rb"~([lb][A-Za-z0-9_-]{12})(?:&.*)?", re.DOTALL)
_LINK, _BUTTON = "l", "b"


class Printed:
    """A link as a template gets it: it prints as its URL."""

    __slots__ = ("id",)

    def __init__(self, id: str) -> None:
        self.id = id

    @property
    def url(self) -> str:
        """Its URL, seen from the page that it stands on."""
        return f"?~{self.id}"

    def __str__(self) -> str:
        return self.url

    def __html__(self) -> str:
        return str(self)

    def __reduce__(self) -> tuple[Any, ...]:
        return Printed, (self.id,)


class PrintedButton(Printed):
    """A button as a template gets it: it prints as a whole form, to be sent by POST."""

    __slots__ = ("text",)

    def __init__(self, id: str, text: str) -> None:
        super().__init__(id)
        self.text = text

    def label(self, text: str) -> PrintedButton:
        """The same button with another text on it."""
        return PrintedButton(self.id, text)

    def __str__(self) -> str:
        return Markup('<form method="post" action="{}"><button>{}</button></form>').format(
            self.url, self.text
        )

    def __reduce__(self) -> tuple[Any, ...]:
        return PrintedButton, (self.id, self.text)


class Link:
    """A function to be called when a visitor follows the link. ``link(...)`` makes one."""

    __slots__ = ("args", "function", "id", "kwargs")

    def __init__(
        self, id: str, function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> None:
        self.id = id
        self.function = function
        self.args = args
        self.kwargs = kwargs

    def printed(self) -> Printed:
        """What a template gets of it."""
        return Printed(self.id)

    @property
    def url(self) -> str:
        """Its URL, seen from the page that it stands on."""
        _note(self)
        return self.printed().url

    def __str__(self) -> str:
        _note(self)
        return str(self.printed())

    def __html__(self) -> str:
        return str(self)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} to {_name(self.function)}>"

    def __reduce__(self) -> tuple[Any, ...]:
        shown = _shown.get()
        if shown is None:
            return type(self), (self.id, self.function, self.args, self.kwargs)
        shown[self.id] = self
        return self.printed().__reduce__()


class Button(Link):
    """A function to be called when a visitor presses the button. ``button(...)`` makes one."""

    __slots__ = ("text",)

    def __init__(
        self,
        id: str,
        function: Callable[..., Any],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        text: str = "",
    ) -> None:
        super().__init__(id, function, args, kwargs)
        self.text = text or _label(function)

    def label(self, text: str) -> Button:
        """The same button with another text on it.

        Example:
            ``{{ remove.label("Remove") }}``
        """
        return Button(self.id, self.function, self.args, self.kwargs, text)

    def printed(self) -> PrintedButton:
        """What a template gets of it."""
        return PrintedButton(self.id, self.text)

    def __reduce__(self) -> tuple[Any, ...]:
        made, arguments = super().__reduce__()
        return made, arguments if made is PrintedButton else (*arguments, self.text)


def link(function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Link:
    """A link that calls a flow function in the flow that asks, which gets its result from ``ask``.

    Passed to a template and printed there, or printed in ``html(f"...")``, it is a URL. It is followed by
    GET: the function runs once, and the visitor is led on. The function may itself ask. For what changes
    things, take ``button``. Printed into a text, it works on the next page and on those that show the text
    without a break; a link, or an ``html(...)``, can be kept for any page.

    Arguments:
        function: a flow, or any function or method that can be stored.
        args, kwargs: what it is called with.

    Example:
        ``ask("cities.html", cities=[(city, link(show, city)) for city in cities])``
    """
    _refuse_no_function("link", function)
    return Link(_LINK + secrets.token_urlsafe(9), function, args, kwargs)


def button(function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Button:
    """As ``link``, for what changes things: it prints as a form that is sent by POST.

    The text on it is made of the function's name; ``.label("...")`` gives it another, and ``.url`` is what a
    form of your own posts to. The fields of such a form are in ``request.form``.

    Example:
        ``ask("cart.html", rows=[(item, button(cart.remove, item)) for item in cart])``
    """
    _refuse_no_function("button", function)
    return Button(_BUTTON + secrets.token_urlsafe(9), function, args, kwargs)


def _refuse_no_function(made: str, function: object) -> None:
    if not callable(function):
        raise TypeError(
            f"{made}({function!r}): give the function, and apart from it what it is called with when the "
            f"visitor comes: {made}(function, argument)"
        )


@dataclass(frozen=True)
class Called:
    """What an ask is resumed with when a link was followed or a button pressed."""

    function: Callable[..., Any]
    args: tuple[Any, ...]
    kwargs: dict[str, Any]


class Left(BaseException):
    """Raised by a link at the ask of its page, to leave what has asked there. As no error, it passes what an
    app has to handle errors."""


_shown: ContextVar[dict[str, Link] | None] = ContextVar("contweb.links.shown", default=None)
_noted: ContextVar[Noted | None] = ContextVar("contweb.links.noted", default=None)


class Noted:
    """The links that may stand as text in a page: those that a run has printed, and those that stood in the
    page before."""

    def __init__(self, before: Iterable[Link]) -> None:
        self.printed: dict[str, Link] = {}
        self._before = {link.id: link for link in before}

    def found_in(self, value: Any) -> Iterator[tuple[str, Link]]:
        """Those of which the text stands in a value: a text, or texts in lists and dictionaries."""
        if self.printed or self._before:
            for id in _ids_in(value):
                link = self.printed.get(id) or self._before.get(id)
                if link is not None:
                    yield id, link


def links_in(text: str) -> tuple[Link, ...]:
    """The links of which the text stands in a text."""
    noted = _noted.get()
    return () if noted is None else tuple(dict(noted.found_in(text)).values())


def _note(link: Link) -> None:
    noted = _noted.get()
    if noted is not None:
        noted.printed[link.id] = link


def noting(noted: Noted) -> bound[Noted]:
    """A block that notes the links which are printed as text in it."""
    return bound(_noted, noted)


def showing() -> bound[dict[str, Link]]:
    """A block in which links are stored as what is shown of them; gives those that were met, by their ids."""
    found: dict[str, Link] = {}
    return bound(_shown, found)


def _ids_in(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield from (found[1:] for found in _PRINTED.findall(value))
    elif isinstance(value, Mapping):
        yield from _ids_in_all(value.values())
    elif isinstance(value, list | tuple | set | frozenset):
        yield from _ids_in_all(value)


def _ids_in_all(values: Iterable[Any]) -> Iterator[str]:
    for value in values:
        yield from _ids_in(value)


def id_in_query(query: bytes) -> str | None:
    """The id of the link that a URL's query names, if it names one; whatever comes after a ``&``."""
    found = _QUERY.fullmatch(query)
    return found[1].decode() if found else None


def is_button(id: str) -> bool:
    """Whether an id is a button's, which is followed by POST only."""
    return id.startswith(_BUTTON)


def _name(function: Callable[..., Any]) -> str:
    return str(getattr(function, "__qualname__", type(function).__name__))


def _label(function: Callable[..., Any]) -> str:
    name = _name(function).rpartition(".")[2]
    return name.replace("_", " ").strip().capitalize() if name.isidentifier() else "OK"
