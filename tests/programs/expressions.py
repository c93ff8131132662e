"""Order of evaluation with several suspensions in one expression."""

from contweb import flow, suspend
from tests.programs import effect, program


@flow
def show(*args, **kwargs):
    effect(("show", args, kwargs))
    return args, kwargs


@program
def two_on_a_line():
    return suspend(1) + suspend(2)


@program
def effect_between():
    return effect("a") + suspend("b") + effect("c") + suspend("d") + effect("e")


@program
def arithmetic():
    return (
        suspend(7) - effect(1) * suspend(3) ** suspend(2),
        suspend(7) // suspend(2) % suspend(5),
        suspend(7) / suspend(2),
        -suspend(1) + ~suspend(2) - +suspend(3),
        suspend(6) & suspend(3) | suspend(8) ^ suspend(1),
        suspend(1) << suspend(4) >> suspend(2),
    )


@program
def power_is_right_to_left_but_evaluated_left_to_right():
    return suspend(2) ** suspend(3) ** suspend(2)


@program
def name_read_before_a_suspension_that_changes_it():
    x = 1

    def change():
        nonlocal x
        x += suspend(10)
        return x

    return x + change(), x + change() + x, (x, change(), x)


@program
def local_read_before_walrus():
    x = 1
    return x + (x := suspend(10)) + x, [x, (x := suspend(5)), x]


class Box:
    n = 1


@program(mutates=True)
def attribute_read_before_a_suspension_that_changes_it():
    box = Box()

    def change():
        box.n += suspend(10)
        return box.n

    first = box.n + change() + box.n
    return first, box.n


@program(mutates=True)
def list_displayed_before_it_changes():
    xs = [1]

    def grow():
        xs.append(suspend(len(xs)))
        return len(xs)

    return [*xs, grow(), *xs], (*xs, grow(), len(xs)), xs


@program
def displays():
    return (
        [suspend(1), effect(2), suspend(3)],
        (suspend(1), effect(2), suspend(3)),
        {suspend(1), effect(2), suspend(3)},
        {suspend("a"): suspend(1), effect("b"): effect(2), suspend("c"): suspend(3)},
    )


@program
def displays_starred():
    return (
        [*suspend([1, 2]), effect(3), *suspend((4,)), *range(suspend(2))],
        (*suspend([1]), suspend(2), *effect("ab")),
        {*suspend([1, 1]), suspend(1), *suspend({2})},
        {**suspend({"a": 1}), suspend("b"): suspend(2), **suspend({"a": 3})},
    )


@program(mutates=True)
def display_star_is_taken_when_reached():
    def grow(xs):
        suspend("grow")
        xs.append(9)
        return xs

    xs = [1]
    return [*xs, *grow(xs), *xs] == [1, 1, 9, 1, 9]


@program
def dict_display_order():
    return {effect("k1"): suspend("v1"), suspend("k2"): effect("v2"), **suspend({"k3": 3}), "k4": suspend(4)}


@program
def dict_display_same_key():
    return {suspend(1): effect("a"), suspend(1.0): suspend("b"), True: suspend("c")}


@program
def call_arguments():
    return show(suspend(1), effect(2), suspend(3), a=suspend(4), b=effect(5), c=suspend(6))


@program
def call_arguments_starred():
    return show(effect(0), *suspend([1, 2]), suspend(3), *effect((4,)), a=suspend(5), **suspend({"b": 6}), c=suspend(7))


@program
def call_function_is_evaluated_first():
    def pick(name):
        effect(name)
        suspend("pick")
        return show

    return pick("f")(suspend(1), pick("g")(suspend(2)))


@program
def call_function_name_rebound_by_argument():
    def f(x):
        return "old", x

    def rebind():
        nonlocal f
        f = show
        return suspend("x")

    return f(rebind()), f(suspend(1))


@program(stored=False)
def call_method_looked_up_before_arguments():
    class Thing:
        def m(self, x):
            return "first", x

    def replace():
        Thing.m = lambda self, x: ("second", x)
        return suspend("x")

    thing = Thing()
    return thing.m(replace()), thing.m(suspend(1))


@program
def call_errors_come_after_arguments():
    not_callable = None
    seen = ()
    try:
        not_callable(suspend(1), effect(2))
    except TypeError as error:
        seen += (str(error),)
    try:
        missing(suspend(1), effect(2))
    except NameError as error:
        seen += (str(error),)
    try:
        "".missing(suspend(1), effect(2))
    except AttributeError as error:
        seen += (str(error),)
    return seen


@program
def call_duplicate_keyword():
    try:
        show(suspend(1), **suspend({"a": 1}), a=suspend(2))
    except TypeError as error:
        return str(error)


@program
def call_star_of_something_else():
    try:
        show(suspend(1), *suspend(5))
    except TypeError as error:
        effect(str(error))
    try:
        show(**suspend(5), x=suspend(1))
    except TypeError as error:
        effect(type(error))
    try:
        show(**suspend({1: 2}))
    except TypeError as error:
        effect(str(error))
    return "end"


@program
def call_nested():
    return show(show(suspend(1))[0], show(effect(2), x=suspend(3))[1]["x"], [show(suspend(4))])


@program
def subscripts():
    xs = [10, 20, 30, 40]
    return xs[suspend(1)], suspend(xs)[suspend(-1)], {"a": 1}[suspend("a")], {(1, 2): 3}[suspend(1), suspend(2)]


@program
def slices():
    xs = list(range(10))
    return (
        xs[suspend(1) : suspend(8) : suspend(2)],
        xs[: suspend(3)],
        xs[suspend(7) :],
        xs[:: suspend(-4)],
        suspend(xs)[effect(1) : suspend(3)],
    )


class Grid:
    def __getitem__(self, key):
        return key


@program
def slices_in_tuples():
    grid = Grid()
    return repr((grid[suspend(1) : suspend(2), suspend(3)], grid[suspend(1) :, ..., : suspend(2)], grid[*suspend([1]), 2]))


@program
def attributes():
    return suspend(3).real + suspend(4).imag, suspend("abc").upper().lower().title()


@program
def await_free_lambda_call():
    return (lambda a, b=suspend(2): (a, b, suspend(3)))(suspend(1))


@program
def walrus():
    a = (b := suspend(1)) + (c := suspend(2))
    return a, b, c, (d := suspend(3)), d


@program
def walrus_in_call_and_subscript():
    xs = [1, 2, 3]
    return show(n := suspend(1), xs[n], xs[(n := suspend(2))], n), n


@program
def parenthesised_over_lines():
    return (
        suspend(1)
        +
        suspend(2)
        * (
            suspend(3)
            -
            effect(4)
        )
    )


@program
def error_in_the_middle_of_an_expression():
    return effect("a"), suspend(1) / suspend(0), effect("never")


@program
def error_over_lines():
    return [
        suspend(1),
        suspend(2)[
            suspend(3)
        ],
        effect("never"),
    ]


@program
def identity_of_what_travels():
    a = [1]
    b = a
    c = [1]
    suspend("?")
    return a is b, a is c, a == c, None is suspend(None), [a, b][suspend(0)] is b


@program
def identity_of_a_cycle():
    a = []
    a.append(a)
    d = {"self": a}
    suspend("?")
    return a[0] is a, d["self"] is a, a[0][0][0] is d["self"]


@program
def identity_across_frames():
    shared = []

    @flow
    def inner(x):
        suspend("?")
        return x is shared

    kept = (shared, shared)
    return inner(shared), kept[0] is kept[1], kept[0] is shared


@program
def constants():
    return suspend(1), 1.5, 2j, b"b", None, True, ..., suspend(()), "x" "y" f"{suspend(1)}" "z"


@program
def deep_expression():
    return ((((((suspend(1) + 1) * suspend(2)) + suspend(3)) * 2 + (suspend(4) - (suspend(5) + (suspend(6) * 2))))))


@program
def statement_expressions():
    suspend(1)
    suspend(2), suspend(3)
    [suspend(4), effect(5)]
    suspend({"a": 1})["a"]
    effect(6) < suspend(7)
    -suspend(8)
    "docstring-like", suspend(9)
    return "end"


@program
def strings_that_look_like_our_names():
    @(lambda function: function)
    def inner(x="@def:inner"):
        """@u1:"""
        return suspend("@def:x"), x, inner.__doc__

    return "@contweb", suspend("@contweb"), "@contweb".upper(), "@def:inner", inner(), {"@factory.<locals>.@flow"}
