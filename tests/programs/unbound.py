"""Names that are not bound stay unbound, and say so at the same place."""

from contextlib import nullcontext

from contweb import suspend
from tests.programs import effect, program


@program
def never_bound():
    suspend("?")
    if suspend(0):
        x = 1
    return x


@program
def bound_later():
    suspend("?")
    try:
        effect(x)
    except UnboundLocalError as error:
        effect(str(error))
    x = suspend(1)
    return x


@program
def bound_in_one_branch():
    seen = ()
    for i in range(2):
        if suspend(i) == 1:
            y = suspend("y")
        try:
            seen += (y,)
        except UnboundLocalError:
            seen += (suspend("unbound"),)
    return seen


@program
def free_variable_unbound():
    def read():
        suspend("inside")
        return later

    try:
        read()
    except NameError as error:
        effect((type(error).__name__, str(error)))
    later = suspend("bound")
    return read()


@program
def free_variable_unbound_while_suspended():
    def outer():
        def read():
            return late

        suspend("unbound")
        late = 5
        suspend("bound")
        return read()

    return outer()


@program
def exception_variable_unbound_after():
    try:
        1 / 0
    except ZeroDivisionError as error:
        suspend("handler")
        kept = str(error)
    suspend("after")
    try:
        error
    except UnboundLocalError as unbound:
        return kept, str(unbound)


@program
def exception_variable_deleted_in_handler():
    try:
        1 / 0
    except ZeroDivisionError as error:
        del error
        suspend("handler")
    return sorted(locals())


@program
def exception_variable_hides_older_value():
    error = "older"
    try:
        suspend(error)
        raise ValueError
    except ValueError as error:
        error = suspend("newer")
    suspend("?")
    return "error" in locals()


@program
def comprehension_variable_does_not_leak():
    [suspend(i) for i in range(2)]
    try:
        return i
    except NameError as error:
        return suspend(type(error).__name__)


@program
def loop_target_unbound_after_empty():
    for x in suspend(()):
        pass
    return suspend("after"), x


@program
def unbound_in_with():
    try:
        with suspend(None) as x:
            pass
    except TypeError as error:
        suspend("?")
    return x


@program
def unbound_augmented():
    suspend("?")
    n += suspend(1)
    return n


@program
def unbound_in_nested_function():
    def f():
        suspend("?")
        g()
        x = 1

        def g():
            return x

        return g

    return f()


@program
def global_unbound():
    suspend("?")
    return no_such_global + suspend(1)


@program
def local_names():
    a = suspend(1)
    [suspend(i) for i in range(2)]
    for b in range(suspend(2)):
        pass
    c = suspend(3) + suspend(4) if suspend(True) and suspend(True) else suspend(0)
    before = sorted(locals())
    d = suspend(5)
    del a
    return before, sorted(locals()), dict(locals())["c"]


@program
def local_names_inside_loops_and_handlers():
    seen = ()
    for i in [1, 2]:
        suspend(i)
        seen += (tuple(sorted(locals())),)
    try:
        suspend("try")
        raise ValueError
    except ValueError as e:
        suspend("handler")
        seen += (tuple(sorted(locals())),)
    finally:
        suspend("finally")
        seen += (tuple(sorted(locals())),)
    return seen


@program
def local_names_by_vars_dir_and_eval():
    a = suspend(1)
    b = suspend(2)
    return sorted(vars()), dir(), eval("a + b")


@program
def captured_variable_deleted():
    a = b = 1

    def read():
        return a, b

    effect((a, read()))
    suspend("?")
    del a, b
    seen = ()
    for attempt in range(8):
        try:
            if attempt == 0:
                a
            elif attempt == 1:
                a += suspend("no")
            elif attempt == 2:
                del a
            elif attempt == 3:
                a(suspend("no"))
            elif attempt == 4:
                suspend(f"{a}")
            elif attempt == 5:
                suspend([a for _ in (a,)])
            elif attempt == 6:
                (lambda x=a: x)()
            else:
                read()
        except NameError as error:
            seen += (type(error).__name__, str(error), error.name)
    b = suspend("bound")
    a = b
    del b
    return seen, a


@program
def captured_variable_bound_on_one_way():
    for asked in suspend((1, 2)):
        if asked == 2:
            found = asked
        try:
            effect(found)
        except UnboundLocalError as error:
            effect(str(error))

    def read():
        return found

    suspend(read())
    return found


@program
def captured_variable_deleted_by_another_function():
    a = suspend(1)

    def forget():
        nonlocal a
        del a

    suspend("?")
    forget()
    return a


@program
def captured_variable_of_a_handler():
    try:
        suspend(1 / 0)
    except ZeroDivisionError as error:
        read = lambda: error
        suspend(read().args)
    suspend("after")
    try:
        return error
    except UnboundLocalError as unbound:
        return str(unbound)


@program
def captured_parameter_deleted():
    def f(a, *, b=1):
        read = lambda: (a, b)
        suspend(read())
        del a
        suspend("?")
        effect(b)
        del (b, a)

    f(1)


@program
def captured_variable_never_bound():
    suspend("?")
    match suspend(0):
        case 1:
            x = 1
    while x := suspend(0):
        y = x
    effect(x)
    return y, lambda: (x, y)


@program(mutates=True)
def deleted_variables_in_comprehensions():
    found = []
    x = suspend(1)
    found.append([x + suspend(n) for n in (1, 2)])
    del x
    try:
        raise ValueError
    except ValueError as error:
        found.append({type(error) for n in (1, 2) if suspend(n)})
    try:
        found.append([x for n in (1, 2) if suspend(n)])
    except NameError as unbound:
        found.append((type(unbound), str(unbound)))
    try:
        found.append({n: error for n in (1, 2) if suspend(n)})
    except NameError as unbound:
        found.append((type(unbound), str(unbound)))
    return found


@program
def by_a_handler_inside_with():
    value = suspend(0)
    with nullcontext():
        with nullcontext():
            try:
                raise suspend(ValueError(0))
            except ValueError as value:
                effect(suspend(repr(value)))
    return (
        suspend((lambda given=value: 0)(0)),
        0,
    )[0]
