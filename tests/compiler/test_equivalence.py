"""Every program does compiled what it does plain, wherever it is left and however it goes on."""

from __future__ import annotations

from functools import cache

import pytest

from contweb import start
from tests.compiler.companions import Abandoned, Thrown
from tests.compiler.harness import (
    Outcome,
    Program,
    all_programs,
    answer,
    assert_same,
    drive,
    from_bytes,
    run_fresh,
    run_plain,
    some,
    through_bytes,
    to_bytes,
)

PROGRAMS = all_programs()
STORED = [p for p in PROGRAMS if p.marks.stored]
IN_FRESH_PROCESSES = [p for p in STORED if not p.marks.once]  # globals are of one process
MOST = 25  # points of one program at which something is tried, in tests that try it at every point


def each(programs: list[Program]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("program", programs, ids=lambda p: p.id)


@cache
def plain(program: Program, throw_at: int | None = None, error: type[BaseException] = Thrown) -> Outcome:
    return run_plain(program.plain(), program.path, throw_at, error)[0]


@each(PROGRAMS)
def test_in_memory(program):
    assert_same(drive(lambda: start(program.compiled()), program.path).outcome, plain(program))


@each(STORED)
def test_through_bytes(program):
    run = drive(lambda: start(program.compiled()), program.path, carry=through_bytes)
    assert_same(run.outcome, plain(program), travelled=True)


@each([p for p in PROGRAMS if not p.marks.mutates and not p.marks.once])
def test_resumed_again_in_memory(program):
    resumed_again(program, keep=lambda k: k, revive=lambda k: k, travelled=False)


@each([p for p in STORED if not p.marks.once])
def test_resumed_again_from_bytes(program):
    resumed_again(program, keep=to_bytes, revive=from_bytes, travelled=True)


def resumed_again(program, *, keep, revive, travelled):
    """After the run: each continuation, last one first; twice, and in between it gets an exception."""
    whole = plain(program)
    run = drive(lambda: start(program.compiled()), program.path, keep=keep)
    assert_same(run.outcome, whole)
    for n, (kept, asked, effects) in reversed(some(list(enumerate(run.kept)), MOST)):
        for how in ("resume", "throw", "resume"):
            expected = plain(program) if how == "resume" else plain(program, throw_at=n)
            argument = answer(asked) if how == "resume" else Thrown(f"at {n}")
            again = drive(lambda: getattr(revive(kept), how)(argument), program.path)  # noqa: B023
            assert_same(again.outcome, expected.after(n + 1, effects), travelled=travelled)


@pytest.mark.parametrize("error", [Thrown, Abandoned])
@each(PROGRAMS)
def test_exception_at_each_point(program, error):
    for n, _ in some(list(enumerate(plain(program).questions)), MOST):
        run = drive(lambda: start(program.compiled()), program.path, throw_at=n, error=error)
        assert_same(run.outcome, plain(program, n, error))


@each(STORED)
def test_exception_at_each_point_through_bytes(program):
    for n, _ in some(list(enumerate(plain(program).questions)), MOST):
        run = drive(lambda: start(program.compiled()), program.path, carry=through_bytes, throw_at=n)
        assert_same(run.outcome, plain(program, n), travelled=True)


@each(some(IN_FRESH_PROCESSES, 12))
def test_process_per_step(program):
    assert_same(run_fresh(program), plain(program), travelled=True)


@pytest.mark.soak
@each(IN_FRESH_PROCESSES)
def test_process_per_step_for_all(program):
    assert_same(run_fresh(program), plain(program), travelled=True)
    last = len(plain(program).questions) - 1
    if last >= 0:
        assert_same(run_fresh(program, throw_at=last), plain(program, last), travelled=True)
