"""Lambdas that suspend."""

from contweb import flow, suspend
from tests.programs import effect, program


@program
def called_at_once():
    return (lambda: suspend(1))(), (lambda x: suspend(x) + x)(2), (lambda *a, **k: (a, k, suspend("?")))(1, x=2)


@program
def every_kind_of_parameter():
    f = lambda a, /, b, c=3, *d, e, f=6, **g: (a, b, c, d, e, f, g, suspend("?"))
    return f(1, 2, e=5), f(1, 2, 30, 4, 4, e=5, f=60, g=7)


@program
def two_on_a_line():
    f, g = lambda: suspend("f"), lambda: suspend("g")
    return g(), f(), (lambda: suspend(1))() + (lambda: suspend(2))()


@program
def two_alike_on_a_line():
    f, g = lambda x=1: suspend(x), lambda x=2: suspend(x)
    return f(), g(), f is g


@program
def lambda_of_a_lambda():
    return (lambda x: lambda y: lambda z: suspend(x) + suspend(y) + z)(1)(suspend(2))(3)


@program
def conditional_and_boolean_inside():
    f = lambda x: suspend("big") if x > 1 else suspend("") or suspend("small")
    return f(1), f(2)


@program
def comprehension_inside():
    f = lambda n: [suspend(i) for i in range(n) if suspend(True)]
    return f(2), f(0)


@program
def walrus_inside():
    f = lambda: (x := suspend(1)) + x
    return f()


@program
def y_combinator():
    Y = lambda f: (lambda x: x(x))(lambda x: f(lambda *a: x(x)(*a)))
    return Y(lambda rec: lambda n: 1 if n < 2 else suspend(n) * rec(n - 1))(5)


@program
def church_numerals():
    zero = lambda f: lambda x: x
    successor = lambda n: lambda f: lambda x: f(n(f)(x))
    three = successor(successor(successor(zero)))
    return three(lambda x: suspend(x) + 1)(0)


@program
def in_a_table():
    actions = {"add": lambda a, b: a + suspend(b), "sub": lambda a, b: suspend(a) - b}
    return [actions[name](5, 3) for name in ("add", "sub")]


@flow
def apply(f, *args):
    return f(*args)


@program
def as_arguments():
    return apply(lambda: suspend(1)), apply(apply, lambda x: suspend(x), 2), apply(lambda f=lambda: suspend(3): f())


@program(barriers=True)
def as_a_key_without_a_suspension():
    xs = suspend([3, 1, 2])
    return sorted(xs, key=lambda x: -x), list(map(lambda x: x + 1, xs)), max(xs, key=lambda x: effect(x) % 3)


@program
def default_lambda_is_evaluated_once():
    f = lambda x=suspend(effect("once")): x
    return f(), f()


@program(mutates=True)
def qualified_names_in_comprehensions():
    kept = [lambda: x for x in [1]] + [lambda: 1 for x in [1]]
    kept += [(suspend(x), lambda: x)[1] for x in [1]]
    kept += [(suspend(x), lambda: 1)[1] for x in (lambda: [2])()]
    kept += [[(suspend(x), lambda: x)[1] for x in [1]][0] for y in [1]]
    kept += [[(suspend(x), lambda: y)[1] for x in [1]][0] for y in [1]]
    kept += [[(suspend(x), lambda: 1)[1] for x in [1]][0] for y in [1]]
    kept += {x: (suspend(x), lambda: lambda: 1)[1] for x in [1]}.values()
    kept += {(suspend(x), lambda: 1)[1] for x in [1]}
    kept += [(lambda y: [lambda: suspend(y) for _ in [1]])(x)[0] for x in [1]]
    suspend("?")
    return [f.__qualname__ for f in kept], [f.__name__ for f in kept], [f() for f in kept[:7]]


@program(mutates=True)
def after_one_that_is_never_reached():
    """Whether code is made of that depends on the version of Python."""
    found = []
    while len(found) < 2:
        found.append((lambda: suspend(len(found)))())
        continue
        found.append((lambda: suspend("never"))())
    return found, (lambda held=found: suspend(held))()
