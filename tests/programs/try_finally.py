"""try/finally: entered each way, left each way, suspended everywhere."""

from contweb import flow, suspend
from tests.programs import effect, program


@program
def finally_after_body():
    try:
        suspend("body")
    finally:
        suspend("finally")
    return suspend("after")


@program
def finally_runs_once():
    n = 0
    try:
        suspend(1)
        suspend(2)
        suspend(3)
    finally:
        n += 1
        effect("finally")
        suspend(n)
    return n


@program
def finally_after_exception():
    try:
        try:
            suspend("body")
            raise ValueError("x")
        finally:
            suspend("finally")
            effect("end of finally")
    except ValueError as error:
        return suspend("caught"), error.args


@program
def finally_after_return():
    try:
        suspend("body")
        return suspend("value")
    finally:
        suspend("finally")
        effect("end of finally")


@program
def finally_return_value_computed_before():
    x = 1
    try:
        return x + suspend(1)
    finally:
        x = suspend(100)
        effect(x)


@program
def finally_after_break_and_continue():
    seen = ()
    for i in range(4):
        try:
            suspend(i)
            if i == 1:
                continue
            if i == 3:
                break
            seen += (i,)
        finally:
            seen += (suspend(("finally", i)),)
        seen += ("after",)
    else:
        effect("never")
    return seen


@program
def finally_in_while_after_break_and_continue():
    i, seen = 0, ()
    while True:
        i += 1
        try:
            if suspend(i) == 1:
                continue
            if i == 3:
                break
        finally:
            seen += (suspend("f"),)
        seen += (i,)
    return seen


@program
def finally_return_overrides_return():
    def f():
        try:
            return suspend("first")
        finally:
            return suspend("second")

    return f()


@program
def finally_return_overrides_exception():
    def f():
        try:
            raise ValueError(suspend("x"))
        finally:
            return suspend("returned")

    return f(), suspend("after")


@program
def finally_break_swallows_exception():
    seen = ()
    for i in range(3):
        try:
            seen += (suspend(i),)
            raise ValueError
        finally:
            suspend("finally")
            break
    return seen, i


@program
def finally_continue_swallows_exception_and_return():
    seen = ()
    for i in range(3):
        try:
            seen += (suspend(i),)
            if i == 0:
                raise ValueError
            if i == 1:
                return "never"
        finally:
            suspend("finally")
            continue
    return seen


@program
def finally_raises_over_exception():
    try:
        try:
            raise ValueError(suspend("first"))
        finally:
            raise KeyError(suspend("second"))
    except KeyError as error:
        suspend("handler")
        return repr(error), repr(error.__context__)


@program
def finally_raises_over_return():
    try:
        try:
            return suspend("value")
        finally:
            suspend("finally")
            1 / 0
    except ZeroDivisionError as error:
        return "caught", suspend("handler"), error.__context__


@program
def finally_nested():
    seen = ()
    try:
        try:
            try:
                seen += (suspend(1),)
            finally:
                seen += (suspend(2),)
        finally:
            seen += (suspend(3),)
    finally:
        seen += (suspend(4),)
    return seen


@program
def finally_nested_after_return():
    def f():
        try:
            try:
                return suspend("value")
            finally:
                suspend("inner")
                effect("inner")
        finally:
            suspend("outer")
            effect("outer")

    return f(), suspend("after")


@program
def finally_nested_after_exception():
    try:
        try:
            try:
                raise ValueError(suspend("x"))
            finally:
                suspend("inner")
        finally:
            suspend("outer")
    except ValueError:
        return suspend("caught")


@program
def finally_inside_finally():
    def f(how):
        try:
            if how == "raise":
                raise ValueError(suspend(how))
            if how == "return":
                return suspend(how)
            suspend(how)
        finally:
            try:
                suspend("finally")
                if how == "raise":
                    raise KeyError("again")
            except KeyError as error:
                suspend(("inner", repr(error.__context__)))
            finally:
                suspend("finally of finally")
            effect("end")
        return "end"

    seen = (f("fall"), f("return"))
    try:
        f("raise")
    except ValueError as error:
        seen += (repr(error), repr(error.__context__))
    return seen


@program
def finally_loop_inside():
    try:
        suspend("body")
        return "value"
    finally:
        for i in range(3):
            if suspend(i) == 1:
                break
        while suspend(0):
            pass
        effect("end")


@program
def try_except_else_finally():
    def f(how):
        seen = ()
        try:
            seen += (suspend("try"),)
            if how:
                raise how
            seen += ("end of try",)
        except KeyError as error:
            seen += (suspend("except"), repr(error))
        else:
            seen += (suspend("else"),)
        finally:
            seen += (suspend("finally"),)
            effect(seen)
        return seen

    seen = f(None), f(KeyError(1))
    try:
        f(ValueError(2))
    except ValueError:
        suspend("passed through")
    return seen


@program
def else_that_raises_is_not_caught_here():
    try:
        try:
            suspend("try")
        except ValueError:
            effect("never")
        else:
            suspend("else")
            raise ValueError("from else")
        finally:
            suspend("finally")
    except ValueError as error:
        return error.args, error.__context__


@program
def handler_that_returns_through_finally():
    def f():
        try:
            raise ValueError(suspend("x"))
        except ValueError as error:
            return suspend("handler"), error.args
        finally:
            suspend("finally")
            effect("finally")

    return f()


@program
def handler_that_breaks_and_continues_through_finally():
    seen = ()
    for i in range(5):
        try:
            suspend(i)
            raise ValueError(i)
        except ValueError as error:
            if suspend(i) == 1:
                continue
            if i == 3:
                break
            seen += (error.args,)
        finally:
            seen += (suspend("f"),)
    return seen


@program
def handler_that_raises_through_finally():
    try:
        try:
            raise ValueError(suspend(1))
        except ValueError as error:
            suspend("handler")
            raise KeyError(suspend(2)) from error
        finally:
            suspend("finally")
    except KeyError as error:
        return repr(error.__cause__), repr(error.__context__)


@program
def break_through_two_finallies():
    seen = ()
    for i in range(3):
        try:
            for j in range(3):
                try:
                    try:
                        if suspend((i, j)) == (i, 1):
                            break
                    finally:
                        seen += (suspend("one"),)
                finally:
                    seen += (suspend("two"),)
            if i == 1:
                break
        finally:
            seen += (suspend("three"),)
    return seen


@program
def return_from_loop_in_try_in_loop():
    def f():
        for i in range(3):
            try:
                for j in range(3):
                    if suspend(i * 3 + j) == 4:
                        return i, j
            finally:
                suspend(("leaving", i))

    return f()


@flow
def cleaning(seen, how):
    try:
        suspend(how)
        if how == "raise":
            raise ValueError(how)
        return how
    finally:
        effect((seen, how))
        suspend("clean")


@program
def finally_in_a_called_flow():
    seen = cleaning(1, "return"), suspend("between")
    try:
        cleaning(2, "raise")
    except ValueError:
        seen += (suspend("caught"),)
    finally:
        seen += (cleaning(3, "in finally"),)
    return seen


@program
def finally_with_the_exception_visible():
    import sys

    try:
        try:
            raise ValueError(suspend("x"))
        finally:
            effect(repr(sys.exc_info()[1]))
            suspend("finally")
            effect(repr(sys.exc_info()[1]))
    except ValueError:
        effect(repr(sys.exc_info()[1]))
    return repr(sys.exc_info()[1])


@program(mutates=True)
def finally_after_return_of_a_suspended_tuple():
    xs = []
    try:
        return suspend(1), xs, suspend(2)
    finally:
        suspend("finally")
        xs += [suspend("added")]


@program
def pickled_exception_keeps_its_data():
    class_error = OSError(2, "No such file", "name.txt")
    try:
        try:
            raise class_error
        finally:
            suspend("finally")
    except OSError as error:
        return error.errno, error.filename, suspend(error.strerror), type(error).__name__
