"""Pass 1: a function becomes the tree of its source, with the real file, lines and columns.

Each module is parsed once. The tree that is returned is a copy that the passes may change. Private names are
mangled here (``__x`` in ``class C`` is ``_C__x``), because the function is compiled outside its class.
"""

from __future__ import annotations
import __future__

import ast
import functools
import linecache
import types
from dataclasses import dataclass, field
from typing import Any

from contweb.compiler.check import refuse
from contweb.compiler.head import annotated_later
from contweb.compiler.quote import Node, function_def
from contweb.compiler.scopes import bound_by
from contweb.errors import CompileError

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
Place = tuple[str, int]  # a function's own name and first line


@dataclass(frozen=True)
class Module:
    """What the passes need to know of the module that a function stands in."""

    lines: tuple[str, ...]
    functions: dict[Place, list[tuple[Definition, str | None]]]  # with the class that they stand in
    imported: frozenset[str]  # names bound by imports of modules, at the top
    steady: frozenset[str]  # names bound at the top and never rebound by a function
    bound: frozenset[str]  # all names bound at the top
    star: bool  # from x import *


@dataclass(frozen=True)
class Written:
    """A function's text, from which its tree can be made again."""

    text: str
    class_name: str | None  # around it, for the names that Python mangles
    is_lambda: bool = False

    def tree(self) -> ast.FunctionDef:
        """As ``source`` gives it. ``SyntaxError`` if this Python cannot read it."""
        if self.is_lambda:
            body = ast.parse(f"({self.text}\n)", mode="eval").body
            assert isinstance(body, ast.Lambda)
            node = lambda_as_function(body, "<lambda>")
        else:
            (around,) = ast.parse(f"if 1:\n{self.text}" if self.text[:1].isspace() else self.text).body
            node = around.body[0] if isinstance(around, ast.If) else around  # type: ignore[assignment]
        Mangler(self.class_name).visit(node)
        return node


@dataclass
class Source:
    """A function's tree."""

    node: ast.FunctionDef
    module: Module
    filename: str
    written: Written
    free: tuple[str, ...] = field(default=())


def source(function: types.FunctionType) -> Source:
    """The tree of a function, found by its name and first line. ``CompileError`` if there is none."""
    code = function.__code__
    linecache.checkcache(code.co_filename)  # the file may have been imported again since it was read
    module = _module(code.co_filename, tuple(linecache.getlines(code.co_filename, function.__globals__)))
    candidates = module.functions.get((code.co_name, code.co_firstlineno), [])
    if len(candidates) > 1:
        first = _first_place(code)
        candidates = [found for found in candidates if _starts_at(found[0]) == first] or candidates
    if len(candidates) != 1:
        raise _not_found(code, len(candidates))
    node, class_name = candidates[0]
    copied = copy_tree(node)
    if isinstance(copied, ast.Lambda):
        copied = lambda_as_function(copied, "<lambda>")
    if isinstance(copied, ast.AsyncFunctionDef):
        raise refuse("AsyncFunctionDef", copied, code.co_filename)
    Mangler(class_name).visit(copied)
    if code.co_flags & __future__.annotations.compiler_flag:
        annotated_later(copied)
    if _arguments(copied.args) != code.co_varnames[: len(_arguments(copied.args))]:
        raise _not_found(code, 0)
    written = Written(_text(node, module.lines), class_name, isinstance(node, ast.Lambda))
    return Source(copied, module, code.co_filename, written, code.co_freevars)


def _text(node: Any, lines: tuple[str, ...]) -> str:
    """The lines of a function, without its decorators; of a lambda, only what is its own."""
    first, last = node.lineno - 1, node.end_lineno
    if not isinstance(node, ast.Lambda):
        return "".join(lines[first:last])
    return ast.get_source_segment("".join(lines), node) or ""


def lambda_as_function(node: ast.Lambda, name: str) -> ast.FunctionDef:
    """``lambda x: y`` as ``def name(x): return y``."""
    returned = ast.copy_location(ast.Return(node.body), node.body)
    return function_def(name, node.args, [returned], at=node)


def copy_tree(node: Node) -> Node:
    """A deep copy; several times faster than ``copy.deepcopy``."""
    fields = {name: _copy_field(value) for name, value in node.__dict__.items()}
    copied = type(node).__new__(type(node))
    copied.__dict__.update(fields)
    return copied


def _copy_field(value: object) -> object:
    if isinstance(value, ast.AST):
        return copy_tree(value)
    if isinstance(value, list):
        return [_copy_field(item) for item in value]
    return value


@functools.lru_cache(maxsize=64)
def _module(filename: str, lines: tuple[str, ...]) -> Module:
    try:
        tree = ast.parse("".join(lines), filename)
    except SyntaxError:
        tree = ast.Module([], [])
    finder = _Finder()
    finder.visit(tree)
    names = _top_names(tree)
    rebound = {name for node in ast.walk(tree) if isinstance(node, ast.Global) for name in node.names}
    return Module(
        lines=lines,
        functions=finder.found,
        imported=frozenset(_imported(tree) - rebound),
        steady=frozenset(names - rebound),
        bound=frozenset(names | rebound),
        star=any(isinstance(node, ast.ImportFrom) and node.names[0].name == "*" for node in ast.walk(tree)),
    )


class _Finder(ast.NodeVisitor):
    """Indexes every function of a module by name and first line."""

    def __init__(self) -> None:
        self.found: dict[Place, list[tuple[Definition, str | None]]] = {}
        self._class: str | None = None

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
        self._add(node, node.name, first)

    visit_AsyncFunctionDef = visit_FunctionDef

    def visit_Lambda(self, node: ast.Lambda) -> None:
        self._add(node, "<lambda>", node.lineno)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        outer, self._class = self._class, node.name
        self.generic_visit(node)
        self._class = outer

    def _add(self, node: Definition, name: str, line: int) -> None:
        self.found.setdefault((mangle(name, self._class), line), []).append((node, self._class))
        if name != mangle(name, self._class):
            self.found.setdefault((name, line), []).append((node, self._class))
        self.generic_visit(node)


class Mangler(ast.NodeTransformer):
    """Private names as Python's compiler would write them, in this function and the classes inside it.

    And f-strings as all versions of Python parse them: 3.12.0 and 3.12.1 put an empty text behind a format's
    last value.
    """

    def __init__(self, class_name: str | None) -> None:
        self._class = class_name

    def visit(self, node: ast.AST) -> ast.AST:
        if isinstance(node, ast.ClassDef):
            return self._visit_class(node)
        if self._class is not None:
            self._mangle(node)
        if isinstance(node, ast.JoinedStr):
            node.values = [part for part in node.values if not _is_empty_text(part)]
        self.generic_visit(node)
        return node

    def _visit_class(self, node: ast.ClassDef) -> ast.AST:
        for child in [*node.decorator_list, *node.bases, *node.keywords]:
            self.visit(child)
        inside = Mangler(node.name)
        for statement in node.body:
            inside.visit(statement)
        self._rename(node)
        return node

    def _mangle(self, node: ast.AST) -> None:
        if isinstance(node, ast.keyword):
            return  # what is passed by name is not mangled, though the parameter is
        if isinstance(node, ast.alias):
            bound = mangle(node.asname or node.name, self._class)
            node.asname = node.asname and bound if bound == (node.asname or node.name) else bound
            return
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            self._rename(node)
            return
        for attribute in ("id", "attr", "arg", "name", "rest"):
            value = getattr(node, attribute, None)
            if isinstance(value, str):
                setattr(node, attribute, mangle(value, self._class))
        if isinstance(node, ast.Global | ast.Nonlocal):
            node.names = [mangle(name, self._class) for name in node.names]

    def _rename(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> None:
        """What a definition binds is mangled; ``__name__`` is as it is written."""
        mangled = mangle(node.name, self._class)
        if mangled != node.name:
            setattr(node, "written_name", node.name)
            node.name = mangled


def _is_empty_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value == ""


def mangle(name: str, class_name: str | None) -> str:
    """The name as it is inside the class (language reference, 6.2.1)."""
    if class_name is None or not name.startswith("__") or name.endswith("__") or "." in name:
        return name
    stripped = class_name.lstrip("_")
    return f"_{stripped}{name}" if stripped else name


def _top_names(tree: ast.Module) -> set[str]:
    names: set[str] = set()
    pending: list[ast.AST] = list(tree.body)
    while pending:
        node = pending.pop()
        names.update(bound_by(node))
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            names.add(node.id)
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            pending.extend(ast.iter_child_nodes(node))
    return names


def _imported(tree: ast.Module) -> set[str]:
    imports = [node for node in tree.body if isinstance(node, ast.Import)]
    return {name for node in imports for alias in node.names for name in bound_by(alias)}


def _arguments(arguments: ast.arguments) -> tuple[str, ...]:
    positional = [argument.arg for argument in arguments.posonlyargs + arguments.args]
    return tuple(positional + [argument.arg for argument in arguments.kwonlyargs])


def _starts_at(node: ast.AST) -> tuple[int, int]:
    inner = node.body if isinstance(node, ast.Lambda) else node
    return (getattr(inner, "lineno", 0), getattr(inner, "col_offset", 0))


def _first_place(code: types.CodeType) -> tuple[int, int]:
    places = [(line, column) for line, _, column, _ in code.co_positions() if line and column]
    return min(places, default=(0, 0))


def _not_found(code: types.CodeType, count: int) -> CompileError:
    return CompileError(
        filename=code.co_filename,
        line=code.co_firstlineno,
        construct=f"the function {code.co_name}",
        reason="several functions stand at its place" if count else "its source was not found in the file",
        instead="define it with `def` on lines of its own, "
        "in a file that has not changed since it was imported",
    )
