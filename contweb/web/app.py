"""``App``: a web application made of flows and handlers."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from werkzeug.wrappers import Response

from contweb.clock import Clock
from contweb.runtime.registry import flow
from contweb.stores.base import Store
from contweb.web.backing import Backing, Settings, open_backing
from contweb.web.blobs import readable
from contweb.web.body import Limits
from contweb.web.current import Turn, request, session, turn
from contweb.web.folders import folder_of
from contweb.web.serving import serve
from contweb.web.shared import shared
from contweb.web.site import Route, Site
from contweb.web.static import STATIC_ENDPOINT, STATIC_RULE, static_files
from contweb.web.templates import Templates
from contweb.web.testing import Browser
from contweb.web.urls import url_for

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

Function = TypeVar("Function", bound=Callable[..., Any])

MAX_BODY = 16 * 1024 * 1024
MAX_FIELD = 500_000
MAX_FIELDS = 1_000
_START_METHODS = frozenset(("GET", "POST"))


class App:
    """A web application: a WSGI callable, on its own or included in another ``App``.

    Arguments:
        import_name: ``__name__`` of the module that makes it.
        store: URL of the store (``memory:``, ``sqlite:///path``), or a store; else ``CONTWEB_STORE``, else
            the file ``contweb.sqlite3`` in the current folder. It is opened by the first request that needs
            it, in each process.
        secret_keys: as in ``CONTWEB_SECRET_KEYS``, or the keys as bytes, newest first; else
            ``CONTWEB_SECRET_KEYS``. Without any, an SQLite store gets a key file beside it, and a memory
            store a key for its life.
        template_folder: where its templates are, seen from its module; ``templates`` by default.
        static_folder: the same for files under ``/static/``; ``static`` by default.
        max_body: bytes of a whole request; more is a 413.
        max_field: bytes of one field of a form that is no file.
        max_fields: fields of one form.
        max_file: bytes of one uploaded file.
        debug: whether an error shows its stack to the visitor; else ``CONTWEB_DEBUG=1``. For development
            only.
        clock: what time it is, for tests.
        name: of the app; by default the last part of ``import_name``. Endpoints of an included app are
            ``name.function``.
        lease: seconds after which a conversation is free again when the process that ran its step has died.
        wait: seconds to wait for another step of the same conversation.
        private: whether pages are for one browser only, where no flow and no ask says otherwise.

    Example:
        >>> app = App(__name__, store="memory:")
        >>> @app.route("/")
        ... def home():
        ...     return "<h1>Hello</h1>"
        >>> app.test_client().open("/").text
        'Hello'
    """

    def __init__(
        self,
        import_name: str,
        *,
        store: str | Store | None = None,
        secret_keys: str | Sequence[bytes] | None = None,
        template_folder: str | os.PathLike[str] | None = None,
        static_folder: str | os.PathLike[str] | None = None,
        max_body: int = MAX_BODY,
        max_field: int = MAX_FIELD,
        max_fields: int = MAX_FIELDS,
        max_file: int | None = None,
        debug: bool | None = None,
        clock: Clock | None = None,
        name: str | None = None,
        lease: float = 30.0,
        wait: float = 5.0,
        private: bool | None = None,
    ) -> None:
        self.import_name = import_name
        self.name = name or import_name.rpartition(".")[2]
        self.limits = Limits(max_body, max_field, max_fields, max_file)
        self.debug = os.environ.get("CONTWEB_DEBUG") == "1" if debug is None else debug
        self.wait = wait
        self.private = private
        folder = folder_of(import_name)
        self.template_folder = folder / (template_folder or "templates")
        self.static_folder = folder / (static_folder or "static")
        self._settings = (store, secret_keys, clock or Clock(), lease)
        self._routes: list[Route] = []
        self._included: list[tuple[App, str]] = []
        self._site: Site | None = None
        self._backing: Backing | None = None
        self._lock = threading.RLock()

    def flow(
        self,
        rule: str,
        *,
        methods: Iterable[str] = ("GET",),
        endpoint: str | None = None,
        private: bool | None = None,
    ) -> Callable[[Function], Function]:
        """Make a function a flow that is started by a URL.

        A GET of the rule runs it to its first ``ask`` and sends the visitor to that page.

        Arguments:
            rule: a werkzeug rule; its variables are the function's arguments.
            methods: by which it can be started: GET, POST or both.
            endpoint: for ``url_for``; by default the function's name.
            private: whether its pages are for one browser only, where an ask says nothing else.

        Errors:
            CompileError: the function contains what cannot be suspended.

        Example:
            ``@app.flow("/order/<sku>")``
        """
        allowed = frozenset(method.upper() for method in methods)
        if not allowed or not allowed <= _START_METHODS:
            raise ValueError(
                f"a flow is started by GET or POST, not by {', '.join(sorted(allowed)) or 'nothing'}"
            )

        def register(function: Function) -> Function:
            compiled = flow(function)
            self._add(rule, endpoint, allowed, compiled, True, private)
            return compiled

        return register

    def route(
        self, rule: str, *, methods: Iterable[str] = ("GET",), endpoint: str | None = None
    ) -> Callable[[Function], Function]:
        """Make a function an ordinary handler: called for each request, with no flow and nothing kept.

        Arguments:
            rule: a werkzeug rule; its variables are the function's arguments.
            methods: that it answers.
            endpoint: for ``url_for``; by default the function's name.

        Example:
            ``@app.route("/about")``
        """

        def register(function: Function) -> Function:
            allowed = frozenset(method.upper() for method in methods)
            self._add(rule, endpoint, allowed, function, False)
            return function

        return register

    def _add(
        self,
        rule: str,
        endpoint: str | None,
        methods: frozenset[str],
        function: Callable[..., Any],
        is_flow: bool,
        private: bool | None = None,
    ) -> None:
        name = endpoint or function.__name__
        if any(route.endpoint == name and route.function is not function for route in self._routes):
            raise ValueError(
                f"{self.import_name}: two functions are called {name!r}; give one of them endpoint=..."
            )
        route = Route(rule, name, methods | {"OPTIONS"}, function, self.name, is_flow, private)
        self._routes.append(route)
        self._site = None

    def include(self, other: App, prefix: str = "") -> None:
        """Serve another app's flows and handlers with this one's, on this one's store.

        The other app's template folder is searched first for its own pages, this one's after it.

        Arguments:
            other: what to include. Its own settings (store, keys, limits) are not used.
            prefix: put before its rules, as ``/shop``.

        Example:
            ``app.include(orders.app)``
        """
        if prefix and (not prefix.startswith("/") or prefix.endswith("/")):
            raise ValueError(f"prefix={prefix!r}: write it as '/shop'")
        self._included.append((other, prefix))
        self._site = None
        self._check_names()

    def _everything(self) -> list[tuple[App, str]]:
        """This app and all those that it includes, with their prefixes."""
        found: list[tuple[App, str]] = [(self, "")]
        for other, prefix in self._included:
            found += [(inner, prefix + further) for inner, further in other._everything()]
        return found

    def _check_names(self) -> None:
        names = [app.name for app, _ in self._everything()]
        if len(set(names)) < len(names):
            raise ValueError(
                f"apps of one site need different names: {', '.join(names)}; give App(..., name=...)"
            )

    @property
    def site(self) -> Site:
        """All that is served: made at the first request."""
        if self._site is None:
            with self._lock:
                self._site = self._site or self._make_site()
        return self._site

    def _make_site(self) -> Site:
        everything = self._everything()
        self._check_names()
        routes = [self._served(app, prefix, route) for app, prefix in everything for route in app._routes]
        static = [app.static_folder for app, _ in everything if app.static_folder.is_dir()]
        if static and not any(route.endpoint == STATIC_ENDPOINT for route in routes):
            methods = frozenset(("GET", "OPTIONS"))
            routes.append(
                Route(STATIC_RULE, STATIC_ENDPOINT, methods, static_files(static), self.name, is_flow=False)
            )
        templates = {app.name: app.template_folder for app, _ in everything}
        known = {"url_for": url_for, "request": request, "session": session, "shared": shared}
        return Site(routes, Templates(templates, known, debug=self.debug))

    def _served(self, app: App, prefix: str, route: Route) -> Route:
        """A route of an app as this one serves it."""
        endpoint = route.endpoint if app is self else f"{app.name}.{route.endpoint}"
        private = next(
            (each for each in (route.private, app.private, self.private) if each is not None), False
        )
        return replace(route, rule=prefix + route.rule, endpoint=endpoint, private=private)

    @property
    def backing(self) -> Backing:
        """The opened store with what belongs to it; opened anew in each process.

        Errors:
            ConfigurationError: a setting is missing or wrong.
            StoreKeysError: the store was written with other keys.
            StoreUnavailableError: the store cannot be reached.
        """
        backing = self._backing
        if backing is None or backing.process != os.getpid():
            with self._lock:
                backing = self._backing
                if backing is None or backing.process != os.getpid():
                    backing = self._backing = self._open()
        return backing

    def _open(self) -> Backing:
        store, keys, clock, lease = self._settings
        packages = tuple({app.import_name.partition(".")[0]: None for app, _ in self._everything()})
        return open_backing(Settings(store, keys, packages, clock, lease))

    def close(self) -> None:
        """Close the store. A later request opens it again."""
        with self._lock:
            backing, self._backing = self._backing, None
        if backing is not None:
            backing.store.close()

    def test_client(self) -> Browser:
        """A browser for tests, with no cookies and no page open."""
        return Browser(self)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """WSGI."""
        return self.wsgi_app(environ, start_response)

    def wsgi_app(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """WSGI, apart from ``__call__`` so that a middleware can be put around it."""
        now = Turn(self, environ)
        mark = turn.set(now)
        try:
            with readable(lambda: self.backing.blobs):
                response: Response = serve(now)
                return response(environ, start_response)
        finally:
            turn.reset(mark)
