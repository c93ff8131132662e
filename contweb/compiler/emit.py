"""Pass: trees become code, in which nothing shows but the user's own names and places.

A function is compiled inside a factory whose parameters are the names that it has from around it; the factory
is never called. Then the constants are mended: the run-time support takes the place of its name, hidden
definitions get their own names back, and the functions inside a twin become those of the plain version, so
that a function is the same whichever version made it.
"""

from __future__ import annotations
import __future__

import ast
import inspect
import re
import sys
import types
from typing import Any

from contweb.compiler.check import refuse
from contweb.compiler.names import RUNTIME, own_name, qualified, unit_mark
from contweb.compiler.quote import function_def, placed
from contweb.compiler.unit import Unit

_FACTORY = "@factory"
_FLOW = "@flow"  # while it is compiled: its own name is not bound around it
_MARK = re.compile(r"@u\d+:")
_HAS_DOCSTRING = 0x4000000  # CO_HAS_DOCSTRING, of Python 3.13
_FUTURE = sum({getattr(__future__, feature).compiler_flag for feature in __future__.all_feature_names})

DEEP = 12  # blocks inside each other, of 20
_BLOCKS = (ast.For, ast.While, ast.With, ast.Try, ast.TryStar)
_STATEMENTS = (ast.stmt, ast.ExceptHandler, ast.match_case)


class Emitter:
    """Makes code for one flow."""

    def __init__(self, function: types.FunctionType, support: object, free: tuple[str, ...]) -> None:
        self._original = function.__code__
        self._support = support
        self._free = free
        self._marked: dict[str, types.CodeType] = {}  # the plain code of each unit
        self._written: dict[str, str] = {}  # the names of definitions that are mangled

    def plain(self, units: list[Unit]) -> list[tuple[Unit, types.CodeType]]:
        """The code of the flow and of the functions inside it. One that Python never makes is left out."""
        node = units[0].node
        for part in ast.walk(node):
            if (written := getattr(part, "written_name", None)) is not None:
                self._written[own_name(part.name)] = written  # type: ignore[attr-defined]
        node.decorator_list = self._first_line(node)
        code = self._compile(node, list(self._free))
        code = self._mend(code, self._original.co_qualname, keep=True)
        code = code.replace(co_name=self._original.co_name)
        self._marked[unit_mark(0)] = code
        return [
            (unit, self._marked[unit_mark(unit.number)])
            for unit in units
            if unit_mark(unit.number) in self._marked
        ]

    def twin(self, node: ast.FunctionDef, captured: list[str], plain: types.CodeType) -> types.CodeType:
        """The code of a twin."""
        code = self._compile(node, captured)
        code = self._mend(code, plain.co_qualname, keep=False)
        return code.replace(co_name=plain.co_name)

    def _compiled(self, module: ast.Module, flags: int, optimize: int) -> types.CodeType:
        filename = self._original.co_filename
        try:
            code: types.CodeType = compile(
                module, filename, "exec", flags, dont_inherit=True, optimize=optimize
            )
        except SyntaxError as error:
            if "nested blocks" not in error.msg:
                raise
            raise refuse("too deep", error, filename) from None
        return code

    def _first_line(self, node: ast.FunctionDef) -> list[ast.expr]:
        """Decorators are applied already, but tools take the first of them for a function's first line."""
        if not node.decorator_list:
            return []
        return [placed(ast.Constant(None), node.decorator_list[0])]

    def _compile(self, node: ast.FunctionDef, captured: list[str]) -> types.CodeType:
        parameters = [placed(ast.arg(name), node) for name in captured]
        arguments = ast.arguments(posonlyargs=[], args=parameters, kwonlyargs=[], kw_defaults=[], defaults=[])
        _strip(node)
        node.name = _FLOW
        module = ast.Module([function_def(_FACTORY, arguments, [node], at=node)], [])
        flags = self._original.co_flags & _FUTURE
        optimize = min(sys.flags.optimize, 1)  # docstrings stay for now: the marks stand in them
        code = self._compiled(module, flags, optimize)
        return _inner(_inner(code, _FACTORY), _FLOW)

    def _mend(self, code: types.CodeType, qualname: str, *, keep: bool) -> types.CodeType:
        classes = {const.co_name for const in code.co_consts if _is_class(const)}
        consts = []
        for const in code.co_consts:
            if isinstance(const, types.CodeType):
                name = qualified(const.co_qualname, code.co_qualname, qualname)
                around, dot, last = name.rpartition(".")
                name = around + dot + self._own_name(last)
                const = self._mend_inner(const, name, keep=keep)
            elif const == RUNTIME:
                const = self._support
            elif const == code.co_qualname and _is_class(code):
                const = qualname
            elif const in classes:
                const = self._own_name(const)
            consts.append(const)
        return _unmarked(
            code.replace(co_consts=tuple(consts), co_name=self._own_name(code.co_name), co_qualname=qualname)
        )

    def _own_name(self, name: str) -> str:
        """The one that is written."""
        name = own_name(name)
        return self._written.get(name, name)

    def _mend_inner(self, code: types.CodeType, qualname: str, *, keep: bool) -> types.CodeType:
        """The copies of a ``finally`` block have one code, and a twin has that of the plain version."""
        mark = _mark_of(code)
        if mark in self._marked:
            return self._marked[mark]
        mended = self._mend(code, qualname, keep=keep)
        if mark and keep:
            self._marked[mark] = mended
        return mended


def is_deep(node: ast.AST, left: int = DEEP) -> bool:
    """Whether so many blocks stand inside each other that a twin, which has some more, may be too deep."""
    for child in ast.iter_child_nodes(node):
        inside = left - isinstance(child, _BLOCKS)
        if inside == 0 or (isinstance(child, _STATEMENTS) and is_deep(child, inside)):
            return True
    return False


def _is_class(code: Any) -> bool:
    return isinstance(code, types.CodeType) and not code.co_flags & inspect.CO_OPTIMIZED


def _mark_of(code: types.CodeType) -> str:
    """The mark of a function inside a flow, or nothing."""
    first = code.co_consts[0] if code.co_consts else None
    found = _MARK.match(first) if isinstance(first, str) else None
    return found.group() if found else ""


def _unmarked(code: types.CodeType) -> types.CodeType:
    mark = _mark_of(code)
    if not mark:
        return code
    documented = code.co_consts[0][len(mark) :]
    consts = (documented or None, *code.co_consts[1:])
    return code.replace(
        co_consts=consts, co_flags=code.co_flags if documented else code.co_flags & ~_HAS_DOCSTRING
    )


def _strip(node: ast.FunctionDef) -> None:
    """The function object has its defaults and annotations already."""
    arguments = node.args
    arguments.defaults = []
    arguments.kw_defaults = [None for _ in arguments.kwonlyargs]
    for argument in ast.walk(arguments):
        if isinstance(argument, ast.arg):
            argument.annotation = None
    node.returns = None
    if hasattr(node, "type_params"):
        node.type_params = []


def _inner(code: types.CodeType, name: str) -> types.CodeType:
    for const in code.co_consts:
        if isinstance(const, types.CodeType) and const.co_name == name:
            return const
    raise LookupError(f"no code named {name}")
