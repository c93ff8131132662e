"""In a twin, a captured variable that is not bound is the error of a local variable.

    del a                             if not holds(@cells[0]): (raise) ...
    return a                          del a
                                      return a if holds(@cells[0]) else (raise UnboundLocalError)

The variables of a function that live in cells are free in its twin, and Python says ``NameError`` of a free
variable. Where one is certainly bound, it is read as it is.
"""

from __future__ import annotations

import ast
from typing import Any

from contweb.compiler.names import CELLS, IS_A_SCOPE
from contweb.compiler.quote import name, placed, quote_expr
from contweb.compiler.scopes import Scope, assigned, bound_by, certainly_bound, deleted
from contweb.compiler.source import copy_tree
from contweb.compiler.tree import OwnCode

Statements = list[ast.stmt]


def unset(function: ast.FunctionDef, scope: Scope) -> ast.FunctionDef:
    """The function itself if nothing in it needs that, else a copy."""
    if not scope.cells:
        return function
    copied = copy_tree(function)
    checked = _Checked(scope, deleted(function))
    copied.body = checked.block(copied.body)
    return copied if checked.found else function


class _Checked(OwnCode):
    def __init__(self, scope: Scope, deleted: set[str]) -> None:
        self.found = False
        self._places = {captured: place for place, captured in enumerate(scope.captured)}
        self._cells = scope.cells
        self._deleted = deleted
        self._bound = frozenset(scope.parameters)

    def block(self, statements: Statements, given: frozenset[str] = frozenset()) -> Statements:
        around = self._bound
        self._bound |= given
        result: Statements = []
        for statement in statements:
            result += self._statement(statement)
            self._bound |= certainly_bound(statement) | frozenset(bound_by(statement))
        self._bound = around
        return result

    def _statement(self, node: Any) -> Statements:
        if isinstance(node, ast.AugAssign | ast.Delete):
            return self._unbinds(node)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            return [self.visit(node)]
        for field, value in ast.iter_fields(node):
            if isinstance(value, list) and value and isinstance(value[0], ast.stmt):
                loops = isinstance(node, ast.For) and field == "body"
                setattr(node, field, self.block(value, assigned(node.target) if loops else frozenset()))
            elif isinstance(value, list):
                setattr(
                    node, field, [self.visit(item) if isinstance(item, ast.AST) else item for item in value]
                )
            elif isinstance(value, ast.AST):
                setattr(node, field, self.visit(value))
        return [node]

    def _unbinds(self, node: ast.AugAssign | ast.Delete) -> Statements:
        """What reads its target, or wants it to be bound."""
        targets = [node.target] if isinstance(node, ast.AugAssign) else node.targets
        if len(targets) > 1 or isinstance(targets[0], ast.Tuple | ast.List):
            each = [element for target in targets for element in getattr(target, "elts", [target])]
            return [new for part in each for new in self._unbinds(placed(ast.Delete([part]), node))]
        (target,) = targets
        self.generic_visit(node)
        if not isinstance(target, ast.Name) or not self._is_unsure(target):
            return [node]
        return [placed(ast.Expr(self._checked(name(target.id, at=target))), target), node]

    def _is_unsure(self, node: ast.Name) -> bool:
        sure = node.id in self._bound and node.id not in self._deleted
        return node.id in self._cells and not sure

    def _checked(self, node: ast.Name) -> ast.expr:
        self.found = True
        return quote_expr(
            "READ if RT.holds(CELLS[PLACE]) else RT.unset(NAME)()",
            at=node,
            READ=node,
            CELLS=CELLS,
            PLACE=ast.Constant(self._places[node.id]),
            NAME=ast.Constant(node.id),
        )

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return self._checked(node) if isinstance(node.ctx, ast.Load) and self._is_unsure(node) else node

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> ast.ExceptHandler:
        node.type = node.type and self.visit(node.type)
        node.body = self.block(node.body)
        return node

    def visit_match_case(self, node: ast.match_case) -> ast.match_case:
        """But for the pattern, in which no expression can stand."""
        node.guard = node.guard and self.visit(node.guard)
        node.body = self.block(node.body)
        return node

    def visit_GeneratorExp(self, node: Any) -> Any:
        node.generators[0].iter = self.visit(node.generators[0].iter)
        return node

    def _visit_comprehension(self, node: Any) -> Any:
        return self.visit_GeneratorExp(node) if IS_A_SCOPE else self.generic_visit(node)

    visit_ListComp = _visit_comprehension
    visit_SetComp = _visit_comprehension
    visit_DictComp = _visit_comprehension
