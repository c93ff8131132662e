"""What a flow generator tells of itself, as any generator does."""

import copy
import inspect

from contweb import flow, start, suspend


@flow
def counting(n):
    total = 0
    for i in range(n):
        yield i
        total += i
    yield inspect.getgeneratorstate(box[0]), box[0].gi_frame


box = []


def test_its_state():
    generator = counting(1)
    box[:] = [generator]
    states = [inspect.getgeneratorstate(generator)]
    assert next(generator) == 0
    states.append(inspect.getgeneratorstate(generator))
    assert next(generator) == ("GEN_RUNNING", None)
    assert list(generator) == []
    states.append(inspect.getgeneratorstate(generator))
    assert states == ["GEN_CREATED", "GEN_SUSPENDED", "GEN_CLOSED"]


def test_its_frame():
    generator = counting(3)
    frame = generator.gi_frame
    assert (frame.f_code.co_name, frame.f_locals) == ("counting", {"n": 3})
    next(generator)
    next(generator)
    frame, line = generator.gi_frame, inspect.getsourcelines(counting)[1]
    assert (frame.f_code.co_name, frame.f_lineno) == ("counting", line + 4)
    assert frame.f_locals == {"i": 1, "total": 0}  # those that are still needed
    assert frame.f_globals is globals() and frame.f_back is None
    generator.close()
    assert generator.gi_frame is None


def test_of_a_copy():
    generator = counting(3)
    next(generator)
    copied = copy.copy(generator)
    generator.close()
    assert inspect.getgeneratorstate(copied) == "GEN_SUSPENDED" and next(copied) == 1


@flow
def waiting():
    yield suspend("?")


@flow
def looping():
    generator = waiting()
    for item in generator:
        return item, inspect.getgeneratorstate(generator)


def test_where_it_has_asked():
    assert start(looping).continuation.resume(1).value == (1, "GEN_SUSPENDED")
