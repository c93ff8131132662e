"""The one kind of node that Python's own trees lack, and the way that passes go through a tree."""

from __future__ import annotations

import ast
from typing import Any

from contweb.compiler.head import change_head
from contweb.compiler.quote import placed


class Do(ast.expr):
    """Statements that are run where an expression stands, and the expression that is its value.

    Made by ``desugar``, taken apart by ``anf``; Python's compiler never sees one.
    """

    _fields = ("body", "value")
    body: list[ast.stmt]
    value: ast.expr
    suspends = True  # as ``calls.has_point`` sees it: it has to be taken out of the expression around it


def do(body: list[ast.stmt], value: ast.expr) -> Do:
    parts: dict[str, Any] = {"body": body, "value": value}
    return placed(Do(**parts), value)


class OwnCode(ast.NodeTransformer):
    """Rewrites a function's own code, and leaves the functions and classes inside it alone, but for their
    heads."""

    def _head(self, node: Any) -> Any:
        change_head(node, self.visit)
        return node

    visit_FunctionDef = _head
    visit_AsyncFunctionDef = _head
    visit_Lambda = _head
    visit_ClassDef = _head
