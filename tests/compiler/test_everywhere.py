"""Every program with a suspension at every call: the same comparisons, at many more points."""

from __future__ import annotations

import sys
from dataclasses import replace
from functools import cache

import pytest

from contweb import start
from tests.compiler.companions import Thrown, barriers
from tests.compiler.everywhere import rewrite_file
from tests.compiler.harness import (
    Outcome,
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
MOST = 12  # points of one program at which something is tried, apart from soaking


@pytest.fixture(scope="module")
def rewritten(tmp_path_factory):
    """Gives the rewritten form of a program."""
    folder = tmp_path_factory.mktemp("everywhere")
    sys.path.insert(0, str(folder))
    file_of = cache(lambda path: rewrite_file(path, folder))
    yield lambda program: replace(program, path=file_of(program.path), module=file_of(program.path).stem)
    sys.path.remove(str(folder))


@pytest.fixture
def program(request, rewritten):
    barriers.clear()
    yield rewritten(request.param)
    if not request.param.marks.barriers:
        assert not barriers


def each(programs):
    return pytest.mark.parametrize("program", programs, ids=lambda p: p.id, indirect=True)


@cache
def plain(program, throw_at=None) -> Outcome:
    return run_plain(program.plain(), program.path, throw_at, Thrown)[0]


def same(program, actual, expected, **how):
    assert_same(actual, expected, questions=not program.marks.barriers, **how)


@each(PROGRAMS)
def test_in_memory(program):
    same(program, drive(lambda: start(program.compiled()), program.path).outcome, plain(program))


@each([p for p in PROGRAMS if p.marks.stored])
def test_through_bytes(program):
    run = drive(lambda: start(program.compiled()), program.path, carry=through_bytes)
    same(program, run.outcome, plain(program), travelled=True)


@each([p for p in PROGRAMS if p.marks.stored and not p.marks.once and not p.marks.barriers])
def test_resumed_again(program):
    resumed_again(program, MOST)


@each([p for p in PROGRAMS if not p.marks.barriers])
def test_exception_at_each_point(program):
    exception_at_each_point(program, MOST)


def resumed_again(program, most):
    run = drive(lambda: start(program.compiled()), program.path, keep=to_bytes)
    for n, (data, asked, effects) in reversed(some(list(enumerate(run.kept)), most)):
        for _ in range(2):
            again = drive(lambda: from_bytes(data).resume(answer(asked)), program.path)  # noqa: B023
            same(program, again.outcome, plain(program).after(n + 1, effects), travelled=True)


def exception_at_each_point(program, most):
    for n, _ in some(list(enumerate(plain(program).questions)), most):
        run = drive(lambda: start(program.compiled()), program.path, throw_at=n)
        same(program, run.outcome, plain(program, n))


@pytest.mark.soak
@each([p for p in PROGRAMS if p.marks.stored and not p.marks.once and not p.marks.barriers])
def test_everything_at_every_point(program):
    resumed_again(program, 400)
    exception_at_each_point(program, 400)


@pytest.mark.soak
@each([p for p in PROGRAMS if p.marks.stored and not p.marks.once])
def test_process_per_step(program):
    if len(plain(program).questions) < 40:
        same(program, run_fresh(program), plain(program), travelled=True)
