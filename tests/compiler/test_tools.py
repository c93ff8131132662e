"""Tools that watch a program stay active across a resume, and see the lines that the user wrote."""

from __future__ import annotations

import bdb
import cProfile
import io
import pdb
import pstats
import re
import sys
import threading

import pytest

from contweb import Continuation, Suspended, flow, start, suspend
from tests.compiler.harness import all_programs, drive, run_plain


@flow
def order(n):
    total = 0
    for item in range(n):
        price = suspend(item)
        if price > 1:
            total += price
        else:
            total -= 1
    with noted():
        try:
            total += helper(total)
        finally:
            total = abs(total)
    return total


@flow
def helper(base):
    more = suspend(base)
    return base + more


class noted:
    def __enter__(self):
        return self

    def __exit__(self, *error):
        return False


def through(carry, function, *args):
    step = start(function, *args)
    while isinstance(step, Suspended):
        step = carry(step.continuation).resume(step.value)
    return step.value


def in_memory(continuation):
    return continuation


def through_bytes(continuation):
    return Continuation.loads(continuation.dumps(trusted=True), trusted=True)


CARRIED = pytest.mark.parametrize("carry", [in_memory, through_bytes])


def line(function, offset):
    return function.__code__.co_firstlineno + offset


class Lines:
    """What a tool for coverage does: notes each line that is run."""

    def __init__(self, filename):
        self.filename = filename
        self.lines = set()
        self.events = []

    def __enter__(self):
        self.before = sys.gettrace()
        sys.settrace(self.trace)
        return self

    def __exit__(self, *error):
        sys.settrace(self.before)

    def trace(self, frame, event, argument):
        if frame.f_code.co_filename != self.filename:
            return None
        if event == "line":
            self.lines.add(frame.f_lineno)
        self.events.append((frame.f_code.co_name, event, frame.f_lineno))
        return self.trace


@CARRIED
def test_settrace_stays_active(carry):
    with Lines(__file__) as traced:
        through(carry, order, 3)
    body = {line(order, n) for n in (2, 3, 4, 5, 6, 8, 9, 10, 11, 13)} | {line(order, 14)}
    assert body <= traced.lines
    assert {line(helper, 2), line(helper, 3)} <= traced.lines


def test_settrace_sees_calls_and_returns_of_the_users_functions():
    continuation = start(helper, 1).continuation
    with Lines(__file__) as traced:
        continuation.resume(2)
    names = {(name, event) for name, event, _ in traced.events if name == "helper"}
    assert {("helper", "call"), ("helper", "return")} <= names


# Lines without a statement of their own that Python would run, and heads that are entered again.
HEADS = ("def ", "@", "class ", "nonlocal ", "global ", "except", '"""', "z: int")


@pytest.mark.parametrize("program", [p for p in all_programs() if p.marks.stored], ids=lambda p: p.id)
def test_coverage_is_that_of_the_plain_program(program):
    with Lines(str(program.path)) as plain:
        run_plain(program.plain(), program.path)
    compiled_function = program.compiled()
    with Lines(str(program.path)) as compiled:
        drive(lambda: start(compiled_function), program.path)
    text = program.path.read_text().splitlines()
    assert not [text[n - 1] for n in plain.lines - compiled.lines if text[n - 1].strip() != "with ("]
    assert not [
        text[n - 1] for n in compiled.lines - plain.lines if not text[n - 1].strip().startswith(HEADS)
    ]


@CARRIED
def test_setprofile_stays_active(carry):
    seen = []

    def profile(frame, event, argument):
        if frame.f_code.co_filename == __file__:
            seen.append((frame.f_code.co_name, event))

    sys.setprofile(profile)
    try:
        through(carry, order, 1)
    finally:
        sys.setprofile(None)
    assert seen.count(("order", "call")) == 3
    assert seen.count(("helper", "call")) == 2
    assert seen.count(("order", "return")) == 3


def test_cprofile_names_the_users_functions():
    profiler = cProfile.Profile()
    profiler.runcall(through, in_memory, order, 3)
    names = {(file, name) for file, _, name in pstats.Stats(profiler).stats}
    assert {(__file__, "order"), (__file__, "helper")} <= names
    assert not [name for _, name in names if "@" in name]


def test_threads_are_traced():
    traced = Lines(__file__)
    threading.settrace(traced.trace)
    try:
        thread = threading.Thread(target=through, args=(in_memory, order, 2))
        thread.start()
        thread.join()
    finally:
        threading.settrace(None)
    assert line(helper, 3) in traced.lines


# ------------------------------------------------------------------------------------------------ debuggers


@flow
def debugged(n):
    first = n + 1
    breakpoint()
    answer = suspend(5)
    second = first + answer
    return [second, suspend("again")]


@flow
def debugged_by_its_caller(n):
    return debugged(n)


def debug(monkeypatch, commands, run):
    """Runs with a debugger that reads these commands; gives what it printed."""
    printed = io.StringIO()
    debugger = pdb.Pdb(stdin=io.StringIO(commands), stdout=printed, nosigint=True, readrc=False)
    monkeypatch.setattr(sys, "breakpointhook", lambda: debugger.set_trace(sys._getframe(1)))
    try:
        run()
    except bdb.BdbQuit:
        pass
    finally:
        sys.settrace(None)
    return printed.getvalue()


def shown(printed):
    """The lines at which the debugger stopped in the flows."""
    return [int(found[1]) for found in re.finditer(r"> \S*test_tools\.py\((\d+)\)", printed)]


@CARRIED
def test_breakpoint_stays_active_after_a_resume(monkeypatch, carry):
    commands = f"p first\nb {line(debugged, 5)}\nc\np answer, first\nn\np second\nc\n"
    printed = debug(monkeypatch, commands, lambda: through(carry, debugged, 1))
    stops = shown(printed)
    assert stops[0] in (line(debugged, 3), line(debugged, 4))  # as Python's version stops at `breakpoint()`
    assert line(debugged, 5) in stops
    assert line(debugged, 6) in stops
    assert "(Pdb) (5, 2)" in printed
    assert "(Pdb) 7" in printed


def test_a_breakpoint_that_is_set_before(monkeypatch):
    step = start(debugged_by_its_caller_without, 1)
    debugger_output = debug(
        monkeypatch,
        f"b {line(helper, 3)}\nc\np base, more\nc\n",
        lambda: stopped(lambda: step.continuation.resume(5)),
    )
    assert line(helper, 3) in shown(debugger_output)
    assert "(1, 5)" in debugger_output


def stopped(run):
    breakpoint()
    return run()


@flow
def debugged_by_its_caller_without(n):
    return helper(n) + 1


def test_names_in_the_debugger_are_the_users(monkeypatch):
    printed = debug(monkeypatch, "p sorted(locals())\nc\n", lambda: through(in_memory, debugged, 1))
    names = next(text for text in printed.splitlines() if "first" in text and "[" in text)
    assert "'first'" in names


def test_step_by_step(monkeypatch):
    """``next`` from the start to the end stops at the lines of the body in their order."""
    printed = debug(monkeypatch, "n\n" * 12 + "c\n", lambda: through(in_memory, debugged, 1))
    stops = [number for number in shown(printed) if line(debugged, 0) < number <= line(debugged, 6)]
    assert [number for place, number in enumerate(stops) if number not in stops[:place]][-1] >= line(
        debugged, 4
    )
