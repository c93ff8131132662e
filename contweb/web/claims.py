"""Holding a conversation for the length of one step, however long the step runs."""

from __future__ import annotations

import logging
import random
import threading
import time
from collections.abc import Iterator

from contweb.errors import ClaimLostError, StoreError, StoreUnavailableError
from contweb.stores.base import Store, Taken

log = logging.getLogger("contweb")


class Claims:
    """Claims of this process. A thread of its own prolongs those that are held for long, so that a claim ends
    only with its step or with its process.

    Arguments:
        store: where conversations are claimed.
        lease: seconds for which a claim holds without being prolonged.
    """

    def __init__(self, store: Store, lease: float) -> None:
        self._store = store
        self._lease = lease
        self._lock = threading.Lock()
        self._held: dict[tuple[str, str], float] = {}  # (conversation, owner) -> when it was last prolonged
        self._thread: threading.Thread | None = None

    def take(self, token: str, answer: str, owner: str) -> Taken | None:
        """Claim the conversation of a page to run an answer of it; see ``Store.take``."""
        return self._store.take(token, answer, owner, self._lease)

    def take_new(self, conversation: str, owner: str) -> None:
        """Claim a conversation that nobody else knows of yet, and hold on to it.

        Errors:
            ClaimLostError: somebody does.
        """
        if not self._store.claim(conversation, owner, self._lease):
            raise ClaimLostError(f"conversation {conversation} is claimed by another process")
        self.keep(conversation, owner)

    def keep(self, conversation: str, owner: str) -> None:
        """Hold on to a claim that was taken, until ``drop`` or ``give_back``."""
        with self._lock:
            self._held[conversation, owner] = time.monotonic()
            if self._thread is None:
                self._thread = threading.Thread(target=self._prolong, name="contweb claims", daemon=True)
                self._thread.start()

    def drop(self, conversation: str, owner: str) -> None:
        """Hold on no longer: completing the step has ended the claim."""
        with self._lock:
            self._held.pop((conversation, owner), None)

    def give_back(self, conversation: str, owner: str) -> None:
        """Release a claim. A store that cannot do so now is no trouble: the claim ends by itself."""
        self.drop(conversation, owner)
        try:
            self._store.release(conversation, owner)
        except StoreUnavailableError:
            log.warning(
                "conversation %.8s: its claim could not be given back, and ends by itself", conversation
            )

    def _prolong(self) -> None:
        """Run until nothing is held any more: one look each third of a lease."""
        while True:
            time.sleep(self._lease / 3)
            with self._lock:
                if not self._held:
                    self._thread = None
                    return
                due = time.monotonic() - self._lease / 4
                old = [claim for claim, since in self._held.items() if since <= due]
            for conversation, owner in old:
                self._prolong_one(conversation, owner)

    def _prolong_one(self, conversation: str, owner: str) -> None:
        try:
            self._store.claim(conversation, owner, self._lease)
        except StoreError:
            log.warning("conversation %.8s: its claim could not be prolonged", conversation)
            return
        with self._lock:
            if (conversation, owner) in self._held:
                self._held[conversation, owner] = time.monotonic()


def tries(seconds: float) -> Iterator[None]:
    """Go round at once, then again and again after pauses that grow, for so many seconds altogether.

    Example:
        ``for _ in tries(5): if try_it(): break``
    """
    end = time.monotonic() + seconds
    pause = 0.005
    yield
    while (left := end - time.monotonic()) > 0:
        time.sleep(min(pause * random.uniform(0.5, 1), left))
        yield
        pause = min(pause * 2, 0.2)
