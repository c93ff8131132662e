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


@flow
def items[T](x: T):
    yield T.__name__, suspend(x)
    yield T.__name__, x


@program(stored=False)
def type_parameters_that_are_read():
    T = "the outer one"

    def made[A]():
        def each[B]():
            yield A, suspend("A")
            yield B, suspend("B")

        return each

    def one[T](x: T):
        suspend(x)
        return T.__name__, (lambda: T.__name__)()

    class Box[T]:
        def read[U](self):
            suspend("box")
            return T.__name__, U.__name__, T is Box.__type_params__[0]

    pairs = [(str(each), answer) for each, answer in made()()]
    return pairs, one(1), Box().read(), [item for item in items(2)], items.__type_params__[0].__name__, T


@program(stored=False)
def type_parameters_in_qualified_names():
    class Box[T]:
        class Lid[U]:
            def open[V](self):
                def deeper[W]():
                    class Inside:
                        pass

                    suspend("deeper")
                    return Inside

                return deeper

    def marked(function):
        suspend("marked")
        return function

    @marked
    def apart[T]():
        return lambda: 1

    deeper = Box.Lid().open()
    return [x.__qualname__ for x in (Box, Box.Lid, Box.Lid.open, deeper, deeper(), apart, apart())]


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


@program(stored=False, barriers=True)
def heads_that_read_type_parameters():
    T = "outer"

    def seen(x):
        return x

    def either(x):
        return list if x is not T else dict

    def f[T](x: seen(T), y=seen(T)) -> seen(T):
        return y, suspend(T.__name__)

    suspend("?")

    @seen
    class Made[T](either(T)):
        def g[U](self, x: seen((T, U))):
            return suspend(T.__name__), U.__name__

    suspend("?")
    annotated = *f.__annotations__.values(), *Made.g.__annotations__["x"]
    return f(1), Made().g(2), Made.__mro__[1].__name__, [each.__name__ for each in annotated]


@program(stored=False)
def bound_reads_a_variable_of_the_function():
    n = suspend(1)
    suspend("?")

    def f[T: (n, str)]():
        return T.__constraints__

    suspend("?")
    return f()
