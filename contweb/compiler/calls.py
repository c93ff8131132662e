"""Which calls are points: all, but those that cannot reach a flow.

A fact pass: it sets ``node.point = True`` on calls. A call of a builtin is not a point: what it calls back
stands below a C function, and nothing can be captured through that. Whether a name is a builtin is decided
from the source alone, so that the same source is always compiled the same way.
"""

from __future__ import annotations

import ast
from typing import Any

from contweb.compiler.exact import exact
from contweb.compiler.head import head
from contweb.compiler.quote import is_runtime
from contweb.compiler.scopes import Scope, comprehension_variables
from contweb.compiler.source import Module

_FUNCTIONS = """abs aiter all anext any ascii bin bool breakpoint bytearray bytes callable chr compile
    complex delattr dict dir divmod enumerate eval exec filter float format frozenset getattr globals hasattr
    hash help hex id input int isinstance issubclass iter len list locals map max memoryview min next object
    oct open ord pow print property range repr reversed round set setattr slice sorted staticmethod
    classmethod str sum super tuple type vars zip"""
_EXCEPTIONS = """BaseException Exception ArithmeticError AssertionError AttributeError BufferError EOFError
    FileExistsError FileNotFoundError FloatingPointError GeneratorExit ImportError IndexError
    InterruptedError IsADirectoryError KeyError KeyboardInterrupt LookupError MemoryError ModuleNotFoundError
    NameError NotADirectoryError NotImplementedError OSError OverflowError PermissionError ProcessLookupError
    RecursionError ReferenceError RuntimeError StopAsyncIteration StopIteration SyntaxError SystemError
    SystemExit TimeoutError TypeError UnboundLocalError UnicodeDecodeError UnicodeEncodeError UnicodeError
    UnicodeTranslateError ValueError ZeroDivisionError BaseExceptionGroup ExceptionGroup Warning UserWarning
    DeprecationWarning RuntimeWarning"""
BUILTINS = frozenset(f"{_FUNCTIONS} {_EXCEPTIONS}".split())


def calls(function: ast.FunctionDef, facts: Facts) -> None:
    """Mark the points of a function; not of the functions inside it."""
    visitor = _Calls(facts)
    for statement in function.body:
        visitor.visit(statement)


def facts_of(module: Module, name: str) -> str:
    """What the module says of a name, as far as the passes ask it."""
    asked = {
        "m": name in module.imported,
        "s": name in module.steady,
        "b": name in module.bound or module.star,
    }
    return "".join(letter for letter, said in asked.items() if said)


class Facts:
    """What can be said of a name without running anything."""

    def __init__(
        self, function: ast.FunctionDef, module: Module, scope: Scope, enclosing: frozenset[str]
    ) -> None:
        self.module = module
        self.scope = scope
        self.enclosing = enclosing
        self._inside = comprehension_variables(function)
        self.exact = exact(function, scope, self.is_builtin)
        self.particular: set[str] = set()  # what this version of Python has had compiled in a way of its own

    def is_builtin(self, name: str) -> bool:
        return (
            name in BUILTINS
            and self._is_global(name)
            and name not in self.module.bound
            and not self.module.star
        )

    def is_steady(self, node: ast.expr) -> bool:
        """Whether evaluating the expression later, after other calls, gives the same."""
        if isinstance(node, ast.Constant):
            return True
        if not isinstance(node, ast.Name):
            return False
        if self._is_global(node.id):
            return node.id in self.module.steady or self.is_builtin(node.id)
        return self.is_fixed(node.id)

    def is_of_module(self, node: ast.expr) -> bool:
        """Whether it is what a module has under a name: the same after other calls, if it is a function."""
        return (
            isinstance(node, ast.Attribute)
            and isinstance(node.value, ast.Name)
            and node.value.id in self.module.imported
            and self._is_global(node.value.id)
        )

    def is_fixed(self, name: str) -> bool:
        """A parameter that is never bound again."""
        scope = self.scope
        return name in scope.parameters and name not in scope.rebound and scope.is_plain(name)

    def _is_global(self, name: str) -> bool:
        scope = self.scope
        if name in self._inside:
            return False
        if name in scope.declared_global:
            return True
        return name not in scope.local and name not in scope.free and name not in self.enclosing


class _Calls(ast.NodeVisitor):
    def __init__(self, facts: Facts) -> None:
        self._facts = facts

    def visit_Call(self, node: ast.Call) -> None:
        self.generic_visit(node)
        builtin = isinstance(node.func, ast.Name) and self._facts.is_builtin(node.func.id)
        if builtin and _draws(node):
            setattr(mark(node), "draws", True)
        elif not builtin and not _is_support(node.func):
            mark(node)

    def visit_FunctionDef(self, node: Any) -> None:
        for child in children(node):
            self.visit(child)
        self._decorated(node)

    visit_AsyncFunctionDef = visit_FunctionDef

    def visit_Lambda(self, node: ast.Lambda) -> None:
        for child in children(node):
            self.visit(child)
        setattr(node, "suspends", True)  # it becomes a function that can be captured, and stored

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        for child in children(node):
            self.visit(child)
        self._decorated(node)

    def _decorated(self, node: Any) -> None:
        """Applying a decorator is a call, though none is written."""
        node.suspends = not all(
            isinstance(decorator, ast.Name) and self._facts.is_builtin(decorator.id)
            for decorator in node.decorator_list
        )

    def visit_For(self, node: ast.For) -> None:
        """A loop over a flow generator may suspend at its head; one over what a builtin made never does."""
        self.generic_visit(node)
        mark_loop(node)

    def visit_GeneratorExp(self, node: ast.GeneratorExp) -> None:
        self.visit(node.generators[0].iter)

    def visit_TypeAlias(self, node: Any) -> None:
        """Its value is evaluated when it is asked for (PEP 695)."""

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        self.visit(node.target)
        if node.value:
            self.visit(node.value)


def _draws(node: ast.Call) -> bool:
    """``next(x)``: the one builtin through which a flow generator can be captured."""
    only = len(node.args) == 1 and not node.keywords and not isinstance(node.args[0], ast.Starred)
    return isinstance(node.func, ast.Name) and node.func.id == "next" and only


def _is_support(function: ast.expr) -> bool:
    """Whether a call goes to our run time, and does not leave the function."""
    return isinstance(function, ast.Attribute) and is_runtime(function.value) and function.attr != "produce"


def mark(call: ast.expr) -> ast.expr:
    """Make a call a point."""
    setattr(call, "point", True)
    return call


def mark_loop(node: ast.For) -> ast.For:
    """Note whether the loop may suspend at its head."""
    named = isinstance(node.iter, ast.Name | ast.Attribute | ast.Subscript)
    setattr(node, "suspends", named or is_point(node.iter))
    return node


def is_point(node: ast.AST) -> bool:
    return getattr(node, "point", False)


def has_point(node: ast.AST | None) -> bool:
    """Whether a point stands in the tree, outside the functions, classes and generator expressions in it."""
    if node is None or isinstance(node, ast.Name | ast.Constant):
        return False
    if is_point(node) or getattr(node, "suspends", False):
        return True
    return any(has_point(child) for child in children(node))


def any_point(nodes: list[Any]) -> bool:
    return any(has_point(node) for node in nodes)


def children(node: ast.AST) -> list[Any]:
    """The parts of a node that are evaluated in the same function."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef):
        return head(node)
    if isinstance(node, ast.GeneratorExp):
        return [node.generators[0].iter]
    if type(node).__name__ == "TypeAlias":
        return []
    return list(ast.iter_child_nodes(node))
