"""Time, as an argument: whatever depends on the time of day is given a clock, so that tests can turn it.

>>> clock = TestClock(start=100.0)
>>> clock.advance(5)
>>> clock.now()
105.0
"""

from __future__ import annotations

import threading
import time


class Clock:
    """The real time."""

    def now(self) -> float:
        """Seconds since the epoch."""
        return time.time()

    def sleep(self, seconds: float) -> None:
        """Do nothing for so many seconds; none if there are none left."""
        time.sleep(max(0.0, seconds))


class TestClock(Clock):
    """A clock that stands still until it is told to go on. Sleeping turns it and takes no time."""

    __test__ = False  # its name is not that of a class of tests

    def __init__(self, start: float = 1_000_000_000.0) -> None:
        self._now = float(start)
        self._lock = threading.Lock()

    def now(self) -> float:
        """Where the clock stands."""
        return self._now

    def sleep(self, seconds: float) -> None:
        """The same as ``advance``; nothing for less than 0."""
        self.advance(max(0.0, seconds))

    def advance(self, seconds: float) -> None:
        """Turn the clock by so many seconds (backwards if negative, as real clocks do now and then)."""
        with self._lock:
            self._now += seconds
