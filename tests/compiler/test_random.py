"""Random programs do compiled what they do plain.

``pytest -m soak tests/compiler/test_random.py`` looks for ``CONTWEB_SOAK_SECONDS`` (60 by default).
"""

from __future__ import annotations

import importlib
import itertools
import multiprocessing
import os
import random
import sys
import time

import pytest
from hypothesis import HealthCheck, Phase, assume, given, note, reject, seed, settings
from hypothesis import strategies as st

from contweb import start
from tests.compiler.companions import Thrown, barriers
from tests.compiler.everywhere import rewrite
from tests.compiler.generate import programs
from tests.compiler.harness import (
    OutOfPatience,
    answer,
    assert_same,
    drive,
    forget,
    from_bytes,
    programs_in,
    run_plain,
    some,
    through_bytes,
    to_bytes,
)

ORDINARY = settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    database=None,
    report_multiple_bugs=False,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.generate, Phase.shrink],
)
SOAK = settings(ORDINARY, max_examples=500, derandomize=False)

numbers = itertools.count()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("random")
    sys.path.insert(0, str(folder))
    yield folder
    sys.path.remove(str(folder))


def check(folder, source: str, everywhere: bool) -> None:
    """Compare one program in every way."""
    source = rewrite(source) if everywhere else source
    note(source)
    path = folder / f"random_{next(numbers)}.py"
    path.write_text(source)
    importlib.invalidate_caches()
    (program,) = programs_in(path, path.stem)
    try:
        compare(program)
    finally:
        forget(program)


def compare(program) -> None:
    barriers.clear()
    try:
        expected = run_plain(program.plain(), program.path)[0]
    except OutOfPatience:
        reject()
    assume(len(expected.questions) < 80 and len(expected.effects) < 400)
    assert_same(drive(lambda: start(program.compiled()), program.path).outcome, expected)
    if program.marks.stored:
        compare_through_bytes(program, expected)
    assert not barriers


def compare_through_bytes(program, expected) -> None:
    run = drive(lambda: start(program.compiled()), program.path, carry=through_bytes, keep=to_bytes)
    assert_same(run.outcome, expected, travelled=True)
    for n, (data, asked, effects) in reversed(some(list(enumerate(run.kept)), 10)):
        thrown = run_plain(program.plain(), program.path, throw_at=n)[0]
        assume(len(thrown.questions) < 200)
        assert_same(drive(lambda: start(program.compiled()), program.path, throw_at=n).outcome, thrown)
        again = drive(lambda: from_bytes(data).throw(Thrown(f"at {n}")), program.path)  # noqa: B023
        assert_same(again.outcome, thrown.after(n + 1, effects), travelled=True)
        again = drive(lambda: from_bytes(data).resume(answer(asked)), program.path)  # noqa: B023
        assert_same(again.outcome, expected.after(n + 1, effects), travelled=True)


def test_some(folder):
    ORDINARY(given(programs(), st.booleans())(lambda source, everywhere: check(folder, source, everywhere)))()


@pytest.mark.soak
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # of patience that rang in one
def test_many(folder):
    """Prints the smallest program that it finds to fail, and the seed."""
    end = time.monotonic() + float(os.environ.get("CONTWEB_SOAK_SECONDS", "60"))
    while time.monotonic() < end:
        # In a process of its own: compiled functions are kept for as long as it lives.
        batch = multiprocessing.get_context("fork").Process(
            target=look, args=(folder, random.randrange(2**32))
        )
        batch.start()
        batch.join()
        assert batch.exitcode == 0


def look(folder, number: int) -> None:
    print("seed", number, flush=True)
    strategies = programs(most_statements=(8, 16, 30)[number % 3]), st.booleans()
    looks = given(*strategies)(lambda source, everywhere: check(folder, source, everywhere))
    seed(number)(SOAK(looks))()
