"""Bytes to objects again. Nothing is constructed but what the policy allows."""

from __future__ import annotations

import io
import pickle
from contextvars import ContextVar
from typing import Any

from contweb.errors import ChangedCodeError, ContinuationError, ForbiddenError
from contweb.runtime.frames import Frame, fill
from contweb.runtime.variables import Values, Variables
from contweb.state import revive, travel
from contweb.state.imported import Imported
from contweb.state.pickler import FRAMES
from contweb.state.plans import Plans
from contweb.state.policy import Policy
from contweb.state.upgrade import Upgrade
from contweb.state.variables import Tokens


def from_bytes(data: bytes, policy: Policy) -> Any:
    """The value again. ``ContinuationError`` (``ForbiddenError``, ``ChangedCodeError``) if it cannot be
    had."""
    buffer = io.BytesIO(data)
    kind = buffer.read(1)
    unpickler = _Unpickler(buffer, policy)
    try:
        value = unpickler.load()
        if kind == FRAMES:
            value = unpickler.new_frames(value)
        while buffer.tell() < len(data):
            unpickler.fill(unpickler.load())
    except ContinuationError:
        raise
    except travel.LoadFailed as failed:
        raise failed.error from None
    except Exception as error:
        raise ContinuationError(f"the bytes cannot be read: {type(error).__name__}") from error
    if unpickler.upgrade is not None:
        unpickler.upgrade.finish()
    for innermost, own in unpickler.frames:
        if unpickler.modules:
            for frame in innermost.chain():
                frame.values = tuple([_imported(value, frame, policy) for value in frame.values])
        innermost.remember()
        if own or unpickler.tokens is not None:
            left = unpickler.tokens.contexts if unpickler.tokens is not None else None
            innermost.variables = Variables(own, left=left)
    return value


def _imported(value: Any, frame: Frame, policy: Policy) -> Any:
    """A module, which was never among what a pickle could reach. Only then, as a pickle could change it;
    and only one that is loaded, or that the frame's own source names."""
    if type(value) is not Imported:
        return value
    return policy.module(value.name, named=value.name in frame.site.code.plain.co_names)


def _without_variables(entries: Any) -> tuple[Any, Values]:
    """The entries of frames, and the context variables that stand after them."""
    if not entries or type(entries[-1]) is not dict:
        return entries, {}
    own = entries[-1]
    if not all(isinstance(variable, ContextVar) for variable in own):
        raise ContinuationError("the bytes name a context variable that is none")
    return entries[:-1], own


class _Unpickler(pickle.Unpickler):
    tokens: Tokens | None = None
    modules = False  # whether there are some
    upgrade: Upgrade | None = None

    def __init__(self, buffer: io.BytesIO, policy: Policy) -> None:
        super().__init__(buffer)
        self._policy = policy
        self.frames: list[tuple[Frame, Values]] = []

    def fill(self, rest: tuple[list[Any], list[Any]]) -> None:
        """Put what was left out where it belongs."""
        contents, links = rest
        for cell, held in contents:
            fill(cell, held)
        for error, cause, context, suppress, notes in links:
            error.__cause__, error.__context__, error.__suppress_context__ = cause, context, suppress
            if notes is not None:
                error.__notes__ = notes

    def find_class(self, module: str, name: str) -> Any:
        found = self._policy.find(module, name)
        if found is Imported:
            self.modules = True
        if found is revive.frames:
            return self.new_frames
        if found is revive.function:
            return self.new_function
        if found is revive.resource:
            return self._policy.resource
        if found is revive.token:
            self.tokens = self.tokens or Tokens()
            return self.tokens.token
        return self._policy.stored if found is revive.stored else found

    def new_frames(self, entries: Any) -> Frame:
        """Frames, which are completed when everything is there."""
        entries, own = _without_variables(entries)
        try:
            frame = revive.frames(entries)
        except ChangedCodeError:
            if self._policy.plans is None:
                raise
            frame = self._upgrade(self._policy.plans).frames(entries)
        self.frames.append((frame, own))
        return frame

    def new_function(self, reference: Any, closure: Any) -> Any:
        """A function that was defined inside a flow."""
        try:
            return revive.function(reference, closure)
        except ChangedCodeError:
            if self._policy.plans is None:
                raise
            return self._upgrade(self._policy.plans).function(reference, closure)

    def _upgrade(self, plans: Plans) -> Upgrade:
        """For what an earlier version of the code has written."""
        if self.upgrade is None:
            self.upgrade = Upgrade(plans)
        return self.upgrade

    def persistent_load(self, pid: Any) -> Any:
        raise ForbiddenError("the bytes name something outside them")
