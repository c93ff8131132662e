"""One object is one object afterwards, however many names, frames, cells and cycles lead to it."""

import copy

import pytest

from contweb import Continuation, flow, start, suspend
from tests.state.values import Line, Pair, carry


def through_bytes(continuation):
    return Continuation.loads(continuation.dumps(trusted=True), trusted=True)


def revived(value):
    return through_bytes(start(carry, value).continuation).resume().value


def test_one_list_in_two_places():
    shared = []
    left, right = revived((shared, {"deep": [Line("A", extra=shared)]}))
    assert left is right["deep"][0].extra


def test_equal_lists_stay_two():
    left, right = revived(([], []))
    assert left is not right


def test_list_in_itself():
    loop = []
    loop.append(loop)
    found = revived(loop)
    assert found[0] is found


def test_dictionary_in_itself_through_a_tuple():
    loop = {}
    loop["t"] = (loop, 1)
    found = revived(loop)
    assert found["t"][0] is found


def test_objects_that_know_each_other():
    a, b = Line("A"), Line("B")
    a.extra.append(b)
    b.extra.append(a)
    found = revived(a)
    assert found.extra[0].extra[0] is found


def test_object_in_its_own_method():
    line = Line("A")
    line.total_later = line.total
    found = revived(line)
    assert found.total_later.__self__ is found


def test_exception_that_holds_itself():
    error = ValueError("a")
    error.own = [error]
    found = revived(error)
    assert found.own[0] is found


def test_exceptions_in_a_ring():
    a, b = ValueError("a"), KeyError("b")
    a.__cause__, b.__context__ = b, a
    found = revived(a)
    assert found.__cause__.__context__ is found


def test_iterator_and_its_list():
    numbers = [1, 2, 3]
    iterator = iter(numbers)
    next(iterator)
    found, again = revived((numbers, iterator))
    found.append(4)
    assert list(again) == [2, 3, 4]


def test_one_iterator_under_two_names():
    iterator = iter({1: 2, 3: 4})
    found, again = revived((iterator, iterator))
    assert found is again


def test_one_iterator_in_two_others():
    iterator = iter([1, 2, 3, 4])
    assert list(revived(zip(iterator, iterator, strict=True))) == [(1, 2), (3, 4)]


def test_view_and_its_dictionary():
    numbers = {1: 2}
    found, view = revived((numbers, numbers.items()))
    found[3] = 4
    assert list(view) == [(1, 2), (3, 4)]


def test_a_continuation_does_not_share_with_another():
    continuation = start(carry, [1]).continuation
    one, two = (through_bytes(continuation).resume().value for _ in range(2))
    assert one is not two


@flow
def outer():
    cart = [Line("A")]
    added = inner(cart)
    return cart, added, cart[-1] is added


@flow
def inner(cart):
    line = cart[0]
    suspend()
    cart.append(line)
    return line


def test_one_object_in_two_frames():
    cart, added, same = through_bytes(start(outer).continuation).resume().value
    assert same
    assert cart[0] is cart[1] is added


@flow
def nested():
    total, log = 0, []

    def add(n):
        nonlocal total
        total += suspend(n)
        log.append(total)
        return total

    def take(n):
        nonlocal total
        total -= n
        log.append(total)

    add(1)
    take(2)
    add(3)
    return total, log


def test_one_variable_in_several_functions_and_frames():
    step = start(nested)
    while hasattr(step, "continuation"):
        step = through_bytes(step.continuation).resume(step.value * 10)
    assert step.value == (38, [10, 8, 38])


@flow
def recursive():
    def depth(n):
        return suspend(n) if n == 0 else 1 + depth(n - 1)

    functions = {"depth": depth}
    return depth(3), functions["depth"] is depth


def test_function_in_its_own_variable():
    assert through_bytes(start(recursive).continuation).resume(5).value == (8, True)


@flow
def unbound():
    def read():
        return later

    suspend()
    try:
        read()
    except NameError as error:
        found = str(error)
    later = 1
    return found, read()


def test_variable_that_is_not_bound_yet():
    found, now = through_bytes(start(unbound).continuation).resume().value
    assert "later" in found
    assert now == 1


@flow
def loops(pairs):
    seen = []
    for left, right in pairs:
        for item in left:
            seen.append((item, right, suspend(item)))
    return seen


@pytest.mark.parametrize("at", range(4))
def test_places_of_nested_loops(at):
    step = start(loops, [Pair([1, 2], "a"), Pair([3, 4], "b")])
    for _ in range(at):
        step = step.continuation.resume(0)
    data = step.continuation.dumps(trusted=True)
    for answer in (7, 8):
        step = Continuation.loads(data, trusted=True).resume(answer)
        while hasattr(step, "continuation"):
            step = step.continuation.resume(0)
        assert [item for item, _, _ in step.value] == [1, 2, 3, 4]
        assert step.value[at][2] == answer


@flow
def deep_value(depth):
    nest = []
    for _ in range(depth):
        nest = [nest]
    suspend()
    count = 0
    while nest:
        nest, count = nest[0], count + 1
    return count


def test_deep_value():
    assert through_bytes(start(deep_value, 200).continuation).resume().value == 200


def test_the_bytes_of_the_same_are_the_same():
    value = {"a": [1, 2], "b": Pair(1, "x")}
    one, two = (start(carry, copy.deepcopy(value)).continuation.dumps(trusted=True) for _ in range(2))
    assert one == two
