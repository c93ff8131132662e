"""Code written as code: templates with holes.

    quote("while True:\\n    BODY\\n    if not TEST: break", at=node, TEST=expression, BODY=[...])

A hole is a name in capitals. Its filling is an expression, a list of statements (where the hole stands as a
statement), or a string: a name that no template can spell. Every node of the template stands at the place of
``at``; fillings keep their own places. An unfilled hole is an error. After TensorFlow AutoGraph's
``templates.py``.
"""

from __future__ import annotations

import ast
import functools
import re
from typing import Any, TypeVar

from contweb.compiler.names import RUNTIME

Filling = ast.AST | list[Any] | str
Node = TypeVar("Node", bound=ast.AST)

_HOLE = re.compile(r"[A-Z][A-Z0-9_]*\Z")
_PLACE = ("lineno", "col_offset", "end_lineno", "end_col_offset")


def quote(template: str, *, at: ast.AST, **holes: Filling) -> list[ast.stmt]:
    """The statements of the template, with its holes filled."""
    filler = _Filler(at, holes)
    return filler.statements(_parse(template).body)


def quote_expr(template: str, *, at: ast.AST, **holes: Filling) -> ast.expr:
    """The one expression of the template, with its holes filled."""
    (statement,) = _parse(template).body
    assert isinstance(statement, ast.Expr)
    made: ast.expr = _Filler(at, holes).node(statement.value)
    return made


def name(identifier: str, *, at: ast.AST, store: bool = False) -> ast.Name:
    context: ast.expr_context = ast.Store() if store else ast.Load()
    return placed(ast.Name(identifier, context), at)


def assign(identifier: str, value: ast.expr, *, at: ast.AST | None = None) -> ast.Assign:
    where = value if at is None else at
    return placed(ast.Assign([name(identifier, at=where, store=True)], value), where)


def function_def(
    identifier: str, arguments: ast.arguments, body: list[ast.stmt], *, at: ast.AST
) -> ast.FunctionDef:
    """``def``, without decorators and type parameters."""
    made = ast.FunctionDef(name=identifier, args=arguments, body=body, decorator_list=[])
    setattr(made, "type_params", [])  # Python 3.12 wants it, 3.11 does not know it
    return placed(made, at)


def is_runtime(node: ast.AST | None) -> bool:
    """Whether it is the run time, the ``RT`` of a template."""
    return isinstance(node, ast.Constant) and bool(node.value == RUNTIME)


def placed(node: Node, at: ast.AST) -> Node:
    """The node, standing at the place of another, whatever place it had."""
    for attribute in _PLACE:
        if attribute in node._attributes:
            setattr(node, attribute, getattr(at, attribute, None))
    place = getattr(at, "place", None)  # in the source; see ``places``
    if place is not None:
        node.place = place  # type: ignore[attr-defined]
        node.part = getattr(at, "part", 0)  # type: ignore[attr-defined]
    return node


@functools.lru_cache(maxsize=256)
def _parse(template: str) -> ast.Module:
    return ast.parse(template)


class _Filler:
    def __init__(self, at: ast.AST, holes: dict[str, Filling]) -> None:
        self.at = at
        self.holes = holes

    def statements(self, body: list[ast.stmt]) -> list[ast.stmt]:
        result: list[ast.stmt] = []
        for statement in body:
            filling = self._statement_hole(statement)
            if filling is None:
                result.append(self.node(statement))
            else:
                result.extend(filling)
        return result

    def _statement_hole(self, statement: ast.stmt) -> list[ast.stmt] | None:
        if (
            isinstance(statement, ast.Expr)
            and isinstance(statement.value, ast.Name)
            and _is_hole(statement.value)
        ):
            filling = self.filling(statement.value)
            if isinstance(filling, list):
                return filling
        return None

    def node(self, node: Any) -> Any:
        if isinstance(node, ast.Name) and _is_hole(node):
            return self._name(node)
        fields = {field: self._field(value) for field, value in ast.iter_fields(node)}
        made = placed(type(node)(**fields), self.at)
        if isinstance(made, ast.Attribute):  # Python says that an attribute is read where the expression ends
            made.end_lineno, made.end_col_offset = made.lineno, made.col_offset
        return made

    def _field(self, value: Any) -> Any:
        if isinstance(value, list):
            if value and isinstance(value[0], ast.stmt):
                return self.statements(value)
            return [self._field(item) for item in value]
        if isinstance(value, ast.AST):
            return self.node(value)
        if isinstance(value, str) and isinstance(self.holes.get(value), str):
            return self.holes[value]  # an identifier: the name of an attribute, a function, a handler
        return value

    def _name(self, node: ast.Name) -> Any:
        filling = self.filling(node)
        if isinstance(filling, str):
            return placed(ast.Name(filling, type(node.ctx)()), self.at)
        if isinstance(filling, ast.expr) and not hasattr(filling, "lineno"):
            return placed(filling, self.at)
        return filling

    def filling(self, node: ast.Name) -> Filling:
        if node.id == "RT":
            return placed(ast.Constant(RUNTIME), self.at)
        if node.id not in self.holes:
            raise LookupError(f"the hole {node.id} of a template is not filled")
        return self.holes[node.id]


def _is_hole(node: ast.Name) -> bool:
    return _HOLE.match(node.id) is not None
