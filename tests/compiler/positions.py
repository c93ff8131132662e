"""Flows that fail, in every place where something can; their tracebacks must be those of the plain functions.

Each takes ``ask``, which is ``suspend`` or an ordinary function. Most fail because an answer is a ``Bad``. They are
written with many spaces, so that columns tell where an error is.
"""

# fmt: off
# ruff: noqa

from contweb import flow

GOOD = 1


class Bad:
    """An answer that nothing can be done with."""

    def __repr__(self):
        return "Bad()"


def fail(*args):
    """Not a flow."""
    raise ValueError(args)


@flow
def operand(ask):
    return 1 + ask(1) * (2   +   ask("bad"))


@flow
def called(ask):
    value = ask("bad")
    return value( 1,
                  2 )


@flow
def called_elsewhere(ask):
    ask(1)
    return  fail( 1 )


@flow
def argument(ask):
    return divmod(ask(1), ask(2) - 2, )


@flow
def attribute(ask):
    return (ask(1), ask("bad").missing . more)


@flow
def subscript(ask):
    return {"a": ask(1)}[ ask("bad") ]


@flow
def subscript_of(ask):
    ask("bad") [ 1 ] = ask(1)


@flow
def sliced(ask):
    return [1, 2][ask(1) : ask("bad")]


@flow
def augmented(ask):
    total = ask(1)
    total  +=  ask("bad")
    return total


@flow
def augmented_attribute(ask):
    thing = ask("bad")
    thing.total   +=   ask(1)


@flow
def augmented_item(ask):
    things = [ask(1)]
    things[ 5 ]  -=  ask(1)


@flow
def comparison(ask):
    return 0 < ask(1) < ask("bad")


@flow
def unary(ask):
    return ask(1), - ask("bad")


@flow
def conditional(ask):
    return ask(1) if ask(1) else 0, (  ~ask("bad")  ) if ask(1) else 0


@flow
def boolean(ask):
    return ask(1) and  + ask("bad") or ask(1)


@flow
def unpacking(ask):
    a, b = ask("bad")
    return a, b


@flow
def unpacking_too_many(ask):
    a, (b, c) = ask(1), [ask(1)]
    return a, b, c


@flow
def star(ask):
    return [ask(1), *ask("bad")]


@flow
def star_call(ask):
    return max(ask(1), * ask("bad"))


@flow
def f_string(ask):
    return f"{ask(1)} and {ask('bad'):>3} more"


@flow
def walrus(ask):
    return (a := ask(1)) + (b := ask("bad")), a, b


@flow
def loop_over_nothing(ask):
    for item in  ask("bad")  :
        ask(item)


@flow
def loop_body(ask):
    for item in [0, 1]:
        ask(item)
        item  /  (item - 1)  /  item


@flow
def loop_target(ask):
    for a, b in [(1, 2), ask(3)]:
        ask(a + b)


@flow
def while_test(ask):
    while ask(1) > ask("bad"):
        pass


@flow
def deleted(ask):
    value = ask(1)
    del value . missing


@flow
def unbound(ask):
    if ask(0):
        never = 1
    return  never


@flow
def unbound_global(ask):
    ask(1)
    return  nowhere


@flow
def asserted(ask):
    assert  ask(1)
    assert  ask(0),  "a message"


@flow
def raised(ask):
    raise  ValueError( ask(1) )  from  KeyError( ask(2) )


@flow
def raised_no_exception(ask):
    raise  ask("bad")


@flow
def handler(ask):
    try:
        ask(1) / 0
    except ZeroDivisionError:
        raise  KeyError( ask(2) )


@flow
def handler_falls_through(ask):
    try:
        1 / (ask(1) - 1)
    except KeyError:
        ask(2)
    except IndexError:
        pass


@flow
def handler_bare_raise(ask):
    try:
        fail(ask(1))
    except ValueError:
        ask(2)
        raise


@flow
def handler_type(ask):
    try:
        fail(ask(1))
    except ask("bad"):
        pass


@flow
def in_finally(ask):
    try:
        ask(1)
    finally:
        1  /  (ask(1) - 1)


@flow
def through_finally(ask):
    try:
        fail(ask(1))
    finally:
        ask(2)


@flow
def through_two_finally(ask):
    try:
        try:
            return ask(1) / 0
        finally:
            ask(2)
    finally:
        ask(3)


class Manager:
    def __init__(self, error=None):
        self.error = error

    def __enter__(self):
        return self

    def __exit__(self, *error):
        if self.error:
            raise self.error


@flow
def with_body(ask):
    with Manager() as manager, Manager():
        ask(1)
        manager . missing


@flow
def with_no_manager(ask):
    with  ask("bad")  as manager:
        ask(manager)


@flow
def with_exit(ask):
    with Manager( ValueError("exit") ):
        ask(1)


@flow
def with_exit_of_an_error(ask):
    with Manager( ValueError("exit") ):
        ask(1) / 0


@flow
def with_target(ask):
    with Manager() as (a, b):
        ask(a)


@flow
def matched(ask):
    match ask(1):
        case  Manager(missing=1) | 2:
            pass
        case int() if  ask("bad") < 1:
            pass


@flow
def matched_body(ask):
    match ask(1), 2:
        case 1, b:
            return  b  /  (ask(1) - 1)


@flow
def listed(ask):
    return [ask(x)  /  x for x in (1, 0)]


@flow
def listed_over(ask):
    return [x for x in ask("bad")]


@flow
def listed_if(ask):
    return {x: ask(x) for x in (1, 2) if  x < ask("bad")}


@flow
def nested_list(ask):
    return [[ask(y)  /  (y - 1) for y in range(x)] for x in (1, 2)]


@flow
def inner(ask):
    def divide(a):
        return  ask(1)  /  a

    return [divide(1), divide(ask(0))]


@flow
def inner_lambda(ask):
    divide = lambda a: ask(1)  /  a
    return divide(1), divide(0)


@flow
def decorated(ask):
    @  ask("bad")
    def function():
        pass

    return function


@flow
def classes(ask):
    class Sub(  ask(1)  ):
        pass

    return Sub


@flow
def defaults(ask):
    def function(a=ask(1) / 0):
        return a

    return function


@flow
def outer(ask):
    return 1 + middle(ask,  0)


@flow
def middle(ask, n):
    ask(n)
    try:
        return innermost(
            ask, n
        )
    finally:
        ask(2)


@flow
def innermost(ask, n):
    ask(3)
    return  1  /  n


@flow
def wrong_arguments(ask):
    return middle(  ask,  *[1, 2, ask(1)] )


@flow
def recursive(ask, n=3):
    if n == 0:
        return ask("bad") + 1
    return recursive(ask, n - 1)


@flow
def star_handler(ask):
    try:
        raise ExceptionGroup("g", [ValueError(1), KeyError(2)])
    except* ValueError:
        ask(1)  /  0


@flow
def star_rest(ask):
    try:
        raise ExceptionGroup("g", [ValueError(1), KeyError(2)])
    except* ValueError:
        ask(1)


@flow
def star_type(ask):
    try:
        fail(ask(1))
    except*  ask("bad") :
        pass


@flow
def comprehension_that_is_captured(ask):
    return [f() for f in [lambda: ask(1)  /  x for x in (1, 0)]]


@flow
def import_error(ask):
    ask(1)
    import  nowhere_to_be_found


@flow
def annotated(ask):
    total: int  =  ask(1)  /  0
    return total


@flow
def global_call(ask):
    return fail (ask(1), key=  ask(2)) + ask(1)


@flow
def captured_and_deleted(ask):
    value = ask(1)
    read = lambda: value
    del   value
    return ask(2), ask(3)   +   value


@flow
def captured_and_never_bound(ask):
    if ask(0):
        value = 1
    value   +=   ask(2)
    return lambda: value


class Parent:
    @flow
    def deleted(self, ask):
        ask(1)
        del self
        made =   super()
        return made


@flow
def super_of_a_deleted_argument(ask):
    return  Parent().deleted(ask)


@flow
def listed_over_a_call(ask):
    return   [ x  /  0 for x in   list(ask([1]))  if x ]


@flow
def listed_over_an_answer(ask):
    return   { x  :  x / 0 for x in   ask([1])  if x }


@flow
def listed_over_what_cannot_be(ask):
    return   { x  for x in   ask("bad")   if x }


@flow
def spread_what_cannot_be(ask):
    return   [ 1,  * ask("bad"),  2 ]
