"""What cannot be in a flow is refused when it is imported, with file, line, reason and a way out."""

from __future__ import annotations

import importlib
import itertools
import textwrap

import pytest

from contweb import start
from contweb.errors import BarrierError, CompileError

HEADER = "from contweb import flow, start, suspend\n\n"

# what is refused: a name, the source (the line that is refused is marked), what the construct is called
REFUSED = [
    (
        "async function",
        """
        @flow
        async def f():  # here
            suspend(1)
        """,
        "async",
    ),
    (
        "await",
        """
        @flow
        async def f(other):  # here
            await other()
        """,
        "async",
    ),
    (
        "async comprehension in a nested async function that suspends",
        """
        @flow
        def f():
            async def g(xs):
                return [suspend(x) async for x in xs]  # here
            return g
        """,
        "async",
    ),
    (
        "async function inside a flow that suspends",
        """
        @flow
        def f():
            async def g():
                suspend(1)  # here
            return g
        """,
        "async",
    ),
    (
        "suspend in a generator expression",
        """
        @flow
        def f(xs):
            return sum(suspend(x) for x in xs)  # here
        """,
        "generator expression",
    ),
    (
        "flow called in a generator expression",
        """
        @flow
        def g(x):
            return suspend(x)

        @flow
        def f(xs):
            return list(
                g(x)  # here
                for x in xs
            )
        """,
        "generator expression",
    ),
    (
        "flow called in the condition of a generator expression",
        """
        @flow
        def f(xs):
            return [*(x for x in xs if suspend(x))]  # here
        """,
        "generator expression",
    ),
    (
        "suspend in the second loop of a generator expression",
        """
        @flow
        def f(xs):
            return sum(y for x in xs for y in suspend(x))  # here
        """,
        "generator expression",
    ),
    (
        "nested flow called in a generator expression",
        """
        @flow
        def f(xs):
            def g(x):
                return suspend(x)
            return any(g(x) for x in xs)  # here
        """,
        "generator expression",
    ),
    (
        "method of self called in a generator expression",
        """
        class C:
            @flow
            def m(self, x):
                return suspend(x)

            @flow
            def f(self, xs):
                return sum(suspend(x) + self.m(x) for x in xs)  # here
        """,
        "generator expression",
    ),
    (
        "suspend in the body of a class",
        """
        @flow
        def f():
            class C:
                x = suspend(1)  # here
            return C
        """,
        "class",
    ),
]

# what is fine, though it looks like the above
ACCEPTED = [
    (
        "generator expression that does not suspend",
        """
        @flow
        def f():
            xs = suspend([1, 2])
            return sum(x + 1 for x in xs)
        """,
        5,
    ),
    (
        "suspend in the first iterable of a generator expression",
        """
        @flow
        def f():
            return sum(x + 1 for x in suspend([1, 2]))
        """,
        5,
    ),
    (
        "list comprehension in its place",
        """
        @flow
        def f():
            return sum([suspend(x) for x in (1, 2)])
        """,
        3,
    ),
    (
        "async function that is only made",
        """
        @flow
        def f():
            async def g():
                return 5
            suspend(1)
            coroutine = g()
            try:
                coroutine.send(None)
            except StopIteration as stop:
                return stop.value
        """,
        5,
    ),
    (
        "exec and eval of what does not suspend",
        """
        @flow
        def f():
            names = {}
            exec("x = 5", names)
            suspend(1)
            return eval("x + 1", {"x": names["x"]})
        """,
        6,
    ),
]

# what cannot be seen at import: it is refused at the suspension, in the stack of the program
BARRIERS = [
    (
        "exec",
        """
        @flow
        def f():
            exec("suspend(1)", {"suspend": suspend})
        """,
    ),
    (
        "eval",
        """
        @flow
        def f():
            return eval("suspend(1)")
        """,
    ),
    (
        "key of sorted",
        """
        @flow
        def f():
            return sorted([2, 1], key=lambda x: suspend(x))
        """,
    ),
    (
        "map",
        """
        @flow
        def g(x):
            return suspend(x)

        @flow
        def f():
            return list(map(g, [1, 2]))
        """,
    ),
    (
        "property",
        """
        class C:
            @property
            @flow
            def p(self):
                return suspend(1)

        @flow
        def f():
            return C().p
        """,
    ),
    (
        "operator",
        """
        class C:
            @flow
            def __add__(self, other):
                return suspend(1)

        @flow
        def f():
            return C() + 1
        """,
    ),
    (
        "function that is not a flow",
        """
        def g(x):
            return suspend(x)

        @flow
        def f():
            return g(1)
        """,
    ),
    (
        "flow called by a function that is not one",
        """
        @flow
        def h(x):
            return suspend(x)

        def g(x):
            return h(x)

        @flow
        def f():
            return h(1) if False else g(1)
        """,
    ),
    (
        "truth of an object",
        """
        class C:
            @flow
            def __bool__(self):
                return suspend(True)

        @flow
        def f():
            return 1 if C() else 2
        """,
    ),
    (
        "iterator of the user",
        """
        class C:
            def __iter__(self):
                return self

            @flow
            def __next__(self):
                return suspend(1)

        @flow
        def f():
            for x in C():
                return x
        """,
    ),
    (
        "format of an object",
        """
        class C:
            @flow
            def __format__(self, spec):
                return suspend("text")

        @flow
        def f():
            return f"{C()}"
        """,
    ),
    (
        "iterable of a generator expression that a flow consumes",
        """
        def gen(g):
            yield g(1)

        @flow
        def g(x):
            return suspend(x)

        @flow
        def f():
            return [x for x in gen(g)]
        """,
    ),
    (
        "dunder call of a manager",
        """
        class C:
            @flow
            def __enter__(self):
                return suspend(1)

            def __exit__(self, *args):
                pass

        @flow
        def f():
            with C() as x:
                return x
        """,
    ),
]

READERS = [
    "list(items())",
    "sum(items())",
    "9 in items()",
    "{*items()}",
    "dict(*items(), key=items())",
    "(lambda a, b: a)(*items(), b=1)",
    "sum(x for x in items())",
    "[list(given) for given in [items()]]",
    "[x for given in [items()] for x in list(given)]",
    "[x for x in given]",
    "{x for x in sorted(items())}",
]

numbers = itertools.count()


@pytest.fixture
def load(tmp_path, monkeypatch):
    """Import a source; gives the module."""
    monkeypatch.syspath_prepend(tmp_path)

    def load(source: str):
        name = f"refused_{next(numbers)}"
        (tmp_path / f"{name}.py").write_text(source)
        return importlib.import_module(name)

    return load


def by_name(table):
    return pytest.mark.parametrize("case", table, ids=lambda case: case[0].replace(" ", "-"))


@by_name(REFUSED)
def test_refused_at_import(load, tmp_path, case):
    _, source, construct = case
    source = HEADER + textwrap.dedent(source)
    with pytest.raises(CompileError) as refused:
        load(source)
    error = refused.value
    assert construct in error.construct
    assert error.line == next(n for n, line in enumerate(source.splitlines(), 1) if "# here" in line)
    assert error.filename.startswith(str(tmp_path))
    assert error.reason
    assert error.instead
    for part in (error.filename, f"line {error.line}", error.construct, error.reason, error.instead):
        assert part in str(error)


@pytest.mark.parametrize(("block", "most"), [("with C():", 9), ("for x in [1]:", 19), ("while f:", 19)])
def test_blocks_inside_each_other(load, block, most):
    """The twin may be the one that is too deep: that is said at import, too."""

    def nested(count):
        lines = [f"{'    ' * level}{block}" for level in range(1, count + 1)]
        return "\n".join(["@flow", "def f():", *lines, f"{'    ' * (count + 1)}return suspend(1)"])

    manager = "class C:\n    def __enter__(self): pass\n    def __exit__(self, *error): pass\n\n"
    refused = []
    for count in range(most - 1, most + 5):
        try:
            step = start(load(HEADER + manager + nested(count)).f)
        except CompileError as error:
            assert "more blocks inside each other" in error.construct
            refused.append(count)
        except SyntaxError:  # without a flow, too
            refused.append(count)
        else:
            assert step.continuation.resume(2).value == 2
    assert refused == list(range(most + 5))[-len(refused) :]
    assert min(refused) > most


@by_name(ACCEPTED)
def test_accepted(load, case):
    from contweb import Suspended, start

    _, source, result = case
    step = start(load(HEADER + textwrap.dedent(source)).f)
    while isinstance(step, Suspended):
        step = step.continuation.resume(step.value)
    assert step.value == result


@pytest.mark.parametrize("reader", READERS)
def test_what_reads_a_generator_says_what_to_write(load, reader):
    source = f"""
        @flow
        def items():
            yield suspend(1)

        @flow
        def f():
            given = items()
            return {reader}
        """
    with pytest.raises(BarrierError, match=r"`for` loop.* list") as refused:
        start(load(HEADER + textwrap.dedent(source)).f)
    assert refused.value.line == 11


@by_name(BARRIERS)
def test_barrier_at_the_suspension(load, tmp_path, case):
    """It is raised where ``suspend`` is called, so that the program could go on; nothing has been unwound."""
    from contweb import start

    _, source = case
    with pytest.raises(BarrierError) as refused:
        start(load(HEADER + textwrap.dedent(source)).f)
    error = refused.value
    assert error.frame
    assert error.reason
    assert error.instead
    assert error.line
    names = [entry.name for entry in refused.traceback]
    assert "f" in names
