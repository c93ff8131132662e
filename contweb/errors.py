"""Every error that contweb raises, in one tree.

The data stands in attributes, so that a program can look at it; the message is made from them for a person.

    ContwebError
        Expired             an answer came after the time that its ask gave it
        OnceUnfinished      an effect was begun by an earlier try, and it is not known whether it was finished
        CompileError        a flow that cannot be compiled (at import)
        BarrierError        a suspension below a frame that cannot be captured
        NotRunningError     a suspension with no flow running around it
        CannotStoreError    a name that cannot be made into bytes
            TooLargeError       names that take more bytes than a page may
        ContinuationError   bytes that are not, or are no longer, a continuation
            SealError           not written by us, changed since, or moved to another place
            NotThereError       names a resource that this process has not, or what could not be loaded again
            ForbiddenError      names a class or function that may not be constructed
            ChangedCodeError    the code has changed, and the point was not found again without doubt
        StoreError          a store could not do what was asked
            StoreUnavailableError   it is down or busy; trying later may help
            StoreKeysError          it was written with other keys
            ClaimLostError          this process no longer holds the conversation that it wanted to change
        ConfigurationError  a setting that is missing or wrong

What unwinds the stack at a suspension is not an error, and is not here: see ``contweb.runtime.signals``.
"""

from __future__ import annotations

from typing import Any


class ContwebError(Exception):
    """Base of all errors of contweb."""


class Expired(ContwebError):
    """Raised at an ``ask`` with ``timeout=`` by an answer that came too late.

    Arguments:
        answer: the late answer.

    Example:
        ``except Expired: release(seat)``
    """

    def __init__(self, answer: Any = None) -> None:
        super().__init__(answer)
        self.answer = answer

    def __str__(self) -> str:
        return "the answer came after the time that the ask gave it"


class OnceUnfinished(ContwebError):
    """An effect of ``once`` was begun by an earlier try that did not live to record how it ended.

    Arguments:
        name: of the effect.
        key: the idempotency key that the function was, or would have been, handed.

    Example:
        ``except OnceUnfinished as begun: receipt = find_charge(begun.key)``
    """

    def __init__(self, name: str, key: str) -> None:
        super().__init__(name, key)
        self.name = name
        self.key = key

    def __str__(self) -> str:
        return (
            f"once({self.name!r}) was begun by an earlier try, and nobody knows whether it has happened. "
            "Handle OnceUnfinished and look for it, or hand the function a key=: it is then called again"
        )


class CompileError(ContwebError):
    """A flow contains what cannot be suspended. Raised at import, by ``@flow``."""

    def __init__(self, *, filename: str, line: int, construct: str, reason: str, instead: str) -> None:
        self.filename = filename
        self.line = line
        self.construct = construct
        self.reason = reason
        self.instead = instead
        super().__init__(
            f'{construct} in a flow: {reason}\n  File "{filename}", line {line}\n  Instead: {instead}'
        )


class BarrierError(ContwebError):
    """A suspension was asked for below a frame that cannot be captured. Nothing was unwound."""

    def __init__(self, *, frame: str, filename: str, line: int, reason: str, instead: str) -> None:
        self.frame = frame
        self.filename = filename
        self.line = line
        self.reason = reason
        self.instead = instead
        super().__init__(
            f"cannot suspend through {frame}: {reason}\n"
            f'  File "{filename}", line {line}\n'
            f"  Instead: {instead}"
        )


class NotRunningError(ContwebError):
    """``suspend`` (or ``ask``) was called where no flow is running."""


class CannotStoreError(ContwebError):
    """A value that is live at the point cannot be made into bytes."""

    def __init__(
        self, *, name: str, path: str, type_name: str, reason: str, instead: str, where: str = ""
    ) -> None:
        self.name = name
        self.path = path
        self.type_name = type_name
        self.reason = reason
        self.instead = instead
        self.where = where
        super().__init__(
            f"cannot store {path} ({type_name}): {reason}"
            + (f"\n  {where}" if where else "")
            + f"\n  Instead: {instead}"
        )


class TooLargeError(CannotStoreError):
    """What is live at the point, or what a page shows, takes more bytes than the limit.

    ``names`` are the largest names: each with its size in bytes, and where it stands.
    """

    def __init__(self, *, size: int, limit: int, names: tuple[tuple[str, int, str], ...]) -> None:
        self.size = size
        self.limit = limit
        self.names = names
        name, _, where = names[0] if names else ("the value", size, "")
        reason = f"it takes {size:,} bytes, and may take {limit:,}"
        instead = (
            "keep the data in your database and its key in the flow, or raise the limit: App(max_page=...)"
        )
        super().__init__(name=name, path=name, type_name="", reason=reason, instead=instead, where=where)
        self.largest = "".join(
            f"\n  {each}: {taken:,} bytes{' (' + place + ')' if place else ''}"
            for each, taken, place in names
        )
        self.args = (
            f"the page cannot be stored: {reason}. The largest names are{self.largest}\n  Instead: {instead}",
        )


class ContinuationError(ContwebError):
    """Bytes that are not, or are no longer, a continuation that can be resumed here."""


class SealError(ContinuationError):
    """The bytes were not written by us, were changed since, or were moved to another place."""


class ForbiddenError(ContinuationError):
    """The bytes name a class or function that may not be constructed."""


class NotThereError(ContinuationError):
    """The bytes name a resource that this process has not, or a thing that could not be loaded again."""


class ChangedCodeError(ContinuationError):
    """The flow's code has changed since the capture, and its point was not found again without doubt."""

    def __init__(self, *, function: str, reason: str) -> None:
        self.function = function
        self.reason = reason
        super().__init__(f"{function}: {reason}")


class StoreError(ContwebError):
    """A store could not do what was asked of it."""


class StoreUnavailableError(StoreError):
    """The store is down or busy. Nothing was changed; trying again later may help."""


class StoreKeysError(StoreError):
    """The store was written with other secret keys than those given."""


class ClaimLostError(StoreError):
    """The claim on the conversation has ended or was taken over. Nothing was changed."""


class ConfigurationError(ContwebError):
    """A setting is missing or wrong."""
