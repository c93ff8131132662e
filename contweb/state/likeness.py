"""Whether what is written differently means the same: a text that was edited, a constant that was changed."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher
from typing import Any

from contweb.compiler.calls import BUILTINS
from contweb.compiler.fingerprint import normal_form
from contweb.compiler.source import copy_tree

_WORD = re.compile(r"\w+")
_EXTENSION = re.compile(r"(?<=\w)\.[a-z0-9]+$")  # of a template's file
_TAG = re.compile(r"<[^>]*>")
_TYPO = 0.75  # how like another word a word is that only was spelled otherwise
_REPEATS = (ast.For, ast.Dict, ast.comprehension, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


def is_edited(old: str, new: str) -> bool:
    """Whether a text is another's with words added, or taken away, or spelled otherwise; not with others in
    their place. Numbers have to be the same."""
    if re.findall(r"\d+", old) != re.findall(r"\d+", new):
        return False
    before, after = set(_words(old)), set(_words(new))
    lost, gained = before - after, after - before
    if not (before & after) and not (lost and gained):
        return not before and not after
    if not lost or not gained:
        return True
    return all(any(SequenceMatcher(None, word, other).ratio() >= _TYPO for other in gained) for word in lost)


def _words(text: str) -> list[str]:
    text = _EXTENSION.sub("", text)
    return _WORD.findall(_TAG.sub(" ", text).lower()) or _WORD.findall(text.lower())


class Constants:
    """The constants of two versions: how often each stands in them."""

    def __init__(self, old: ast.AST, new: ast.AST) -> None:
        self._old = Counter(map(_key, _constants(old)))
        self._new = Counter(map(_key, _constants(new)))

    def is_new(self, old: Any, new: Any) -> bool:
        """Whether one constant has taken the place of another, which is not only moved."""
        return self._new[_key(new)] > self._old[_key(new)] and self._new[_key(old)] < self._old[_key(old)]

    def is_unique(self, old: Any, new: Any) -> bool:
        """Whether the one has gone entirely, and the other was not there at all."""
        return not self._old[_key(new)] and not self._new[_key(old)]


def _key(value: Any) -> tuple[type, str]:
    return type(value), repr(value)


def _constants(tree: ast.AST) -> Iterator[Any]:
    return (node.value for node in ast.walk(tree) if isinstance(node, ast.Constant))


def same_question(old: ast.Call, new: ast.Call, around: ast.AST, constants: Constants) -> bool:
    """Whether two calls of one function, whose statements are the same otherwise, ask the same in other
    words.

    Arguments:
        around: the statement of ``old``.
    """
    if len(old.args) != len(new.args) or normal_form(old.keywords) != normal_form(new.keywords):
        return False
    changes = differences(old.args, new.args)
    if not changes:
        return False
    field = _is_field(old, around) or any(keyword.arg in ("step", "into") for keyword in old.keywords)
    return all(
        type(before) is str
        and type(after) is str
        and constants.is_unique(before, after)
        and (field or is_edited(before, after))
        for before, after, _ in changes
    )


def _is_field(call: ast.Call, around: ast.AST) -> bool:
    """Whether one field of an answer is read by its name: what is asked is known by that."""
    return any(
        isinstance(node, ast.Subscript) and node.value is call and isinstance(node.slice, ast.Constant)
        for node in ast.walk(around)
    )


Change = tuple[Any, Any, tuple[ast.AST, ...]]  # the constant before and after, and what it stands in


def differences(old: Any, new: Any, inside: tuple[ast.AST, ...] = ()) -> list[Change] | None:
    """The constants in which two trees differ; None if they differ in more."""
    if isinstance(old, list) and isinstance(new, list):
        if len(old) != len(new):
            return None
        return _joined(differences(a, b, inside) for a, b in zip(old, new, strict=True))
    if isinstance(old, ast.AST) and isinstance(new, ast.AST):
        if isinstance(old, ast.Constant) and isinstance(new, ast.Constant):
            same = _key(old.value) == _key(new.value)
            return [] if same else [(old.value, new.value, inside)]
        if type(old) is not type(new):
            return None
        fields = [
            field for field in old._fields if field not in ("ctx", "kind", "type_comment", "annotation")
        ]
        return _joined(
            differences(getattr(old, field, None), getattr(new, field, None), (*inside, old))
            for field in fields
        )
    return [] if old == new else None


def _joined(parts: Iterable[list[Change] | None]) -> list[Change] | None:
    result: list[Change] = []
    for part in parts:
        if part is None:
            return None
        result += part
    return result


def keeps_its_meaning(old: list[Any], new: list[Any], constants: Constants) -> bool:
    """Whether a value that was made by the one may go on as if the other had made it: only constants differ,
    and none that says which part of something is taken, how often something is done, or of another type."""
    changes = differences(_without_context(old), _without_context(new))
    if changes is None:
        return False
    return all(_is_harmless(before, after, inside, constants) for before, after, inside in changes)


def _without_context(parts: list[Any]) -> list[Any]:
    """Without what the pages of questions are given: that does not change what their answers are."""
    if not any(_is_question(node) for part in parts for node in ast.walk(part)):
        return parts
    copied = [copy_tree(part) for part in parts]
    for part in copied:
        for node in ast.walk(part):
            if isinstance(node, ast.Call) and _is_question(node):
                node.keywords = [keyword for keyword in node.keywords if keyword.arg == "into"]
    return copied


def _is_question(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "ask"


def _is_harmless(before: Any, after: Any, inside: tuple[ast.AST, ...], constants: Constants) -> bool:
    if type(before) is not type(after) or type(before) not in (str, bytes, int, float, bool):
        return False
    if not constants.is_new(before, after) and type(before) is not bool:
        return False
    for node in inside:
        if isinstance(node, _REPEATS):
            return False
        if isinstance(node, ast.Subscript):
            return _is_text_below(node, inside, before, after, constants)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "range":
            return False
    calls = [node for node in inside if isinstance(node, ast.Call) and not is_builtin(node)]
    if calls and type(before) is str:
        return constants.is_unique(before, after) and is_edited(before, after)
    return True


def _is_text_below(
    node: ast.Subscript, inside: tuple[ast.AST, ...], before: Any, after: Any, constants: Constants
) -> bool:
    """In ``ask("name.html")["name"]`` the text of the question may change, the field may not."""
    if type(before) is not str:
        return False
    deeper = inside[inside.index(node) + 1 :]
    in_question = bool(deeper) and deeper[0] is node.value and isinstance(deeper[0], ast.Call)
    return in_question and constants.is_unique(before, after)


def is_builtin(call: ast.Call) -> bool:
    """Whether a call is one of a function of Python's own, by its name."""
    return isinstance(call.func, ast.Name) and call.func.id in BUILTINS
