"""except*: groups are split, handled in part, raised on."""

import sys

from contweb import suspend
from tests.programs import effect, program


def group(*errors):
    return ExceptionGroup("several", list(errors))


@program
def splits_a_group():
    seen = ()
    try:
        suspend("try")
        raise group(ValueError(1), KeyError(2), ValueError(3))
    except* ValueError as errors:
        seen += (suspend("values"), repr(errors))
    except* KeyError as errors:
        seen += (suspend("keys"), repr(errors))
    else:
        seen += ("never",)
    finally:
        seen += (suspend("finally"),)
    return seen


@program
def rest_is_raised_on():
    try:
        try:
            raise group(ValueError(1), TypeError(2))
        except* ValueError as errors:
            suspend(repr(errors))
    except ExceptionGroup as error:
        return suspend("rest"), repr(error)


@program
def plain_exception_is_wrapped():
    try:
        suspend("try")
        raise ValueError(1)
    except* ValueError as errors:
        return_value = repr(errors), suspend("handler")
    return return_value


@program
def nothing_raised():
    try:
        suspend("try")
    except* ValueError:
        effect("never")
    else:
        suspend("else")
    return "end"


@program
def nothing_matches():
    try:
        try:
            raise group(ValueError(1), ValueError(2))
        except* KeyError:
            effect("never")
        finally:
            suspend("finally")
    except ExceptionGroup as error:
        return suspend(len(error.exceptions))


@program
def handler_raises():
    try:
        try:
            raise group(ValueError(1), TypeError(2), KeyError(3))
        except* ValueError as errors:
            suspend("values")
            raise IndexError(suspend("new"))
        except* TypeError:
            suspend("types")
    except ExceptionGroup as error:
        return repr(error), [repr(e.__context__) for e in error.exceptions]


@program
def handler_reraises():
    try:
        try:
            raise group(ValueError(1), TypeError(2))
        except* ValueError:
            suspend("values")
            raise
        except* TypeError:
            suspend("types")
    except ExceptionGroup as error:
        return repr(error)


@program
def nested_groups():
    seen = ()
    try:
        raise group(ValueError(1), group(KeyError(2), ValueError(3)))
    except* ValueError as errors:
        seen += (suspend("values"), repr(errors))
    except* KeyError as errors:
        seen += (suspend("keys"), repr(errors))
    return seen


@program
def types_that_suspend():
    seen = ()
    try:
        raise group(ValueError(1), KeyError(2), IndexError(3))
    except* suspend(ValueError) as errors:
        seen += (repr(errors), suspend("one"))
    except* (KeyError, IndexError) as errors:
        seen += (repr(errors), suspend("two"))
    return seen


@program
def current_exception_in_a_handler():
    seen = ()
    try:
        raise group(ValueError(1), KeyError(2))
    except* ValueError:
        suspend("?")
        seen += (repr(sys.exception()),)
    except* KeyError:
        suspend("?")
        seen += (repr(sys.exception()),)
    suspend("?")
    return seen, sys.exception()


@program
def variable_unbound_after():
    try:
        raise group(ValueError(1))
    except* ValueError as errors:
        suspend("?")
    return "errors" in locals()


@program(mutates=True)
def loops_inside_handlers():
    seen = ()
    try:
        raise group(ValueError(1), ValueError(2))
    except* ValueError as errors:
        for error in errors.exceptions:
            try:
                raise error
            except ValueError as e:
                seen += (suspend(e.args),)
    return seen


@program
def uncaught_rest():
    try:
        raise group(ValueError(1), TypeError(2))
    except* ValueError:
        suspend("values")
