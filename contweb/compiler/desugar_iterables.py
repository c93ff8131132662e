"""The expressions of ``desugar`` that read an iterable to its end: comprehensions, and ``*f()``.

Where the iterable is perhaps a flow generator, made right here, both is there: a loop, which reads one of
those and may suspend at its head, and the expression as it is, for anything else.

    [x.name for x in f()]             (do: @t1 = f()
                                           if type(@t1) is FlowGenerator: (loop: @a1)
                                           else: @t2 = [x.name for x in @t1]
                                       in @t2)
"""

from __future__ import annotations

import ast
from typing import Any

from contweb.compiler.calls import has_point, mark, mark_loop
from contweb.compiler.comprehensions import (
    as_function,
    as_loops,
    inside_has_point,
    reads_deleted,
    reads_early,
)
from contweb.compiler.desugar_expressions import Expressions, Statements
from contweb.compiler.quote import assign, name, quote, quote_expr
from contweb.compiler.scopes import captures_variable
from contweb.compiler.source import copy_tree
from contweb.compiler.tree import do


class Iterables(Expressions):
    """Has the methods for them."""

    def _ListComp(self, node: ast.ListComp | ast.SetComp | ast.DictComp) -> ast.expr:
        if inside_has_point(node):
            return do(*self._taken_apart(node))
        first = node.generators[0]
        perhaps = self._may_be_flows(first.iter)
        first.iter = self.expr(first.iter)
        if not perhaps:
            return node
        given, result = self.fresh("t"), self.fresh("t")
        start = assign(given, first.iter)
        first.iter = name(given, at=first.iter)
        statements, value = self._taken_apart(copy_tree(node))
        chosen = quote(
            "if RT.type(ITERABLE) is RT.FlowGenerator:\n"
            "    STATEMENTS\n"
            "    RESULT = VALUE\n"
            "else:\n"
            "    RESULT = AS_IT_IS",
            at=node,
            ITERABLE=given,
            STATEMENTS=statements,
            RESULT=result,
            VALUE=value,
            AS_IT_IS=node,
        )
        return do([start, *chosen], name(result, at=node))

    _SetComp = _ListComp
    _DictComp = _ListComp

    def _taken_apart(self, node: Any) -> tuple[Statements, ast.expr]:
        is_function = captures_variable(node) or reads_early(node)
        if not is_function and reads_deleted(node, self.facts.scope):
            self.facts.particular.add("a comprehension as a function")
            is_function = True
        if is_function:
            function, iterable = as_function(node, self.facts.scope)
            call = mark(quote_expr("FUNCTION(ITERABLE)", at=node, FUNCTION=function.name, ITERABLE=iterable))
            return [function], self.expr(call)
        statements, value = as_loops(node, self.fresh)
        return self.block(statements), value

    def _List(self, node: ast.List | ast.Tuple) -> ast.expr:
        node.elts = [self._spread(element) for element in node.elts]
        return node

    _Tuple = _List

    def _Call(self, node: ast.Call) -> ast.expr:
        if len(node.args) == 1 and node.keywords:
            self._plain(node)  # Python evaluates these before it spreads an only argument
            return node
        node.func = self.expr(node.func)
        node.args = [self._spread(argument) for argument in node.args]
        for keyword in node.keywords:
            keyword.value = self.expr(keyword.value)
        return node

    def _spread(self, node: Any) -> Any:
        if not isinstance(node, ast.Starred) or not isinstance(node.ctx, ast.Load):
            return self.expr(node)
        perhaps = self._may_be_flows(node.value)
        node.value = self.expr(node.value)
        if not perhaps:
            return node
        given, gathered = self.fresh("t"), self.fresh("a")
        holes = {"ITERABLE": given, "GATHERED": gathered, "ITEM": self.fresh("t")}
        loop: Any = quote("for ITEM in ITERABLE: GATHERED.append(ITEM)", at=node.value, **holes)[0]
        read = quote(
            "if RT.type(ITERABLE) is RT.FlowGenerator:\n    GATHERED = []\n    LOOP\n    ITERABLE = GATHERED",
            at=node.value,
            LOOP=self.block([mark_loop(loop)]),
            **holes,
        )
        node.value = do([assign(given, node.value), *read], name(given, at=node.value))
        return node

    def _may_be_flows(self, node: ast.expr) -> bool:
        """Whether it is perhaps a flow generator, made right here."""
        return has_point(node) and not self.is_own(node)

    def is_own(self, node: ast.expr) -> bool:
        """Whether it is certainly no flow generator, and nobody else has it."""
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            return self.facts.is_builtin(node.func.id)
        return isinstance(node, ast.Constant | ast.List | ast.Tuple | ast.Set | ast.Dict | ast.JoinedStr)
