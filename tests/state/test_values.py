"""Every kind of value makes the way through bytes, in this process and in a fresh one."""

import os
import pickle
import subprocess
import sys
from pathlib import Path

import pytest

from contweb import start
from tests.state.fresh import looks
from tests.state.values import VALUES, carry

ROOT = Path(__file__).parent.parent.parent


def stored(name):
    make, _ = VALUES[name]
    return start(carry, make()).continuation.dumps(trusted=True)


def expected(name):
    make, look = VALUES[name]
    return repr(look(make()))


@pytest.mark.parametrize("name", VALUES)
def test_through_bytes(name):
    assert looks({name: stored(name)})[name] == expected(name)


@pytest.mark.parametrize("name", VALUES)
def test_storing_changes_nothing(name):
    """What was stored goes on in memory as if it had not been."""
    make, look = VALUES[name]
    continuation = start(carry, make()).continuation
    continuation.dumps(trusted=True)
    assert continuation.dumps(trusted=True) == continuation.dumps(trusted=True)
    assert repr(look(continuation.resume().value)) == expected(name)


def test_in_a_fresh_process(tmp_path):
    """It has imported none of the modules, stands in another folder, and hashes differently."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.state.fresh"],
        input=pickle.dumps({name: stored(name) for name in VALUES}),
        capture_output=True,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": "1"},
        timeout=60,
    )
    assert done.returncode == 0, done.stderr.decode()
    there = pickle.loads(done.stdout)
    assert there == {name: expected(name) for name in VALUES}
