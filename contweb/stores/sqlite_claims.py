"""Claims of the conversations of one file, by all processes of a machine.

For each claim a byte of a file beside the store is locked, which costs a fraction of what writing it down
would. The byte's place is a digest of the conversation's name: the file stays empty, and where two names meet
in one place, one waits for the other. The kernel unlocks the bytes of a process at its end, whichever way it
ends (POSIX.1, ``fcntl``).

Such locks do not tell the threads of a process apart, and closing the file anywhere in the process would end
them all: so a process has one table for each file, which all its stores share, and never closes it.
"""

from __future__ import annotations

import fcntl
import os
import threading
from hashlib import blake2b
from typing import NamedTuple

from contweb.errors import ConfigurationError, StoreUnavailableError
from contweb.stores.owner import holds, is_dead
from contweb.stores.sqlite_gate import Gate

ANOTHER = "another process"  # who holds a claim, where that is all that is known
_PLACES = 2**62  # in a file, of a byte that can be locked


class Held(NamedTuple):
    """A claim of this process."""

    owner: str
    until: float  # seconds since the epoch
    place: int  # of the locked byte


class Claims:
    """The claims on one file. ``claims_beside`` gives it."""

    def __init__(self, file: int) -> None:
        self.gate = Gate(file, _PLACES)  # after the places of the conversations
        self._file = file
        self._lock = threading.Lock()
        self._held: dict[str, Held] = {}

    def claim(self, name: str, owner: str, now: float, seconds: float) -> bool:
        """Take or prolong the claim on a conversation; False while another owner holds it."""
        with self._lock:
            self._give_back_old(now)
            held = self._held.get(name)
            if held is None:
                place = _place(name)
                if not self._lock_byte(place):
                    return False
            elif held.owner == owner or is_dead(held.owner):
                place = held.place
            else:
                return False
            self._held[name] = Held(owner, now + seconds, place)
            return True

    def is_mine(self, name: str, owner: str, now: float) -> bool:
        """Whether this owner holds the claim."""
        held = self._held.get(name)
        return held is not None and held.owner == owner and now < held.until

    def holder(self, name: str, now: float) -> str | None:
        """Who holds the claim."""
        with self._lock:
            held = self._held.get(name)
            if held is not None:
                return held.owner if holds(held.owner, held.until, now) else None
            place = _place(name)
            if not self._lock_byte(place):
                return ANOTHER
            self._unlock_byte(place)
            return None

    def release(self, name: str, owner: str | None = None) -> None:
        """Give the claim back, if it is this owner's, or if this process has it."""
        with self._lock:
            held = self._held.get(name)
            if held is not None and owner in (None, held.owner):
                del self._held[name]
                self._unlock_byte(held.place)

    def _give_back_old(self, now: float) -> None:
        """End the claims whose time is over, which nobody has given back."""
        for name in [name for name, held in self._held.items() if held.until <= now]:
            self._unlock_byte(self._held.pop(name).place)

    def _lock_byte(self, place: int) -> bool:
        try:
            fcntl.lockf(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, place)
        except (BlockingIOError, PermissionError):
            return False
        except OSError as error:
            raise StoreUnavailableError(f"no conversation can be claimed now: {error.strerror}") from error
        return True

    def _unlock_byte(self, place: int) -> None:
        fcntl.lockf(self._file, fcntl.LOCK_UN, 1, place)

    def leave_to_parent(self) -> None:
        """In a fork: all claims are the parent's, and so are the locks."""
        self.gate = Gate(self._file, _PLACES)
        self._lock = threading.Lock()
        self._held = {}


def _place(name: str) -> int:
    digest = blake2b(name.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big") % _PLACES


_tables: dict[tuple[int, int], Claims] = {}  # device and number of the file -> its claims
_opening = threading.Lock()


def claims_beside(path: str) -> Claims:
    """The claims of a store.

    Arguments:
        path: of the store's file, whose folder is there.

    Errors:
        ConfigurationError: the file beside it cannot be opened.
    """
    path = f"{path}-claims"
    with _opening:
        known = _tables.get(_identity(path))
        if known is not None:
            return known
        try:
            file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise ConfigurationError(f"the file {path} may not be opened: {error.strerror}") from error
        return _tables.setdefault(_identity(path), Claims(file))


def _identity(path: str) -> tuple[int, int]:
    try:
        found = os.stat(path)
    except FileNotFoundError:
        return (0, 0)
    return (found.st_dev, found.st_ino)


def _begin_anew() -> None:
    global _opening
    _opening = threading.Lock()
    for claims in _tables.values():
        claims.leave_to_parent()


os.register_at_fork(after_in_child=_begin_anew)
