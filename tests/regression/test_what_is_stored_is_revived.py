"""Values that were stored without complaint and could not be read again."""

import datetime
import zoneinfo

import pytest

from contweb import Continuation, flow, start, suspend
from contweb.errors import CannotStoreError


class Failed(Exception):
    def __init__(self, code, why):
        super().__init__(f"{code}: {why}")
        self.code = code


class Noted(ValueError):
    def __reduce__(self):
        return Noted, self.args


class Own:
    @staticmethod
    def double(number):
        return 2 * number


@flow
def carry(value):
    suspend()
    return value


def through_bytes(value):
    data = start(carry, value).continuation.dumps(trusted=True)
    return Continuation.loads(data, trusted=True).resume().value


def test_time_zone():
    when = datetime.datetime(2024, 1, 2, tzinfo=zoneinfo.ZoneInfo("Europe/Berlin"))
    assert through_bytes(when).tzinfo is when.tzinfo


def test_static_method():
    assert through_bytes(Own.double)(4) == 8


def test_exception_whose_init_takes_something_else():
    error = through_bytes(Failed(3, "gone"))
    assert (error.args, error.code) == (("3: gone",), 3)


def test_notes_of_an_exception_that_reduces_itself():
    error = Noted("a")
    error.add_note("b")
    assert through_bytes(error).__notes__ == ["b"]


@pytest.mark.parametrize("method", [dict.fromkeys, int.from_bytes, Noted("a").__reduce__, object.__repr__])
def test_method_of_something_else(method):
    try:
        data = start(carry, method).continuation.dumps(trusted=True)
    except CannotStoreError:
        return
    assert Continuation.loads(data, trusted=True).resume().value is not None
