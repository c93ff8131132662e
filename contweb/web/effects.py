"""``once``: an effect that must not be repeated, whatever the visitor does with back and reload.

An effect is recorded as *begun* before its function is called, and as *done*, with its result, right after:
both at once, not with the step, which may still fail. A process that dies in between leaves it *begun*, and
the next try is told so: nobody can know whether the effect has happened. What is recorded for one branch
travels with the branch's pages; until its step is completed it stands under the name of the step, so that a
second try finds it.
"""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from typing import Any, Literal, TypeVar

from contweb.errors import OnceUnfinished
from contweb.web.current import current_talk
from contweb.web.talk import Talk

Result = TypeVar("Result")
Scope = Literal["conversation", "path"]
_BEGUN, _DONE, _RAISED = "begun", "done", "raised"


def once(
    name: str,
    function: Callable[..., Result],
    /,
    *args: Any,
    scope: Scope = "conversation",
    key: str | None = None,
    errors: Literal["retry", "record"] = "retry",
    **kwargs: Any,
) -> Result:
    """Call a function once, and give its recorded result from then on.

    The record is written right before and right after the call, so that no failure of the step, and no end of
    the process, runs it a second time in silence. An effect in another database, or in a mail, cannot be one
    transaction with its record: where a process dies between them, the next try raises ``OnceUnfinished``, or
    calls the function again if it takes a key.

    Arguments:
        name: of the effect; one name is one effect. In a loop, put into it what the turn is about.
        function: what has the effect. It cannot ask, and its result must be storable.
        args, kwargs: what it is called with.
        scope: ``"conversation"``: once, on whichever branch comes first. ``"path"``: once on each branch:
            after going back and answering otherwise it is called anew.
        key: name of an argument by which the function is handed an idempotency key: the same text at each
            try of this effect. Whoever gets it does nothing for a key that is known already; so the function
            is called again where an earlier try did not live to record how it ended.
        errors: ``"retry"``: an exception is not recorded, and the next try calls the function again.
            ``"record"``: the exception is its result, and is raised again.

    Errors:
        OnceUnfinished: an earlier try was begun and not finished.
        NotRunningError: no flow is running.
        CannotStoreError: the result cannot be made into bytes. The effect has happened.

    Example:
        ``receipt = once("charge", charge_card, name, amount, key="idempotency_key")``
    """
    if scope not in ("conversation", "path"):
        raise ValueError(f'scope={scope!r}: it is "conversation" or "path"')
    if errors not in ("retry", "record"):
        raise ValueError(f'errors={errors!r}: it is "retry" or "record"')
    effect = _Effect(current_talk(), name, scope == "path")
    state, value = effect.read()
    if state == _DONE:
        return value  # type: ignore[no-any-return]
    if state == _RAISED:
        raise value
    if state == _BEGUN and key is None:
        raise OnceUnfinished(name, effect.key)
    if state is None:
        effect.write(_BEGUN)
    handed = {} if key is None else {key: effect.key}
    try:
        result = function(*args, **kwargs, **handed)
    except Exception as error:
        effect.raised(error, errors == "record")
        raise
    effect.write(_DONE, result)
    return result


class _Effect:
    """What is recorded of one effect."""

    def __init__(self, talk: Talk, name: str, of_path: bool) -> None:
        self._talk = talk
        self._name = name
        self._of_path = of_path
        self._record = f"once in {talk.place}:{name}" if of_path else f"once:{name}"
        # On a branch the record moves on with the pages, and is bound to the name alone.
        self._place = f"once on path:{name}" if of_path else self._record
        self.key = sha256(f"{talk.name}\0{self._record}".encode("utf-8", "surrogatepass")).hexdigest()[:32]

    def read(self) -> tuple[str | None, Any]:
        """How it stands, with its result or its exception."""
        data = self._talk.results.get(self._name) if self._of_path else None
        data = data or self._talk.records.get(self._record)
        if data is None:
            return None, None
        state, value = self._talk.load(self._place, data)
        if state in (_DONE, _RAISED):
            self._travel(data)
        return state, value

    def write(self, state: str, value: Any = None) -> None:
        """Record it now."""
        named = f"the result of once({self._name!r})"
        data = self._talk.dump(self._place, (state, value), lambda: [(named, value, "")])
        self._talk.record(self._record, data)
        if state != _BEGUN:
            self._travel(data)

    def raised(self, error: Exception, recorded: bool) -> None:
        """Record how it ended, or that it is to be tried again."""
        if recorded:
            self.write(_RAISED, error)
        else:
            self._talk.record(self._record, None)

    def _travel(self, data: bytes) -> None:
        """From the next page on, the branch has it."""
        if self._of_path and self._name not in self._talk.results:
            self._talk.results[self._name] = data
            self._talk.changes[self._record] = None
