"""Frames of an earlier version of the code, in the version that is there now: taken over without doubt, or
refused.

    version.py    a version as plain data, of which the store keeps one record
    outline.py    its source as a list of lines
    align.py      which line of the one version is which of the other
    likeness.py   whether what is written differently means the same
    search.py     where a point, a function and a hidden value of the one are in the other
    meaning.py    whether what was kept means the same there
    plans.py      from these: how a frame at a point of the one becomes a frame of the other, or why not

All that is only done when a stored fingerprint is none that this process has.
"""

from __future__ import annotations

import types
from itertools import pairwise
from typing import Any

from contweb.errors import ChangedCodeError, ContinuationError
from contweb.runtime import callee
from contweb.runtime.callee import Making
from contweb.runtime.families import Reference, dotted
from contweb.runtime.frames import Frame, content, fill
from contweb.runtime.generators import Boundary, FlowGenerator
from contweb.runtime.migrate import Decision, EarlierFrame
from contweb.runtime.registry import find
from contweb.runtime.signals import UNBOUND
from contweb.state.plans import Plan, Plans, Take


class Upgrade:
    """One set of bytes in which the code of some frames has changed."""

    def __init__(self, plans: Plans) -> None:
        self._plans = plans
        self._shells: list[tuple[list[Frame], tuple[Any, ...]]] = []

    def frames(self, entries: tuple[Any, ...]) -> Frame:
        """The innermost of the frames, which are not complete before ``finish``."""
        shells: list[Frame] = []
        for entry in entries:
            kind = Boundary if isinstance(entry[0], FlowGenerator) else Frame
            if not _is_entry(entry, kind):
                raise ContinuationError("a frame does not fit its function")
            shells.append(kind.__new__(kind))
        if not shells:
            raise ContinuationError("a continuation without frames")
        self._shells.append((shells, entries))
        return shells[-1]

    def function(
        self, reference: Reference, closure: tuple[types.CellType, ...] | None
    ) -> types.FunctionType:
        """A function that was defined inside a flow."""
        code, places = self._plans.function(reference)
        if places and (closure is None or len(closure) <= max(places)):
            raise ContinuationError("a function does not fit its variables")
        cells = tuple([closure[place] for place in places]) if closure is not None else None
        return types.FunctionType(code.plain, code.globals, code.plain.co_name, None, cells or None)

    def finish(self) -> None:
        """Complete the frames: everything that they refer to is there now."""
        for shells, entries in self._shells:
            outer: Frame | None = None
            for shell, entry in zip(shells, entries, strict=True):
                if isinstance(shell, Boundary):
                    shell.__init__(entry[0], entry[1], outer)  # type: ignore[misc]
                else:
                    self._complete(shell, entry, outer)
                outer = shell
            for around, inside in pairwise(shells):
                if not isinstance(around, Boundary) and not isinstance(inside, Boundary):
                    self._check_call(around, inside)

    def _complete(self, shell: Frame, entry: tuple[Any, ...], outer: Frame | None) -> None:
        reference, number, values, *rest = entry
        via = rest[0] if rest else None
        if type(values) is not tuple or (via is not None and type(via) is not Making):
            raise ContinuationError("a frame does not fit its function")
        try:
            site = find(reference).sites.get(number)
        except ChangedCodeError:
            plan = self._plans.point(reference, number)
            if len(values) != len(plan.names):
                raise ContinuationError("a frame does not fit its function") from None
            plan, values = self._carried(reference, plan, values)
            site = plan.site
        if site is None or len(site.point.live) != len(values):
            raise ContinuationError("a frame does not fit its function")
        shell.__init__(site, values, outer, via)  # type: ignore[misc]

    # The values of one frame.

    def _carried(
        self, reference: Reference, plan: Plan, values: tuple[Any, ...]
    ) -> tuple[Plan, tuple[Any, ...]]:
        kept = dict(zip(plan.names, values, strict=True))
        decision = self._decided(reference, plan, kept)
        if decision is None:
            if plan.reason is not None:
                raise ChangedCodeError(function=dotted(reference[:2]), reason=plan.reason)
            taken = [_taken(take, kept) for take in plan.takes]
        else:
            if decision.at is not None:
                plan = self._plans.point_at(reference, plan, decision.at)
            elif plan.site is None:
                raise ChangedCodeError(function=dotted(reference[:2]), reason=str(plan.reason))
            taken = [_decided(take, kept, decision, reference) for take in plan.takes]
        for take, value in zip(plan.takes, taken, strict=True):
            if value is UNBOUND and take.name not in plan.unbound:
                reason = f"`{take.name}` has no value yet, and needs one now"
                raise ChangedCodeError(function=dotted(reference[:2]), reason=reason)
        return plan, tuple(taken)

    def _decided(self, reference: Reference, plan: Plan, kept: dict[str, Any]) -> Decision | None:
        """What the author says, if there is somebody to ask."""
        migrate = plan.family.migrate
        if migrate is None:
            return None
        names = {
            name: held
            for name, value in kept.items()
            if "@" not in name and (held := _content(value)) is not UNBOUND
        }
        earlier = EarlierFrame(
            function=dotted(reference[:2]),
            call=plan.call,
            names=names,
            source=plan.source,
            reason=plan.reason,
        )
        decision = migrate(earlier)
        if decision is None or isinstance(decision, Decision):
            return decision
        return Decision(dict(decision))

    # What leads from one frame to the next.

    def _check_call(self, around: Frame, inside: Frame) -> None:
        """The call at which the one waits must be one of the other's function."""
        function = self._plans.called_at(around.site)
        if function is None or around.site.point.draws:
            return
        found = _resolved(function, around)
        called = inside.site.code.plain
        if found is _UNKNOWN:
            return
        names = {}
        if isinstance(around.via, Making):
            names = dict.fromkeys(called.co_varnames[:1], around.via.made)
        if callee.leads(found, called, names) is False:
            code = around.site.code
            line, name = around.site.point.line, inside.site.code.name
            reason = f"what it calls in line {line} is not {name}() any more"
            raise ChangedCodeError(function=dotted((code.module, code.name)), reason=reason)


def _is_entry(entry: Any, kind: type[Frame]) -> bool:
    if type(entry) is not tuple or kind is Boundary:
        return type(entry) is tuple and len(entry) == 2
    if len(entry) not in (3, 4) or type(entry[0]) is not tuple or type(entry[1]) is not int:
        return False
    return [type(part) for part in entry[0]] == [str, str, bytes]


def _content(value: Any) -> Any:
    return content(value) if type(value) is types.CellType else value


def _taken(take: Take, kept: dict[str, Any]) -> Any:
    if take.source is None:
        value = take.known
        if not take.in_cell:
            return value
        return types.CellType() if value is UNBOUND else types.CellType(value)
    value = kept[take.source]
    if take.wrap:
        return types.CellType() if value is UNBOUND else types.CellType(value)
    return content(value) if take.open else value


def _decided(take: Take, kept: dict[str, Any], decision: Decision, reference: Reference) -> Any:
    """A value as the author has it."""
    if take.name.startswith("@"):
        if take.source is None:
            reason = "the call that was chosen stands in a loop or a `with` that the frame is not in"
            raise ChangedCodeError(function=dotted(reference[:2]), reason=reason)
        return kept[take.source]
    if take.name not in decision.names:
        if take.known is UNBOUND or _content(kept.get(take.source or take.name)) is UNBOUND:
            return types.CellType() if take.in_cell else UNBOUND
        reason = f"`{take.name}` is used there, and migrate gave no value for it"
        raise ChangedCodeError(function=dotted(reference[:2]), reason=reason)
    value = decision.names[take.name]
    if not take.in_cell:
        return value
    held = kept.get(take.source or take.name)
    cell = held if type(held) is types.CellType else types.CellType()
    fill(cell, value)
    return cell


_UNKNOWN: Any = object()


def _resolved(function: Any, frame: Frame) -> Any:
    """What a name, or a name's attribute, is in a frame; as far as that is known without running anything."""
    kind = type(function).__name__
    if kind == "Attribute":
        receiver = _resolved(function.value, frame)
        if receiver is _UNKNOWN:
            return _UNKNOWN
        return callee.method(receiver, function.attr)
    if kind != "Name":
        return _UNKNOWN
    code, names = frame.site.code, {}
    for name, value in zip(frame.site.point.live, frame.values, strict=True):
        names[name] = content(value) if name in code.captured else value
    if function.id in names:
        return names[function.id]
    plain = code.plain
    if function.id in (*plain.co_varnames, *plain.co_cellvars, *plain.co_freevars):
        return _UNKNOWN
    return code.globals.get(function.id, _UNKNOWN)
