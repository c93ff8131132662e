"""A hundred thousand frames are captured, stored and resumed: depth costs no recursion."""

import os
import subprocess
import sys
import textwrap
import threading
from pathlib import Path

from contweb import Continuation, flow, start, suspend

ROOT = Path(__file__).parent.parent.parent

DEEP = """
    import sys, threading
    from contweb import Continuation, start
    from tests.runtime.test_depth import descend

    def run():
        continuation = start(descend, 100_000).continuation
        data = continuation.dumps(trusted=True)
        print(len(data) < 100_000 * 60)
        print(continuation.resume(5).value)
        print(continuation.resume(6).value)
        revived = Continuation.loads(data, trusted=True)
        print(len(revived.frames))
        print(revived.resume(7).value)
        try:
            revived.throw(KeyError("deep"))
        except KeyError as error:
            print(error.args)

    sys.setrecursionlimit(150_000)
    threading.stack_size(1 << 29)
    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
"""


@flow
def descend(n):
    if n == 1:
        return suspend("bottom")
    return descend(n - 1) + 1


def test_a_hundred_thousand_frames():
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(DEEP)],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        timeout=60,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.split("\n") == ["True", "100004", "100005", "100000", "100006", "('deep',)", ""]


def test_resumed_below_the_recursion_limit_from_anywhere():
    """What was captured deep in one thread is resumed where hardly any stack is left."""
    found = []

    def deep():
        before = sys.getrecursionlimit()
        sys.setrecursionlimit(6_000)
        try:
            found.append(start(descend, 5_000).continuation.dumps(trusted=True))
        finally:
            sys.setrecursionlimit(before)

    threading.stack_size(1 << 26)
    try:
        thread = threading.Thread(target=deep)
        thread.start()
        thread.join()
    finally:
        threading.stack_size(0)
    assert Continuation.loads(found[0], trusted=True).resume(1).value == 5_000


@flow
def endless(n):
    return endless(n + 1)


def test_endless_recursion_is_python_s_own_error():
    try:
        start(endless, 0)
    except RecursionError as error:
        assert "contweb" not in str(error)
    else:
        raise AssertionError("it ended")
