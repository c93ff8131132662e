"""One writer at a time to an SQLite file, waiting for each other no longer than needed.

SQLite lets one write, and has the others look again after a millisecond, then after longer; a step's
transaction takes a tenth of that. Here they look again sooner, and the threads of a process not at all: they
are woken. It is a courtesy only: who has waited for long goes to SQLite's own queue, which is what counts.
"""

from __future__ import annotations

import fcntl
import threading
import time

PATIENCE = 0.25  # seconds
_FIRST, _LONGEST = 0.00005, 0.002  # seconds between two looks


class Gate:
    """Where the writers of one file wait.

    Arguments:
        file: that stands beside it, and is never closed.
        place: of the byte of it that is locked.
    """

    def __init__(self, file: int, place: int) -> None:
        self._file, self._place = file, place
        self._threads = threading.Lock()

    def enter(self) -> bool:
        """Wait for the gate; whether it is ours now. If it is, ``leave`` must follow."""
        if not self._threads.acquire(timeout=PATIENCE):
            return False
        if self._lock() or self._lock_later():
            return True
        self._threads.release()
        return False

    def leave(self) -> None:
        """Let the next one in."""
        fcntl.lockf(self._file, fcntl.LOCK_UN, 1, self._place)
        self._threads.release()

    def _lock_later(self) -> bool:
        end, pause = time.monotonic() + PATIENCE, _FIRST
        while time.monotonic() < end:
            time.sleep(pause)
            if self._lock():
                return True
            pause = min(pause * 1.5, _LONGEST)
        return False

    def _lock(self) -> bool:
        try:
            fcntl.lockf(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, self._place)
        except OSError:
            return False
        return True
