"""The statements of ``desugar`` that bind names: assignments, ``del``, and decorated definitions."""

from __future__ import annotations

import ast
import copy
from typing import Any

from contweb.compiler.calls import any_point, has_point, mark
from contweb.compiler.desugar_expressions import Statements, as_value
from contweb.compiler.desugar_iterables import Iterables
from contweb.compiler.names import defined, defined_global
from contweb.compiler.quote import assign, name, placed, quote


class Bindings(Iterables):
    """Has the methods for what binds names."""

    def _Return(self, node: ast.Return) -> Statements:
        return self._chosen(node) or [self._plain(node)]

    def _chosen(self, node: ast.Return | ast.Assign) -> Statements:
        """``return a() if b else c()`` as two statements, one of which is run."""
        chosen = node.value
        if not isinstance(chosen, ast.IfExp) or not any_point([chosen.body, chosen.orelse]):
            return []
        node.value = chosen.body
        otherwise = copy.copy(node)
        otherwise.value = chosen.orelse
        test = self.test(chosen.test)
        holes = {"YES": self.statement(node), "NO": self.statement(otherwise)}
        return quote("if TEST:\n    YES\nelse:\n    NO", at=chosen, TEST=test, **holes)

    def _Assign(self, node: ast.Assign) -> Statements:
        if len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            return self._chosen(node) or [self._plain(node)]
        if len(node.targets) == 1 and not has_point(node.targets[0]):
            return [self._plain(node)]
        value = self.fresh("t")
        result: Statements = [assign(value, self.expr(node.value), at=node)]
        for target in node.targets:
            result += self.store(target, name(value, at=node))
        return result

    def store(self, target: ast.expr, value: ast.expr) -> Statements:
        """``target = value``, taken apart where the target has points."""
        if isinstance(target, ast.Tuple | ast.List) and has_point(target):
            return self._store_parts(target, value)
        return [placed(ast.Assign([self.expr(target)], value), target)]

    def _store_parts(self, target: ast.Tuple | ast.List, value: ast.expr) -> Statements:
        parts: list[ast.expr] = []
        later: Statements = []
        for element in target.elts:
            starred = isinstance(element, ast.Starred)
            inner: ast.expr = element.value if isinstance(element, ast.Starred) else element
            part = self.fresh("t")
            stored: ast.expr = name(part, at=inner, store=True)
            parts.append(placed(ast.Starred(stored, ast.Store()), element) if starred else stored)
            later += self.store(inner, name(part, at=inner))
        target.elts = parts
        return [placed(ast.Assign([target], value), target), *later]

    def _AnnAssign(self, node: ast.AnnAssign) -> Statements:
        if node.value is None:
            target: Any = node.target  # its parts are evaluated, but it is not read
            parts = [target.value, *([as_value(target.slice)] if isinstance(target, ast.Subscript) else [])]
            return [placed(ast.Expr(self.expr(part)), node) for part in parts]
        plain = placed(ast.Assign([node.target], node.value), node)
        return self._Assign(plain)

    def _AugAssign(self, node: ast.AugAssign) -> Statements:
        """The target's object and index once, its old value, then the right side, then the operation. That of
        a name is left to ``anf``, which knows whether it stays the same meanwhile."""
        if isinstance(node.target, ast.Name):
            return [self._plain(node)]
        before: Statements = []
        loaded, stored = self._twice(node.target, before)
        result = self.fresh("t")
        return [
            *before,
            assign(result, loaded, at=node),
            placed(
                ast.AugAssign(name(result, at=node, store=True), node.op, self.expr(node.value)),
                node,
            ),
            placed(ast.Assign([stored], name(result, at=node)), node),
        ]

    def _twice(self, target: ast.expr, before: Statements) -> tuple[Any, Any]:
        """The target to read and to write, its parts evaluated in ``before``."""
        if isinstance(target, ast.Attribute):
            base = self._kept(target.value, before)
            return (
                placed(ast.Attribute(name(base, at=target), target.attr, ast.Load()), target),
                placed(ast.Attribute(name(base, at=target), target.attr, ast.Store()), target),
            )
        assert isinstance(target, ast.Subscript)
        base = self._kept(target.value, before)
        index = self._kept(as_value(target.slice), before)
        return (
            placed(ast.Subscript(name(base, at=target), name(index, at=target), ast.Load()), target),
            placed(ast.Subscript(name(base, at=target), name(index, at=target), ast.Store()), target),
        )

    def _kept(self, node: ast.expr, before: Statements) -> str:
        kept = self.fresh("t")
        before.append(assign(kept, self.expr(node)))
        return kept

    def _Delete(self, node: ast.Delete) -> Statements:
        result: Statements = []
        for target in node.targets:
            elements = target.elts if isinstance(target, ast.Tuple | ast.List) else None
            if elements is not None and has_point(target):
                result += self._Delete(placed(ast.Delete(elements), target))
            else:
                result.append(placed(ast.Delete([self.expr(target)]), node))
        return result

    def _FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> Statements:
        if not node.decorator_list:
            return [self._plain_head(node)]
        own_name = node.name
        result: Statements = []
        decorators = []
        for decorator in node.decorator_list:
            kept = self.fresh("t")
            result.append(assign(kept, self.expr(decorator)))
            decorators.append((kept, decorator))
        node.decorator_list = []
        is_global = own_name in self.facts.scope.declared_global
        node.name = defined_global(own_name) if is_global else defined(own_name)
        decorated: ast.expr = name(node.name, at=decorators[-1][1])
        for kept, decorator in reversed(decorators):
            decorated = mark(placed(ast.Call(name(kept, at=decorator), [decorated], []), decorator))
        return [*result, self._plain_head(node), assign(own_name, decorated)]

    _AsyncFunctionDef = _FunctionDef
    _ClassDef = _FunctionDef
