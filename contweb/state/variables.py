"""Context variables in bytes: by the module that has one as a global, and its name there; and their tokens.

A ``Token`` is of use only in the context in which it was made. So those in some bytes are made in a new
context, in which the continuation then goes on.
"""

from __future__ import annotations

import sys
import types
from collections.abc import Callable, Iterator
from contextvars import Context, ContextVar, Token
from typing import Any

from contweb.errors import ContinuationError
from contweb.state.travel import NotAllowed

Variable = ContextVar[Any]


def place_of(variable: Variable, is_apps: Callable[[str], bool]) -> tuple[str, str]:
    """The module and the name of a variable; of the app's modules, if one has it. ``NotAllowed``."""
    known = _PLACES.get(variable)
    if known is None or vars(sys.modules.get(known[0], types)).get(known[1]) is not variable:
        known = next(_places(variable, is_apps), None)
        if known is None:
            name = variable.name
            raise NotAllowed(
                variable,
                "no module has it as a global, by which it could be found again",
                f"make it at the top of a module, {name} = ContextVar({name!r}); or name it, "
                f"resource({name!r}, variable); or do not have it kept, transient({name!r})",
            )
        _PLACES[variable] = known
    return known


_PLACES: dict[Variable, tuple[str, str]] = {}


def _places(variable: Variable, is_apps: Callable[[str], bool]) -> Iterator[tuple[str, str]]:
    for module in sorted(sys.modules, key=lambda name: not is_apps(name)):
        found = sys.modules.get(module)
        if isinstance(found, types.ModuleType):
            for name, value in list(vars(found).items()):
                if value is variable:
                    yield module, name


def parts_of_token(token: Token[Any]) -> tuple[Any, ...]:
    """The variable, whether the token was used, and the value before, if there was one."""
    used = repr(token).startswith("<Token used")
    old = token.old_value
    return (token.var, used) if old is Token.MISSING else (token.var, used, old)


class Tokens:
    """Makes the tokens of some bytes, in one context."""

    def __init__(self) -> None:
        self.contexts: list[Context] = []

    def token(self, variable: Variable, used: bool, *old: Any) -> Token[Any]:
        """A token that sets a variable to what it was."""
        if not isinstance(variable, ContextVar) or len(old) > 1:
            raise ContinuationError("the bytes name a token that is none")
        if used:
            return Context().run(_token, variable, old, used)
        if not self.contexts:
            self.contexts.append(Context())
        return self.contexts[0].run(_token, variable, old, used)


def _token(variable: Variable, old: tuple[Any, ...], used: bool) -> Token[Any]:
    """Leaves the variable without a value if it can, for the next token of it may need that."""
    first = made = variable.set(None)
    if old:
        variable.set(old[0])
        made = variable.set(None)
        if first.old_value is Token.MISSING:
            variable.reset(first)
    elif first.old_value is not Token.MISSING:
        raise ContinuationError("the bytes have two tokens for one context variable without a value")
    if used:
        variable.reset(made)
    return made
