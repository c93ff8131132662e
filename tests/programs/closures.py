"""Closures: cells that are shared stay shared."""

from contweb import flow, suspend
from tests.programs import effect, program


@program(mutates=True)
def counter_shared_by_two():
    n = 0

    def up():
        nonlocal n
        n += suspend(1)
        return n

    def down():
        nonlocal n
        n -= suspend(1)
        return n

    seen = up(), up(), down(), n
    suspend("?")
    n = 10
    return seen, up(), down(), n


@program(mutates=True)
def counter_outlives_its_maker():
    def make(start):
        n = start

        def up(by=1):
            nonlocal n
            n += suspend(by)
            return n

        def read():
            return n

        return up, read

    up, read = make(suspend(5))
    other_up, other_read = make(100)
    return up(), read(), suspend("?"), other_up(7), up(), read(), other_read()


@program(mutates=True)
def nonlocal_written_while_the_writer_is_suspended():
    log = []
    n = 0

    def outer():
        nonlocal n
        n = 1
        suspend("one")
        log.append(n)
        inner()
        log.append(n)

    def inner():
        nonlocal n
        n = suspend(2)
        log.append(n)

    outer()
    return n, log


@program
def late_binding_in_a_loop():
    fs = []
    for i in range(3):
        fs += [lambda: (i, suspend(i))]
    return [f() for f in fs]


@program
def early_binding_by_default():
    fs = ()
    for i in range(3):
        fs += (lambda i=suspend(i): (i, suspend("?")),)
    return [f() for f in fs]


@program
def closure_over_parameters():
    def make(a, *args, b=2, **kwargs):
        suspend("making")

        def read():
            return a, args, b, suspend("?"), kwargs

        return read

    return make(1, 2, 3, b=4, c=5)(), make(1)()


@program(mutates=True)
def parameter_rebound_and_shared():
    def make(n):
        def up():
            nonlocal n
            n += 1
            return suspend(n)

        n *= 10
        return up, lambda: n

    up, read = make(suspend(1))
    return up(), read(), up(), read()


@program
def three_levels():
    a = suspend(1)

    def middle():
        b = suspend(2)

        def inner():
            nonlocal b
            b += a
            c = suspend(3)
            return lambda: (a, b, c, suspend(4))

        return inner()(), b

    return middle()


@program
def recursive_inner_function():
    def factorial(n):
        return 1 if n == 0 else suspend(n) * factorial(n - 1)

    return factorial(5)


@program
def mutually_recursive_inner_functions():
    def even(n):
        suspend(("even", n))
        return n == 0 or odd(n - 1)

    def odd(n):
        suspend(("odd", n))
        return n != 0 and even(n - 1)

    return even(4), odd(4)


@program
def recursive_lambda():
    fib = lambda n: suspend(n) if n < 2 else fib(n - 1) + fib(n - 2)
    return fib(4)


@program
def defaults_suspend():
    def f(a=suspend(1), *, b=suspend(2), c=effect(3)):
        return a, b, c, suspend(4)

    return f(), f(10), f(b=20), f.__defaults__, f.__kwdefaults__


@program
def default_is_shared_between_calls():
    def f(x, kept=[]):
        kept.append(suspend(x))
        return len(kept)

    return [f(x) for x in (1, 2, 3)][-1] > 0


@program
def inner_function_defined_twice():
    def f():
        return suspend("first")

    first = f

    def f():
        return suspend("second")

    return first(), f()


@program
def inner_functions_of_one_name_in_two_branches():
    seen = ()
    for flag in (True, False):
        if suspend(flag):

            def f():
                return suspend("yes")

        else:

            def f():
                return suspend("no")

        seen += (f(),)
    return seen


@program
def function_attributes_and_names():
    def f(a: int, b: "str" = "x") -> list:
        """What f does."""
        suspend("?")

    f.mark = suspend("mark")
    return f.__name__, f.__qualname__, f.__doc__, f.__annotations__ == {"a": int, "b": "str", "return": list}, f.mark


@program
def annotations_suspend():
    def f(a: suspend(int), *, b: effect(str) = suspend("b")) -> suspend(list):
        return a, b

    return f(1), f.__annotations__ == {"a": int, "b": str, "return": list}


@program
def passed_to_another_flow():
    n = suspend(2)
    return twice(lambda x: x * suspend(n), 5)


@flow
def twice(f, x):
    return f(f(x))


@program
def composed():
    def compose(f, g):
        return lambda *args: f(g(*args))

    add = lambda a, b: suspend(a) + suspend(b)
    double = lambda x: suspend(x) * 2
    return compose(double, add)(1, 2), compose(compose(double, double), add)(3, 4)


@program
def returned_function_called_after_a_suspension():
    def make(kind):
        if suspend(kind) == "loud":
            return lambda s: s.upper() + suspend("!")
        return lambda s: s.lower() + suspend(".")

    loud, calm = make("loud"), make("calm")
    suspend("?")
    return loud("Hello"), calm("Hello")


@program
def cell_half_initialised():
    def f():
        def g():
            return x + suspend(1)

        x = suspend(10)
        return g()

    return f()


@program
def cell_identity():
    x = []

    def get():
        return x

    y = x
    suspend("?")
    return get() is x, get() is y, get is get, [get][0] is get


@program(mutates=True)
def cells_between_two_suspended_frames():
    events = []
    state = "start"

    def outer():
        nonlocal state
        state = suspend("outer")

        def inner():
            nonlocal state
            before = state
            state = suspend("inner")
            events.append((before, state))
            return state

        result = inner(), state
        state = "end"
        return result

    return outer(), state, events


@program
def closure_in_a_dict_and_a_tuple():
    x = suspend(1)
    handlers = {"a": lambda: suspend(x), "b": (lambda: suspend(x + 1),)}
    suspend("?")
    x = suspend(5)
    return handlers["a"](), handlers["b"][0]()


@program(stored=False)
def free_variable_of_a_class_body():
    n = suspend(3)

    class Box:
        n = n if False else 7
        m = [n]

        def read(self):
            return n, self.n, suspend("?")

    return Box().read()


@program(stored=False)
def bound_otherwise_than_by_an_assignment():
    """What a closure alone reads is bound after a suspension by a pattern, an import, a handler, a definition."""

    def read():
        return as_name, star, rest, Imported.__name__, caught_before, function(), Class.__name__

    as_name = star = rest = Imported = caught_before = function = Class = None
    suspend("first")
    match [1, 2]:
        case [_, *star] as as_name if suspend("guard"):
            pass
    match {"a": 1, "b": 2}:
        case {"a": 1, **rest}:
            pass
    import string as Imported

    try:
        raise KeyError("k")
    except KeyError as error:
        caught_before = repr(error)

    def function():
        return suspend("outside")

    class Class:
        pass

    return read()


@program(stored=False)
def bound_otherwise_in_the_function_around():
    def inside():
        nonlocal as_name, star, rest, Imported, function, Class
        suspend("inside")
        match {"a": [1, 2, 3], "b": 4}:
            case {"a": [_, *star], **rest} as as_name:
                pass
        import math as Imported

        def function():
            return "inside"

        class Class:
            pass

    as_name = star = rest = Imported = function = Class = None
    inside()
    return as_name, star, rest, Imported.__name__, function(), Class.__name__


@program
def caught_in_a_shared_variable():
    def caught():
        nonlocal error
        suspend("before")
        try:
            raise ValueError("inside")
        except ValueError as error:
            return shown()

    def shown():
        return repr(error)

    error = None
    suspend("first")
    try:
        raise KeyError("outside")
    except KeyError as error:
        found = shown(), suspend("in the handler"), shown()
    error = "bound again"
    return found, caught()


@program
def matched_in_a_shared_variable():
    def shown():
        return found

    found = 0
    match 1:
        case 0 | 1 if not suspend(1):
            pass
        case int(found) if suspend(False):
            pass
        case _:
            return shown()


@program(stored=False)
def bound_by_the_body_of_a_class():
    def read():
        return assigned, imported.__name__, matched, deleted() if deleted else None

    assigned = imported = matched = deleted = None
    suspend("first")

    class Inner:
        nonlocal assigned, imported, matched, deleted
        assigned = 5
        import string as imported

        match [1, 2]:
            case [1, *matched]:
                pass

        def deleted():
            return suspend("a function of the body")

    try:
        raise ValueError("in a group")
    except* ValueError as deleted:
        caught = read.__closure__ is not None
    deleted = None
    return caught, read()
