"""Tracebacks, and what else tools ask of a function, are those of the user's own source."""

from __future__ import annotations

import ast
import importlib
import inspect
import pydoc
import sys
import traceback
import types
from pathlib import Path

import pytest

from contweb import Continuation, Suspended, flow, start, suspend
from tests.compiler import positions

FILE = Path(positions.__file__)
HELPERS = ("fail", "flow", "middle", "innermost")
FLOWS = [name for name, value in vars(positions).items() if inspect.isfunction(value) and name not in HELPERS]
COMPREHENSIONS = ("<listcomp>", "<setcomp>", "<dictcomp>")


def plain_module():
    """The same source, with nothing compiled by us."""
    module = types.ModuleType(positions.__name__)
    tree = ast.parse(FILE.read_text())
    tree.body = [node for node in tree.body if not isinstance(node, ast.ImportFrom)]
    module.flow = lambda function: function
    exec(compile(tree, str(FILE), "exec"), vars(module))
    return module


PLAIN = plain_module()


def answer(question, module):
    return module.Bad() if question == "bad" else question


def failed(run):
    try:
        run()
    except Exception as error:
        return error
    raise AssertionError("it did not fail")


def entries(error):
    """Function, line and columns of each entry of the flows. A comprehension counts as its function."""
    found = []
    for entry in without_the_driver(error.__traceback__):
        code = entry.tb_frame.f_code
        place = (entry.tb_lineno, list(code.co_positions())[entry.tb_lasti // 2])
        if code.co_name in COMPREHENSIONS and found:
            found[-1] = (found[-1][0], *place)
        else:
            found.append((code.co_name, *place))
    return found


def without_the_driver(entry):
    """The entries from the first one of the flows' file on; ours may only stand before it."""
    while entry is not None and entry.tb_frame.f_code.co_filename != str(FILE):
        entry = entry.tb_next
    while entry is not None:
        assert entry.tb_frame.f_code.co_filename == str(FILE), entry.tb_frame
        yield entry
        entry = entry.tb_next


# Where the head of a statement fails, Python's columns depend on its version; ours are inside of them.
HEADS = ("loop_over_nothing", "with_no_manager", "with_exit", "with_exit_of_an_error")


def same(compiled, plain):
    """Whether two chains are the same; at the head of a statement, whether one is inside the other."""
    if not (isinstance(plain, tuple) and plain and plain[0] in HEADS):
        return compiled == plain if not isinstance(plain, tuple | list) else same_parts(compiled, plain)
    (name, line, inside), (plain_name, plain_line, around) = compiled, plain
    begins, ends = (inside[0], inside[2]), (inside[1], inside[3])
    within = (around[0], around[2]) <= begins <= ends <= (around[1], around[3])
    return (name, line) == (plain_name, plain_line) and within


def same_parts(compiled, plain):
    return len(compiled) == len(plain) and all(map(same, compiled, plain))


def chain(error):
    """The tracebacks of an exception and of those behind it."""
    if error is None:
        return None
    parts = [chain(part) for part in error.exceptions] if isinstance(error, BaseExceptionGroup) else []
    return (type(error).__name__, entries(error), chain(error.__cause__), chain(error.__context__), parts)


def plainly(name):
    return failed(lambda: getattr(PLAIN, name)(lambda question: answer(question, PLAIN)))


def resumed(name, carry):
    def run():
        step = start(getattr(positions, name), suspend)
        while isinstance(step, Suspended):
            step = carry(step.continuation).resume(answer(step.value, positions))

    return failed(run)


@pytest.mark.parametrize("name", FLOWS)
def test_after_resumes(name):
    compiled, plain = chain(resumed(name, lambda continuation: continuation)), chain(plainly(name))
    assert compiled == plain or same(compiled, plain)


@pytest.mark.parametrize("name", FLOWS)
def test_without_a_resume(name):
    """The plain version: nothing is suspended."""
    error = failed(lambda: getattr(positions, name)(lambda question: answer(question, positions)))
    compiled, plain = chain(error), chain(plainly(name))
    assert compiled == plain or same(compiled, plain)


def test_what_is_printed():
    """As a whole, with the markers below the lines."""

    def printed(error):
        text = "".join(traceback.format_exception(error))
        lines = text.splitlines()
        return lines[next(place for place, line in enumerate(lines) if str(FILE) in line) :]

    shown = printed(resumed("outer", lambda continuation: continuation))
    assert shown == printed(plainly("outer"))
    assert not [line for line in shown if "@" in line]


@pytest.mark.parametrize("at", range(3))
def test_an_exception_thrown_in_shows_the_point(at):
    step = start(positions.outer, suspend)
    for _ in range(at):
        step = step.continuation.resume(0)
    frames = step.continuation.frames

    def run():
        thrown = step.continuation.throw(LookupError("thrown"))
        while isinstance(thrown, Suspended):
            thrown = thrown.continuation.resume(0)

    found = [(name, line) for name, line, _ in entries(failed(run))]
    assert found[: len(frames)] == [(view.function, view.line) for view in frames]
    assert len(found) == len(frames) or at == 2  # there, an exception is on its way already


def test_nothing_of_contweb_stands_between_the_caller_and_the_flow():
    """Only ``start`` or ``resume`` themselves, on the driver's side."""
    error = resumed("outer", lambda continuation: continuation)
    ours = [
        frame.f_code.co_qualname
        for frame, _ in traceback.walk_tb(error.__traceback__)
        if frame.f_globals.get("__name__", "").startswith("contweb")
    ]
    assert ours in ([], ["Continuation.resume"], ["Continuation.resume", "go_on"])


# ------------------------------------------------------------------------------------- what else tools ask


def documented(a: int, /, b: str = "b", *rest: float, key: bytes | None = None, **more: object) -> list[int]:
    """What it does."""
    suspend(a)
    return [a]


COMPILED = flow(
    types.FunctionType(
        documented.__code__, globals(), "documented", documented.__defaults__, documented.__closure__
    )
)
COMPILED.__kwdefaults__ = documented.__kwdefaults__
COMPILED.__annotations__ = documented.__annotations__
COMPILED.__doc__ = documented.__doc__
COMPILED.__module__ = documented.__module__


def test_signature():
    assert inspect.signature(COMPILED) == inspect.signature(documented)
    assert inspect.getfullargspec(COMPILED) == inspect.getfullargspec(documented)
    assert inspect.get_annotations(COMPILED) == inspect.get_annotations(documented)
    assert inspect.get_annotations(COMPILED, eval_str=True)["return"] == list[int]


def test_source():
    assert inspect.getsource(COMPILED) == inspect.getsource(documented)
    assert inspect.getsourcelines(COMPILED) == inspect.getsourcelines(documented)
    assert inspect.getsourcefile(COMPILED) == __file__
    assert COMPILED.__code__.co_firstlineno == documented.__code__.co_firstlineno


@pytest.mark.parametrize("name", FLOWS)
def test_source_of_flows(name):
    compiled, plain = getattr(positions, name), getattr(PLAIN, name)
    assert inspect.getsource(compiled).splitlines()[0] == "@flow"
    for attribute in ["firstlineno", "name", "qualname", "filename", "argcount", "freevars"]:
        attribute = f"co_{attribute}"
        assert getattr(compiled.__code__, attribute) == getattr(plain.__code__, attribute), attribute


def test_help():
    assert pydoc.render_doc(COMPILED) == pydoc.render_doc(documented)


def test_it_is_the_function_itself():
    def function():
        suspend()

    assert flow(function) is function
    assert not hasattr(function, "__wrapped__")
    assert type(function) is types.FunctionType
    assert flow(flow(function)) is function


def test_arguments_are_bound_as_python_does():
    assert inspect.getcallargs(COMPILED, 1, "x", 2.0, key=b"", z=1) == inspect.getcallargs(
        documented, 1, "x", 2.0, key=b"", z=1
    )
    with pytest.raises(TypeError) as plain:
        documented()
    with pytest.raises(TypeError) as compiled:
        COMPILED()
    assert str(compiled.value) == str(plain.value)


@flow
def looking_around():
    a = suspend(1)
    b = [suspend(x) for x in (1,)]
    here = sys._getframe()
    own = locals()
    return a, b, here.f_code.co_name, here.f_code.co_qualname, here.f_lineno, sorted(own)


def test_the_frame_is_the_users():
    first = looking_around.__code__.co_firstlineno
    step = start(looking_around)
    step = step.continuation.resume("a").continuation.resume("b")
    a, b, name, qualified, line, own = step.value
    assert (a, b, name, qualified, line) == ("a", ["b"], "looking_around", "looking_around", first + 6)
    assert own == ["a", "b", "here"]


def test_warnings_point_to_the_users_line():
    @flow
    def warns():
        suspend()
        importlib.import_module("warnings").warn("look", UserWarning, stacklevel=1)

    continuation = start(warns).continuation
    with pytest.warns(UserWarning, match="look") as caught:
        continuation.resume()
    assert caught[0].filename == __file__
    assert caught[0].lineno == warns.__code__.co_firstlineno + 3


def test_through_bytes_too():
    def carry(continuation):
        return Continuation.loads(continuation.dumps(trusted=True), trusted=True)

    def run():
        step = start(waits, 0)
        carry(step.continuation).resume(0)

    error = failed(run)
    assert traceback.extract_tb(error.__traceback__)[-1].lineno == waits.__code__.co_firstlineno + 2


@flow
def waits(n):
    return suspend(n) / n
