"""Names that were only renamed: all that binds the one binds the other now, in the same way, and in its
place."""

from __future__ import annotations

import ast
from collections import defaultdict
from typing import Any

from contweb.compiler.source import copy_tree
from contweb.state.outline import Line, outline

_BLANK = "?"
_ATTRIBUTES = (
    "id",
    "arg",
    "asname",
    "rest",
)  # of nodes of any kind; ``name`` is one too, but of an import's alias


def renames(old: ast.FunctionDef, new: ast.FunctionDef, flows: dict[str, str]) -> dict[str, str]:
    """Names of the old version that are gone, with the names that have taken their places. ``flows``: what
    flows were called before, and are called now."""
    before, after = _names(old), _names(new)
    gone, come = before - after, after - before
    if not gone or not come:
        return {}
    found = {name: other for name, other in flows.items() if name in gone and other in come}
    gone, come = gone - found.keys(), come - set(found.values())
    old = renamed(old, found)
    blank = gone | come
    olds, news = _makers(old, gone, blank), _makers(new, come, blank)
    for name, made in olds.items():
        candidates = [other for other, as_well in news.items() if as_well == made]
        rivals = [other for other, as_well in olds.items() if as_well == made]
        if len(candidates) == 1 and len(rivals) == 1:
            found[name] = candidates[0]
    return found


def renamed(tree: ast.FunctionDef, names: dict[str, str]) -> ast.FunctionDef:
    """A copy of a tree with other names in it."""
    copied: Any = copy_tree(tree)
    for node in ast.walk(copied):
        _rename(node, names)
    return copied  # type: ignore[no-any-return]


def _rename(node: Any, names: dict[str, str]) -> None:
    for attribute in _attributes(node):
        value = getattr(node, attribute, None)
        if isinstance(value, str) and value in names:
            setattr(node, attribute, names[value])
    if isinstance(node, ast.Global | ast.Nonlocal):
        node.names = [names.get(name, name) for name in node.names]


def _attributes(node: ast.AST) -> tuple[str, ...]:
    if isinstance(node, ast.keyword | ast.Attribute):
        return ()
    return _ATTRIBUTES if isinstance(node, ast.alias) else (*_ATTRIBUTES, "name")


def _names(tree: ast.FunctionDef) -> set[str]:
    """All names that a function binds or uses."""
    found = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    found |= {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    for line in outline(tree):
        found |= line.binds if line.number else set()
    return found


def _makers(tree: ast.FunctionDef, names: set[str], blank: set[str]) -> dict[str, list[str]]:
    """What binds each of the names, as text in which no name of ``blank`` can be told from another."""
    hidden = dict.fromkeys(blank, _BLANK)
    lines = outline(renamed(tree, hidden))
    found: dict[str, list[str]] = defaultdict(list)
    for line, shown in zip(outline(tree), lines, strict=True):
        if line.number == 0:
            parameters = _parameters(line)
            for place, name in enumerate(parameters):
                if name in names:
                    found[name].append(f"parameter {place} of {len(parameters)}")
            continue
        for node in line.walk():
            if isinstance(node, ast.Name) and node.id in names and node.id in parameters:
                found[node.id].append(shown.text)  # a place among the parameters alone says little
        for name in line.binds & names:
            found[name].append(f"{shown.shape}|{shown.text}|{_where(line, name)}")
    return found


def _parameters(line: Line) -> list[str]:
    return [node.arg for node in ast.walk(line.node.args) if isinstance(node, ast.arg)]


def _where(line: Line, name: str) -> list[int]:
    """Which of the names in a line it is, where several are blank."""
    mentioned = [node for node in line.walk() if isinstance(node, ast.Name)]
    return [place for place, node in enumerate(mentioned) if node.id == name]
