"""One run of a flow: from a start or an answer to the next page."""

from __future__ import annotations

import secrets
from typing import NamedTuple
from urllib.parse import urljoin

from contweb.errors import ConfigurationError
from contweb.state.continuation import Continuation, Finished, Suspended
from contweb.stores.base import Page
from contweb.web.current import Turn
from contweb.web.flow import Asked, Mail
from contweb.web.links import Link, Noted, showing
from contweb.web.packing import Opened
from contweb.web.pages import Section, location_of, section_of, step_of
from contweb.web.places import url_of
from contweb.web.records import (
    ANYBODY,
    Kept,
    Origin,
    Rules,
    encode_shown,
    rules_for_answering,
    seal_frames,
    seal_shown,
)
from contweb.web.talk import Talk

DAY = 86_400


class Landing(NamedTuple):
    """Where a run came out: the new page, and where the visitor is sent if not to it.

    Arguments:
        page: the new page.
        shown: the bytes of what it shows.
        elsewhere: where the visitor is sent instead.
        again: whether it is the answered page, shown again because of what is wrong in the answer.
        mailed: a page that somebody else was sent, before it.
    """

    page: Page
    shown: bytes
    elsewhere: str | None = None
    again: bool = False
    mailed: Page | None = None

    @property
    def pages(self) -> tuple[Page, ...]:
        """All new pages, the one that the visitor is sent to last."""
        return (self.page,) if self.mailed is None else (self.mailed, self.page)


class Run:
    """Makes the pages of one run.

    Arguments:
        turn: the request that runs the flow.
        talk: the conversation.
        origin: of the flow.
        path: of the flow.
        answered: the page that was answered; None at a start.
        links: of the page that was answered, which may stand as text in the next one.
        opened: bytes of what answered it.
    """

    def __init__(
        self,
        turn: Turn,
        talk: Talk,
        *,
        origin: Origin,
        path: str,
        answered: Page | None = None,
        links: tuple[Link, ...] = (),
        opened: Opened | None = None,
    ) -> None:
        turn.home = origin.home
        turn.talk = talk
        self.noted = Noted(links)
        self._turn = turn
        self._backing = turn.backing
        self._talk = talk
        self._origin = origin
        self._path = path
        self._who = f"the flow at {path}"
        self._answered = answered
        self._opened = opened

    def suspended(self, value: object, continuation: Continuation) -> Landing:
        """Called at the flow's ``ask`` line, before anything is unwound: what goes wrong here is raised
        there."""
        if not isinstance(value, Asked):
            raise TypeError(f"a flow of the web waits by ask(...), not by suspend({type(value).__name__})")
        self._talk.keep_shared()
        section = section_of(value.page, self._origin.home, self._who)
        self._find_template(section)
        page = self._page(value.step, self._expires(value))
        rules = self._rules(value, page)
        page, links, shown = self._with_shown(page, section, rules)
        links.update(self.noted.printed)  # the text may stand where nobody looks for it
        links.update((link.id, link) for link in getattr(value.page, "links", ()))
        kept = Kept(self._origin, continuation.innermost, tuple(links.values()), self._talk.branch())
        page = page._replace(frames=seal_frames(self._backing, page, kept, rules, self._opened))
        self._talk.asked(page.token)
        if value.mail is not None:
            return self._mailed(page, value.mail)
        return Landing(page, shown, again=value.again)

    def _mailed(self, page: Page, mail: Mail) -> Landing:
        """Send a page to somebody, and show its visitor another."""
        landing = self._last(mail.meanwhile)
        request = self._turn.request
        mail.send(urljoin(request.host_url, url_of(self._turn.root, page)))
        return landing._replace(mailed=page)

    def landing(self, result: Suspended | Finished) -> Landing:
        """The landing of a run that has come out."""
        if isinstance(result, Suspended):
            saved: Landing = result.saved
            return saved
        self._talk.keep_shared()
        return self._last(result.value)

    def _last(self, value: object) -> Landing:
        """A page that asks nothing."""
        section = section_of(value, self._origin.home, self._who)
        self._find_template(section)
        rules = Rules(self._turn.visitor.known()) if self._origin.private else ANYBODY
        page, links, shown = self._with_shown(self._page(step_of(value), None), section, rules)
        if links:
            raise TypeError(
                f"the page that {self._who} returned has links to call, but nothing goes on there: ask it"
            )
        return Landing(page, shown, location_of(section))

    def _page(self, step: str, expires: float | None) -> Page:
        return Page(
            token=self._backing.tokens.new(self._path.rstrip("/"), step),
            conversation=self._talk.name,
            parent=self._answered.token if self._answered else None,
            path=self._path,
            step=step,
            shown=b"",
            frames=None,
            created=self._backing.clock.now(),
            expires=expires,
        )

    def _expires(self, asked: Asked) -> float | None:
        """When the page's time is over. Showing it again does not give more time."""
        if asked.again and self._answered is not None:
            return self._answered.expires
        timeout = asked.manner.timeout
        if timeout is None:
            return None
        keep = self._backing.sweeping.keep.seconds
        if keep is not None and timeout > keep:
            raise ConfigurationError(
                f"the page is to be answered within {timeout / DAY:g} days, and would be removed after"
                f" {keep / DAY:g}: give the App a longer keep= (or CONTWEB_KEEP)"
            )
        return self._backing.clock.now() + timeout

    def _rules(self, asked: Asked, page: Page) -> Rules:
        if asked.again and self._answered is not None:
            return rules_for_answering(self._backing, self._answered)
        manner = asked.manner
        private = self._origin.private if manner.private is None else manner.private
        if not private and manner.repeat == "same":
            return ANYBODY
        browser = self._turn.visitor.known() if private else None
        return Rules(browser, manner.repeat, page.token if manner.repeat == "never" else "")

    def _with_shown(self, page: Page, section: Section, rules: Rules) -> tuple[Page, dict[str, Link], bytes]:
        """The page with what is shown, the links on it, and the bytes of what is shown."""
        with showing() as links:
            data = encode_shown(self._backing, page, section)
        links.update(self.noted.found_in(section[2:]))
        shown = seal_shown(self._backing, page, data, rules, self._answered)
        return page._replace(shown=shown), links, data

    def _find_template(self, section: Section) -> None:
        """A template that is not there is an error here, not for the visitor who comes to see the page."""
        home, kind, *rest = section
        if kind == "template":
            self._turn.app.site.templates.get(home, rest[0])


def new_conversation() -> str:
    """An unguessable name for a conversation."""
    return secrets.token_urlsafe(16)
