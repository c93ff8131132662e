"""The bytes of a page, as they are stored: whole, or as a difference to those of an earlier page.

A conversation with much in its names would fill the store with copies that differ in little. A page that
comes ``number`` pages after a whole copy is a difference to the one whose number lacks the lowest bit: 7 to
6, 6 to 4, 4 to 0 (as in Fenwick's tree, 1994). So a page is read by a few steps back, each page that is
needed was needed to read the one before, and what is stored grows with what changed.

    whole         as ``contweb.state.envelope`` has it
    difference    2 number(1) length(1) token-of-the-base difference
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from contweb.errors import ContinuationError
from contweb.state.difference import difference, patched
from contweb.state.envelope import LARGEST, unwrap, wrap

DIFFERENCE = 2  # the first byte
WORTH_TRYING = 1024  # bytes from which on a difference may pay
WHOLE_EVERY = 32  # pages


class Opened(NamedTuple):
    """The bytes of a page that was opened.

    Arguments:
        token: of the page.
        expires: when the page may be removed; None if only with its conversation.
        data: the bytes.
        number: how many pages it comes after a whole copy.
        base: what it is a difference to.
    """

    token: str
    expires: float | None
    data: bytes
    number: int = 0
    base: Opened | None = None

    def earlier(self, number: int) -> Opened | None:
        """Itself, or what it stands on, with that number."""
        found: Opened | None = self
        while found is not None and found.number != number:
            found = found.base
        return found

    def outlives(self, expires: float | None) -> bool:
        """Whether it is there as long as a page that expires then."""
        return self.expires is None or (expires is not None and self.expires >= expires)


def pack(data: bytes, expires: float | None, parent: Opened | None) -> bytes:
    """The bytes of a page, as small as they are stored.

    Arguments:
        data: the bytes.
        expires: when the page may be removed.
        parent: the bytes of the page whose answer led here.
    """
    if parent is not None and len(data) >= WORTH_TRYING and parent.number + 1 < WHOLE_EVERY:
        number = parent.number + 1
        base = parent.earlier(number & parent.number)
        if base is not None and base.outlives(expires):
            changes = difference(base.data, data)
            if changes is not None and len(changes) < len(data) // 4:
                token = base.token.encode()
                return bytes((DIFFERENCE, number, len(token))) + token + changes
    return wrap(data)


def unpack(packed: bytes, token: str, expires: float | None, load: Callable[[str], Opened]) -> Opened:
    """The bytes of a page again.

    Arguments:
        packed: what ``pack`` made of them.
        token: of the page.
        expires: when the page may be removed.
        load: gives the bytes of an earlier page.

    Errors:
        ContinuationError: they are not what ``pack`` made.
    """
    if packed[:1] != bytes((DIFFERENCE,)):
        return Opened(token, expires, unwrap(packed))
    if len(packed) < 3:
        raise ContinuationError("the record is cut short")
    number, end = packed[1], 3 + packed[2]
    base = load(packed[3:end].decode("ascii", "replace"))
    if base.number != number & (number - 1) or number == 0:
        raise ContinuationError("the record stands on a page that it cannot stand on")
    return Opened(token, expires, patched(base.data, packed[end:], LARGEST), number, base)
