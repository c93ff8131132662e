"""What a page for an error tells, and where it leads: back, to the newest page, to a new start, home."""

from __future__ import annotations

import logging
import re
from typing import Any

from werkzeug.exceptions import BadRequestKeyError, HTTPException

from contweb.errors import ContinuationError, StoreError
from contweb.stores.base import Page
from contweb.web.current import Turn
from contweb.web.places import path_url, url_of
from contweb.web.refusals import NoSuchPage, OtherBrowser, PageGone
from contweb.web.wording import say

log = logging.getLogger("contweb")

_HOME = "/"
_MOST_BYTES = 1_000_000  # of a form that is read only to be offered back
_MOST_CHARACTERS = 200_000  # that are offered back
_SECRET = re.compile(
    r"pass|pwd|secret|token|csrf|card|cv[cv]|iban|(?<![a-z])(pin|tan)(?![a-z])", re.IGNORECASE
)


def said(turn: Turn, error: HTTPException) -> dict[str, Any]:
    """What the page may tell of an error: words that were meant for the visitor, and where to go.

    Returns:
        ``description``: the program's words, or what a developer is to know. ``missing``: the field without
        which a form came. ``why``: a page is gone. ``typed``: what was sent to it, as pairs. ``again``,
        ``newest``, ``start``, ``home``: URLs.
    """
    description = _description(turn, error)
    missing = None
    if isinstance(error, BadRequestKeyError):
        description, missing = None, error.args[0] if error.args else None
    gone = isinstance(error, PageGone)
    return {
        "again": path_url(turn.root, turn.request.path) if turn.answering and not gone else None,
        "description": say(description) if description else None,
        "home": _url(turn, _HOME) if error.code in (404, 410) else None,
        "missing": missing,
        "newest": _newest(turn, error) if gone else None,
        "start": _url(turn, error.start) if isinstance(error, PageGone | NoSuchPage | OtherBrowser) else None,
        "typed": _typed(turn) if gone else [],
        "why": error.why if isinstance(error, PageGone) else None,
    }


def _description(turn: Turn, error: HTTPException) -> str | None:
    """The program's words; where one develops, why a page cannot be gone on with."""
    if turn.app.debug and isinstance(error, PageGone) and isinstance(error.__cause__, ContinuationError):
        return str(error.__cause__)
    return error.description if error.description != type(error).description else None


def _url(turn: Turn, path: str | None) -> str | None:
    """The URL of a path, if something is shown there."""
    if path is None or not turn.app.site.has_page(turn.environ, path):
        return None
    return path_url(turn.root, path)


def _newest(turn: Turn, error: HTTPException) -> str | None:
    """The URL of the newest page of the conversation, if it is another one and can be used."""
    if turn.page is None or getattr(error, "why", None) == "changed":
        return None
    try:
        page = _newest_page(turn, turn.page)
    except StoreError as problem:
        log.error("the newest page was not looked up: %s", problem)
        return None
    return None if page is None else url_of(turn.root, page)


def _newest_page(turn: Turn, page: Page) -> Page | None:
    backing = turn.backing
    token = backing.store.newest(page.conversation)
    newest = None if token in (None, page.token) else backing.store.load(token or "")
    if newest is None or (newest.expires is not None and newest.expires <= backing.clock.now()):
        return None
    return newest


def _typed(turn: Turn) -> list[tuple[str, str]]:
    """What was sent to a page that is gone, so that it need not be typed again: without what may be secret,
    and without files."""
    request = turn.request
    if request.method != "POST" or (request.content_length or 0) > _MOST_BYTES:
        return []
    try:
        pairs = request.answer.items(multi=True)
    except HTTPException:
        return []
    offered, left = [], _MOST_CHARACTERS
    for name, value in pairs:
        left -= len(name) + len(value)
        if left >= 0 and value.strip() and not _SECRET.search(name):
            offered.append((name, value))
    return offered
