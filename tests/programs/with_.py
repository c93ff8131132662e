"""with: managers entered once, left once, whatever happens inside."""

from contextlib import ExitStack, contextmanager, nullcontext, suppress

from contweb import flow, suspend
from tests.programs import effect, program


class Manager:
    """Notes how it is entered and left; suppresses what it is told to."""

    def __init__(self, name, *, suppresses=(), raises=None):
        self.name, self.suppresses, self.raises = name, suppresses, raises

    def __enter__(self):
        effect(("enter", self.name))
        return self.name + "!"

    def __exit__(self, kind, error, traceback):
        effect(("exit", self.name, kind and kind.__name__, repr(error)))
        if self.raises:
            raise self.raises
        return kind is not None and issubclass(kind, self.suppresses)


@program
def with_one():
    with Manager("a") as a:
        suspend(a)
        effect("body")
        suspend("end")
    return suspend(a)


@program
def with_no_name():
    with Manager("a"):
        suspend("body")
    suspend("after")


@program
def with_manager_suspends():
    with suspend_manager("a") as a, suspend_manager(suspend("b")) as b:
        suspend((a, b))
    return a, b


@flow
def suspend_manager(name):
    suspend(name)
    return Manager(name)


@program
def with_several():
    with Manager("a") as a, Manager("b"), Manager("c") as c:
        suspend((a, c))
    with (
        Manager("d") as d,
        Manager("e") as e,
    ):
        suspend(d)
        suspend(e)
    return "end"


@program
def with_exception():
    try:
        with Manager("a"), Manager("b"):
            suspend("body")
            raise ValueError("x")
    except ValueError as error:
        return suspend("caught"), error.args


@program
def with_suppresses():
    with Manager("a") as a, Manager("b", suppresses=ValueError):
        suspend("body")
        raise ValueError("x")
    return suspend("after"), a


@program
def with_suppresses_in_the_middle():
    seen = ()
    with Manager("a"):
        with Manager("b", suppresses=KeyError):
            seen += (suspend(1),)
            with Manager("c"):
                seen += (suspend(2),)
                {}[suspend("missing")]
            seen += ("never",)
        seen += (suspend(3),)
    return seen


@program
def with_return():
    def f():
        with Manager("a"):
            with Manager("b"):
                suspend("body")
                return suspend("value")

    return f(), suspend("after")


@program
def with_break_and_continue():
    seen = ()
    for i in range(4):
        with Manager(f"m{i}"):
            if suspend(i) == 1:
                continue
            if i == 2:
                break
            seen += (i,)
        seen += (suspend("after"),)
    return seen


@program(mutates=True)
def with_exit_raises():
    try:
        with Manager("a", raises=KeyError("from exit")):
            suspend("body")
    except KeyError as error:
        suspend("caught")
        effect(repr(error.__context__))
    try:
        with Manager("b", raises=KeyError("from exit")):
            suspend("body")
            raise ValueError("from body")
    except KeyError as error:
        suspend("caught")
        return repr(error.__context__)


@program(mutates=True)
def with_exit_raises_over_return():
    def f():
        with Manager("a", raises=KeyError(1)):
            return suspend("value")

    try:
        f()
    except KeyError as error:
        return suspend("caught"), error.__context__


class Broken:
    def __enter__(self):
        raise ValueError("enter")

    def __exit__(self, *args):
        effect("never")


@program
def with_enter_raises():
    try:
        with Manager("a"), Broken():
            suspend("never")
    except ValueError:
        return suspend("caught")


class Half:
    def __enter__(self):
        effect("never")


@program
def with_what_is_no_manager():
    seen = ()
    try:
        with suspend(5):
            pass
    except (TypeError, AttributeError) as error:
        seen += (type(error).__name__, str(error))
    try:
        with Half() as half:
            suspend("never")
    except (TypeError, AttributeError) as error:
        seen += (type(error).__name__, str(error))
    return seen


@program(mutates=True)
def with_targets():
    d = {}
    with Manager("a") as d[suspend("key")], Manager("b") as (d["x"], *d["rest"]):
        suspend("body")
    return d


@program
def with_target_error_leaves_the_manager():
    try:
        with Manager("a") as (x, y, z, w):
            suspend("never")
    except ValueError as error:
        return suspend("caught"), str(error)


@program
def with_in_a_loop_in_a_try():
    seen = ()
    try:
        for i in range(3):
            with Manager(str(i), suppresses=KeyError):
                suspend(i)
                if i == 0:
                    raise KeyError
                if i == 2:
                    raise IndexError
                seen += (i,)
            seen += (suspend("next"),)
    except IndexError:
        seen += (suspend("caught"),)
    finally:
        seen += (suspend("finally"),)
    return seen


@program
def with_finally_inside():
    with Manager("a", suppresses=ValueError):
        try:
            suspend("body")
            raise ValueError
        finally:
            suspend("finally")
            effect("finally")
    return "end"


@program
def with_inside_handler_and_finally():
    import sys

    try:
        raise ValueError(1)
    except ValueError:
        with Manager("a"):
            suspend("handler")
            effect(repr(sys.exception()))
    finally:
        with Manager("b"):
            suspend("finally")
    return sys.exception()


@program
def with_nullcontext_and_suppress():
    with nullcontext(5) as five:
        suspend(five)
    with suppress(KeyError):
        suspend("?")
        {}[suspend("missing")]
    return suspend("after")


@program(mutates=True, stored=False, barriers=True)
def with_contextmanager():
    @contextmanager
    def managed(name):
        effect("enter " + name)
        try:
            yield name
        except ValueError as error:
            effect(repr(error))
        finally:
            effect("exit " + name)

    with managed("a") as a, managed("b"):
        suspend(a)
        raise ValueError("x")
    return suspend("after")


@program(mutates=True, stored=False)
def with_exit_stack():
    with ExitStack() as stack:
        names = [stack.enter_context(Manager(name)) for name in ("a", "b")]
        stack.callback(effect, "callback")
        suspend(names)
    return suspend("after")


@program
def with_same_manager_twice():
    m = Manager("m")
    with m as one, m as two:
        suspend("body")
        with m:
            suspend("inner")
    return one, two


@program
def with_manager_name_rebound():
    m = Manager("first")
    with m:
        m = Manager("second")
        suspend("body")
    return m.name


@program
def with_manager_methods_looked_up_on_the_type():
    m = Manager("m")
    m.__exit__ = None
    m.__enter__ = None
    with m as name:
        suspend(name)
    return "end"


@flow
def inside_with(name):
    with Manager(name, suppresses=ValueError):
        suspend(name)
        raise ValueError(name)
    return suspend("left " + name)


@program
def with_in_called_flows():
    with Manager("outer"):
        return inside_with("one"), inside_with("two")


@program
def with_walrus_and_unpacked_return():
    with (m := Manager("a")) as name:
        x, y = suspend((name, m.name))
    return x, y


@program
def with_identity():
    with nullcontext([]) as kept:
        also = kept
        suspend("?")
        return kept is also
