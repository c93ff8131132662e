"""A version of a flow, as plain data: its source, and where in it the points and the hidden names are.

The store keeps one record of each version that pages were stored of. A stored frame says point and names by
number and order; the record says what in the source these are, so that they can be looked for in another
version.
"""

from __future__ import annotations

import ast
import functools
import json
import zlib
from collections import Counter
from dataclasses import dataclass
from typing import Any

from contweb.compiler.places import Origin, places
from contweb.compiler.source import Written
from contweb.errors import ContinuationError
from contweb.runtime.families import VERSION, Family

Spot = tuple[int, int]  # a place, and which of the things at that place


@dataclass(frozen=True)
class Waiting:
    """A point of a version."""

    spot: Spot
    live: tuple[str, ...]


@dataclass(frozen=True)
class Unit:
    """A function of a version."""

    spot: Spot  # of its definition
    free: tuple[str, ...]  # the variables that it has from around it, in the order of its closure
    captured: frozenset[str]  # the names that live in cells
    origins: dict[str, Origin]  # of the hidden names
    points: dict[int, Waiting]


@dataclass(frozen=True)
class Version:
    """A flow with the functions inside it, which are known by the end of their fingerprints."""

    written: Written
    units: dict[bytes, Unit]

    @functools.cached_property
    def tree(self) -> ast.FunctionDef:
        """The tree of its source, with places. ``SyntaxError`` if this Python cannot read it."""
        tree = self.written.tree()
        places(tree)
        return tree


def version_of(family: Family) -> Version:
    """The version that this process has."""
    definitions: Counter[int] = Counter()
    units = {}
    for code in family.codes:
        spots: Counter[int] = Counter()
        points = {}
        for number, site in code.sites.items():
            place = site.point.place
            points[number] = Waiting((place, spots[place]), site.point.live)
            spots[place] += 1
        units[code.reference[2][VERSION:]] = Unit(
            spot=(code.place, definitions[code.place]),
            free=code.plain.co_freevars,
            captured=frozenset(code.captured),
            origins=code.origins,
            points=points,
        )
        definitions[code.place] += 1
    return Version(family.written, units)


def to_record(version: Version) -> bytes:
    """A version as bytes."""
    written = version.written
    units = {
        number.hex(): [
            unit.spot,
            unit.free,
            sorted(unit.captured),
            unit.origins,
            {point: [waiting.spot, waiting.live] for point, waiting in unit.points.items()},
        ]
        for number, unit in version.units.items()
    }
    data = [written.text, written.class_name, written.is_lambda, units]
    return zlib.compress(json.dumps(data, separators=(",", ":")).encode("utf-8", "surrogatepass"), 9)


def from_record(record: bytes) -> Version:
    """The version again. ``ContinuationError`` if it is none."""
    try:
        text, class_name, is_lambda, units = json.loads(zlib.decompress(record))
        return Version(
            Written(text, class_name, is_lambda),
            {bytes.fromhex(number): _unit(*parts) for number, parts in units.items()},
        )
    except (ValueError, TypeError, zlib.error) as error:
        raise ContinuationError("the record of a version cannot be read") from error


def _unit(spot: Any, free: Any, captured: Any, origins: Any, points: Any) -> Unit:
    return Unit(
        spot=tuple(spot),
        free=tuple(free),
        captured=frozenset(captured),
        origins={name: tuple(origin) for name, origin in origins.items()},
        points={int(number): Waiting(tuple(place), tuple(live)) for number, (place, live) in points.items()},
    )
