"""raise, except, chains, and what sys knows of them after a suspension."""

import sys

from contweb import flow, suspend
from tests.programs import effect, program


class Refused(Exception):
    """An exception with a signature of its own."""

    def __init__(self, *, code):
        super().__init__(f"refused with {code}")
        self.code = code

    def __reduce__(self):
        return _refused, (self.code, self.__dict__)


def _refused(code, state):
    error = Refused(code=code)
    error.__dict__.update(state)
    return error


@flow
def current():
    """What is being handled, as a called flow sees it, before and after a suspension."""
    before = repr(sys.exc_info()[1])
    suspend("current?")
    return before, repr(sys.exception())


@program
def caught_after_a_suspension():
    try:
        suspend("try")
        int("x")
    except ValueError as error:
        return suspend("caught"), str(error)


@program
def suspended_in_the_handler():
    try:
        raise ValueError(1)
    except ValueError as error:
        suspend("handler")
        return error.args, repr(sys.exception())


@program
def bare_raise_after_a_suspension():
    try:
        try:
            raise ValueError("x")
        except ValueError:
            suspend("handler")
            raise
    except ValueError as error:
        return error.args, error.__context__, error.__cause__


@program
def bare_raise_out_of_the_program():
    try:
        suspend("try")
        raise ValueError("x")
    except ValueError:
        suspend("handler")
        raise


@program(mutates=True)
def raise_named_after_a_suspension():
    try:
        raise ValueError("x")
    except ValueError as error:
        suspend("handler")
        raise error


@program
def exc_info_in_handlers():
    seen = ()
    try:
        raise ValueError(1)
    except ValueError:
        suspend("?")
        seen += (repr(sys.exc_info()[1]), sys.exc_info()[0].__name__, repr(sys.exception()))
        try:
            raise KeyError(2)
        except KeyError:
            suspend("?")
            seen += (repr(sys.exception()),)
        suspend("?")
        seen += (repr(sys.exception()),)
    suspend("?")
    return seen, sys.exception(), sys.exc_info()


@program
def exc_info_in_a_called_flow():
    seen = (current(),)
    try:
        raise ValueError(1)
    except ValueError:
        seen += (current(),)
        try:
            raise KeyError(2)
        except KeyError:
            seen += (current(),)
        seen += (current(),)
    finally:
        seen += (current(),)
    return seen + (current(),)


@flow
def reraises():
    suspend("reraises")
    raise


@program
def bare_raise_in_a_called_flow():
    try:
        try:
            raise ValueError("outer")
        except ValueError:
            suspend("handler")
            reraises()
    except ValueError as error:
        return error.args, error.__context__


@program
def bare_raise_with_nothing_to_raise():
    try:
        reraises()
    except RuntimeError as error:
        return str(error)


@program
def raise_inside_a_handler_has_context():
    try:
        try:
            raise ValueError(1)
        except ValueError:
            suspend("handler")
            raise KeyError(suspend(2))
    except KeyError as error:
        suspend("?")
        return repr(error.__context__), error.__cause__, error.__suppress_context__


@program
def raise_from():
    try:
        try:
            raise ValueError(1)
        except ValueError as error:
            raise suspend_error(KeyError(2)) from suspend_error(error)
    except KeyError as error:
        suspend("?")
        return repr(error.__context__), repr(error.__cause__), error.__suppress_context__


@flow
def suspend_error(error):
    suspend("error")
    return error


@program
def raise_from_none():
    try:
        try:
            raise ValueError(1)
        except ValueError:
            raise KeyError(suspend(2)) from suspend(None)
    except KeyError as error:
        suspend("?")
        return repr(error.__context__), error.__cause__, error.__suppress_context__


@program
def raise_a_class():
    try:
        raise suspend(KeyError)
    except KeyError as error:
        suspend("?")
        return repr(error)


@program
def raise_something_else():
    seen = ()
    try:
        raise suspend(5)
    except TypeError as error:
        seen += (str(error),)
    try:
        raise ValueError from suspend(5)
    except TypeError as error:
        seen += (str(error),)
    return seen


@program
def context_from_a_called_flow():
    try:
        try:
            raise ValueError("outer")
        except ValueError:
            fails()
    except KeyError as error:
        return repr(error.__context__)


@flow
def fails():
    suspend("fails")
    raise KeyError("inner")


@program
def context_chain_of_three():
    try:
        try:
            try:
                raise ValueError(1)
            except ValueError:
                suspend("one")
                raise KeyError(2)
        except KeyError:
            suspend("two")
            raise IndexError(3)
    except IndexError as error:
        suspend("three")
        return repr(error), repr(error.__context__), repr(error.__context__.__context__)


@program
def context_ends_with_the_handler():
    try:
        raise ValueError(1)
    except ValueError:
        suspend("handled")
    try:
        raise KeyError(2)
    except KeyError as error:
        return suspend("?"), error.__context__


@program
def context_escapes_the_program():
    try:
        raise ValueError(1)
    except ValueError as error:
        suspend("handler")
        try:
            raise KeyError(2) from error
        finally:
            suspend("finally")


@program
def handlers_in_order():
    seen = ()
    for error in (KeyError(1), IndexError(2), ValueError(3), TypeError(4)):
        try:
            suspend("try")
            raise error
        except KeyError:
            seen += (suspend("key"),)
        except (IndexError, TypeError) as e:
            seen += (suspend("index or type"), repr(e))
        except Exception as e:
            seen += (suspend("other"), repr(e))
    return seen


@program
def handler_type_is_an_expression_that_suspends():
    seen = ()
    for error in (KeyError(1), IndexError(2)):
        try:
            raise error
        except suspend(KeyError) as e:
            seen += (suspend("key"), repr(e))
        except (effect(ValueError), suspend(IndexError)) as e:
            seen += (suspend("index"), repr(e))
    return seen


@program
def handler_type_not_evaluated_without_exception():
    try:
        suspend("fine")
    except effect(ValueError):
        suspend("never")
    return "end"


@program
def handler_type_that_is_not_an_exception():
    try:
        try:
            raise ValueError(suspend(1))
        except suspend(5):
            effect("never")
    except TypeError as error:
        return str(error), repr(error.__context__)


@program
def bare_except():
    try:
        suspend("try")
        raise KeyboardInterrupt("x")
    except:
        suspend("handler")
        return repr(sys.exception())


@program
def except_base_exception_does_not_see_a_suspension():
    seen = ()
    try:
        seen += (suspend("one"), suspend("two"))
    except BaseException as error:
        seen += ("never", repr(error))
    try:
        seen += (current(),)
    except:
        seen += ("never",)
    else:
        seen += (suspend("else"),)
    return seen


@program(mutates=True)
def exception_attributes_and_notes():
    try:
        try:
            raise Refused(code=suspend(7))
        except Refused as error:
            error.add_note("first")
            suspend("?")
            error.add_note(suspend("second"))
            raise
    except Refused as error:
        suspend("?")
        return error.code, error.__notes__, str(error)


@program
def exception_identity():
    made = ValueError(1)
    try:
        raise made
    except ValueError as error:
        suspend("?")
        return error is made, sys.exception() is made, sys.exc_info()[1] is error


@program
def exception_out_of_a_loop_in_a_handler():
    try:
        raise ValueError(0)
    except ValueError:
        for i in range(3):
            try:
                if suspend(i) == 1:
                    raise KeyError(i)
            except KeyError:
                suspend("inner")
                continue
            effect(repr(sys.exception()))
    return sys.exception()


@program
def nested_handlers_left_by_return():
    def f():
        try:
            raise ValueError(1)
        except ValueError:
            try:
                raise KeyError(2)
            except KeyError:
                return suspend("value")

    return f(), sys.exception()


@program
def retry_until_it_works():
    tries = 0
    while True:
        try:
            tries += 1
            if suspend(tries) < 3:
                raise ValueError(tries)
            break
        except ValueError as error:
            suspend(("again", error.args))
        finally:
            effect(tries)
    return tries


@program
def uncaught_after_a_suspension():
    suspend("?")
    d = {}
    return d[
        suspend("missing")
    ]


@program
def uncaught_two_flows_deep():
    def outer():
        suspend("outer")
        middle()

    def middle():
        suspend("middle")
        fails()

    outer()


@program
def error_in_argument_evaluation_after_suspension():
    try:
        print(suspend(1), undefined_name, suspend(2))
    except NameError as error:
        return str(error), error.name


@program
def assertion():
    assert suspend(True)
    assert suspend(1), effect("never")
    try:
        assert suspend(0), suspend("message")
    except AssertionError as error:
        effect(error.args)
    assert suspend(()) or suspend([])


@program
def system_exit_passes():
    try:
        suspend("?")
        sys.exit(3)
    finally:
        suspend("finally")


@program
def stop_iteration_is_an_exception():
    it = iter([1])
    try:
        return next(it), suspend("?"), next(it)
    except StopIteration as error:
        return suspend("stopped"), error.value


@program
def exception_variable_captured_by_a_lambda():
    try:
        raise ValueError(suspend(1))
    except ValueError as error:
        read = lambda: error.args
        suspend("?")
        first = read()
    try:
        read()
    except NameError as e:
        return first, str(e)


@program
def try_inside_expression_arguments():
    def guarded(value):
        try:
            return int(suspend(value))
        except ValueError:
            return suspend("bad")

    return [guarded(v) for v in ("1", "x", "3")], guarded("4") + (guarded("y") == "bad")


class NothingWrong(Exception):
    """An exception that is false."""

    def __bool__(self):
        return False


@program
def exception_that_is_false_seen_by_a_called_flow():
    try:
        raise ValueError("around")
    except ValueError:
        try:
            raise NothingWrong("false")
        except NothingWrong:
            return current(), repr(sys.exception())


@program(mutates=True)
def contexts_that_are_a_circle():
    a, b, c, d = KeyError("a"), ValueError("b"), IndexError("c"), TypeError("d")

    def seen():
        return d.__context__ is c, c.__context__ is b, b.__context__ is a, a.__context__ is c

    try:
        raise a
    except KeyError:
        try:
            raise b
        except ValueError:
            try:
                raise c
            except IndexError:
                a.__context__ = c
                suspend("?")
                effect(seen())
                try:
                    raise d
                except TypeError:
                    suspend("?")
                    effect(seen())
                    suspend("?")
                    effect(seen())
                effect((seen(), suspend("?")))
            effect((seen(), suspend("?"), sys.exception() is b))
    last = seen()
    a.__context__ = None
    return last


@flow
def raises_with_a_circle(e):
    suspend("?")
    f = LookupError("f")
    f.__context__ = e
    raise f


@program(mutates=True)
def contexts_of_what_is_raised_in_a_circle():
    """What is raised in another flow has the exception that is handled here as its context, which has it."""
    try:
        raise KeyError("e")
    except KeyError as e:
        try:
            raises_with_a_circle(e)
        except LookupError as f:
            suspend("?")
            e.__context__ = f
            suspend("?")
            seen = f.__context__ is e, e.__context__ is f
            e.__context__ = None
    return seen


caught = None


@flow
def what_is_caught():
    suspend("?")
    return "caught" in globals(), repr(caught)


@program(once=True)
def name_of_a_handler_is_global():
    global caught
    try:
        raise ValueError(1)
    except ValueError as caught:
        seen = what_is_caught()
        caught = suspend(5)
        seen += what_is_caught()
    seen += ("caught" in globals(),)
    try:
        raise ValueError(2)
    except ValueError as caught:
        del caught
        suspend("?")
        seen += ("caught" in globals(),)
        caught = None
    try:
        return seen
    finally:
        caught = None


@program
def name_of_a_handler_is_shared_and_bound_again():
    def inner():
        def write(value):
            nonlocal error
            error = value

        try:
            raise ValueError(1)
        except ValueError as error:
            write(suspend(2))
            suspend("?")
            seen = error
            del error
            suspend("?")
            write(3)
            return lambda: error, seen, suspend(error)

    read, *seen = inner()
    try:
        return seen, read()
    except NameError as unbound:
        return seen, str(unbound)


@program
def name_of_a_handler_is_read_by_a_comprehension():
    try:
        raise ValueError(1)
    except ValueError as error:
        error = suspend(5)
        return [((lambda: x)(), error)[1] for x in suspend([1, 2])]
