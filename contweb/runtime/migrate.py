"""What an author is told of a page of an earlier version, to say how it goes on: ``@flow(migrate=...)``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn

from contweb.errors import ChangedCodeError


@dataclass(frozen=True)
class EarlierFrame:
    """A function of an earlier version of the code, waiting at a call.

    Arguments:
        function: as it was stored, ``module.name``.
        call: the call at which it waits, as the earlier source has it: ``ask('name.html')``.
        names: what it has kept, by name. Changing the mapping changes nothing.
        source: the earlier source of the function.
        reason: why it does not go on by itself; None if it does.
    """

    function: str
    call: str
    names: Mapping[str, Any]
    source: str = field(repr=False)
    reason: str | None = None

    def go_on(self, names: Mapping[str, Any], at: str | None = None) -> Decision:
        """Go on with these names, at the call that is the same, or at another.

        Arguments:
            names: what is bound from there on.
            at: a call as today's source has it, ``'ask("full_name.html")'``. There must be one such call,
                outside loops and ``with`` that the frame is not in.
        """
        return Decision(dict(names), at)

    def refuse(self, reason: str) -> NoReturn:
        """The page does not go on.

        Errors:
            ChangedCodeError: always.
        """
        raise ChangedCodeError(function=self.function, reason=reason)


@dataclass(frozen=True)
class Decision:
    """How a frame goes on, as ``EarlierFrame.go_on`` says it."""

    names: dict[str, Any]
    at: str | None = None


Migrate = Callable[[EarlierFrame], Mapping[str, Any] | Decision | None]
