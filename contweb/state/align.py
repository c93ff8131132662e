"""Which line of one version is which of the other, where there is no doubt.

Two lines can be the same if they say the same inside the same loops, ``try``s, ``with``s and branches. Of all
the ways to pair as many lines as possible in their order (longest common subsequences: Hunt and McIlroy,
1976) only what all of these ways agree on is taken.
"""

from __future__ import annotations

from array import array
from collections import defaultdict

from contweb.state.outline import Line

MOST = 4_000_000  # pairs of lines that are looked at; beyond, nothing is paired


class Alignment:
    """Two outlines, and what is the same in them.

    Arguments:
        old, new: the outlines.
        pairs: numbers of lines, old -> new.
    """

    def __init__(self, old: list[Line], new: list[Line]) -> None:
        self.old = old
        self.new = new
        self.pairs = _certain([line.key for line in old], [line.key for line in new])
        self.pairs[0] = 0
        self._back = {there: here for here, there in self.pairs.items()}
        self._forth: dict[int, set[int]] = defaultdict(set)
        self._from: dict[int, set[int]] = defaultdict(set)
        for here, there in self.pairs.items():
            self._vote(old[here], new[there])

    def _vote(self, old: Line, new: Line) -> None:
        for (here, _), (there, _) in zip(old.around, new.around, strict=True):
            self._forth[here.number].add(there.number)
            self._from[there.number].add(here.number)

    def same_around(self, old: Line, new: Line) -> Line | None:
        """None if the two stand in the same; else a head, of the old version, that is not the same or not
        surely."""
        for (here, _), (there, _) in zip(old.around, new.around, strict=True):
            forth, back = self._forth[here.number], self._from[there.number]
            if not (forth <= {there.number} and back <= {here.number}):
                return here
            if here.kind == "For" and self.pairs.get(here.number) != there.number:
                return here
        return None

    def gap(self, old: Line) -> tuple[list[Line], list[Line]]:
        """The lines, old and new, between the nearest sure pairs before and after a line that is in none."""
        before = max((here for here in self.pairs if here < old.number), default=-1)
        after = min((here for here in self.pairs if here > old.number), default=len(self.old))
        first = self.pairs.get(before, -1)
        last = self.pairs.get(after, len(self.new))
        return self.old[before + 1 : after], self.new[first + 1 : last]

    def partner(self, old: Line) -> Line | None:
        """The same line of the new version, if there is one without doubt."""
        found = self.pairs.get(old.number)
        return None if found is None else self.new[found]


def _certain(old: list[str], new: list[str]) -> dict[int, int]:
    """The pairs that are in every longest common subsequence."""
    if len(old) * len(new) > MOST:
        return {}
    before = _lengths(old, new)
    after = _lengths(old[::-1], new[::-1])
    rows, columns = len(old), len(new)
    best = before[rows][columns]
    pairs: dict[int, int] = {}
    for row in range(rows):
        behind = after[rows - row - 1]
        if max(before[row][at] + behind[columns - at] for at in range(columns + 1)) == best:
            continue  # as many pairs are possible without this line
        candidates = [
            at
            for at in range(columns)
            if old[row] == new[at] and before[row][at] + 1 + behind[columns - at - 1] == best
        ]
        if len(candidates) == 1:
            pairs[row] = candidates[0]
    return pairs


def _lengths(old: list[str], new: list[str]) -> list[array[int]]:
    """How long the longest common subsequences of the beginnings are."""
    table = [array("i", [0] * (len(new) + 1))]
    for text in old:
        above = table[-1]
        row = array("i", [0])
        left = 0
        for at, other in enumerate(new):
            left = above[at] + 1 if text == other else max(left, above[at + 1])
            row.append(left)
        table.append(row)
    return table
