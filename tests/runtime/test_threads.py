"""Flows in several threads, and flows that drive flows."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from contweb import Suspended, flow, start, suspend
from contweb.errors import BarrierError, NotRunningError


@flow
def adding(n):
    total = 0
    for number in range(n):
        total += middle(number)
    return total


@flow
def middle(number):
    return suspend(number) + 1


def drive(function, *args):
    step = start(function, *args)
    while isinstance(step, Suspended):
        step = step.continuation.resume(step.value)
    return step.value


def test_two_flows_in_two_threads_take_turns():
    barrier = threading.Barrier(2, timeout=20)

    def run():
        step = start(adding, 50)
        while isinstance(step, Suspended):
            barrier.wait()
            step = step.continuation.resume(step.value)
        return step.value

    with ThreadPoolExecutor(2) as pool:
        results = [running.result() for running in [pool.submit(run), pool.submit(run)]]
    assert results == [1275, 1275]


def test_one_continuation_in_many_threads():
    continuation = start(adding, 3).continuation

    def run(answer):
        step = continuation.resume(answer)
        while isinstance(step, Suspended):
            step = step.continuation.resume(0)
        return step.value

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(run, range(200))) == [answer + 3 for answer in range(200)]


def test_first_resumes_at_once():
    """The twin is made by whichever thread is first."""
    barrier = threading.Barrier(8, timeout=20)

    @flow
    def fresh(n):
        return suspend(n) + n

    continuation = start(fresh, 1).continuation

    def run(answer):
        barrier.wait()
        return continuation.resume(answer).value

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(run, range(8))) == [answer + 1 for answer in range(8)]


def test_captured_in_one_thread_and_resumed_in_another():
    with ThreadPoolExecutor(1) as pool:
        step = pool.submit(start, adding, 2).result()
    with ThreadPoolExecutor(1) as pool:
        step = pool.submit(step.continuation.resume, 10).result()
    assert step.continuation.resume(20).value == 32


@flow
def hands_over():
    found = []
    thread = threading.Thread(target=lambda: found.append(caught()))
    thread.start()
    thread.join()
    return found[0]


@flow
def caught():
    try:
        suspend("in another thread")
    except (BarrierError, NotRunningError) as error:
        return type(error)


def test_a_thread_of_its_own_is_not_part_of_the_flow():
    assert drive(hands_over) in (BarrierError, NotRunningError)


# ---------------------------------------------------------------------------------------- drivers in drivers


@flow
def outer():
    log = []
    log.append(drive(adding, 3))
    log.append(suspend("outer"))
    log.append(drive(adding, 4))
    return log


def test_a_flow_that_drives_another():
    step = start(outer)
    assert step.value == "outer"
    assert step.continuation.resume("answer").value == [6, "answer", 10]


@flow
def inside_a_driver():
    inner = start(middle, 1)
    answer = suspend(inner.value)
    return inner.continuation.resume(answer).value


def test_an_inner_suspension_ends_at_the_inner_driver():
    step = start(inside_a_driver)
    assert step.value == 1
    assert step.continuation.resume(5).value == 6


def test_a_continuation_among_the_names_of_a_flow_can_be_resumed_again():
    continuation = start(inside_a_driver).continuation
    assert [continuation.resume(n).value for n in (5, 6)] == [6, 7]


@flow
def through_the_driver():
    """Not part of it: what the driver inside runs is another flow."""
    start(escaping)
    return suspend("outer")


@flow
def escaping():
    suspend("inner")
    raise AssertionError("it is not resumed")


def test_what_is_suspended_inside_stays_so():
    assert start(through_the_driver).continuation.resume("end").value == "end"


@flow
def failing():
    try:
        drive(raising)
    except KeyError as error:
        return error.args, suspend("after")


@flow
def raising():
    suspend()
    raise KeyError("inner")


def test_an_exception_of_the_inner_flow():
    step = start(failing)
    assert step.continuation.resume(1).value == (("inner",), 1)


def test_deep_nesting_of_drivers():
    @flow
    def nest(n):
        return suspend(n) if n == 0 else drive(nest, n - 1) + 1

    assert start(nest, 30).value == 30


@pytest.mark.parametrize("times", [3])
def test_resumed_inside_its_own_resume(times):
    """A continuation that is resumed while a resume of it is running: each has its own names and loops."""
    begun, kept, continuations = [], [], []

    @flow
    def again(n):
        seen = []
        for number in range(3):
            seen = [*seen, suspend(number)]
            if len(begun) < times:
                begun.append(number)
                kept.append(drive_on(continuations[0], "inner"))
        return seen

    continuations.append(start(again, 0).continuation)
    step = continuations[0].resume("outer")
    while isinstance(step, Suspended):
        step = step.continuation.resume("o")
    assert step.value == ["outer", "o", "o"]
    assert kept == [["inner", "i", "i"]] * times


def drive_on(continuation, answer):
    step = continuation.resume(answer)
    while isinstance(step, Suspended):
        step = step.continuation.resume("i")
    return step.value
