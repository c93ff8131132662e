"""Decorators, plain ones and flows."""

from functools import wraps

from contweb import flow, suspend
from tests.programs import effect, program


def noted(function):
    effect(("decorates", function.__name__))
    return function


@flow
def asking(label):
    suspend(label)

    def decorate(function):
        suspend(("decorating", function.__name__))

        def wrapper(*args, **kwargs):
            suspend(("before", label))
            try:
                return function(*args, **kwargs)
            finally:
                suspend(("after", label))

        return wrapper

    return decorate


@program
def decorated_inside():
    @noted
    def f(x):
        return suspend(x)

    return f(1)


@program
def decorator_that_suspends():
    @asking("outer")
    @asking(suspend("inner"))
    def f(x):
        return suspend(x)

    return f(1), f(2)


@program
def decorator_order():
    def tag(name):
        suspend(("evaluated", name))

        def decorate(f):
            suspend(("applied", name))
            return f

        return decorate

    @tag("a")
    @tag("b")
    def f(x=suspend("default")):
        return x

    return f()


@program
def decorated_with_wraps():
    def loud(f):
        @wraps(f)
        def wrapper(*args):
            return str(f(*args)).upper() + suspend("!")

        return wrapper

    @loud
    def greet(name):
        """Greets."""
        return "hello " + suspend(name)

    return greet("you"), greet.__name__, greet.__doc__


@program
def flow_again_inside_a_flow():
    @flow
    def f(x):
        return suspend(x)

    @flow
    def g(x):
        return f(x) + suspend(1)

    return g(1)


@program
def decorator_replaces_the_function():
    @lambda f: "not a function"
    def f():
        pass

    @list
    @reversed
    @(lambda f: [f(), suspend(2)])
    def g():
        return suspend(1)

    return f, g


@program(stored=False)
def class_decorator():
    def register(cls):
        suspend(cls.__name__)
        cls.registered = suspend(True)
        return cls

    @register
    class Thing:
        def m(self):
            return suspend("m")

    return Thing.registered, Thing().m()


@program(mutates=True)
def memoised_by_hand():
    kept = {}

    def memo(f):
        def wrapper(n):
            if n not in kept:
                kept[n] = f(n)
            return kept[n]

        return wrapper

    @memo
    def double(n):
        return suspend(n) * 2

    return len([double(1), double(1), double(2)]) + sorted(kept)[0]


def named_elsewhere():
    return "not this one"


@program
def takes_the_name_of_another():
    @wraps(named_elsewhere)
    def inner():
        return suspend("this one")

    return inner.__qualname__, suspend("?"), inner()


@program(stored=False)
def head_of_an_async_function():
    def named(name):
        return lambda function: (suspend(name), function)

    @named(suspend("a"))
    @named(suspend("b"))
    async def waits(x=suspend(1), *, y=suspend(2)):
        return x, y

    outer, (inner, function) = waits
    return outer, inner, function.__qualname__, function.__defaults__, function.__kwdefaults__
