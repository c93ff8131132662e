"""What is kept of a page as sealed bytes: what is shown, the frames that answer it, and the rules for both.

Each of a page's two records is ``length(2) rules sealed``. The rules are few bytes, sealed on their own, so
that who may see or answer a page is known before anything large is opened; a page without special rules has
none of them. The seal of what follows covers the rules too: they cannot be exchanged or taken away.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from typing import Any, Literal, NamedTuple, TypeVar

from werkzeug.exceptions import NotFound

from contweb.errors import ChangedCodeError, ContinuationError, NotThereError
from contweb.runtime.frames import Frame
from contweb.state.blame import Part, Parts, parts_of
from contweb.stores.base import Page
from contweb.web.backing import Backing, seal_context
from contweb.web.links import Link
from contweb.web.packing import WORTH_TRYING, Opened, pack, unpack
from contweb.web.refusals import PageGone
from contweb.web.talk import Branch

log = logging.getLogger("contweb")

Loaded = TypeVar("Loaded")
Repeat = Literal["same", "run", "never"]
WARN_FROM = 64 * 1024  # bytes of one page, in development
_LENGTH = 2


class Rules(NamedTuple):
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


class Origin(NamedTuple):
    """What a flow keeps from its start, wherever it is resumed.

    Arguments:
        home: name of the app that it belongs to.
        private: whether its pages are for one browser only, unless an ask says otherwise.
    """

    home: str
    private: bool = False


class Kept(NamedTuple):
    """What answers a page.

    Arguments:
        origin: of the flow.
        frame: the innermost of the continuation.
        links: the callbacks that the page may call.
        branch: what belongs to this branch of the conversation; see there.
        opened: the bytes of it, where it was opened.
    """

    origin: Origin
    frame: Frame
    links: tuple[Link, ...]
    branch: Branch
    opened: Opened | None = None


def encode_shown(backing: Backing, page: Page, section: Any) -> bytes:
    """What is shown, as bytes.

    Errors:
        CannotStoreError: a name in it cannot be made into bytes, or it is too large.
    """
    return _encode(backing, page, section, lambda: _parts_shown(section))


def seal_shown(backing: Backing, page: Page, data: bytes, rules: Rules, parent: Page | None = None) -> bytes:
    """The record of what is shown. ``parent``: the page whose answer led here."""
    opened = None
    if parent is not None and len(data) >= WORTH_TRYING:
        opened = _opened(backing, parent, b"shown")
    return _seal(backing, page, b"shown", pack(data, page.expires, opened), rules)


def seal_frames(
    backing: Backing, page: Page, kept: Kept, rules: Rules, parent: Opened | None = None
) -> bytes:
    """The record of what answers a page. ``parent``: the bytes of the one whose answer led here.

    Errors:
        CannotStoreError: a name in it cannot be made into bytes, or it is too large.
    """
    branch = (kept.branch.results, kept.branch.inside)
    value = (kept.frame, kept.links, branch, kept.origin.home, kept.origin.private)
    data = _encode(backing, page, value, lambda: _parts_kept(kept))
    return _seal(backing, page, b"frames", pack(data, page.expires, parent), rules)


def _encode(backing: Backing, page: Page, value: Any, parts: Parts) -> bytes:
    data = backing.codec.encode(value, parts, backing.max_page)
    if backing.warns and len(data) >= WARN_FROM:
        large = backing.codec.too_large(value, parts, len(data), backing.max_page)
        log.warning(
            "page %s of %s takes %s bytes; it may take %s. The largest names are%s",
            page.step,
            page.path,
            f"{large.size:,}",
            f"{large.limit:,}",
            large.largest,
        )
    return data


def _parts_kept(kept: Kept) -> Iterator[Part]:
    yield from parts_of(kept.frame)
    for link in kept.links:
        name = getattr(link.function, "__name__", "?")
        yield from _parts_call(f"the link to {name}", link)
    if kept.branch.results:
        yield "the results of once(...)", kept.branch.results, ""


def _parts_call(name: str, link: Link) -> Iterator[Part]:
    yield f"{name}: the function", link.function, ""
    for number, value in enumerate(link.args, 1):
        yield f"{name}: argument {number}", value, ""
    for keyword, value in link.kwargs.items():
        yield f"{name}: {keyword}", value, ""


def _parts_shown(section: Any) -> Iterator[Part]:
    _, kind, *rest = section
    if kind == "template":
        for name, value in rest[1].items():
            yield name, value, f"given to the template {rest[0]!r}"
    else:
        yield "what the page shows", section, ""


def _seal(backing: Backing, page: Page, what: bytes, packed: bytes, rules: Rules) -> bytes:
    sealed = b"" if rules == ANYBODY else _seal_rules(backing, page, what, rules)
    context = seal_context(what, page) + sealed
    return len(sealed).to_bytes(_LENGTH, "big") + sealed + backing.codec.seal(packed, context)


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
    context = seal_context(b"rules of " + what, page)
    return Rules(*_load(page, lambda: backing.codec.load(sealed, context)))


def open_shown(backing: Backing, page: Page) -> Any:
    """What is shown.

    Errors:
        NotFound: the bytes are not ours: refused like an unknown token.
    """
    return _load(page, lambda: backing.codec.decode(_opened(backing, page, b"shown").data))


def open_frames(backing: Backing, page: Page) -> Kept:
    """What answers a page.

    Errors:
        NotFound: the bytes are not ours: refused like an unknown token.
        PageGone: the code has changed since.
    """

    def load() -> Kept:
        opened = _opened(backing, page, b"frames")
        frame, links, branch, home, private = backing.codec.decode(opened.data)
        return Kept(Origin(home, private), frame, links, Branch(*branch), opened)

    return _load(page, load)


def _opened(backing: Backing, page: Page, what: bytes) -> Opened:
    """The bytes of a record, for which earlier pages of the conversation may be needed."""
    record = page.shown if what == b"shown" else page.frames or b""
    sealed, rest = _split(record)
    packed = backing.codec.open(rest, seal_context(what, page) + sealed)

    def earlier(token: str) -> Opened:
        base = backing.store.load(token)
        if base is None or base.conversation != page.conversation:
            raise ContinuationError("a page that the record stands on is not there")
        return _opened(backing, base, what)

    return unpack(packed, page.token, page.expires, earlier)


def _load(page: Page, load: Callable[[], Loaded]) -> Loaded:
    try:
        return load()
    except ChangedCodeError as error:
        log.warning("page %.8s: %s", page.token, error)
        raise PageGone("changed", page.path) from error
    except NotThereError as error:
        log.warning("page %.8s: %s", page.token, error)
        raise PageGone("missing", page.path) from error
    except ContinuationError as error:
        log.error("page %.8s was refused: %s", page.token, error)
        raise NotFound() from error


def _split(record: bytes) -> tuple[bytes, bytes]:
    end = _LENGTH + int.from_bytes(record[:_LENGTH], "big")
    return record[_LENGTH:end], record[end:]
