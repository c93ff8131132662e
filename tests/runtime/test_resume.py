"""Capture and resume, seen from outside: what ``start``, ``resume`` and ``throw`` do, once and again."""

import gc
import sys
import weakref

import pytest

from contweb import Continuation, Finished, Suspended, flow, start, suspend
from contweb.runtime.signals import Signal
from contweb.state.continuation import launch


@flow
def two():
    return suspend("first"), suspend("second")


@flow
def arguments(a, /, b, *rest, c=3, **more):
    return a, b, rest, c, more, suspend(None)


def test_start_gives_what_was_suspended_with():
    step = start(two)
    assert isinstance(step, Suspended)
    assert step.value == "first"
    assert isinstance(step.continuation, Continuation)


def test_to_the_end():
    step = start(two).continuation.resume(1)
    assert step.value == "second"
    assert step.continuation.resume(2) == Finished((1, 2))


def test_a_flow_that_does_not_suspend():
    @flow
    def at_once(a):
        return a + 1

    assert start(at_once, 1) == Finished(2)


def test_arguments_are_handed_on():
    step = start(arguments, 1, 2, 3, c=4, d=5)
    assert step.continuation.resume(6).value == (1, 2, (3,), 4, {"d": 5}, 6)
    assert start(arguments, 1, b=2).continuation.resume().value == (1, 2, (), 3, {}, None)


def test_wrong_arguments():
    with pytest.raises(TypeError, match="b"):
        start(arguments, 1)


def test_resumed_without_a_value_it_is_none():
    assert start(two).continuation.resume().continuation.resume().value == (None, None)


def test_any_number_of_times_and_in_any_order():
    first = start(two).continuation
    seconds = [first.resume(n).continuation for n in range(3)]
    results = [second.resume(m).value for second in reversed(seconds) for m in (7, 8)]
    assert results == [(2, 7), (2, 8), (1, 7), (1, 8), (0, 7), (0, 8)]


@flow
def mutating():
    items = []
    for number in range(3):
        items.append((number, suspend(number)))
    return items


def test_in_memory_names_and_loops_are_as_they_were_and_objects_the_same():
    second = start(mutating).continuation.resume("a").continuation
    one = second.resume("b").continuation.resume("c").value
    assert one == [(0, "a"), (1, "b"), (2, "c")]
    two = second.resume("d").continuation.resume("e").value
    assert two == [(0, "a"), (1, "b"), (2, "c"), (1, "d"), (2, "e")]
    assert two is one


@flow
def rebinding():
    total = 0
    for number in range(3):
        total += suspend(number)
    return total


def test_numbers_do_not_disturb_each_other():
    second = start(rebinding).continuation.resume(1).continuation
    assert [second.resume(n).continuation.resume(n).value for n in (10, 20)] == [21, 41]


@flow
def catching():
    try:
        return suspend("in try")
    except KeyError as error:
        return "caught", error, suspend("in except"), sys.exception() is error


def test_throw():
    error = KeyError("k")
    step = start(catching).continuation.throw(error)
    assert step.value == "in except"
    caught, same, answer, handled = step.continuation.resume("answer").value
    assert (caught, same, answer, handled) == ("caught", error, "answer", True)


def test_throw_what_nobody_catches():
    with pytest.raises(ZeroDivisionError):
        start(catching).continuation.throw(ZeroDivisionError())


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit, GeneratorExit, StopIteration, MemoryError])
def test_exceptions_of_all_kinds_come_out(error):
    with pytest.raises(error):
        start(two).continuation.throw(error())


@flow
def raising():
    suspend()
    raise LookupError("own")


def test_what_it_raises_comes_out_again_and_again():
    continuation = start(raising).continuation
    for _ in range(2):
        with pytest.raises(LookupError, match="own"):
            continuation.resume()


@flow
def greedy():
    log = []
    try:
        with noting(log):
            suspend("x")
    except:
        log.append("except")
        raise
    else:
        log.append("else")
    finally:
        log.append("finally")
    return log


class noting:
    def __init__(self, log):
        self.log = log

    def __enter__(self):
        self.log.append("enter")

    def __exit__(self, *error):
        self.log.append("exit")


def test_no_code_of_the_user_runs_during_unwinding():
    step = start(greedy)
    assert [frame.names["log"] for frame in step.continuation.frames] == [["enter"]]
    assert step.continuation.resume().value == ["enter", "exit", "else", "finally"]


def test_the_signal_is_not_an_exception_that_programs_catch():
    assert not issubclass(Signal, Exception)


def test_on_suspend_is_called_before_anything_is_unwound():
    seen = []

    def note(value, continuation):
        seen.append((value, sys._getframe(2).f_code.co_name, continuation.frames[-1].function))
        return "saved"

    step = launch(two, on_suspend=note)
    assert step.saved == "saved"
    step = step.continuation.resume(1, on_suspend=note)
    assert step.saved == "saved"
    assert [value for value, _, _ in seen] == ["first", "second"]
    assert {function for _, _, function in seen} == {"two"}
    assert step.continuation.resume(2).value == (1, 2)
    assert len(seen) == 2


@flow
def going_on():
    try:
        suspend("refused")
    except PermissionError:
        return "went on", suspend("accepted")


def test_what_on_suspend_raises_is_raised_at_the_suspend():
    def store(value, continuation):
        if value == "refused":
            raise PermissionError(value)

    step = launch(going_on, on_suspend=store)
    assert step.value == "accepted"
    assert step.continuation.resume(1).value == ("went on", 1)


class Thing:
    pass


@flow
def holding(thing, watched):
    watched.append(weakref.ref(thing))
    del thing
    suspend()
    return [ref() for ref in watched]


def test_what_is_not_needed_is_let_go():
    step = start(holding, Thing(), [])
    gc.collect()
    assert step.continuation.resume().value == [None]


def test_a_suspended_flow_is_let_go_with_its_continuation():
    thing = Thing()
    ref = weakref.ref(thing)

    @flow
    def keeping(kept):
        suspend()
        return kept

    step = start(keeping, thing)
    del thing
    gc.collect()
    assert ref() is not None
    del step
    gc.collect()
    assert ref() is None


@flow
def handled_around():
    try:
        raise KeyError("outer")
    except KeyError:
        return inner_handled()


@flow
def inner_handled():
    before = sys.exception()
    suspend()
    try:
        raise
    except KeyError as error:
        return error is before, sys.exception() is before


def test_the_exception_that_a_caller_handles_is_there_after_a_resume():
    continuation = start(handled_around).continuation
    for _ in range(2):
        assert continuation.resume().value == (True, True)
    assert sys.exception() is None


@flow
def walrus_and_unpacking(xs):
    first, *rest = [y for x in xs if (y := suspend(x))]
    return first, rest, y


def test_a_value_in_the_middle_of_an_expression():
    step = start(walrus_and_unpacking, [1, 2, 3])
    for answer in (0, 5, 6):
        step = step.continuation.resume(answer)
    assert step.value == (5, [6], 6)


def test_resumed_by_the_flow_itself_is_another_run():
    continuation = start(rebinding).continuation
    results = [resuming(continuation, n) for n in (1, 2)]
    assert results == [1, 2]


def resuming(continuation, number):
    step = continuation.resume(number)
    while isinstance(step, Suspended):
        step = step.continuation.resume(0)
    return step.value


@flow
def failing_twice():
    try:
        suspend()
        raise KeyError
    except KeyError:
        suspend()
        raise ValueError


def test_the_contexts_of_what_a_flow_raises_while_who_resumes_it_handles_something():
    second = start(failing_twice).continuation.resume().continuation
    first = start(failing_twice).continuation
    try:
        raise IndexError
    except IndexError:
        for thrown in (None, OSError()):
            with pytest.raises((ValueError, OSError)) as caught:
                second.resume() if thrown is None else second.throw(thrown)
            assert isinstance(caught.value.__context__, KeyError)
        with pytest.raises(OSError) as caught:
            first.throw(OSError())
        assert caught.value.__context__ is None
