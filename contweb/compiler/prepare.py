"""Pass: small changes that let a function's body run in another function.

    def method(self):                 def method(self):
        if x:                             nonlocal n
            nonlocal n                    if x:
        super().method()                      pass
                                          super(__class__, self).method()

Declarations stand at the top, because a twin may not use a name before it declares it. ``super()`` without
arguments looks for the first argument of the running function, which a twin does not have. ``locals()``,
``vars()`` and ``dir()`` leave out our names.
"""

from __future__ import annotations

import ast
from typing import Any

from contweb.compiler.calls import Facts
from contweb.compiler.quote import name, placed, quote_expr
from contweb.compiler.tree import OwnCode


def prepare(function: ast.FunctionDef, facts: Facts) -> None:
    """Rewrite the body of a function; not of the functions inside it."""
    rewriter = _Prepare(function, facts)
    function.body = [rewriter.visit(statement) for statement in function.body]
    start = 1 if ast.get_docstring(function, clean=False) is not None else 0
    function.body[start:start] = rewriter.declarations


class _Prepare(OwnCode):
    def __init__(self, function: ast.FunctionDef, facts: Facts) -> None:
        self.declarations: list[ast.stmt] = []
        self._facts = facts
        self._first = next(iter(facts.scope.parameters), None)

    def visit_Global(self, node: ast.Global | ast.Nonlocal) -> ast.stmt:
        self.declarations.append(node)
        return placed(ast.Pass(), node)

    visit_Nonlocal = visit_Global

    def visit_Call(self, node: ast.Call) -> Any:
        self.generic_visit(node)
        if not isinstance(node.func, ast.Name) or node.args or node.keywords:
            return node
        if node.func.id == "super" and self._first is not None and self._facts.is_builtin("super"):
            node.args = [name("__class__", at=node), name(self._first, at=node)]
        elif node.func.id in ("locals", "vars", "dir") and self._facts.is_builtin(node.func.id):
            return quote_expr("RT.visible(LOCALS)", at=node, LOCALS=node)
        return node
