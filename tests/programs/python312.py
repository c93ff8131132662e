"""Syntax of Python 3.12: type parameters, f-strings without limits."""

from contweb import flow, suspend
from tests.programs import effect, program


@flow
def first[T](xs: list[T]) -> T:
    return suspend(xs[0])


@program(stored=False)
def type_parameters():
    def pair[A, B: int](a: A, b: B) -> tuple[A, B]:
        return suspend(a), suspend(b)

    class Box[T]:
        def __init__(self, x: T):
            self.x = x

        def read(self) -> T:
            return suspend(self.x)

    return first([1, 2]), pair("a", 2), Box(3).read(), [str(p) for p in pair.__type_params__]


@program(stored=False)
def type_alias():
    type Pair[T] = tuple[T, T]
    suspend("?")
    return Pair.__name__, str(Pair.__value__)


@program(stored=False)
def type_alias_that_calls():
    def made(item):
        return list[item]

    item = int
    type Late = made(item)
    suspend("?")
    item = str
    suspend("??")
    return Late.__name__, str(Late.__value__)


@program(stored=False)
def bound_that_calls():
    def made(item):
        return item

    item = int

    def first[T: made(item)](xs: list[T]) -> T:
        return suspend(xs[0])

    class Box[T: made(item)]:
        pass

    suspend("?")
    item = str
    return first([1]), first.__type_params__[0].__bound__, Box.__type_params__[0].__bound__


@program
def fstrings_without_limits():
    return f"{suspend("a")} {f"{suspend("b")}{"\n".join([suspend("c"), "d"])}"} {
        suspend(1)  # a comment
    }"


@program
def comprehensions_inlined():
    x = "outer"
    fs = [lambda: x for x in range(2)]
    suspend("?")
    return [f() for f in fs], x, [suspend(y) for y in range(2) if (lambda: y)() >= 0]
