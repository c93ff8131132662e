"""What is being answered now: ``request`` and ``session`` name it, wherever they are used."""

from __future__ import annotations

from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Protocol, cast

from werkzeug.local import LocalProxy
from werkzeug.routing import MapAdapter
from werkzeug.utils import cached_property

from contweb.errors import NotRunningError
from contweb.state.continuation import Continuation
from contweb.stores.base import Page
from contweb.web.backing import Backing
from contweb.web.body import Limits
from contweb.web.places import path_url
from contweb.web.request import Request
from contweb.web.session import Session, read_session
from contweb.web.site import Site
from contweb.web.talk import Talk
from contweb.web.tokens import Key
from contweb.web.visitors import Visitor

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

_OUTSIDE = "This works only while a request is being answered: in a flow, a handler or a template."


class Serving(Protocol):
    """What a request is served with: what an ``App`` is to those below it."""

    name: str
    limits: Limits
    debug: bool
    wait: float
    translations: Any
    trusted_hosts: list[str] | None
    watchers: list[Any]

    @property
    def site(self) -> Site: ...

    @property
    def backing(self) -> Backing: ...


class Turn:
    """One request of a visitor on its way through an app.

    Arguments:
        app: that answers.
        environ: of WSGI.
    """

    def __init__(self, app: Serving, environ: WSGIEnvironment) -> None:
        self.app = app
        self.environ = environ
        self.answering = False  # whether the request answers a page that can be answered
        self.resumed: Continuation | None = None  # what the request went on from, for the debug page
        self.talk: Talk | None = None  # the conversation that the request belongs to
        self.page: Page | None = None  # that the request is for
        self.flashed: list[tuple[str, str]] | None = None  # flash messages that this request's page says
        self.key: Key | None = None  # that the token in the URL was made with, if it was made here
        self.home = app.name  # name of the app (the site's or an included one) whose flow or handler runs

    @cached_property
    def request(self) -> Request:
        """The request as flows see it."""
        request = Request(self.environ, self.app.limits)
        if self.app.trusted_hosts is not None:
            request.trusted_hosts = self.app.trusted_hosts
        return request

    @cached_property
    def root(self) -> str:
        """Where the app is mounted, without a slash at the end; usually empty."""
        return self.request.root_path.rstrip("/")

    @cached_property
    def backing(self) -> Backing:
        """What the app stands on in this process."""
        return self.app.backing

    @cached_property
    def adapter(self) -> MapAdapter:
        """The app's URL map, bound to this request."""
        adapter = self.app.site.map.bind_to_environ(self.environ)
        if self.root:
            adapter.script_name = path_url(self.root, "/")  # which werkzeug puts into URLs as it is
        return adapter

    @cached_property
    def session(self) -> Session:
        """The visitor's session."""
        return read_session(self.backing.sealer, self.request)

    @cached_property
    def visitor(self) -> Visitor:
        """The browser that the request comes from."""
        return Visitor(self.backing.sealer, self.request)


turn: ContextVar[Turn] = ContextVar("contweb.turn")

request = cast(Request, LocalProxy(turn, "request", unbound_message=_OUTSIDE))
session = cast(Session, LocalProxy(turn, "session", unbound_message=_OUTSIDE))


def current_talk() -> Talk:
    """The conversation that the request belongs to.

    Errors:
        NotRunningError: it belongs to none: no flow is running, and no page of one is shown.
    """
    now = turn.get(None)
    if now is None or now.talk is None:
        raise NotRunningError("this works in a running flow, and in the templates of its pages")
    return now.talk


def current_turn() -> Turn:
    """The request being answered.

    Errors:
        RuntimeError: none is.
    """
    try:
        return turn.get()
    except LookupError:
        raise RuntimeError(_OUTSIDE) from None
