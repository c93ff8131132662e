"""A variable of a plain function around a flow is that function's: a resume does not rewind it."""

from contweb import flow, start, suspend


def plain():
    count = 0

    @flow
    def f():
        nonlocal count
        suspend()
        count += 1
        return count

    continuation = start(f).continuation
    count = 100
    return continuation.resume().value, count


def test_not_rewound():
    assert plain() == (101, 101)


@flow
def counting():
    count = 0

    def bump():
        nonlocal count
        suspend()
        count += 1
        return count

    return bump() + bump()


def test_own_variables_are_rewound():
    first = start(counting).continuation
    assert first.resume().continuation.resume().value == 3
    assert first.resume().continuation.resume().value == 3
