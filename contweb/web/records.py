"""What is kept of a page as sealed bytes: what is shown, the frames that answer it, and the rules for both.

Each of a page's two records is ``length(2) rules sealed``. The rules are few bytes, sealed on their own, so
that who may see or answer a page is known before anything large is opened; a page without special rules has
none of them. The seal of what follows covers the rules too: they cannot be exchanged or taken away.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from typing import Any, Literal

from werkzeug.exceptions import NotFound

from contweb.errors import ChangedCodeError, ContinuationError
from contweb.runtime.frames import Frame
from contweb.stores.base import Page
from contweb.web.backing import Backing, seal_context
from contweb.web.links import Link
from contweb.web.refusals import PageGone
from contweb.web.talk import Branch

log = logging.getLogger("contweb")

Repeat = Literal["same", "run", "never"]
_LENGTH = 2


@dataclass(frozen=True, slots=True)
class Rules:
    """Who may see and answer a page, and how often.

    Arguments:
        browser: the only browser that may (its fingerprint), or None for any.
        repeat: what a second answer does.
        single: of a page that is answered once: the name of its ask, under which that is recorded.
    """

    browser: bytes | None = None
    repeat: Repeat = "same"
    single: str = ""


ANYBODY = Rules()


@dataclass(frozen=True, slots=True)
class Origin:
    """What a flow keeps from its start, wherever it is resumed.

    Arguments:
        home: name of the app that it belongs to.
        private: whether its pages are for one browser only, unless an ask says otherwise.
    """

    home: str
    private: bool = False


@dataclass(frozen=True, slots=True)
class Kept:
    """What answers a page.

    Arguments:
        origin: of the flow.
        frame: the innermost of the continuation.
        links: the callbacks that the page may call.
        branch: what belongs to this branch of the conversation; see there.
    """

    origin: Origin
    frame: Frame
    links: tuple[Link, ...] = ()
    branch: Branch = field(default_factory=Branch)


def seal_shown(backing: Backing, page: Page, section: Any, rules: Rules) -> bytes:
    """The record of what is shown.

    Errors:
        CannotStoreError: a name in it cannot be made into bytes.
    """
    return _seal(backing, page, b"shown", section, rules)


def seal_frames(backing: Backing, page: Page, kept: Kept, rules: Rules) -> bytes:
    """The record of what answers a page.

    Errors:
        CannotStoreError: a name in it cannot be made into bytes.
    """
    branch = (kept.branch.results, kept.branch.inside)
    value = (kept.frame, kept.links, branch, kept.origin.home, kept.origin.private)
    return _seal(backing, page, b"frames", value, rules)


def _seal(backing: Backing, page: Page, what: bytes, value: Any, rules: Rules) -> bytes:
    sealed = b"" if rules == ANYBODY else _seal_rules(backing, page, what, rules)
    context = seal_context(what, page) + sealed
    return len(sealed).to_bytes(_LENGTH, "big") + sealed + backing.codec.dump(value, context)


def _seal_rules(backing: Backing, page: Page, what: bytes, rules: Rules) -> bytes:
    value = (rules.browser, rules.repeat, rules.single)
    return backing.codec.dump(value, seal_context(b"rules of " + what, page))


def rules_for_seeing(backing: Backing, page: Page) -> Rules:
    """The rules of a page that is to be shown.

    Errors:
        NotFound: they are not ours.
    """
    return _open_rules(backing, page, b"shown", page.shown)


def rules_for_answering(backing: Backing, page: Page) -> Rules:
    """The rules of a page that is to be answered.

    Errors:
        NotFound: they are not ours.
    """
    return _open_rules(backing, page, b"frames", page.frames or b"")


def _open_rules(backing: Backing, page: Page, what: bytes, record: bytes) -> Rules:
    sealed, _ = _split(record)
    if not sealed:
        return ANYBODY
    return Rules(*_load(backing, page, sealed, seal_context(b"rules of " + what, page)))


def open_shown(backing: Backing, page: Page) -> Any:
    """What is shown.

    Errors:
        NotFound: the bytes are not ours: refused like an unknown token.
    """
    return _open(backing, page, b"shown", page.shown)


def open_frames(backing: Backing, page: Page) -> Kept:
    """What answers a page.

    Errors:
        NotFound: the bytes are not ours: refused like an unknown token.
        PageGone: the code has changed since.
    """
    frame, links, branch, home, private = _open(backing, page, b"frames", page.frames or b"")
    return Kept(Origin(home, private), frame, links, Branch(*branch))


def _open(backing: Backing, page: Page, what: bytes, record: bytes) -> Any:
    sealed, rest = _split(record)
    return _load(backing, page, rest, seal_context(what, page) + sealed)


def _load(backing: Backing, page: Page, data: bytes, context: bytes) -> Any:
    try:
        return backing.codec.load(data, context)
    except ChangedCodeError as error:
        log.warning("page %.8s: %s", page.token, error)
        raise PageGone("changed", page.path) from error
    except ContinuationError as error:
        log.error("page %.8s was refused: %s", page.token, error)
        raise NotFound() from error


def _split(record: bytes) -> tuple[bytes, bytes]:
    end = _LENGTH + int.from_bytes(record[:_LENGTH], "big")
    return record[_LENGTH:end], record[end:]
