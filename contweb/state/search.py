"""Looking for a point of one version in another: found without doubt, or not at all."""

from __future__ import annotations

import ast
from typing import Any

from contweb.compiler.fingerprint import normal_form
from contweb.compiler.places import Origin, counted, place_of
from contweb.state.align import Alignment
from contweb.state.likeness import Constants, differences, same_question
from contweb.state.outline import Line, outline
from contweb.state.renames import renamed, renames
from contweb.state.version import Spot, Version

_CHOOSES = (ast.BoolOp, ast.IfExp, ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
# Hidden names that the head of such a statement makes, whatever it binds or tests by.
_OF_HEAD = {"For": "i", "With": "mhwvx", "ExceptHandler": "x", "Try": "wvx"}


class Doubt(Exception):
    """Why something is not surely the same; a text for a person."""


class Search:
    """Two versions of a flow, and what is found of the one in the other."""

    def __init__(self, old: Version, new: Version, flows: dict[str, str] | None = None) -> None:
        try:
            self._nodes = {node.place: node for node in counted(old.tree)}
        except SyntaxError as error:
            raise Doubt("this Python cannot read its earlier source") from error
        self.renames = renames(old.tree, new.tree, flows or {})
        trees = renamed(old.tree, self.renames) if self.renames else old.tree, new.tree
        self.old = old
        self.new = new
        self.alignment = Alignment(outline(trees[0]), outline(trees[1]))
        self.constants = Constants(*trees)
        self._lines = {node.place: line for line in self.alignment.old for node in line.counted}
        self._new_lines = {node.place: line for line in self.alignment.new for node in line.counted}

    def line(self, place: int) -> Line:
        """The line of the old version that something stands in."""
        return self._lines[place]

    def new_line(self, place: int) -> Line:
        return self._new_lines[place]

    def text(self, place: int) -> str:
        """What stands at a place of the old version, as a person reads it."""
        return ast.unparse(self._nodes[place]).partition("\n")[0].removesuffix(":")

    # Points.

    def point(self, spot: Spot) -> Spot:
        """Where a point of the old version is in the new one."""
        place, which = spot
        line = self.line(place)
        partner = self.alignment.partner(line)
        if partner is not None and partner.text == line.text:
            found = partner.counted[_index(line, place)].place
        else:
            node: Any = next(node for node in line.counted if node.place == place)
            if not isinstance(node, ast.Call) or which:
                raise Doubt(f"`{self.text(place)}` is not there any more, or is written in another way")
            found = self._edited(line, node, partner)
            partner = self.new_line(found)
        other = self.alignment.same_around(line, partner)
        if other is not None:
            raise Doubt(f"the `{_word(other)}` around `{self.text(place)}` is not surely the same")
        return found, which

    def _edited(self, line: Line, call: Any, partner: Line | None) -> int:
        """A call in a statement that is written in another way now."""
        before, after = self.alignment.gap(line) if partner is None else ([line], [partner])
        olds = _calls(call.func, line, before)
        news = _calls(call.func, line, after)
        same = [(where, other) for where, other in news if _asks(other) == _asks(call)]
        alike = [other for _, other in olds if _asks(other) == _asks(call)]
        shown = self.text(place_of(call))
        if len(same) > 1 or len(alike) > 1:
            raise Doubt(f"there are several `{shown}`, and which of them is which is not sure")
        if same:
            where, other = same[0]
            if not _is_straight(line, call) or not _is_straight(where, other):
                raise Doubt(f"the statement with `{shown}` is written in another way now")
            return place_of(other)
        if len(olds) == 1 and len(news) == 1:
            where, other = news[0]
            if self._asks_in_other_words(line, call, where, other):
                return place_of(other)
        raise Doubt(self._elsewhere(line, shown))

    def _elsewhere(self, line: Line, shown: str) -> str:
        """Why a call was not found where it stood."""
        news = [other for other in self.alignment.new if other.text == line.text]
        if not news:
            return f"`{shown}` is not there any more, or is written in another way now"
        for (old, block), (new, other) in zip(line.around, news[0].around, strict=False):
            if (old.kind, block) != (new.kind, other):
                break
            if old.loose != new.loose:
                return f"the `{_word(old)}` around `{shown}` is written in another way now"
        if line.path == news[0].path:
            return f"`{shown}` stands in another order now"
        return f"`{shown}` stands inside other loops, branches or blocks now"

    def _asks_in_other_words(self, line: Line, call: ast.Call, where: Line, other: ast.Call) -> bool:
        inside = differences(call.args, other.args)
        everything = differences(line.parts, where.parts)
        if inside is None or everything is None or len(inside) != len(everything):
            return False
        return any(same_question(call, other, part, self.constants) for part in line.parts)

    # What else has a place.

    def origin(self, origin: Origin, line: Line, found: Line) -> Origin | None:
        """Where a hidden name comes from in the new version, if it means the same there. ``line`` and
        ``found`` are the lines of the point."""
        place, kind, *which = origin
        letter, colon, name = kind.partition(":")
        kind = letter + colon + self.renames.get(name, name)
        there = self.line(place)
        if there is line:
            partner: Line | None = found
        else:
            heads = [head for head, _ in line.around]
            partner = found.around[heads.index(there)][0] if there in heads else self.alignment.partner(there)
        if partner is None or not _makes_the_same(there, partner, kind):
            return None
        return partner.counted[_index(there, place)].place, kind, *which

    def definition(self, spot: Spot) -> Spot | None:
        """Where a function inside the flow is defined in the new version."""
        place, which = spot
        line = self.line(place)
        partner = self.alignment.partner(line)
        if partner is None or partner.text != line.text:
            return None
        if line.number == 0:
            same = _parameters(line.node) == _parameters(partner.node)
            return spot if same or which == 0 else None
        if self.alignment.same_around(line, partner) is not None:
            return None
        return partner.counted[_index(line, place)].place, which

    def calls_in_new(self, text: str) -> list[int]:
        """The places of the calls of the new version that are written so."""
        wanted = normal_form(ast.parse(text, mode="eval").body)
        return [
            place_of(node)
            for line in self.alignment.new
            for node in line.counted
            if isinstance(node, ast.Call) and normal_form(node) == wanted
        ]


def _index(line: Line, place: int) -> int:
    return next(index for index, node in enumerate(line.counted) if node.place == place)


def _makes_the_same(old: Line, new: Line, kind: str) -> bool:
    if old.text == new.text:
        return True
    if old.kind != new.kind or len(old.counted) != len(new.counted):
        return False
    if old.kind == "If":
        return old.loose == new.loose
    return kind[1:2] in _OF_HEAD.get(old.kind, "") and old.loose == new.loose


def _calls(function: ast.expr, line: Line, among: list[Line]) -> list[tuple[Line, ast.Call]]:
    """The calls of a function in the statements that stand where a line stands, and are of its kind."""
    wanted = normal_form(function)
    return [
        (other, node)
        for other in among
        if other.path == line.path and (other.kind == line.kind or (_is_simple(other) and _is_simple(line)))
        for node in other.walk()
        if isinstance(node, ast.Call) and normal_form(node.func) == wanted
    ]


def _is_simple(line: Line) -> bool:
    return line.node in line.parts


def _asks(call: ast.Call) -> str:
    """By what a call is known: what it is given first."""
    return normal_form(call.args[:1])


def _is_straight(line: Line, call: ast.Call) -> bool:
    """Whether a call is evaluated once, and always, when its statement is."""
    pending: list[Any] = list(line.parts)
    while pending:
        node = pending.pop()
        if node is call:
            return True
        if not isinstance(node, _CHOOSES) and not (isinstance(node, ast.Compare) and len(node.ops) > 1):
            pending.extend(ast.iter_child_nodes(node))
    return False


def _parameters(function: ast.FunctionDef) -> list[str]:
    return [argument.arg for argument in ast.walk(function.args) if isinstance(argument, ast.arg)]


def _word(line: Line) -> str:
    words = {"FunctionDef": "def", "ExceptHandler": "except", "match_case": "case", "TryStar": "try"}
    return words.get(line.kind, line.kind.lower())
