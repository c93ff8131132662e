"""``Part``: what is registered with an app, on its own or to be included in another."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from contweb.runtime.registry import flow
from contweb.state.travel import Resources
from contweb.web.folders import folder_of
from contweb.web.hooks import Hooks
from contweb.web.mounts import Mount, checked_prefix
from contweb.web.site import Route, checked_rule

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

Function = TypeVar("Function", bound=Callable[..., Any])
Thing = TypeVar("Thing")

_START_METHODS = frozenset(("GET", "POST"))


class Part(Hooks):
    """Flows, handlers, hooks and templates that belong together. An ``App`` is one; see there.

    Arguments:
        import_name: ``__name__`` of the module that makes it.
        name: of the app; by default the last part of ``import_name``.
        template_folder: where its templates are, seen from its module.
        static_folder: the same for static files.
        private: whether pages are for one browser only, where no flow and no ask says otherwise.
    """

    def __init__(
        self,
        import_name: str,
        name: str | None,
        template_folder: str | os.PathLike[str] | None,
        static_folder: str | os.PathLike[str] | None,
        private: bool | None,
    ) -> None:
        super().__init__()
        self.import_name = import_name
        self.name = name or import_name.rpartition(".")[2]
        self.private = private
        folder = folder_of(import_name)
        self.template_folder = folder / (template_folder or "templates")
        self.static_folder = folder / (static_folder or "static")
        self._routes: list[Route] = []
        self._included: list[tuple[Part, str]] = []
        self._mounts: list[Mount] = []
        self.resources = Resources()

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
            ValueError: the rule is none.

        Example:
            ``@app.flow("/order/<sku>")``
        """
        allowed = checked_rule(rule, methods, "flow")
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

        allowed = checked_rule(rule, methods, "route")

        def register(function: Function) -> Function:
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
        self._changed()

    def resource(self, name: str, thing: Thing) -> Thing:
        """Let a thing that each process has once (an engine, a client, a logger) travel with pages by its
        name.

        A flow may keep it in a local name: the page holds no more than the name, and finds what has the name
        in the process that goes on.

        Errors:
            ValueError: another thing has the name.

        Example:
            ``engine = app.resource("engine", create_engine(URL))``
        """
        self.resources.add(name, thing)
        return thing

    def include(self, other: Part, prefix: str = "") -> None:
        """Serve another app's flows and handlers with this one's, on this one's store.

        The other app's template folder is searched first for its own pages, this one's after it.

        Arguments:
            other: what to include. Its own settings (store, keys, limits) are not used.
            prefix: put before its rules, as ``/shop``.

        Example:
            ``app.include(orders.app)``
        """
        if any(part is self for part, _ in other.everything()):
            raise ValueError(f"the app {self.name!r} includes itself")
        self._included.append((other, checked_prefix(prefix)))
        self._changed()
        self.check_names()

    def mount(self, prefix: str, other: WSGIApplication) -> None:
        """Hand all requests below a prefix to another WSGI application: of Flask, Django, or a second ``App``
        with a store of its own. It sees the prefix as ``SCRIPT_NAME``. Hooks of this app are not called.

        Arguments:
            prefix: as ``/blog``.

        Example:
            ``app.mount("/blog", blog.wsgi_app)``
        """
        if not prefix:
            raise ValueError("prefix='': an application at the root would take all that is this app's")
        self._mounts.append(Mount(checked_prefix(prefix), other))
        self._changed()

    def everything(self) -> list[tuple[Part, str]]:
        """This app and all those that it includes, with their prefixes."""
        found: list[tuple[Part, str]] = [(self, "")]
        for other, prefix in self._included:
            found += [(inner, prefix + further) for inner, further in other.everything()]
        return found

    def routes(self) -> list[Route]:
        """Its own and those of the apps that it includes, as this one serves them."""
        return [
            self._served(app, prefix, route) for app, prefix in self.everything() for route in app._routes
        ]

    def mounts(self) -> list[Mount]:
        """The same for what is mounted, the longest prefix first."""
        found = [
            Mount(prefix + mount.prefix, mount.application)
            for app, prefix in self.everything()
            for mount in app._mounts
        ]
        return sorted(found, key=lambda mount: -len(mount.prefix))

    def _served(self, app: Part, prefix: str, route: Route) -> Route:
        endpoint = route.endpoint if app is self else f"{app.name}.{route.endpoint}"
        private = next(
            (each for each in (route.private, app.private, self.private) if each is not None), False
        )
        return replace(route, rule=prefix + route.rule, endpoint=endpoint, private=private)

    def check_names(self) -> None:
        """Refuse two apps of one name.

        Errors:
            ValueError: there are two.
        """
        names = [app.name for app, _ in self.everything()]
        if len(set(names)) < len(names):
            raise ValueError(
                f"apps of one site need different names: {', '.join(names)}; give App(..., name=...)"
            )
