"""What cannot be stored is an error that names it: variable, path, type, reason, what to write instead."""

import os
import socket
import sqlite3
import string
import sys
import threading
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from contweb import Continuation, flow, start, suspend
from contweb.errors import CannotStoreError, ContwebError
from contweb.state.continuation import launch
from tests.state.values import Line, carry

opened = []


def keep(resource):
    """Close it at the end of the test."""
    opened.append(resource)
    return resource


@pytest.fixture(autouse=True)
def close_all():
    yield
    while opened:
        opened.pop().close()


class Session:
    def __init__(self):
        self.connection = keep(sqlite3.connect(":memory:"))


class Reduced:
    def __reduce__(self):
        raise RuntimeError("not now")


class Odd:
    """Made by something that may not travel."""

    def __reduce__(self):
        return os.getcwd, ()


def local_class():
    class Local:
        pass

    return Local


def counted():
    yield 1


Case = tuple[Callable[[], Any], str, str, str]
LOCK = threading.Lock
CASES: dict[str, Case] = {  # the value, the path to the culprit, its type, words of the reason
    "lock": (LOCK, "value", "lock", "pickle"),
    "socket": (lambda: keep(socket.socket()), "value", "socket", "socket"),
    "connection": (lambda: keep(sqlite3.connect(":memory:")), "value", "Connection", "pickle"),
    "open file": (lambda: keep(open(os.devnull)), "value", "TextIOWrapper", "pickle"),  # noqa: SIM115
    "generator": (counted, "value", "generator", "generator"),
    "generator expression": (lambda: (n for n in "a"), "value", "generator", "generator"),
    "frame": (lambda: sys._getframe(), "value", "frame", "pickle"),
    "code": (lambda: carry.__code__, "value", "code", "pickle"),
    "module inside a list": (lambda: [os], "value[0]", "module", "pickle"),
    "function of another module": (
        lambda: os.getcwd,
        "value",
        "builtin_function_or_method",
        "not of the app",
    ),
    "class of another module": (lambda: threading.Event, "value", "type", "not of the app"),
    "object of another module": (
        lambda: SimpleNamespace(t=string.Template("")),
        "value.t",
        "Template",
        "string.Template",
    ),
    "class defined inside": (local_class, "value", "type", "inside a function"),
    "object of a class defined inside": (
        lambda: local_class()(),
        "value",
        "local_class.<locals>.Local",
        "inside a function",
    ),
    "function defined inside": (lambda: lambda: 1, "value", "function", "not a flow"),
    "method of a socket": (
        lambda: keep(socket.socket()).close,
        "value (its object)",
        "socket",
        "socket",
    ),
    "object that refuses": (Reduced, "value", "Reduced", "not now"),
    "made by a function of another module": (Odd, "value", "Odd", "not of the app"),
    "in a list": (lambda: [1, [2, LOCK()]], "value[1][1]", "lock", "pickle"),
    "in a dictionary": (lambda: {"k": {3: LOCK()}}, "value['k'][3]", "lock", "pickle"),
    "in a tuple": (lambda: (1, LOCK()), "value[1]", "lock", "pickle"),
    "in an attribute": (
        lambda: SimpleNamespace(lines=[1, Session()]),
        "value.lines[1].connection",
        "Connection",
        "pickle",
    ),
    "in a dataclass": (lambda: Line("A", extra=[LOCK()]), "value.extra[0]", "lock", "pickle"),
    "in an exception": (lambda: ValueError(LOCK()), "value.args[0]", "lock", "pickle"),
    "in a method's object": (
        lambda: Line("A", extra=[LOCK()]).total,
        "value (its object).extra[0]",
        "lock",
        "pickle",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_names_the_culprit(name):
    make, path, type_name, reason = CASES[name]
    continuation = start(carry, make()).continuation
    with pytest.raises(CannotStoreError) as refused:
        continuation.dumps(trusted=True)
    error = refused.value
    assert error.name == "value"
    assert error.path == path
    assert error.type_name == type_name
    assert reason in error.reason
    assert error.instead
    for part in (error.path, error.type_name, error.reason, error.instead, "values.py", "in carry"):
        assert part in str(error)


@flow
def outermost():
    cart = {"lines": [Line("A", extra=[threading.Lock()])]}
    middle()
    return cart


@flow
def middle():
    fine = [1]
    innermost()
    return fine


@flow
def innermost():
    suspend("here")


def test_names_the_frame():
    with pytest.raises(CannotStoreError) as refused:
        start(outermost).continuation.dumps(trusted=True)
    error = refused.value
    assert error.path == "cart['lines'][0].extra[0]"
    assert error.name == "cart"
    assert f"line {outermost.__code__.co_firstlineno + 3}, in outermost" in error.where


@flow
def in_a_closure():
    lock = threading.Lock()

    def use():
        suspend()
        return lock.locked()

    return use()


def test_names_the_variable_of_a_closure():
    with pytest.raises(CannotStoreError) as refused:
        start(in_a_closure).continuation.dumps(trusted=True)
    assert refused.value.path == "lock"


@flow
def in_an_expression():
    return [threading.Lock(), suspend(1)]


def test_says_so_where_the_value_has_no_name():
    with pytest.raises(CannotStoreError) as refused:
        start(in_an_expression).continuation.dumps(trusted=True)
    assert "@" not in str(refused.value)
    assert "still needs" in refused.value.path


@flow
def not_needed_after():
    lock = threading.Lock()
    with lock:
        pass
    return suspend("after")


def test_what_is_not_needed_after_is_no_trouble():
    data = start(not_needed_after).continuation.dumps(trusted=True)
    assert Continuation.loads(data, trusted=True).resume(3).value == 3


@flow
def goes_on():
    lock = threading.Lock()
    try:
        suspend("cannot be stored")
    except ContwebError as error:
        return lock.locked(), error


def test_at_the_line_that_suspends():
    """Stored before anything is unwound, it is an ordinary exception at the ``suspend``."""

    def store(value, continuation):
        return continuation.dumps(trusted=True)

    locked, error = launch(goes_on, on_suspend=store).value
    assert locked is False
    assert error.path == "lock"


def test_too_deep():
    nest = []
    for _ in range(100_000):
        nest = [nest]
    try:
        with pytest.raises(CannotStoreError, match="too deeply"):
            start(carry, nest).continuation.dumps(trusted=True)
    finally:
        while nest:  # let go of it without recursion
            nest = nest.pop()
