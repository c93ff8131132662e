"""One run of a flow: from a start or an answer to the next page."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace

from contweb.state.continuation import Continuation, Finished, Suspended
from contweb.stores.base import Page
from contweb.web.backing import Backing, seal_context
from contweb.web.current import Turn
from contweb.web.flow import Asked
from contweb.web.pages import Section, location_of, section_of, step_of


@dataclass(frozen=True, slots=True)
class Landing:
    """Where a run came out: the new page, and where the visitor is sent if not to it."""

    page: Page
    elsewhere: str | None = None


class Run:
    """Makes the pages of one run.

    Arguments:
        turn: the request that runs the flow.
        backing: of the app.
        conversation: name of the conversation.
        path: of the flow.
        parent: token of the page that was answered; None at a start.
        home: name of the app that the flow belongs to.
    """

    def __init__(
        self, turn: Turn, backing: Backing, *, conversation: str, path: str, parent: str | None, home: str
    ) -> None:
        turn.home = home
        self._turn = turn
        self._backing = backing
        self._conversation = conversation
        self._path = path
        self._parent = parent
        self._home = home

    def suspended(self, value: object, continuation: Continuation) -> Landing:
        """Called at the flow's ``ask`` line, before anything is unwound: what goes wrong here is raised
        there."""
        if not isinstance(value, Asked):
            raise TypeError(f"a flow of the web waits by ask(...), not by suspend({type(value).__name__})")
        section = section_of(value.page, self._home)
        self._find_template(section)
        page = self._page(section, value.step, value.timeout)
        frames = self._backing.codec.dump((self._home, continuation.innermost), seal_context(b"frames", page))
        return Landing(replace(page, frames=frames))

    def landing(self, result: Suspended | Finished) -> Landing:
        """The landing of a run that has come out."""
        if isinstance(result, Suspended):
            saved: Landing = result.saved
            return saved
        section = section_of(result.value, self._home)
        self._find_template(section)
        return Landing(self._page(section, step_of(result.value), None), location_of(section))

    def _page(self, section: Section, step: str, timeout: float | None) -> Page:
        now = self._backing.clock.now()
        page = Page(
            token=self._backing.tokens.new(self._path.rstrip("/"), step),
            conversation=self._conversation,
            parent=self._parent,
            path=self._path,
            step=step,
            shown=b"",
            frames=None,
            created=now,
            expires=None if timeout is None else now + timeout,
        )
        return replace(page, shown=self._backing.codec.dump(section, seal_context(b"shown", page)))

    def _find_template(self, section: Section) -> None:
        """A template that is not there is an error here, not for the visitor who comes to see the page."""
        home, kind, *rest = section
        if kind == "template":
            self._turn.app.site.templates.get(home, rest[0])


def new_conversation() -> str:
    """An unguessable name for a conversation."""
    return secrets.token_urlsafe(16)
