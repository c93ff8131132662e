"""What stands between a flow and the ``suspend`` in it: carried along, or refused at the ``suspend``.

A refusal is an ordinary exception in the user's own stack: nothing is unwound, and the program can go on.
"""

import contextlib
import functools
import operator
import traceback
from collections import UserDict, defaultdict

import pytest

from contweb import flow, start, suspend
from contweb.errors import BarrierError, ContwebError, NotRunningError


@flow
def ask(value=None):
    return suspend(value)


def plain(function, *args):
    return function(*args)


class Asking:
    """Asks wherever Python lets a class have code."""

    @flow
    def __init__(self, asks=False):
        self.answer = suspend("init") if asks else None

    @flow
    def __call__(self, value):
        return suspend(value)

    @flow
    def method(self, value):
        return suspend(value)

    @classmethod
    @flow
    def of_class(cls, value):
        return cls.__name__, suspend(value)

    @staticmethod
    @flow
    def static(value):
        return suspend(value)

    @property
    @flow
    def attribute(self):
        return suspend("property")

    @functools.cached_property
    @flow
    def cached(self):
        return suspend("cached")

    @flow
    def __getattr__(self, name):
        return suspend(name)

    @flow
    def __add__(self, other):
        return suspend("add")

    @flow
    def __radd__(self, other):
        return suspend("radd")

    @flow
    def __lt__(self, other):
        return suspend("lt")

    @flow
    def __eq__(self, other):
        return suspend("eq")

    @flow
    def __hash__(self):
        return suspend("hash")

    @flow
    def __bool__(self):
        return suspend("bool")

    @flow
    def __len__(self):
        return suspend("len")

    @flow
    def __contains__(self, item):
        return suspend("contains")

    @flow
    def __getitem__(self, item):
        return suspend("getitem")

    @flow
    def __setitem__(self, item, value):
        return suspend("setitem")

    @flow
    def __iter__(self):
        return suspend("iter")

    @flow
    def __next__(self):
        return suspend("next")

    @flow
    def __repr__(self):
        return suspend("repr")

    @flow
    def __format__(self, spec):
        return suspend("format")


class Sub(Asking):
    @flow
    def __init__(self):
        super().__init__(True)
        self.more = suspend("sub")


class Made:
    @flow
    def __new__(cls):
        made = super().__new__(cls)
        made.answer = suspend("new")
        return made


class Meta(type):
    @flow
    def __call__(cls, *args):
        return suspend("meta"), super().__call__(*args)


class WithMeta(metaclass=Meta):
    pass


# -------------------------------------------------------------------------------------- carried along


@flow
def by_name():
    return ask(1)


@flow
def by_method():
    return Asking().method(1)


@flow
def by_bound_method():
    method = Asking().method
    return method(1)


@flow
def by_class_method():
    return Asking.of_class(1)[1], Asking().of_class(2)[1]


@flow
def by_static_method():
    return Asking.static(1), Asking().static(2)


@flow
def by_unbound_method():
    return Asking.method(Asking(), 1)


@flow
def by_call():
    asking = Asking()
    return asking(1)


@flow
def by_call_on_the_spot():
    return Asking()(1)


@flow
def by_init():
    return Asking(True).answer


@flow
def by_init_and_super():
    made = Sub()
    return type(made) is Sub, made.answer, made.more


@flow
def by_a_metaclass():
    said, made = WithMeta()
    return said, type(made) is WithMeta


@flow
def by_partial():
    one = functools.partial(ask, 1)
    return one(), functools.partial(Asking().method, 2)()


@flow
def by_partial_of_partial():
    return functools.partial(functools.partial(ask), 3)()


@flow
def by_container():
    table = {"a": [ask]}
    return table["a"][0](1)


@flow
def by_lambda():
    return (lambda value: suspend(value))(1)


@flow
def by_own_attribute():
    asking = Asking()
    asking.own = ask
    return asking.own(1)


@flow
def by_comprehension():
    return [ask(value) for value in range(3)], {suspend(4)}, {suspend(5): ask(6)}


@flow
def by_iterable_of_generator_expression():
    return sum(value for value in ask([1, 2]))


@flow
def by_keyword_and_star():
    return ask(value=1), ask(*[2])


def decorated(function):
    @functools.wraps(function)
    @flow
    def around(*args):
        return "around", function(*args)

    return around


@flow
def by_decorator():
    @decorated
    def inner(value):
        return suspend(value)

    return inner(3)


CARRIED = {
    by_name: 1,
    by_method: 1,
    by_bound_method: 1,
    by_class_method: (1, 2),
    by_static_method: (1, 2),
    by_unbound_method: 1,
    by_call: 1,
    by_call_on_the_spot: 1,
    by_init: "init",
    by_init_and_super: (True, "init", "sub"),
    by_a_metaclass: ("meta", True),
    by_partial: (1, 2),
    by_partial_of_partial: 3,
    by_container: 1,
    by_lambda: 1,
    by_own_attribute: 1,
    by_comprehension: ([0, 1, 2], {4}, {5: 6}),
    by_iterable_of_generator_expression: 3,
    by_keyword_and_star: (1, 2),
    by_decorator: ("around", 3),
}


@pytest.mark.parametrize("function", CARRIED, ids=lambda function: function.__name__)
def test_carried_along(function):
    step = start(function)
    while hasattr(step, "continuation"):
        step = step.continuation.resume(step.value)
    assert step.value == CARRIED[function]


# -------------------------------------------------------------------------------------------- refused


@flow
def through_sorted():
    return sorted([2, 1], key=ask)


@flow
def through_min():
    return min([2, 1], key=lambda value: suspend(value))


@flow
def through_map():
    return list(map(ask, [1]))


@flow
def through_filter():
    return list(filter(ask, [1]))


@flow
def through_a_list_sort():
    numbers = [2, 1]
    numbers.sort(key=ask)


@flow
def through_reduce():
    return functools.reduce(lambda a, b: suspend(a), [1, 2])


@flow
def through_a_python_function():
    return plain(ask, 1)


@flow
def through_a_python_lambda():
    return FORWARD(1)


FORWARD = lambda value: ask(value)  # noqa: E731


@flow
def through_a_property():
    return Asking().attribute


@flow
def through_a_cached_property():
    return Asking().cached


@flow
def through_getattr():
    return Asking().missing


@flow
def through_the_builtin_getattr():
    return getattr(Asking(), "attribute")  # noqa: B009


@flow
def through_an_operator():
    return Asking() + 1


@flow
def through_a_reflected_operator():
    return 1 + Asking()


@flow
def through_an_operator_function():
    return operator.add(Asking(), 1)


@flow
def through_a_comparison():
    return Asking() < 1


@flow
def through_equality_in_a_list():
    return 3 in [Asking()]


@flow
def through_hash():
    return {Asking(): 1}


@flow
def through_truth():
    return 1 if Asking() else 2


@flow
def through_not():
    return not Asking()


@flow
def through_len():
    return len(Asking())


@flow
def through_in():
    return 1 in Asking()


@flow
def through_an_index():
    return Asking()[1]


@flow
def through_a_stored_index():
    asking = Asking()
    asking[1] = 2


@flow
def through_unpacking():
    a, b = Asking()
    return a, b


@flow
def through_iter():
    return list(Asking())


@flow
def through_a_loop():
    for value in Asking():
        return value


@flow
def through_repr():
    return repr(Asking())


@flow
def through_an_f_string():
    return f"{Asking()}"


@flow
def through_default_factory():
    return defaultdict(ask)[1]


class Table(UserDict):
    @flow
    def __missing__(self, key):
        return ask(key)


@flow
def through_missing():
    return operator.getitem(Table(), 1)


@flow
def through_an_exit_stack():
    with contextlib.ExitStack() as stack:
        stack.callback(ask, 1)


@flow
def through_a_context_manager():
    with asking_manager():
        pass


@contextlib.contextmanager
def asking_manager():
    yield ask(1)


@flow
def through_a_generator_expression():
    asks = [ask]
    return [value + 1 for value in (f(1) for f in asks)]


@flow
def through_a_generator():
    return [value + 1 for value in generator()]


def generator():
    yield ask(1)


@flow
def through_a_cache():
    return CACHED(1)


CACHED = functools.lru_cache(ask)


@flow
def through_new():
    return Made().answer


REFUSED = {
    through_sorted: "through_sorted",
    through_min: "through_min",
    through_map: "through_map",
    through_filter: "through_filter",
    through_a_list_sort: "through_a_list_sort",
    through_reduce: "through_reduce",
    through_a_python_function: "plain",
    through_a_python_lambda: "<lambda>",
    through_a_property: "through_a_property",
    through_a_cached_property: "__get__",
    through_getattr: "through_getattr",
    through_the_builtin_getattr: "through_the_builtin_getattr",
    through_an_operator: "through_an_operator",
    through_a_reflected_operator: "through_a_reflected_operator",
    through_an_operator_function: "through_an_operator_function",
    through_a_comparison: "through_a_comparison",
    through_equality_in_a_list: "through_equality_in_a_list",
    through_hash: "through_hash",
    through_truth: "through_truth",
    through_not: "through_not",
    through_len: "through_len",
    through_in: "through_in",
    through_an_index: "through_an_index",
    through_a_stored_index: "through_a_stored_index",
    through_unpacking: "through_unpacking",
    through_iter: "through_iter",
    through_a_loop: "through_a_loop",
    through_repr: "through_repr",
    through_an_f_string: "through_an_f_string",
    through_default_factory: "through_default_factory",
    through_missing: "__getitem__",
    through_an_exit_stack: "_exit_wrapper",
    through_a_context_manager: "asking_manager",
    through_a_generator_expression: "<genexpr>",
    through_a_generator: "generator",
    through_a_cache: "through_a_cache",
    through_new: "through_new",
}


@pytest.mark.parametrize("function", REFUSED, ids=lambda function: function.__name__)
def test_refused_where_it_suspends(function):
    with pytest.raises(BarrierError) as refused:
        start(function)
    error = refused.value
    assert REFUSED[function] in error.frame
    assert error.reason
    assert error.instead
    for part in (error.frame, error.filename, f"line {error.line}", error.reason, error.instead):
        assert part in str(error)
    stack = [entry.name for entry in traceback.extract_tb(error.__traceback__)]
    assert function.__name__ in stack
    assert stack.index(function.__name__) < len(stack) - 1, "it is raised below the flow, not in its place"


def test_what_to_write_instead_of_new():
    with pytest.raises(BarrierError, match="a function or classmethod that makes the object") as refused:
        start(through_new)
    assert "call __new__() directly" not in str(refused.value)


# ------------------------------------------------------------------------------------- the program may go on


@flow
def goes_on():
    log = []
    try:
        sorted([2, 1], key=catches(log))
    except BarrierError:
        log.append("outer")
    else:
        log.append("sorted")
    return log, suspend("still running")


def catches(log):
    @flow
    def key(value):
        try:
            with noted(log):
                ask(value)
        except BarrierError as error:
            log.append((value, type(error).__name__))
        finally:
            log.append("finally")
        return value

    return key


@contextlib.contextmanager
def noted(log):
    log.append("in")
    try:
        yield
    finally:
        log.append("out")


def test_nothing_is_unwound():
    step = start(goes_on)
    assert step.value == "still running"
    log, _ = step.continuation.resume().value
    once = ["in", "out", (2, "BarrierError"), "finally"]
    assert log == [*once, "in", "out", (1, "BarrierError"), "finally", "sorted"]


@flow
def after_a_resume():
    suspend("first")
    return plain(ask, 1)


def test_refused_after_a_resume():
    continuation = start(after_a_resume).continuation
    for _ in range(2):
        with pytest.raises(BarrierError) as refused:
            continuation.resume()
        assert "plain" in refused.value.frame


@flow
def rebinds_the_name():
    function = ask

    def swap():
        nonlocal function
        function = other
        return suspend("swapped")

    function = swap
    return function(), function()


@flow
def other():
    return suspend("other")


def test_a_name_that_is_rebound_by_its_own_call():
    step = start(rebinds_the_name)
    assert step.value == "swapped"
    step = step.continuation.resume(1)
    assert step.value == "other"
    assert step.continuation.resume(2).value == (1, 2)


class Shifty:
    """Another function each time that it is asked for one."""

    def __init__(self):
        self.turn = 0

    def __getattribute__(self, name):
        if name == "go":
            object.__setattr__(self, "turn", object.__getattribute__(self, "turn") + 1)
            return ask if object.__getattribute__(self, "turn") == 1 else other
        return object.__getattribute__(self, name)


@flow
def through_shifty():
    shifty = Shifty()
    return shifty.go(1), shifty.turn


def test_attributes_are_not_looked_up_again():
    """A barrier or the answer; never a look that the program could notice."""
    try:
        step = start(through_shifty)
    except BarrierError:
        return
    assert step.continuation.resume(5).value == (5, 1)


class Replaced:
    """Its ``__init__`` binds ``self`` to another object, itself or in a function inside."""

    @flow
    def __init__(self, other=None, inside=False):
        def replace():
            nonlocal self
            self = other

        if inside:
            replace()
        ask(1)


class ReplacedPlainly:
    @flow
    def __init__(self, other):
        self = other  # noqa: F841
        ask(1)


@flow
def makes_what_is_replaced(kind, *args):
    return kind(*args)


@pytest.mark.parametrize("kind, args", [(Replaced, (None, False)), (ReplacedPlainly, ())])
def test_an_object_whose_init_binds_self_anew(kind, args):
    """What the class gives would not be known."""
    other = object.__new__(kind)
    with pytest.raises(BarrierError, match="__init__"):
        start(makes_what_is_replaced, kind, *(args or (other,)))


# ------------------------------------------------------------------------------------------- outside a flow


def test_suspend_outside_a_flow():
    with pytest.raises(NotRunningError) as refused:
        suspend(1)
    assert isinstance(refused.value, ContwebError)
    assert "start(" in str(refused.value)


def test_a_flow_called_outside_of_start():
    with pytest.raises(NotRunningError):
        ask(1)
    with pytest.raises(NotRunningError):
        by_comprehension()


def test_start_takes_any_function_but_it_must_be_a_flow_to_suspend():
    assert start(plain, len, "ab").value == 2
    with pytest.raises(BarrierError, match="plain"):
        start(plain, ask, 1)


def test_flow_takes_functions_only():
    for what in (Asking, len, functools.partial(ask), staticmethod(ask), 3):
        with pytest.raises(TypeError, match="flow"):
            flow(what)
