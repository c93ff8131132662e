"""Rewrites a program so that every call in it is a suspension.

    return f(g(x), *y)      ->      return pause_here(f(pause_here(g(x)), *y))

``pause_here`` (in ``companions``) is a flow that suspends and then gives its argument back. The argument is
a name of its frame, so it travels with the continuation. What cannot be rewritten is left as it is: generator
expressions, bodies of classes, and calls that are about the frame they stand in.
"""

from __future__ import annotations

import ast
from pathlib import Path

ABOUT_THE_FRAME = {"suspend", "super", "locals", "globals", "vars", "dir", "eval", "exec", "exc_info"}
FLOWS = {"flow", "program"}


def rewrite(source: str) -> str:
    """The program with a suspension at every call of its flows."""
    tree = ast.parse(source)
    _Everywhere().visit(tree)
    importing = ast.parse("from tests.compiler.companions import pause_here").body
    future = [node for node in tree.body if isinstance(node, ast.ImportFrom) and node.module == "__future__"]
    place = 1 + len(future)
    tree.body[place:place] = importing
    return ast.unparse(ast.fix_missing_locations(tree))


def rewrite_file(path: Path, folder: Path) -> Path:
    """Write the rewritten file where it can be imported as ``everywhere_<name>``."""
    target = folder / f"everywhere_{path.stem}.py"
    target.write_text(rewrite(path.read_text()))
    return target


def rewrite_body(function: ast.FunctionDef) -> None:
    """Make every call in the body of one function a suspension."""
    _Everywhere()._body(function, entering=True)


class _Everywhere(ast.NodeTransformer):
    """Outside flows it looks for flows; inside, it wraps calls."""

    def __init__(self) -> None:
        self.inside = False

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:
        if self.inside:
            node.decorator_list = [self.visit(d) for d in node.decorator_list]
            self.visit(node.args)
        self._body(node, entering=self.inside or _is_flow(node))
        return node

    def visit_Lambda(self, node: ast.Lambda) -> ast.Lambda:
        self.visit(node.args)
        if self.inside:
            node.body = self.visit(node.body)
        return node

    def visit_TypeAlias(self, node: ast.stmt) -> ast.stmt:
        """Python itself evaluates it, when it is asked for."""
        return node

    def visit_arguments(self, node: ast.arguments) -> ast.arguments:
        node.defaults = [self.visit(d) for d in node.defaults]
        node.kw_defaults = [d and self.visit(d) for d in node.kw_defaults]
        return node

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.ClassDef:
        node.decorator_list = [self.visit(d) for d in node.decorator_list]
        node.bases = [self.visit(b) for b in node.bases]
        for keyword in node.keywords:
            keyword.value = self.visit(keyword.value)
        for statement in node.body:
            if isinstance(statement, ast.FunctionDef):
                self._body(statement, entering=self.inside or _is_flow(statement))
        return node

    def visit_GeneratorExp(self, node: ast.GeneratorExp) -> ast.GeneratorExp:
        node.generators[0].iter = self.visit(node.generators[0].iter)
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AnnAssign:
        node.target = self.visit(node.target)
        node.value = node.value and self.visit(node.value)
        return node

    def visit_Call(self, node: ast.Call) -> ast.expr:
        self.generic_visit(node)
        name = getattr(node.func, "id", None) or getattr(node.func, "attr", None)
        if not self.inside or name in ABOUT_THE_FRAME:
            return node
        return ast.Call(ast.Name("pause_here", ast.Load()), [node], [])

    def _body(self, node: ast.FunctionDef, *, entering: bool) -> None:
        outside, self.inside = self.inside, entering
        node.body = [self.visit(statement) for statement in node.body]
        self.inside = outside


def _is_flow(node: ast.FunctionDef) -> bool:
    names = [d.func if isinstance(d, ast.Call) else d for d in node.decorator_list]
    return any(isinstance(n, ast.Name) and n.id in FLOWS for n in names)
