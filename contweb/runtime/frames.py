"""A frame: one flow function's saved names at a point. And the chain of them that a continuation is."""

from __future__ import annotations

import threading
import types
from collections.abc import Callable, Iterator
from typing import Any

from contweb.compiler.names import is_hidden
from contweb.runtime.signals import UNBOUND
from contweb.runtime.sites import Site
from contweb.runtime.variables import Variables


class Frame:
    """One flow function at a point.

    ``values`` are in the order of the point's ``live`` names; for a name that lives in a cell, the cell.
    ``outer`` is the frame that called it. The innermost frame of a continuation has in ``contents`` what the
    cells of all its frames held, and in ``variables`` the context variables of the flow.
    """

    __slots__ = (
        "around",
        "cells",
        "contents",
        "handling",
        "managing",
        "outer",
        "site",
        "values",
        "variables",
        "via",
    )

    site: Site

    def __init__(self, site: Site, values: tuple[Any, ...], outer: Frame | None, via: Any = None) -> None:
        self.site = site
        self.values = values
        self.outer = outer
        self.via = via  # what the call went through to the frame inside: None, or a ``Making``
        self.contents: tuple[tuple[types.CellType, Any], ...] = ()
        self.variables: Variables | None = None
        self.cells: tuple[types.CellType, ...] = site.cells(values) if site.has_cells else ()
        self.around: Frame | None = None  # the next with cells
        self.handling: BaseException | None = None  # here, or around
        self.managing: Frame | None = None  # the next with managers that want to be told of a suspension
        if outer is not None:
            self.around = outer if outer.cells else outer.around
            self.handling = outer.handling
            self.managing = outer.managing
        if site.handles:
            handled = site.handled(values)
            self.handling = self.handling if handled is None else handled
        if site.manages and site.managers(values):
            self.managing = self

    def chain(self) -> Iterator[Frame]:
        """This frame, and those around it."""
        frame: Frame | None = self
        while frame is not None:
            yield frame
            frame = frame.outer

    def names(self) -> dict[str, Any]:
        """The user's names, as a debugger would show them."""
        shown = {}
        for name, value in zip(self.site.point.live, self.values, strict=True):
            held = content(value) if name in self.site.code.captured else value
            if not is_hidden(name) and held is not UNBOUND:
                shown[name] = held
        return shown

    def copy(self) -> Frame:
        """Another frame at the same point, with its own loop positions."""
        with _COPYING:
            values = self.site.copied(self.values)
        copied = Frame(self.site, values, self.outer, self.via)
        copied.contents = self.contents
        return copied

    def remember(self) -> None:
        """Note what the cells of all frames hold: names of a continuation, though functions share them."""
        frame: Frame | None = self if self.cells else self.around
        if frame is None:
            return
        contents: list[tuple[types.CellType, Any]] = []
        while frame is not None:
            contents += [(cell, content(cell)) for cell in frame.cells]
            frame = frame.around
        self.contents = tuple(contents)

    def recall(self) -> None:
        """Let the cells hold again what they held."""
        for cell, held in self.contents:
            fill(cell, held)

    def prepare(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        """The twin, to be called with the point's number, the saved state, and what the point's call gives.

        The state of loops goes to the twin, which changes it; the frame keeps copies, made before, for the
        next time. Another thread may want to resume the frame meanwhile.
        """
        site = self.site
        if not site.copies:
            return site.enter(self.values)
        with _COPYING:
            values = self.values
            self.values = site.copied(values)
        return site.enter(values)


_COPYING = threading.RLock()  # a container of the user's may be asked for its length meanwhile


def content(cell: types.CellType) -> Any:
    """What a cell holds, or ``UNBOUND``."""
    try:
        return cell.cell_contents
    except ValueError:
        return UNBOUND


def fill(cell: types.CellType, held: Any) -> None:
    """Let a cell hold something, or nothing."""
    if held is not UNBOUND:
        cell.cell_contents = held
    elif content(cell) is not UNBOUND:
        del cell.cell_contents
