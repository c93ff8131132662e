"""The clocks."""

from __future__ import annotations

import time

from contweb.clock import Clock, TestClock


def test_the_clock_shows_the_time() -> None:
    before = time.time()
    Clock().sleep(0.001)
    Clock().sleep(-1)
    assert before < Clock().now() <= time.time()


def test_a_turned_clock() -> None:
    clock = TestClock(100)
    assert clock.now() == 100.0
    clock.advance(2.5)
    clock.sleep(3600)
    clock.sleep(-1)
    assert clock.now() == 3702.5
    clock.advance(-3702.5)
    assert clock.now() == 0
