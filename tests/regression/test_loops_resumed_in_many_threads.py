"""Two threads that used one continuation at the same moment could walk on with one iterator."""

import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from contweb import Continuation, flow, start, suspend


@flow
def walking(n):
    total = suspend("?")
    for number in range(n):
        total += number if number else suspend(number)
    return total


@pytest.fixture
def hasty():
    """Threads take turns as often as they can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("hasty")
def test_each_walks_the_whole_way():
    continuation = start(walking, 50).continuation.resume(0).continuation
    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(lambda _: continuation.resume(0).value, range(4000)))
    assert results == [sum(range(50))] * 4000


@pytest.mark.usefixtures("hasty")
def test_what_is_stored_meanwhile_walks_the_whole_way():
    continuation = start(walking, 50).continuation.resume(0).continuation

    def use(turn):
        if turn % 2:
            return continuation.resume(0).value
        return Continuation.loads(continuation.dumps(trusted=True), trusted=True).resume(0).value

    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(use, range(4000)))
    assert results == [sum(range(50))] * 4000
