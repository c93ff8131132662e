"""How the live continuations of a store stand to the code that is there now: asked before a deploy."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from werkzeug.exceptions import HTTPException

from contweb.errors import ChangedCodeError
from contweb.stores.base import Page
from contweb.web.backing import Backing
from contweb.web.records import open_frames
from contweb.web.site import Site


@dataclass(frozen=True, order=True, slots=True)
class Standing:
    """Where a continuation is, and whether it goes on.

    Arguments:
        flow: the rule of its flow, or its path, where there is no such flow now.
        step: at which it waits.
        reason: why it does not go on; empty if it does.
        function: in which the reason lies.
    """

    flow: str
    step: str
    reason: str = ""
    function: str = ""


def standings(backing: Backing, site: Site) -> Counter[Standing]:
    """How many of the live continuations stand how. Nothing is run."""
    found: Counter[Standing] = Counter()
    now = backing.clock.now()
    for conversation in backing.store.conversations():
        for page in backing.store.pages(conversation.name):
            is_over = page.expires is not None and page.expires < now
            if page.frames is not None and not page.retired and not is_over:
                found[_standing(backing, site, page)] += 1
    return found


def _standing(backing: Backing, site: Site, page: Page) -> Standing:
    route = site.flow_of(page.path)
    if route is None:
        return Standing(page.path, page.step, "there is no flow at its path any more")
    try:
        open_frames(backing, page)
    except HTTPException as error:
        cause = error.__cause__
        if isinstance(cause, ChangedCodeError):
            return Standing(route.rule, page.step, cause.reason, cause.function)
        return Standing(route.rule, page.step, str(cause or error.description))
    return Standing(route.rule, page.step)
