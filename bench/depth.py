"""A hundred thousand frames: captured, made into bytes, read, and returned through."""

import sys
import threading
from itertools import pairwise
from time import perf_counter

from bench import table
from contweb import Continuation, flow, start, suspend

FRAMES = 100_000
STACK = 1 << 29  # bytes
ROUNDS = 3


@flow
def descend(n):
    if n == 1:
        return suspend("bottom")
    return descend(n - 1) + 1


def run():
    """In a thread of its own, with a stack for so many calls."""
    limit, size = sys.getrecursionlimit(), threading.stack_size(STACK)
    sys.setrecursionlimit(FRAMES * 3 // 2)
    try:
        thread = threading.Thread(target=_measure)
        thread.start()
        thread.join()
    finally:
        sys.setrecursionlimit(limit)
        threading.stack_size(size)


def _measure():
    rounds = [_round() for _ in range(ROUNDS)]
    best = {what: min(each[what] for each in rounds) for what in rounds[0]}
    size = best.pop("bytes")
    rows = [(what, value * 1e3, value * 1e9 / FRAMES) for what, value in best.items()]
    title = f"A recursion of {FRAMES:,} frames, {size:,} bytes in all (they are alike)"
    table.show(title, ["", "ms", "ns/frame"], rows)


def _round():
    at = [perf_counter()]
    continuation = start(descend, FRAMES).continuation
    at.append(perf_counter())
    data = continuation.dumps(trusted=True)
    at.append(perf_counter())
    revived = Continuation.loads(data, trusted=True)
    at.append(perf_counter())
    assert revived.resume(1).value == FRAMES
    at.append(perf_counter())
    whats = ("call and capture", "dumps", "loads", "resume to the end")
    took = [after - before for before, after in pairwise(at)]
    return {**dict(zip(whats, took, strict=True)), "bytes": len(data)}
