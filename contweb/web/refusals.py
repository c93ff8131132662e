"""What a visitor can be refused for, besides what HTTP has a word for already."""

from __future__ import annotations

from typing import Literal

from werkzeug.exceptions import Conflict, Forbidden, Gone, MethodNotAllowed, NotFound, ServiceUnavailable

Why = Literal["expired", "changed", "passed", "missing"]

_ONLY_THERE = "This page can be used only in the browser that it was opened in."
_ONLY_WITH_COOKIES = (
    "This page can be used only in the browser that it was opened in, which is known by a cookie. "
    "If it was opened in this one, let it keep cookies from this site, and start again."
)


class PageGone(Gone):
    """A page that was there, and does not work any more.

    Arguments:
        why: ``expired``: its time was over or the store forgot it; ``changed``: the flow's code is another
            now; ``passed``: a one-way door closed behind it; ``missing``: what it is about is not there any
            more.
        start: path at which the visitor can start again, if known.
    """

    def __init__(self, why: Why, start: str | None = None) -> None:
        super().__init__()
        self.why = why
        self.start = start


class NoSuchPage(NotFound):
    """A continuation URL that was damaged, or is none of ours.

    Arguments:
        start: path at which the visitor can start again, if known.
    """

    def __init__(self, start: str | None = None) -> None:
        super().__init__()
        self.start = start


class OtherBrowser(Forbidden):
    """A private page is asked for in a browser that it was not shown in, as far as is known.

    Arguments:
        start: path at which the visitor can start again.
        keeps_cookies: whether the browser has a number of its own. One that has none may be the right one.
    """

    def __init__(self, start: str, *, keeps_cookies: bool) -> None:
        super().__init__(_ONLY_THERE if keeps_cookies else _ONLY_WITH_COOKIES)
        self.start = start


class Busy(ServiceUnavailable):
    """The conversation, or the store, cannot take the request now. Trying again after some seconds may
    help."""

    def __init__(self, description: str | None = None, *, seconds: int = 2) -> None:
        super().__init__(description, retry_after=seconds)


class LastPage(MethodNotAllowed):
    """An answer to a page that asks nothing."""

    def __init__(self) -> None:
        super().__init__(valid_methods=["GET", "HEAD", "OPTIONS"])


class AnsweredBefore(Conflict):
    """A second, different answer of a page that can be answered once."""
