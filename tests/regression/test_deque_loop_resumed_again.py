"""A loop over a deque was at the place of the last resume, not where it was at the capture."""

from collections import deque

from contweb import flow, start, suspend


@flow
def over(items):
    return [(item, suspend(item)) for item in items]


def finish(step, answer):
    while hasattr(step, "continuation"):
        step = step.continuation.resume(answer)
    return step.value


def test_each_resume_goes_on_from_its_own_place():
    second = start(over, deque([1, 2, 3])).continuation.resume("a")
    for _ in range(2):
        assert finish(second, "b") == [(1, "a"), (2, "b"), (3, "b")]
