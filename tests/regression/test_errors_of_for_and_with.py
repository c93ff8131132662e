"""Errors at the head of a ``for`` or ``with`` around a point showed contweb's own frames."""

import traceback

import pytest

from contweb import flow, start, suspend
from contweb.errors import BarrierError, NotRunningError


@flow
def over(value):
    for item in value:
        suspend(item)


@flow
def inside(value):
    with value as item:
        suspend(item)


class OnlyEnter:
    def __enter__(self):
        raise AssertionError("it is not entered")


class Asking:
    @flow
    def __iter__(self):
        return suspend()


CASES = [
    (over, 5, TypeError, "'int' object is not iterable"),
    (inside, 5, TypeError, "'int' object does not support the context manager protocol"),
    (inside, OnlyEnter(), TypeError, r"protocol \(missed __exit__ method\)"),
]


@pytest.mark.parametrize(("function", "value", "kind", "words"), CASES)
def test_the_error_is_the_users(function, value, kind, words):
    with pytest.raises(kind, match=words) as raised:
        start(function, value)
    *_, last = traceback.extract_tb(raised.value.__traceback__)
    assert (last.filename, last.name) == (__file__, function.__name__)


def test_barrier_at_the_head_of_a_loop():
    with pytest.raises(BarrierError) as raised:
        start(over, Asking())
    assert raised.value.frame == "over()"


def test_outside_of_a_flow():
    with pytest.raises(NotRunningError):
        suspend()
    with pytest.raises(NotRunningError):
        over([1])
