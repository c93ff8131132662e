"""Comprehensions of lists, sets and dicts, with suspensions in every part."""

from contweb import flow, suspend
from tests.programs import effect, program


@program
def list_of_suspensions():
    return [suspend(i) for i in range(3)]


@program
def set_of_suspensions():
    return {suspend(i % 2) for i in range(4)}


@program
def dict_of_suspensions():
    return {suspend(k): suspend(v) for k, v in {"a": 1, "b": 2}.items()}


@program
def dict_key_before_value():
    return {effect(("key", i)): suspend(("value", i)) for i in range(2)}


@program
def condition_suspends():
    return [i for i in range(4) if suspend(i) % 2]


@program
def two_conditions():
    return [effect(i) for i in range(6) if suspend(i) % 2 if suspend(i) > 1]


@program
def iterable_suspends():
    return [x for x in suspend([1, 2])], [x * y for x in suspend((1, 2)) for y in suspend((10, 20))]


@program
def two_loops():
    return [(suspend(i), j) for i in range(2) for j in range(2)]


@program
def inner_loop_uses_outer():
    return [suspend(j) for i in range(4) if i for j in range(i) if j != 1]


@program
def nested_in_element():
    return [[suspend(i * 10 + j) for j in range(2)] for i in range(2)]


@program
def nested_in_iterable():
    return [suspend(x) + 1 for x in [suspend(y) * 2 for y in (1, 2)]]


@program
def nested_in_condition():
    return [x for x in range(3) if suspend(x) in [suspend(y) for y in (1, 2)]]


@program
def nested_kinds():
    return {k: {suspend(x) for x in range(k)} for k in [suspend(n) for n in (1, 2)]}, {
        tuple([suspend(i) for i in range(n)]) for n in range(2)
    }


@program
def several_in_one_expression():
    return [suspend(i) for i in "ab"] + effect([1]) + [suspend(i) for i in "cd"]


@program
def lambdas_capture_the_variable():
    fs = [lambda: i for i in range(3)]
    suspend("?")
    return [f() for f in fs]


@program
def lambdas_capture_while_suspended():
    fs = [(suspend(i), lambda: i)[1] for i in range(3)]
    suspend("?")
    return [f() for f in fs], [f() + suspend(1) for f in fs]


@program
def lambdas_with_defaults_that_suspend():
    fs = [lambda x, i=suspend(i): (x, i) for i in range(2)]
    return [f(suspend("x")) for f in fs]


@program
def lambdas_in_inner_loops_share_a_cell():
    fs = [(lambda: (i, j), suspend(j))[0] for i in range(2) for j in range(2)]
    return [f() for f in fs]


@program
def nested_comprehension_with_lambda():
    table = [[(lambda: (i, j)) for j in range(suspend(2))] for i in range(2)]
    suspend("?")
    return [[f() for f in row] for row in table]


@program
def nested_comprehension_where_only_the_outer_variable_is_captured():
    fs = [[(lambda: i) for j in [suspend(1), 2]] for i in range(2)]
    suspend("?")
    return [[f() for f in row] for row in fs], [[(lambda: i)() for j in [7, 8]] for i in [suspend(3)]]


@program
def variable_shadows_a_local():
    i = "outer"
    first = [suspend(i) for i in range(2)]
    second = [i for i in suspend([i, i])]
    return first, second, i


@program
def variable_shadows_a_parameter_and_is_captured():
    def f(x):
        xs = [(lambda: x, suspend(x))[0] for x in range(x)]
        return x, [g() for g in xs]

    return f(2)


@program
def first_iterable_is_evaluated_outside():
    x = [1, 2]
    return [suspend(x) for x in x], x


@program
def walrus_leaks():
    found = [last := suspend(i) for i in range(3)]
    return found, last


@program
def walrus_in_condition():
    return [(y, suspend(x)) for x in range(4) if (y := suspend(x * 2)) > 2], y


@program
def walrus_running_total():
    total = 0
    return [total := total + suspend(x) for x in (1, 2, 3)], total


@program
def walrus_captured_by_a_closure():
    def read():
        return y

    values = [(y := suspend(i), read()) for i in range(3)]
    return values, read()


@program
def targets():
    pairs = [(1, (2, 3)), (4, (5, 6))]
    return [suspend(a) + b for a, (b, c) in pairs], [rest for _, (*rest,) in pairs if suspend(True)]


@program(mutates=True)
def target_is_an_item():
    d = {}
    return [suspend(d["x"]) for d["x"] in range(2)], d


@program
def elements_of_every_kind():
    return [
        (suspend(x) if x else effect("zero"), suspend(x) and suspend(x + 1), f"{suspend(x):>3}", [*suspend([x])])
        for x in range(2)
    ]


@program
def error_in_the_middle():
    try:
        return [1 // suspend(x) for x in (2, 1, 0, 5)]
    except ZeroDivisionError:
        return suspend("caught")


@program
def uncaught_error_in_the_middle():
    return [
        effect(x)
        for x in (1, 2)
        if suspend(x) and
        1 // suspend(2 - x)
    ]


@flow
def squares(n):
    return [suspend(i) ** 2 for i in range(n)]


@program
def calls_another_with_a_comprehension():
    return {n: squares(n) for n in range(3)}


@program
def inside_a_loop_and_try():
    seen = ()
    for n in range(3):
        try:
            seen += tuple([suspend(i) for i in range(n) if n < 2 or 1 // i])
        except ZeroDivisionError:
            seen += ("caught",)
        finally:
            seen += tuple({suspend(i) for i in (7,)})
    return seen


@program(mutates=True)
def over_iterators():
    it = iter(range(6))
    return [suspend(x) for x in it if x < 2 or next(it)], list(zip([suspend(i) for i in "ab"], it))


@program
def empty():
    return [suspend(x) for x in ()], {suspend(x) for x in ""}, {suspend(x): x for x in suspend([])}


@program
def identity_of_elements():
    a = []
    xs = [a for _ in range(suspend(2))]
    suspend("?")
    ys = [(a, suspend(i))[0] for i in range(2)]
    return xs[0] is xs[1], xs[0] is a, ys[0] is a, ys[1] is xs[0]


@program
def generator_expression_without_suspensions():
    xs = suspend([1, 2, 3])
    return sum(x * 2 for x in xs), suspend("?"), max((x for x in suspend(xs) if x < 3), default=0)


@program
def dict_later_key_wins():
    return {suspend(k): suspend(v) for k, v in [(1, "a"), (1.0, "b"), (True, "c")]}


@program(stored=False)
def in_a_class_body_of_a_flow():
    n = suspend(2)

    class Box:
        xs = [i * 10 for i in range(n)]
        ys = {i: i for i in xs}

    suspend("?")
    return Box.xs, Box.ys


@program
def in_arguments_and_subscripts():
    xs = [10, 20, 30]
    return max([suspend(x) for x in xs], key=lambda x: -x), xs[[suspend(i) for i in (0, 2)][-1]]


@program
def in_assert_and_return_and_raise():
    assert [suspend(0)]
    assert not [x for x in range(2) if suspend(x) > 5], [suspend("never")]
    try:
        raise ValueError(*[suspend(i) for i in range(2)])
    except ValueError as error:
        return error.args


@program
def three_deep():
    return [[[suspend((i, j, k)) for k in range(j)] for j in range(i + 1)] for i in range(3)]


@program
def variable_of_a_later_loop_is_not_bound():
    seen = ()
    for make in (
        lambda: [y for x in [1, 2] if suspend(x) for y in [y]],
        lambda: {y for x in [1, 2] if x > suspend(0) and y for y in [x]},
        lambda: {x: y for x in [1, 2] for z[y] in [suspend(x)] for y in [x]},
    ):
        z = {}
        try:
            make()
        except UnboundLocalError as error:
            seen += (str(error),)
    return seen


@program
def variables_named_as_builtins():
    fs = [lambda *args: suspend(args), lambda *args: suspend((args, args))]
    return [max(1) for max in fs], [next(len) for next in fs for len in (1, 2)], {dict(2): id(3) for id, dict in [fs] if id(1)}
