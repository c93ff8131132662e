"""A family: a flow with the functions inside it. Which families are stored under which name, now and before.

The name that a flow has in Python can change; ``@flow(name=..., aliases=...)`` says what it is stored under.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from contweb.compiler.source import Written
from contweb.errors import ChangedCodeError
from contweb.runtime.migrate import Migrate

if TYPE_CHECKING:
    from contweb.runtime.registry import Code

Name = tuple[str, str]  # module and qualified name
Reference = tuple[str, str, bytes]  # the same, and the fingerprint
# So many bytes of a fingerprint say which version of a flow it is; more, which function inside it.
VERSION = 8


class Family:
    """A flow as it is in this process.

    Arguments:
        defined: the module and name that it has in Python.
        stored: the module and name that it is stored under.
        aliases: names that it was stored under before.
        version: the fingerprint of the whole.
        written: its source.
        migrate: decides how pages of earlier versions go on.
    """

    def __init__(
        self,
        defined: Name,
        stored: Name,
        aliases: tuple[Name, ...],
        version: bytes,
        written: Written,
        migrate: Migrate | None,
    ) -> None:
        self.defined = defined
        self.stored = stored
        self.aliases = aliases
        self.version = version
        self.written = written
        self.migrate = migrate
        self.codes: list[Code] = []


_FAMILIES: dict[Name, dict[bytes, Family]] = {}


def add(family: Family) -> None:
    """Make a flow known. ``ValueError`` if another one is stored under one of its names."""
    for name in (family.stored, *family.aliases):
        for other in _FAMILIES.get(name, {}).values():
            if other.defined != family.defined:
                raise ValueError(
                    f"two flows are stored as {dotted(name)!r}: {dotted(other.defined)} and "
                    f"{dotted(family.defined)}; give one of them another @flow(name=...)"
                )
    for name in (family.stored, *family.aliases):
        _FAMILIES.setdefault(name, {})[family.version] = family


def forget_module(module: str) -> None:
    """Before a module is loaded anew: what is stored leads to what it then defines. What runs, goes on."""
    for name, versions in list(_FAMILIES.items()):
        kept = {version: family for version, family in versions.items() if family.defined[0] != module}
        _FAMILIES[name] = kept
        if not kept:
            del _FAMILIES[name]


def families_of(reference: Reference) -> list[Family]:
    """The flows that a stored function may belong to now."""
    module, name, fingerprint = reference
    if len(fingerprint) == VERSION:
        return list(_FAMILIES.get((module, name), {}).values())
    parts = name.split(".<locals>.")
    for length in range(len(parts) - 1, 0, -1):
        found = _FAMILIES.get((module, ".<locals>.".join(parts[:length])))
        if found:
            return list(found.values())
    return []


def the_family_of(reference: Reference) -> Family:
    """The one flow that a stored function may belong to. ``ChangedCodeError`` if there is none, or more."""
    found = families_of(reference)
    if len(found) == 1:
        return found[0]
    reason = "there is no such flow any more" if not found else "there are several flows of this name"
    raise ChangedCodeError(function=dotted(reference[:2]), reason=reason)


def found_again(reference: Reference) -> Code | None:
    """The code of a function whose flow has only moved."""
    version, number = reference[2][:VERSION], reference[2][VERSION:]
    for family in families_of(reference):
        if family.version == version:
            return next((code for code in family.codes if code.reference[2][VERSION:] == number), None)
    return None


def siblings(family: Family) -> Iterable[Family]:
    """The other flows of its module."""
    everything = {id(one): one for versions in _FAMILIES.values() for one in versions.values()}
    return [one for one in everything.values() if one is not family and one.defined[0] == family.defined[0]]


def known_flows(packages: Iterable[str]) -> int:
    """How many flows there are in packages."""
    wanted = set(packages)
    everything = {id(one): one for versions in _FAMILIES.values() for one in versions.values()}
    return sum(one.defined[0].partition(".")[0] in wanted for one in everything.values())


def named(text: str) -> Name:
    """``"shop.orders.order"`` as module and name."""
    head, dot, inside = text.partition(".<locals>")
    module, _, name = head.rpartition(".")
    return module, name + dot + inside


def dotted(name: Iterable[str]) -> str:
    return ".".join(part for part in name if part)
