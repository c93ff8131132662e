"""Calls between flows: every kind of parameter and argument."""

from functools import partial

from contweb import flow, suspend
from tests.programs import effect, program


@flow
def everything(a, /, b, c=3, *args, d, e=5, **kwargs):
    """All kinds of parameters."""
    suspend("in")
    return a, b, c, args, d, e, kwargs


@flow
def positional_only(a, b=2, /):
    return suspend(a), b


@flow
def keyword_only(*, a, b=2):
    return suspend(a), b


@flow
def asks(value):
    return suspend(value)


@program
def all_kinds_of_parameters():
    return (
        everything(1, 2, d=4),
        everything(1, b=2, d=4),
        everything(1, 2, 30, 40, 50, d=4, e=50, f=60),
        everything(*suspend((1, 2, 3)), **suspend({"d": 4, "a": "kwargs"})),
    )


@program
def positional_only_and_keyword_only():
    return positional_only(1), positional_only(1, 3), keyword_only(a=1), keyword_only(b=3, a=suspend(1))


@program
def wrong_arguments():
    seen = ()
    for call in (
        lambda: everything(),
        lambda: everything(1, 2),
        lambda: positional_only(a=1),
        lambda: positional_only(1, 2, 3),
        lambda: keyword_only(1),
        lambda: keyword_only(c=1),
        lambda: everything(1, 2, d=1, **{"d": 2}),
    ):
        try:
            suspend("call")
            call()
        except TypeError as error:
            seen += (str(error).split(".")[-1],)
    return seen


@program
def calls_in_sequence():
    a = asks(1)
    b = asks(a + 1)
    asks("ignored")
    return a, b


@program
def calls_in_an_expression():
    return asks(1) + asks(2) * asks(asks(asks(3)))


@program
def returns_of_every_kind():
    def nothing():
        suspend("?")

    def empty_return():
        suspend("?")
        return

    def early(n):
        if suspend(n):
            return "early"
        suspend("late")
        return "late"

    def star():
        return 1, *suspend((2, 3)), suspend(4)

    return nothing(), empty_return(), early(1), early(0), star()


@program
def parameters_rebound():
    def f(a, b, *args, **kwargs):
        a, b = suspend(b), a
        args += (suspend("more"),)
        kwargs = {**kwargs, "x": suspend("x")}
        return a, b, args, kwargs

    return f(1, 2, 3, y=4)


@program
def dispatch_by_name():
    table = {"asks": asks, "everything": everything}
    return table[suspend("asks")](1), table["everything"](1, 2, d=suspend(3))


@program
def partial_without_suspension_in_it():
    f = partial(asks, "x", value="y")
    suspend("?")
    try:
        f()
    except TypeError as error:
        return str(error), f.args


@program
def partial_of_a_flow():
    return partial(everything, 1, d=4)(suspend(2), 3), partial(partial(asks), suspend("x"))()


@program
def recursion_as_argument():
    def depth(tree):
        return 0 if tree is None else 1 + max(depth(tree[0]), depth(tree[1]), suspend(0))

    return depth(((None, (None, None)), None))


@program
def arguments_keep_identity():
    xs = []

    def same(a, b, *args, **kwargs):
        suspend("?")
        return a is b, args[0] is a, kwargs["x"] is b, a is xs

    return same(xs, xs, xs, x=xs)


@program
def arguments_packed_are_fresh():
    packed, named = (1, 2), {"a": 1}

    def f(*args, **kwargs):
        suspend("?")
        kwargs["b"] = suspend(2)
        return args, kwargs

    return f(*packed, **named), named


@program
def builtins_between():
    return len(asks([1, 2])), sorted(asks([2, 1])), str(asks(5)), isinstance(asks(1), int), divmod(asks(7), asks(2))


@program
def method_calls_of_builtins():
    return ",".join(asks(["a", "b"])), asks("a-b").split(asks("-")), {"a": 1}.get(asks("b"), asks(0)), [1].copy()


@program
def call_of_a_call():
    def adder(a):
        suspend("adder")
        return lambda b: lambda c: a + suspend(b) + c

    return adder(1)(2)(suspend(3))


class Holder:
    pass


@program
def callable_stored_in_attribute():
    holder = Holder()
    holder.f = asks
    return holder.f(suspend(1)), holder.f(2)


@program
def same_function_twice_on_the_stack():
    @flow
    def outer(n):
        x = suspend(("down", n))
        if n:
            result = outer(n - 1)
            return result + ((n, x, suspend(("up", n))),)
        return ()

    return outer(3)


@program
def unpacking_at_call_of_iterators():
    it = iter([1, 2, 3])
    return everything(next(it), *it, d=suspend(4)), list(it)


@program
def long_argument_lists():
    def f(*args, **kwargs):
        return sum(args), len(kwargs)

    return f(
        suspend(1), 2, suspend(3), 4, *[5, suspend(6)], *suspend((7,)), a=1, b=suspend(2), **{"c": 3}, **suspend({"d": 4})
    )


@program
def keyword_that_is_given_twice():
    """It is found before the later arguments are evaluated."""

    def f(**given):
        return given

    seen = ()
    for call in (
        lambda: f(**{"x": 1}, **{"x": suspend(2)}, y=suspend("never")),
        lambda: f(x=1, **{"x": suspend(2)}, y=suspend("never")),
        lambda: f(**{"x": suspend(1)}, **{"y": suspend(2)}, x=suspend(3)),
    ):
        try:
            call()
        except TypeError as error:
            seen += (str(error),)
    return seen, f(**{"x": suspend(1)}, y=suspend(2), **{"z": suspend(3)})
