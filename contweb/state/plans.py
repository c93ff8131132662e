"""How a frame of an earlier version becomes one of today's: worked out once for each point, and kept."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass, replace
from types import CodeType
from typing import Any

from contweb.compiler.names import is_hidden
from contweb.errors import ChangedCodeError, ContinuationError
from contweb.runtime import families
from contweb.runtime.families import VERSION, Family, Reference, dotted
from contweb.runtime.registry import Code, code_of
from contweb.runtime.sites import Site
from contweb.state.meaning import Meaning
from contweb.state.outline import outline
from contweb.state.search import Doubt, Search
from contweb.state.version import Spot, Unit, Version, from_record, to_record, version_of

KEPT = 20_000.0  # seconds after which the version of what is written is kept again, lest it be swept


@dataclass(frozen=True)
class Take:
    """Where the value of one name comes from.

    Arguments:
        name: in the new version.
        source: the name whose value was kept, or None.
        known: without a source, the value.
        in_cell: whether the name lives in a cell.
        wrap: whether a kept value has to be put in a cell, or
        open: taken out of one.
    """

    name: str
    source: str | None
    known: Any = None
    in_cell: bool = False
    wrap: bool = False
    open: bool = False


@dataclass(frozen=True)
class Plan:
    """A point of an earlier version, and where it is now.

    Arguments:
        names: that were kept, in their order.
        takes: in the order of the names that are live now.
        reason: why it does not go on by itself, or None.
    """

    family: Family
    site: Site | None
    names: tuple[str, ...]
    takes: tuple[Take, ...]
    call: str
    source: str
    reason: str | None = None
    unbound: frozenset[str] = frozenset()


class Plans:
    """The plans of one store.

    Arguments:
        load: the record of an earlier version, or None.
        save: keeps the record of a version.
    """

    def __init__(self, load: Callable[[bytes], bytes | None], save: Callable[[bytes, bytes], None]) -> None:
        self._load = load
        self._save = save
        self.noted: set[Any] = set()  # codes whose versions are kept
        self.pending: set[Any] = set()  # codes whose versions have to be
        self.again = 0.0  # when all of them have to be kept once more
        self._searches: dict[tuple[bytes, Family], Search | str] = {}
        self._points: dict[tuple[Reference, int, Family], Plan] = {}
        self._versions: dict[Family, Version] = {}

    def keep(self, now: float) -> None:
        """Keep the versions of all that was written meanwhile, or is written still."""
        if now >= self.again:
            self.pending.update(self.noted)
            self.again = now + KEPT
        for code in list(self.pending):
            if code not in self.pending:
                continue  # it was kept with another of its family
            family = code.family
            self._save(family.version, to_record(self._version(family)))
            self.noted.update(family.codes)
            self.pending.difference_update(family.codes)

    def point(self, reference: Reference, number: int) -> Plan:
        """The plan for a frame. ``ChangedCodeError`` if there can be none."""
        family, search = self._search(reference)
        key = (reference, number, family)
        plan = self._points.get(key)
        if plan is None:
            plan = self._points[key] = self._plan(family, search, reference, number)
        return plan

    def point_at(self, reference: Reference, plan: Plan, call: str) -> Plan:
        """The plan with another point, chosen by the author."""
        family, search = self._search(reference)
        try:
            places = search.calls_in_new(call)
        except SyntaxError:
            places = []
        if len(places) != 1:
            reason = f"migrate says `{call}`, and there is {'none' if not places else 'more than one'}"
            raise ChangedCodeError(function=dotted(reference[:2]), reason=reason)
        site = _site(family, (places[0], 0))
        if site is None or site.code.name != (plan.site.code.name if plan.site else site.code.name):
            reason = f"migrate says `{call}`, at which nothing waits"
            raise ChangedCodeError(function=dotted(reference[:2]), reason=reason)
        captured = site.code.captured
        takes = tuple(Take(name, None, in_cell=name in captured) for name in site.point.live)
        return replace(plan, site=site, takes=takes, unbound=site.point.unbound)

    def function(self, reference: Reference) -> tuple[Code, list[int]]:
        """A function inside a flow as it is now, and which cells of its closure it has."""
        family, search = self._search(reference)
        unit = self._unit(search, reference)
        shown = reference[1].rpartition(".")[2]
        spot = search.definition(unit.spot)
        code = None if spot is None else _code(family, self._version(family), spot)
        if code is None:
            reason = f"the function {shown} in it is not there any more, or is called in another way"
            raise ChangedCodeError(function=dotted(reference[:2]), reason=reason)
        free = code.plain.co_freevars
        kept = [search.renames.get(name, name) for name in unit.free]
        missing = [name for name in free if name not in kept]
        if missing:
            reason = f"the function {shown} in it uses `{missing[0]}` now, and has not kept it"
            raise ChangedCodeError(function=dotted(reference[:2]), reason=reason)
        return code, [kept.index(name) for name in free]

    def called_at(self, site: Site) -> ast.expr | None:
        """The expression that is called at a point of today."""
        tree = self._version(site.code.family).tree
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and node.place == site.point.place:  # type: ignore[attr-defined]
                return node.func
        return None

    def _version(self, family: Family) -> Version:
        found = self._versions.get(family)
        if found is None:
            found = self._versions[family] = version_of(family)
        return found

    def _search(self, reference: Reference) -> tuple[Family, Search]:
        family = families.the_family_of(reference)
        key = (reference[2][:VERSION], family)
        found = self._searches.get(key)
        if found is None:
            try:
                found = self._searched(key[0], family)
            except Doubt as doubt:
                found = str(doubt)
            self._searches[key] = found
        if isinstance(found, str):
            raise ChangedCodeError(function=dotted(reference[:2]), reason=found)
        return family, found

    def _searched(self, version: bytes, family: Family) -> Search:
        record = self._load(version)
        if record is None:
            raise Doubt("its source has changed, and the earlier source was not kept")
        search = Search(from_record(record), self._version(family), _renamed_flows(family))
        lines = {line.text for line in search.alignment.old[1:]}
        own = len(lines & {line.text for line in search.alignment.new[1:]})
        for other in families.siblings(family):
            tree = self._version(other).tree
            if other.version == version or len(lines & {line.text for line in outline(tree)[1:]}) > own:
                name = other.defined[1]
                raise Doubt(f"its source is that of {name}() now; if it was renamed, say so: @flow(name=...)")
        return search

    def _unit(self, search: Search, reference: Reference) -> Unit:
        unit = search.old.units.get(reference[2][VERSION:])
        if unit is None:
            raise ContinuationError("a frame does not fit its function")
        return unit

    def _plan(self, family: Family, search: Search, reference: Reference, number: int) -> Plan:
        unit = self._unit(search, reference)
        waiting = unit.points.get(number)
        if waiting is None:
            raise ContinuationError("a frame does not fit its function")
        plan = Plan(
            family=family,
            site=None,
            names=waiting.live,
            takes=(),
            call=search.text(waiting.spot[0]),
            source=search.old.written.text,
        )
        try:
            spot = search.point(waiting.spot)
            site = _site(family, spot)
            version = self._version(family)
            if site is None or _unit_of(version, site).spot[1] != unit.spot[1]:
                raise Doubt(f"`{plan.call}` is nothing to wait at now")
            return _with_names(plan, search, unit, site, waiting.spot, spot)
        except Doubt as doubt:
            return replace(plan, reason=str(doubt))


def _with_names(plan: Plan, search: Search, unit: Unit, site: Site, old: Spot, new: Spot) -> Plan:
    """The plan with where each name comes from."""
    line, found = search.line(old[0]), search.new_line(new[0])
    captured = frozenset(site.code.captured)
    meaning = Meaning(search, line, found, captured=captured | _renamed(unit.captured, search))
    hidden = {}
    for name, origin in unit.origins.items():
        there = search.origin(origin, line, found) if name in plan.names else None
        if there is not None:
            hidden[there] = name
    kept = {search.renames.get(name, name): name for name in plan.names if not is_hidden(name)}
    takes: list[Take] = []
    doubts: list[str] = []
    for name in site.point.live:
        if is_hidden(name):
            comes_from = site.code.origins.get(name)
            source = hidden.get(comes_from) if comes_from is not None else None
            if source is None:
                raise Doubt(
                    f"a value that the statement with `{plan.call}`, or a loop around it, needs was not kept"
                )
            takes.append(Take(name, source))
        elif name in kept:
            was, is_now = kept[name] in unit.captured, name in captured
            takes.append(
                Take(
                    name,
                    kept[name],
                    in_cell=is_now,
                    wrap=is_now and not was,
                    open=was and not is_now,
                )
            )
            if not meaning.is_same(name):
                doubts.append(f"`{name}` is made in another way now, and `{plan.call}` has it as it was")
        else:
            known = meaning.known(name)
            if known is None:
                doubts.append(f"`{name}` is used after `{plan.call}` now, and was not kept")
            value = known.value if known else None
            takes.append(Take(name, None, known=value, in_cell=name in captured))
    moved = meaning.moved()
    if moved is not None:
        doubts.append(
            f"`{moved}` has moved to the other side of `{plan.call}`: it would be done twice, or never"
        )
    reason = doubts[0] if doubts else None
    return replace(plan, site=site, takes=tuple(takes), reason=reason, unbound=site.point.unbound)


def _renamed_flows(family: Family) -> dict[str, str]:
    """What the flows that a flow can call by name were called before in its module, and are called now."""
    found = {}
    for name, value in list(family.codes[0].globals.items()):
        written = getattr(value, "__code__", None)
        code = code_of(written) if isinstance(written, CodeType) else None
        if code is not None and code is code.family.codes[0]:
            for module, before in (code.family.stored, *code.family.aliases):
                if module == family.stored[0] and before != name:
                    found[before] = name
    return found


def _renamed(names: frozenset[str], search: Search) -> frozenset[str]:
    return frozenset(search.renames.get(name, name) for name in names)


def _site(family: Family, spot: Spot) -> Site | None:
    """The point that is at a spot."""
    place, which = spot
    for code in family.codes:
        at = [site for site in code.sites.values() if site.point.place == place]
        if at:
            return at[which] if which < len(at) else None
    return None


def _unit_of(version: Version, site: Site) -> Unit:
    return version.units[site.code.reference[2][VERSION:]]


def _code(family: Family, version: Version, spot: Spot) -> Code | None:
    for code in family.codes:
        if version.units[code.reference[2][VERSION:]].spot == spot:
            return code
    return None
