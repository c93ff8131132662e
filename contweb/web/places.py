"""Where a page stands: its continuation URL, ``<the flow's path>/<step>~<token>``."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import quote

from contweb.stores.base import Page
from contweb.web.tokens import TOKEN_LENGTH

LONGEST_STEP = 64
_LAST = re.compile(rf"([A-Za-z0-9._-]{{1,{LONGEST_STEP}}})~([A-Za-z0-9_-]{{{TOKEN_LENGTH}}})", re.ASCII)
_NOT_IN_STEP = re.compile(r"[^A-Za-z0-9._-]+", re.ASCII)
_SAFE = "/~:@!$&'()*+,;="  # what may stand in a path as it is (RFC 3986)


class Place(NamedTuple):
    """A continuation URL taken apart. ``base`` is the flow's path without a slash at its end."""

    base: str
    step: str
    token: str


def place_of(path_info: str) -> Place | None:
    """The place that a URL path names, or None if it has not the form of a continuation URL.

    Arguments:
        path_info: the decoded path below the application's root.
    """
    base, _, last = path_info.rpartition("/")
    found = _LAST.fullmatch(last)
    return Place(base, found[1], found[2]) if found else None


def looks_like_one(path_info: str) -> str | None:
    """The path before a last part ``something~something``: where a flow has such a path, the URL is a damaged
    one."""
    base, _, last = path_info.rpartition("/")
    step, tilde, token = last.rpartition("~")
    return base if step and tilde and token else None


def logged(path_info: str) -> str:
    """A URL path as it stands in a log: of a token so much that pages can be told apart, but not opened.

    Example:
        >>> logged("/order/name~0tDva37vBxIrUiGOKoJQiV5c41f0b2e9d3a76f")
        '/order/name~0tDva37v'
    """
    place = place_of(path_info)
    return path_info if place is None else f"{place.base}/{place.step}~{place.token:.8}"


def base_of(path: str) -> str:
    """A flow's path as it stands in its continuation URLs: ``/order/`` as ``/order``, ``/`` as nothing."""
    return path.rstrip("/")


def url_of(root: str, page: Page) -> str:
    """The continuation URL of a page, as a path from the root of the host.

    Arguments:
        root: where the application is mounted (``SCRIPT_NAME``), usually empty.
    """
    return f"{_base_url(root, base_of(page.path))}/{page.step}~{page.token}"  # both stand there as they are


@lru_cache(maxsize=256)
def _base_url(root: str, base: str) -> str:
    return path_url(root, base) if root or base else ""


def path_url(root: str, path: str) -> str:
    """A decoded path below ``root`` as it is written in a URL. Never leaves the host."""
    return quote("/" + (root.rstrip("/") + path).lstrip("/"), safe=_SAFE)


def step_name(text: str) -> str:
    """A name for the step, fit for a URL, made of a template's name (its stem) or anything else.

    Example:
        >>> step_name("order/ship to.html"), step_name("??")
        ('ship-to', 'page')
    """
    stem = text.rpartition("/")[2].partition(".")[0]
    return _NOT_IN_STEP.sub("-", stem).strip("-")[:LONGEST_STEP] or "page"


def checked_step(step: str) -> str:
    """A step name that the user gave, as it is.

    Errors:
        ValueError: it cannot stand in a URL.
    """
    if not step or len(step) > LONGEST_STEP or _NOT_IN_STEP.search(step):
        raise ValueError(f"step={step!r} stands in the URL: use up to {LONGEST_STEP} of A-Z a-z 0-9 . _ -")
    return step
