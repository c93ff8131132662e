"""What must hold after each pass; checked in tests, through the ``watch`` of ``compile_flow``.

    compile_flow(function, support, watch=Invariants())

After mypyc's ``ircheck``. What is wrong is an ``AssertionError`` that says after which pass, where, and what.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Any

from contweb.compiler.bound import unbound_reads
from contweb.compiler.calls import any_point, children, has_point, is_point
from contweb.compiler.comprehensions import inside_has_point
from contweb.compiler.names import is_hidden
from contweb.compiler.points import own_nodes
from contweb.compiler.quote import is_runtime
from contweb.compiler.show import show
from contweb.compiler.tree import Do

_KNOWN_NAME = re.compile(
    r"@([a-z]\d+(:made)?|c\d+(:made)?:\w+|f|cells|p|r|s|value|thrown|kept|first|flow"
    r"|items?@i\d+(:made)?|again:\w+|(def|global|body):(<\w+>\.)*(\w+|<\w+>))\Z"
)
_STRINGS = re.compile(r"@u\d+:")


class Invariants:
    """Checks the trees of one flow, and of the functions inside it, as they come out of the passes."""

    def __init__(self) -> None:
        self._range = (0, 0)
        self._calls: dict[str, list[int]] = {}  # the points that are calls, of each function by its mark
        self.checked = 0

    def __call__(self, stage: str, tree: ast.AST) -> None:
        assert isinstance(tree, ast.FunctionDef), stage
        self.checked += 1
        if stage == "source":
            self._range = _lines(tree)
        check = getattr(self, f"after_{stage}", None)
        wrong = [*self.names(tree), *self.places(tree), *(check(tree) if check else ())]
        if wrong:
            raise AssertionError(f"after {stage}, in {tree.name}:\n" + "\n".join(wrong))

    # What holds always.

    def names(self, tree: ast.FunctionDef) -> Iterator[str]:
        """Every hidden name is one that ``names`` lists."""
        for node in ast.walk(tree):
            for field in ("id", "name", "arg"):
                value = getattr(node, field, None)
                if isinstance(value, str) and is_hidden(value) and not _KNOWN_NAME.match(value):
                    yield f"the name {value} is not one of ours"

    def places(self, tree: ast.FunctionDef) -> Iterator[str]:
        """Every node stands inside the source of the flow, and ends where it begins or later."""
        first, last = self._range
        for node in ast.walk(tree):
            if not isinstance(node, ast.stmt | ast.expr | ast.ExceptHandler | ast.arg | ast.keyword):
                continue
            begins, ends = (node.lineno, node.col_offset), (node.end_lineno or 0, node.end_col_offset or 0)
            if not (first <= node.lineno and (node.end_lineno or 0) <= last):
                yield f"{type(node).__name__} stands at line {node.lineno}, outside of {first} to {last}"
            elif ends < begins:
                yield f"{type(node).__name__} ends at {ends}, before it begins at {begins}"

    # What holds after one pass.

    def after_source(self, tree: ast.FunctionDef) -> Iterator[str]:
        for node in ast.walk(tree):
            if isinstance(node, ast.Name) and is_hidden(node.id):
                yield f"the source has the name {node.id}"

    def after_desugar(self, tree: ast.FunctionDef) -> Iterator[str]:
        for node in _own(tree.body):
            if _is_sugar(node):
                yield f"{type(node).__name__} around a point: {_shown(node)}"

    def after_anf(self, tree: ast.FunctionDef) -> Iterator[str]:
        yield from self.after_desugar(tree)
        for node in ast.walk(tree):
            if isinstance(node, Do):
                yield f"a Do is left: {_shown(node)}"
        allowed = {id(_right_side(node)) for node in _own(tree.body)}
        for node in _own(tree.body):
            if is_point(node) and isinstance(node, ast.Call) and id(node) not in allowed:
                yield f"a point that is no whole right side: {_shown(node)}"
            elif isinstance(node, ast.Call) and is_point(node) and any_point(children(node)):
                yield f"a point in a point: {_shown(node)}"

    def after_shield(self, tree: ast.FunctionDef) -> Iterator[str]:
        for node in _own(tree.body):
            if not isinstance(node, ast.Try):
                continue
            if node.finalbody and (node.handlers or node.orelse) and has_point(node):
                yield "a try with both handlers and finally around a point"
            if node.handlers and any_point(node.body) and not _is_runtime(node.handlers[0].type, "Signal"):
                yield f"a handler that could catch a capture: {_shown(node.handlers[0])}"
            guarded = len(node.finalbody) == 1 and "raised()" in _shown(node.finalbody[0])
            if node.finalbody and any_point(node.body + node.finalbody) and not guarded:
                yield f"a finally that is run by a capture: {_shown(node.finalbody[0])}"

    def after_live(self, tree: ast.FunctionDef) -> Iterator[str]:
        numbers = [node.number for node in _own(tree.body) if hasattr(node, "number")]
        if numbers != list(range(1, len(numbers) + 1)):
            yield f"the points are numbered {numbers}"
        self._calls[_mark(tree)] = _call_numbers(tree)
        for _, name in unbound_reads(tree, [0]):
            yield f"{name} may be read unbound"

    def after_reenter(self, tree: ast.FunctionDef) -> Iterator[str]:
        expected, found = self._calls[_mark(tree)], _call_numbers(tree)
        if found != expected:
            yield f"of the points {expected}, {found} are in the twin"
        for start, name in unbound_reads(tree, expected):
            yield f"entered at {start}, {name} may be read unbound"


def _lines(node: ast.FunctionDef) -> tuple[int, int]:
    first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
    return first, node.end_lineno or first


def _own(statements: list[ast.stmt]) -> Iterator[Any]:
    """The nodes of a function in the order of the tree, but for those inside functions and classes."""
    for statement in statements:
        yield from own_nodes(statement)


def _call_numbers(tree: ast.FunctionDef) -> list[int]:
    """The points but for those that are the heads of loops."""
    calls = [node for node in _own(tree.body) if isinstance(node, ast.Call)]
    return sorted(node.number for node in calls if hasattr(node, "number"))


def _is_sugar(node: Any) -> bool:
    """Whether a node hides a point where Python would keep something on its stack."""
    if isinstance(node, ast.With):
        return any_point(node.body)
    if isinstance(node, ast.Match):
        return any(has_point(case.guard) or any_point(case.body) for case in node.cases)
    if isinstance(node, ast.BoolOp):
        return any_point(node.values[1:])
    if isinstance(node, ast.Compare):
        return any_point(node.comparators[1:])
    if isinstance(node, ast.IfExp):
        return any_point([node.body, node.orelse])
    if isinstance(node, ast.ListComp | ast.SetComp | ast.DictComp):
        return inside_has_point(node)
    if isinstance(node, ast.While):
        return has_point(node.test)
    if isinstance(node, ast.Assign):
        return len(node.targets) > 1 and any_point(node.targets)
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return any_point(node.decorator_list)
    return isinstance(node, ast.Assert | ast.NamedExpr | ast.Lambda) and has_point(node)


def _right_side(node: Any) -> ast.expr | None:
    if isinstance(node, ast.Expr):
        return node.value
    if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
        return node.value
    return None


def _is_runtime(node: Any, attribute: str) -> bool:
    return getattr(node, "attr", None) == attribute and is_runtime(getattr(node, "value", None))


def _mark(tree: ast.FunctionDef) -> str:
    """Which function of the flow it is."""
    for node in _own(tree.body):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and _STRINGS.match(node.value):
            return node.value.partition(":")[0]
    raise AssertionError(f"{tree.name} has no mark")


def _shown(node: ast.AST) -> str:
    return show(node).splitlines()[0][:100]
