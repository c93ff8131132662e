"""Pass: small changes that let a function's body run in another function.

    def method(self):                 def method(self):
        if x:                             nonlocal n
            nonlocal n                    if x:
        super().method()                      pass
                                          super(__class__, self).method()

Declarations stand at the top, because a twin may not use a name before it declares it. ``super()`` without
arguments looks for the first argument of the running function, which a twin does not have; so it gets them.
Where that argument may be deleted, or ``super`` be another, the run time does what Python would.
``locals()``, ``vars()`` and ``dir()`` leave out our names.
"""

from __future__ import annotations

import ast
import sys
from typing import Any

from contweb.compiler.calls import Facts
from contweb.compiler.quote import name, placed, quote_expr
from contweb.compiler.scopes import deleted
from contweb.compiler.source import copy_tree
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
        given = function.args.posonlyargs + function.args.args
        self._first = given[0].arg if given else None
        self._deleted = deleted(function)

    def visit_Global(self, node: ast.Global | ast.Nonlocal) -> ast.stmt:
        self.declarations.append(node)
        return placed(ast.Pass(), node)

    visit_Nonlocal = visit_Global

    def visit_Attribute(self, node: ast.Attribute) -> Any:
        """``super().name`` is one operation from Python 3.12 on, and its first argument a variable as any."""
        called = node.value
        at_once = sys.version_info >= (3, 12) and isinstance(node.ctx, ast.Load) and node.attr != "__class__"
        if at_once and isinstance(called, ast.Call) and _is_bare(called, "super") and self._knows_super():
            node.value = self._with_arguments(called)
            return node
        return self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> Any:
        self.generic_visit(node)
        if _is_bare(node, "super"):
            return self._super(node)
        if _is_bare(node, "locals", "vars", "dir"):
            called = node.func
            assert isinstance(called, ast.Name)
            if self._facts.is_builtin(called.id):
                return quote_expr("RT.visible(LOCALS)", at=node, LOCALS=node)
            return quote_expr("RT.seen(CALLED, NAMES)", at=node, CALLED=copy_tree(called), NAMES=node)
        return node

    def _super(self, node: ast.Call) -> ast.expr:
        if self._knows_super() and not self._deleted.intersection(("__class__", self._first)):
            return self._with_arguments(node)
        missing = (
            "empty __class__ cell" if "__class__" in self._facts.scope.free else "__class__ cell not found"
        )
        return quote_expr(
            "RT.super(SUPER, RT.locals(), FIRST, MISSING)()",
            at=node,
            SUPER=node.func,
            FIRST=ast.Constant(self._first),
            MISSING=ast.Constant(missing),
        )

    def _knows_super(self) -> bool:
        in_class = "__class__" in self._facts.scope.free
        return in_class and self._first is not None and self._facts.is_builtin("super")

    def _with_arguments(self, node: ast.Call) -> ast.expr:
        assert self._first is not None
        node.args = [name("__class__", at=node), name(self._first, at=node)]
        return node


def _is_bare(node: ast.Call, *names: str) -> bool:
    """Whether it is a call of one of these names without arguments."""
    bare = not node.args and not node.keywords
    return bare and isinstance(node.func, ast.Name) and node.func.id in names
