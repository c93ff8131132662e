"""Old conversations go by themselves: a few at a time, after responses, by one process."""

from __future__ import annotations

import logging
import os
from dataclasses import dataclass
from datetime import timedelta

from contweb.clock import Clock
from contweb.errors import ContwebError
from contweb.stores.base import Page, Step, Store, Swept
from contweb.stores.owner import new_owner
from contweb.web.amounts import in_bytes, seconds

KEEP = 30 * 86_400.0  # seconds for which a conversation is kept after its last step, if nothing is said
FOREVER = "forever"
RECENT = 3600.0  # seconds after its last step in which none goes because of the bytes
EVERY = 60.0  # seconds from one look for what is old to the next
AT_MOST = 50  # conversations that one request removes
MOMENT = 10.0  # seconds for which a conversation is claimed to be touched
NAME = "contweb sweep"  # of no conversation: whoever has claimed it sweeps
log = logging.getLogger("contweb")


@dataclass(frozen=True, slots=True)
class Keep:
    """How long and how much a store is to keep.

    Arguments:
        seconds: after the last step of a conversation; None for ever.
        bytes: that the store may take; None for any number.
    """

    seconds: float | None = KEEP
    bytes: int | None = None


USUAL = Keep()


def keep_of(age: timedelta | float | str | None, size: int | str | None) -> Keep:
    """What an app's arguments say, or else the environment.

    Errors:
        ConfigurationError: an age or a size is none.
    """
    age = os.environ.get("CONTWEB_KEEP") or KEEP if age is None else age
    size = os.environ.get("CONTWEB_LIMIT") or None if size is None else size
    return Keep(None if age == FOREVER else seconds(age), None if size is None else in_bytes(size))


def sweep(store: Store, keep: Keep, now: float, at_most: int | None = None) -> Swept:
    """Remove what is not to be kept."""
    before = None if keep.seconds is None else now - keep.seconds
    return store.sweep(before=before, most_bytes=keep.bytes, spare=now - RECENT, at_most=at_most)


class Sweeping:
    """Sweeps a store now and then.

    Arguments:
        store: that is swept.
        clock: the time.
        keep: what stays in it.
    """

    def __init__(self, store: Store, clock: Clock, keep: Keep) -> None:
        self._store = store
        self._clock = clock
        self._owner = new_owner()
        self._next = clock.now() + EVERY
        self.keep = keep

    def is_due(self) -> bool:
        """Whether it is time to look for what is old."""
        return self._clock.now() >= self._next

    def sweep(self) -> None:
        """Remove a little of what is old, unless another process does. What goes wrong is logged."""
        now = self._clock.now()
        self._next = now + EVERY
        try:
            if self._store.claim(NAME, self._owner, EVERY):
                try:
                    swept = sweep(self._store, self.keep, now, AT_MOST)
                finally:
                    self._store.release(NAME, self._owner)
                self._next = now if swept.more else self._next
        except ContwebError:
            log.warning("old conversations could not be removed", exc_info=True)

    def seen(self, page: Page) -> None:
        """Give the conversation of a page that somebody looks at its time anew, if that is nearly over."""
        keep = self.keep.seconds
        if keep is None or page.created > self._clock.now() - 0.9 * keep:
            return
        owner = new_owner()
        try:
            if self._store.claim(page.conversation, owner, MOMENT):
                try:
                    self._store.complete(Step(page.conversation, owner))
                finally:
                    self._store.release(page.conversation, owner)
        except ContwebError:
            log.warning("conversation %.8s: its time could not be prolonged", page.conversation)
