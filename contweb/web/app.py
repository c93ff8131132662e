"""``App``: a web application made of flows and handlers."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from secrets import token_bytes
from typing import TYPE_CHECKING

from werkzeug.test import EnvironBuilder

from contweb.clock import Clock
from contweb.stores.base import Store
from contweb.stores.memory import MemoryStore
from contweb.web.backing import MAX_PAGE, Backing, Settings, chosen_store, open_backing
from contweb.web.blobs import readable
from contweb.web.body import Limits
from contweb.web.bound import bound
from contweb.web.current import Turn, request, session, turn
from contweb.web.flashes import get_flashed_messages
from contweb.web.hooks import Around
from contweb.web.mounts import mounted_at
from contweb.web.part import Part
from contweb.web.serving import serve
from contweb.web.shared import shared
from contweb.web.site import Route, Site
from contweb.web.static import STATIC_ENDPOINT, STATIC_RULE, static_files
from contweb.web.sweeping import keep_of
from contweb.web.templates import Templates
from contweb.web.testing import Browser
from contweb.web.urls import url_for
from contweb.web.watching import Watcher
from contweb.web.wording import Translations, language, say

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

MAX_BODY = 16 * 1024 * 1024
MAX_FIELD = 500_000
MAX_FIELDS = 1_000
_KNOWN = {  # to every template
    "_": say,
    "contweb_language": language,
    "get_flashed_messages": get_flashed_messages,
    "request": request,
    "session": session,
    "shared": shared,
    "url_for": url_for,
}


_Settings = tuple[str | Store | None, str | Sequence[bytes] | None, Clock, float]


class App(Part):
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
        translations: of what the framework says to visitors: for each language, English text -> text; or a
            function that translates a text, such as gettext's.
        trusted_hosts: by which the site may be asked for, as ``example.org`` or ``.example.org``; by any if
            nothing is said. Whole URLs (in mails) have the host of the request: say it where there are any.
        encrypt: whether what is stored is encrypted, not only signed; else ``CONTWEB_ENCRYPT=1``.
        max_page: bytes that the names which travel with a page may take, and what it shows; more is an error
            at its ``ask``.
        keep: how long a conversation is kept after its last step: a ``timedelta``, seconds, a text as
            ``"12h"``, or ``"forever"``; else ``CONTWEB_KEEP``, else 30 days.
        limit: bytes that the store may take, or a text as ``"2 GB"``; else ``CONTWEB_LIMIT``, else any
            number. What is above goes, the least recently used conversations first.

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
        translations: Translations | None = None,
        trusted_hosts: Sequence[str] | None = None,
        encrypt: bool | None = None,
        max_page: int = MAX_PAGE,
        keep: timedelta | float | str | None = None,
        limit: int | str | None = None,
    ) -> None:
        super().__init__(import_name, name, template_folder, static_folder, private)
        if isinstance(trusted_hosts, str):
            raise TypeError(f"trusted_hosts={trusted_hosts!r}: give a list, as [{trusted_hosts!r}]")
        self.limits = Limits(max_body, max_field, max_fields, max_file)
        self.debug = os.environ.get("CONTWEB_DEBUG") == "1" if debug is None else debug
        self.rereads = False  # whether edited templates are read again, though debug is off
        self.wait = wait
        self.translations = translations
        self.watchers: list[Watcher] = []
        self.trusted_hosts = None if trusted_hosts is None else list(trusted_hosts)
        self._settings: _Settings = (store, secret_keys, clock or Clock(), lease)
        self._encrypt = os.environ.get("CONTWEB_ENCRYPT") == "1" if encrypt is None else encrypt
        self._max_page = max_page
        self._keep = keep_of(keep, limit)
        self._site: Site | None = None
        self._backing: Backing | None = None
        self._lock = threading.RLock()

    def _changed(self) -> None:
        self._site = None

    def watch(self, watcher: Watcher) -> None:
        """Have a watcher told of each step and each refusal: for metrics and traces.

        Example:
            ``app.watch(Metrics())``
        """
        self.watchers.append(watcher)

    @property
    def site(self) -> Site:
        """All that is served: made at the first request."""
        if self._site is None:
            with self._lock:
                self._site = self._site or self._make_site()
        return self._site

    def _make_site(self) -> Site:
        everything = self.everything()
        self.check_names()
        routes = self.routes()
        static = [app.static_folder for app, _ in everything if app.static_folder.is_dir()]
        if static and not any(route.endpoint == STATIC_ENDPOINT for route in routes):
            methods = frozenset(("GET", "OPTIONS"))
            routes.append(
                Route(STATIC_RULE, STATIC_ENDPOINT, methods, static_files(static), self.name, is_flow=False)
            )
        templates = Templates(
            {app.name: app.template_folder for app, _ in everything}, _KNOWN, debug=self.debug or self.rereads
        )
        around = Around({app.name: app for app, _ in everything}, self.name)
        return Site(routes, templates, around, self.mounts())

    @property
    def is_in_memory(self) -> bool:
        """Whether its pages are lost when the process ends."""
        store = chosen_store(self._settings[0])
        return store == "memory:" or isinstance(store, MemoryStore)

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
        parts = [part for part, _ in self.everything()]
        packages = tuple({part.import_name.partition(".")[0]: None for part in parts})
        resources = tuple(part.resources for part in parts)
        settings = Settings(store, keys, packages, clock, lease, resources, self.name)
        return open_backing(
            replace(
                settings,
                encrypt=self._encrypt,
                max_page=self._max_page,
                debug=self.debug,
                keep=self._keep,
            )
        )

    def close(self) -> None:
        """Close the store. A later request opens it again."""
        with self._lock:
            backing, self._backing = self._backing, None
        if backing is not None:
            backing.store.close()

    def test_client(self) -> Browser:
        """A browser for tests, with no cookies and no page open."""
        return Browser(self)

    @contextmanager
    def test_settings(self, store: str | Store = "memory:", clock: Clock | None = None) -> Iterator[None]:
        """A block in which the app has another store, with keys of its own, and another clock: for tests.

        Example:
            >>> app = App(__name__)
            >>> with app.test_settings():
            ...     app.backing.store.count().pages
            0
        """
        settings = self._settings
        self.close()
        self._settings = (store, (token_bytes(32),), clock or settings[2], settings[3])
        try:
            yield
        finally:
            self.close()
            self._settings = settings

    @contextmanager
    def test_request(self, path: str = "/") -> Iterator[None]:
        """A block in which a request for a path is being answered: for ``url_for`` and templates in tests and
        scripts. No hook and no handler is called.

        Example:
            >>> app = App(__name__, store="memory:")
            >>> home = app.route("/")(lambda: "")
            >>> with app.test_request():
            ...     url_for("<lambda>")
            '/'
        """
        with bound(turn, Turn(self, EnvironBuilder(path).get_environ())):
            yield

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """WSGI."""
        return self.wsgi_app(environ, start_response)

    def wsgi_app(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """WSGI, apart from ``__call__`` so that a middleware can be put around it."""
        mount = mounted_at(self.site.mounts, environ)
        if mount is not None:
            return mount(environ, start_response)
        with bound(turn, Turn(self, environ)) as now, readable(lambda: now.backing.blobs):
            response = serve(now)
            backing = self._backing
            if backing is not None and backing.sweeping.is_due():
                response.call_on_close(backing.sweeping.sweep)
            return response(environ, start_response)
