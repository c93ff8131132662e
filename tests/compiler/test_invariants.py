"""What must hold after each pass holds for every program, for the apps, and for random programs."""

from __future__ import annotations

import ast
import linecache
import types
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from contweb.compiler.bound import unbound_reads
from contweb.compiler.invariants import Invariants
from contweb.compiler.pipeline import compile_flow
from contweb.compiler.source import copy_tree
from contweb.runtime.support import SUPPORT
from tests.compiler import cases, positions
from tests.compiler.everywhere import rewrite
from tests.compiler.generate import programs
from tests.compiler.harness import PROGRAMS, all_programs

ROOT = Path(__file__).parent.parent.parent
NAMES = sorted({program.path.stem for program in all_programs()})


def compile_all(source: str, name: str) -> int:
    """Compile each flow of a source, with the invariants checked; how many there were."""
    filename = f"<{name}>"
    linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
    marked: list[types.FunctionType] = []

    def mark(function=None, /, *args, **marks):
        if not isinstance(function, types.FunctionType):
            return mark
        marked.append(function)
        return function

    module = types.ModuleType(name)
    vars(module).update(flow=mark, program=mark)
    tree = ast.parse(source)
    for node in tree.body:
        if isinstance(node, ast.ImportFrom):  # theirs, but for what marks a flow
            node.names = [alias for alias in node.names if alias.name not in ("flow", "program")]
    tree.body = [node for node in tree.body if not isinstance(node, ast.ImportFrom) or node.names]
    exec(compile(tree, filename, "exec", dont_inherit=True), vars(module))
    for function in marked:
        check(function)
    return len(marked)


def check(function: types.FunctionType) -> None:
    watch = Invariants()
    for compiled in compile_flow(function, SUPPORT, watch=watch):
        compiled.twin()
    assert watch.checked >= 3


@pytest.mark.parametrize("name", NAMES)
def test_programs(name):
    assert compile_all((PROGRAMS / f"{name}.py").read_text(), name)


@pytest.mark.parametrize("name", NAMES)
def test_programs_that_suspend_everywhere(name):
    assert compile_all(rewrite((PROGRAMS / f"{name}.py").read_text()), f"everywhere_{name}")


@pytest.mark.parametrize("path", cases.paths(), ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_cases(path):
    check(cases.defined(cases.read(path)[0]))


def test_positions():
    with open(positions.__file__) as file:
        assert compile_all(file.read(), "positions")


@settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))
@given(programs())
def test_random_programs(source):
    compile_all(source, "random")


# ---------------------------------------------------------------------- the checker finds what is wrong


def broken(stage, change):
    """What the invariants say of a tree that is changed behind the pass' back."""
    watch = Invariants()

    def changing(name, tree):
        if name == stage:
            change(tree)
        watch(name, tree)

    source = "def f(x):\n    y = g(x) + h(x)\n    try:\n        return k(y)\n    finally:\n        g(1)\n"
    with pytest.raises(AssertionError) as found:
        for compiled in compile_flow(cases.defined(source), SUPPORT, watch=changing):
            compiled.twin()
    return str(found.value)


def first(tree, kind, **attributes):
    return next(
        node
        for node in ast.walk(tree)
        if isinstance(node, kind) and all(getattr(node, a, None) == v for a, v in attributes.items())
    )


def outside(tree):
    call = first(tree, ast.Call)
    call.lineno = call.end_lineno = 99


def backwards(tree):
    first(tree, ast.Call).end_col_offset = 0


def misspelt(tree):
    first(tree, ast.Name, id="@t1").id = "@t"


def hidden(tree):
    first(tree, ast.Name).id = "@t1"


def sugared(tree):
    call = first(tree, ast.Call, point=True)
    tree.body.append(ast.copy_location(ast.Expr(ast.copy_location(ast.IfExp(call, call, call), call)), call))


def nested(tree):
    call = first(tree, ast.Call, point=True)
    tree.body.append(ast.copy_location(ast.Return(copy_tree(call)), call))


def doubled(tree):
    tree.body.append(next(node for node in tree.body if getattr(getattr(node, "value", None), "number", 0)))


def dropped(tree):
    del tree.body[-1]


def unshielded(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Try):
            node.finalbody = node.finalbody[0].body


@pytest.mark.parametrize(
    ("stage", "change", "said"),
    [
        (
            "source",
            hidden,
            "the source has",
        ),
        ("desugar", outside, "outside of 1 to 6"),
        ("anf", backwards, "before it begins"),
        ("anf", misspelt, "not one of ours"),
        ("desugar", sugared, "IfExp around a point"),
        ("anf", sugared, "IfExp around a point"),
        ("anf", nested, "no whole right side"),
        ("shield", unshielded, "run by a capture"),
        ("live", doubled, "numbered"),
        ("reenter", dropped, "are in the twin"),
    ],
)
def test_what_is_wrong_is_found(stage, change, said):
    text = broken(stage, change)
    assert f"after {stage}" in text
    assert said in text


def test_reads_of_unbound_names_are_found():
    source = "def f(x):\n    if R == 0:\n        T = 1\n    elif R == 2:\n        R = 0\n    use(T)\n"
    tree = ast.parse(source).body[0]
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id in "RT":
            node.id = {"R": "@r", "T": "@t1"}[node.id]
    tree.args.args[0].arg = "@r"
    assert unbound_reads(tree, [0, 2]) == [(2, "@t1")]


@pytest.mark.parametrize("path", sorted(ROOT.glob("apps/**/*.py")), ids=lambda path: path.parent.name)
def test_apps(path):
    tree = ast.parse(path.read_text())
    flows = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.decorator_list]
    for node in flows:
        node.decorator_list = []
        check(cases.defined(ast.unparse(node), node.name))
