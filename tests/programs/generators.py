"""Flows that are generators."""

import contextlib

from contweb import flow, suspend
from tests.programs import effect, program


@flow
def count(n):
    for i in range(n):
        effect(("yields", i))
        yield i
    effect("done")
    return "result"


@flow
def asks(n):
    for i in range(n):
        yield suspend(i)


@program(mutates=True)
def consumed_by_a_loop():
    seen = []
    for x in count(3):
        seen.append(suspend(x))
    return seen


@program(mutates=True)
def generator_that_suspends():
    seen = []
    for x in asks(3):
        seen.append((x, suspend("body")))
    return seen


@program(mutates=True, barriers=True)
def generator_kept_across_a_suspension():
    g = count(3)
    first = next(g)
    suspend("?")
    second = next(g)
    suspend("?")
    return first, second, list(g)


@program(mutates=True)
def comprehension_over_a_generator():
    return [suspend(x) for x in count(3)], {x: suspend(x) for x in asks(2)}


@program(mutates=True)
def inner_generator_with_closure():
    n = suspend(3)

    def evens():
        for i in range(n):
            if i % 2 == 0:
                yield i

    return [suspend(x) for x in evens()]


@program(mutates=True)
def send_and_return():
    def echo():
        got = yield "ready"
        while got is not None:
            got = yield got * 2
        return "result"

    g = echo()
    seen = [next(g)]
    suspend("?")
    seen.append(g.send(suspend(5)))
    seen.append(g.send(suspend(6)))
    try:
        g.send(None)
    except StopIteration as stop:
        seen.append(stop.value)
    return seen


@program(mutates=True)
def throw_and_close():
    def guarded():
        try:
            while True:
                try:
                    yield "value"
                except ValueError as error:
                    yield ("caught", error.args)
        finally:
            effect("closed")

    g = guarded()
    try:
        seen = [next(g)]
        suspend("?")
        seen.append(g.throw(ValueError(suspend(1))))
        suspend("?")
        seen.append(next(g))
    finally:
        g.close()
    return seen


@program(mutates=True)
def yield_from():
    def outer():
        result = yield from count(2)
        yield result
        yield from [10, 20]

    return [suspend(x) for x in outer()]


@program(mutates=True)
def yield_as_an_expression():
    def total():
        n = 0
        while True:
            n += (yield n) or 0

    g = total()
    next(g)
    return [g.send(suspend(x)) for x in (1, 2, 3)]


@program(mutates=True)
def infinite_generator():
    def naturals():
        n = 0
        while True:
            yield n
            n += 1

    seen = []
    for x in naturals():
        if suspend(x) == 3:
            break
        seen.append(x)
    return seen


@program(mutates=True)
def exception_in_a_generator():
    def fails():
        yield 1
        raise ValueError("x")

    seen = []
    try:
        for x in fails():
            seen.append(suspend(x))
    except ValueError as error:
        return seen, suspend("caught"), error.args


@program(mutates=True)
def stop_iteration_becomes_an_error():
    def stops():
        yield 1
        raise StopIteration

    seen = []
    try:
        for x in stops():
            seen.append(suspend(x))
    except RuntimeError as error:
        return seen, str(error)


@program(mutates=True, barriers=True)
def two_at_once():
    a, b = count(2), count(3)
    return [(x, y, suspend("?")) for x, y in zip(a, b)]


@program(mutates=True)
def recursive_generator():
    @flow
    def walk(tree):
        if isinstance(tree, tuple):
            for branch in tree:
                yield from walk(branch)
        else:
            yield tree

    return [suspend(x) for x in walk((1, (2, (3,)), 4))]


@program(mutates=True)
def generator_with_finally_and_with():
    def managed():
        try:
            yield 1
            yield 2
        finally:
            effect("finally")

    once = managed()
    try:
        for x in once:
            suspend(x)
            break
    finally:
        once.close()
    rest = managed()
    try:
        return [suspend(x) for x in rest]
    finally:
        rest.close()


@program(mutates=True, barriers=True)
def type_of_a_generator():
    g = count(1)
    return iter(g) is g, hasattr(g, "send"), hasattr(g, "throw"), next(g), next(g, "end"), suspend("?")


@program(mutates=True)
def reads_a_variable_that_its_maker_rebinds():
    v = 1

    def reads():
        yield 0
        yield v
        yield v

    for v in reads():
        effect(v)
        v += suspend(10)
    return v


@program(mutates=True)
def writes_a_variable_of_its_maker():
    v = 1

    def writes():
        nonlocal v
        v += suspend(1)
        yield v
        v += suspend(1)
        yield v

    seen = []
    for x in writes():
        seen.append((x, v))
        v *= 10
    return seen, v


@program(mutates=True)
def two_generators_share_a_variable():
    n = 0

    def up():
        nonlocal n
        while n < 6:
            n += 1
            yield n

    a, b = up(), up()
    seen = []
    for x in a:
        seen.append((x, next(b, "end"), suspend(n)))
    return seen, n


def chain(error):
    """An exception with its contexts."""
    seen = []
    while error is not None:
        seen.append(repr(error))
        error = error.__context__
    return seen


@flow
def fails(n):
    try:
        yield n
    except Exception:
        raise ValueError(n)


@flow
def handling(n):
    try:
        raise IndexError(n)
    except IndexError:
        yield n


@program(mutates=True, barriers=True, stored=False)
def contexts_through_an_exit_stack():
    body = KeyError(suspend("body"))
    try:
        with contextlib.ExitStack() as stack:
            for n in range(3):
                stack.enter_context(contextlib.contextmanager(fails)(n))
            raise body
    except ValueError as error:
        return chain(error)


@program(mutates=True, barriers=True)
def context_of_what_is_thrown_in_while_something_is_handled():
    seen = []
    for make, own in ((fails, None), (fails, TypeError()), (count, None), (count, TypeError()), (handling, None)):
        for is_new in (True, False):
            generator = make(1)
            if not is_new:
                next(generator, None)
            thrown = AttributeError("thrown")
            thrown.__context__ = own
            try:
                raise KeyError(suspend("handled"))
            except KeyError:
                try:
                    generator.throw(thrown)
                except Exception as error:
                    seen.append((chain(error), chain(thrown)))
                try:
                    generator.throw(OSError())
                except OSError as error:
                    seen.append(chain(error))
    return seen


@program(mutates=True, barriers=True)
def context_of_an_exit():
    seen = []

    def notes():
        try:
            yield
        except GeneratorExit as error:
            seen.append(chain(error))

    generator = notes()
    next(generator)
    try:
        raise KeyError(suspend("handled"))
    except KeyError:
        generator.close()
    return seen


@program(mutates=True, stored=False)
def qualified_names_in_a_generator():
    def items():
        yield lambda: suspend("?")

        def inside():
            return suspend("?")

        yield inside

        class Inside: ...

        yield Inside
        yield [lambda: (x, suspend("?")) for x in [1]][0]

    made = items()
    named = [made, items]
    for item in made:
        suspend(item.__qualname__)
        named.append(item)
    return [each.__qualname__ for each in named], [each.__name__ for each in named], named[2]()


@program(mutates=True)
def qualified_name_of_a_decorated_generator():
    @(lambda function: function)
    def items():
        yield suspend("?")

    made = items()
    return made.__name__, made.__qualname__, [suspend(item) for item in made]


@flow
def asks_and_fails(n):
    for i in range(n):
        yield suspend(i)
    effect("fails")
    raise ValueError(n)


@program(mutates=True)
def comprehension_without_a_call_over_a_generator_that_suspends():
    found = [x for x in asks(3)], {x: str(x) for x in asks(2) if x}, {x + 1 for x in asks(2)}
    return found, [(x, y) for x in asks(2) for y in range(x)], [y := x for x in asks(2)], y


@program(mutates=True)
def comprehension_over_other_things():
    def items(*given):
        return given

    return (
        [x for x in items(1, 2)],
        {x: 0 for x in items()},
        [x for x in (asks if suspend(False) else items)(suspend(2))],
        [x for x in asks(2) or items()],
        [[y for y in asks(x)] for x in items(1, 2)],
        [list(z for z in (x, x)) for x in asks(2)],
        [f() for f in [lambda: x for x in asks(2)]],
    )


@program(mutates=True)
def generator_that_suspends_spread():
    def show(*args, **kwargs):
        return args, kwargs

    return (
        [*asks(2)],
        (0, *asks(1), suspend("between"), *asks(2), 9),
        show(*asks(2)),
        show(1, *asks(2), *effect((3, 4)), key=suspend("key")),
        max(*asks(3)),
        show(*suspend((1, 2))),
        show(*suspend((1, 2)), key=suspend(3)),
    )


@program(mutates=True)
def spread_generator_fails():
    seen = ()
    for attempt in range(3):
        try:
            if attempt == 0:
                [x for x in asks_and_fails(1)]
            elif attempt == 1:
                [*asks_and_fails(1), effect("never")]
            else:
                effect(*asks_and_fails(1))
        except ValueError as error:
            seen += (suspend(str(error)),)
    return seen


@program(mutates=True, barriers=True)
def spread_after_the_keywords():
    def show(*args, **kwargs):
        return args, kwargs

    return show(*count(2), key=effect("before the items"))


@program(mutates=True)
def element_of_a_comprehension_fails():
    try:
        return [1 / x for x in asks(2)]
    except ZeroDivisionError as error:
        return suspend(str(error))


@program(stored=False, mutates=True)
def yields_in_the_heads_of_definitions():
    def defines():
        @(yield 1)
        def f(x=(yield 2), *, y: (yield 3) = (yield 4)) -> (yield 5):
            return x, y

        suspend("?")

        class Made((yield 6), marked=(yield 7)):
            pass

        suspend("?")
        g = lambda x=(yield 8): x  # noqa: E731
        return f(), Made.marked, g()

    class Base:
        def __init_subclass__(cls, marked):
            cls.marked = marked

    def decorator(function):
        return lambda: (function(), suspend("decorated"))

    running = defines()
    answers = [None, decorator, "two", "three", "four", "five", Base, "seven", "eight"]
    seen = []
    try:
        for given in answers:
            seen.append(running.send(given))
    except StopIteration as end:
        return seen, end.value


@program(mutates=True)
def only_yield_is_in_a_default():
    def defines():
        def f(x=(yield 1)):
            return suspend(x)

        return f

    running = defines()
    first = next(running)
    try:
        running.send(suspend(2))
    except StopIteration as end:
        made = end.value
    return first, made()


@program(mutates=True, barriers=True)
def closed_generator_that_returns_after_a_suspension():
    def waits():
        try:
            yield 1
        except GeneratorExit:
            return suspend("closing")

    running = waits()
    next(running)
    return running.close(), running.close()
