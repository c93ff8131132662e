"""A page as a browser of a test got it."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from io import BufferedRandom
from typing import Any

from werkzeug.datastructures import Headers
from werkzeug.wrappers import Response

from contweb.web.reading import Document, Form, Link, read


@dataclass(frozen=True, slots=True)
class Visit:
    """A request that a browser made, and can make again."""

    method: str
    url: str
    pairs: tuple[tuple[str, Any], ...] = ()
    multipart: bool = False


@dataclass(frozen=True)
class BrowserPage:
    """A page as the browser got it."""

    url: str  # path and query, below the host
    status: int
    headers: Headers
    markup: str
    visit: Visit
    redirects: tuple[str, ...] = field(default=(), compare=False)

    @cached_property
    def document(self) -> Document:
        """The page, read."""
        return read(self.markup)

    @property
    def text(self) -> str:
        """What a reader sees."""
        return self.document.text

    @property
    def title(self) -> str:
        """Its title."""
        return " ".join(self.document.title.split())

    @property
    def links(self) -> list[Link]:
        """Its links, in order."""
        return self.document.links

    @property
    def forms(self) -> list[Form]:
        """Its forms, in order."""
        return self.document.forms

    def __contains__(self, text: str) -> bool:
        """Whether a reader sees a text; how it is broken into lines does not matter."""
        return " ".join(text.split()) in " ".join(self.text.split())

    def __str__(self) -> str:
        """The page as a failing test shows it: what a reader sees, and what can be clicked and filled in."""
        lines = [f"{self.status} {self.url}", self.text]
        lines += [f"link: {link.text} -> {link.href}" for link in self.links]
        lines += [f"form {number}: {form}" for number, form in enumerate(self.forms)]
        return "\n".join(lines)


def page_of(url: str, response: Response, visit: Visit, redirects: tuple[str, ...] = ()) -> BrowserPage:
    """The page that a response brings."""
    markup = response.get_data().decode("utf-8", "replace")
    response.close()
    _close_sent(response)
    return BrowserPage(url, response.status_code, response.headers, markup, visit, redirects)


def _close_sent(response: Response) -> None:
    """Close the file that the test client writes a large form into, and leaves open."""
    request = getattr(response, "request", None)
    sent = request.environ.get("wsgi.input") if request is not None else None
    if isinstance(sent, BufferedRandom):
        sent.close()
