"""A browser for tests: it opens pages, fills in forms, and has the buttons that visitors have.

browser = app.test_client()
browser.open("/order")
browser.submit(name="Ada")
browser.back()
assert "What is your name?" in browser.page.text
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

from werkzeug.datastructures import Headers
from werkzeug.test import Client
from werkzeug.wrappers import Response

from contweb.web.browserpage import BrowserPage, Visit, page_of
from contweb.web.filling import BrowserError, fill, find_button, find_form, parts, plain
from contweb.web.reading import Button, Form, Link

_MOST_REDIRECTS = 20
_HOST = "http://localhost"
MULTIPART = "multipart/form-data"
URLENCODED = "application/x-www-form-urlencoded"


class Browser:
    """A browser tab. Tabs made with ``new_tab`` share its cookies.

    Arguments:
        app: any WSGI application.
        client: whose cookies to use; new ones by default.

    Attributes:
        page: what is shown now.
        headers: sent with each request.
    """

    def __init__(self, app: Callable[..., Iterable[bytes]], client: Client | None = None) -> None:
        self._app = app
        self._client = client or Client(app, Response)
        self._history: list[BrowserPage] = []
        self._at = -1
        self.headers: dict[str, str] = {}

    @property
    def page(self) -> BrowserPage:
        """The page that is shown.

        Errors:
            BrowserError: none was opened yet.
        """
        if self._at < 0:
            raise BrowserError("no page is open; browser.open(path) opens one")
        return self._history[self._at]

    def open(self, url: str) -> BrowserPage:
        """Go to a URL, as by typing it, and follow redirects."""
        return self._go(Visit("GET", urljoin(self._here(), url)))

    def submit(
        self,
        values: Mapping[str, Any] | None = None,
        /,
        *,
        form: int | str = 0,
        button: str | None = None,
        **more: Any,
    ) -> BrowserPage:
        """Fill in a form of the page, and send it.

        What is not named stays as the page has it: hidden fields, defaults, what is selected and checked.

        Arguments:
            values, more: field -> what to fill in. A list fills in several; True and False check and uncheck;
                None leaves the field out; for a file, ``(name, bytes)`` or ``(name, bytes, type)``.
            form: which form of the page: its number, or its ``id`` or ``name``.
            button: text, name or value of the button to press; by default the first.

        Errors:
            BrowserError: there is no such form, field or button, or nothing there that could be chosen so.

        Example:
            ``browser.submit(name="Ada", terms=True)``
        """
        return self._go(self._filled(form, button, {**(values or {}), **more}))

    def submit_twice(
        self,
        values: Mapping[str, Any] | None = None,
        /,
        *,
        form: int | str = 0,
        button: str | None = None,
        **more: Any,
    ) -> tuple[BrowserPage, BrowserPage]:
        """Fill in a form and press its button twice at the same moment. The second page is shown; both are
        returned."""
        visit = self._filled(form, button, {**(values or {}), **more})
        tabs = [Client(self._app, Response), Client(self._app, Response)]
        for tab in tabs:
            tab._cookies = self._client._cookies
        with ThreadPoolExecutor(2) as pool:
            first, second = pool.map(lambda tab: self._fetch(visit, tab), tabs)
        self._show(second)
        return first, second

    def click(self, text: str) -> BrowserPage:
        """Follow a link, or press a button, by the text on it (whole, or else a part of it that only one
        has).

        Errors:
            BrowserError: nothing or more than one thing has this text.
        """
        things: list[tuple[str, Visit]] = [
            (link.text, Visit("GET", urljoin(self._here(), link.href))) for link in self.page.links
        ]
        for form in self.page.forms:
            things += [(button.text, self._visit(form, {}, button)) for button in form.buttons]
        return self._go(_one_of(things, text, self.page))

    def follow(self, link: Link | str) -> BrowserPage:
        """Follow a link of the page, by itself or by where it leads (its ``href``, or the end of that).

        Errors:
            BrowserError: no link leads there.

        Example:
            ``for link in browser.page.links: browser.new_tab().follow(link)``
        """
        if not isinstance(link, Link):
            found = [each for each in self.page.links if each.href == link] or [
                each for each in self.page.links if each.href.endswith(link)
            ]
            if not found:
                raise BrowserError(f"no link leads to {link!r}\n\n{self.page}")
            link = found[0]
        return self.open(link.href)

    def back(self) -> BrowserPage:
        """The browser's back button. A page that may not be kept (``no-store``) is asked for again."""
        return self._travel(-1)

    def forward(self) -> BrowserPage:
        """The browser's forward button."""
        return self._travel(1)

    def reload(self) -> BrowserPage:
        """Ask for the page again; if it came from a sent form without a redirect, send that again."""
        self._history[self._at] = self._fetch(self.page.visit, self._client)
        return self.page

    def new_tab(self, url: str | None = None) -> Browser:
        """Another tab with the same cookies, at the same page or at a URL."""
        tab = Browser(self._app, self._client)
        tab.headers = dict(self.headers)
        if url is not None or self._at >= 0:
            tab.open(url if url is not None else self.page.url)
        return tab

    def request(self, method: str, url: str, **options: Any) -> BrowserPage:
        """One bare request, without following redirects and without showing it, for what no form sends.

        Arguments:
            options: as for werkzeug's ``EnvironBuilder``: ``data``, ``headers``, ``content_type`` ...
        """
        headers = Headers({**self.headers, **dict(options.pop("headers", {}))})
        url = urljoin(self._here(), url)
        response = self._client.open(url, method=method, headers=headers, base_url=_HOST, **options)
        return page_of(url, response, Visit(method, url))

    def _here(self) -> str:
        return self.page.url if self._at >= 0 else "/"

    def _go(self, visit: Visit) -> BrowserPage:
        self._show(self._fetch(replace(visit, url=_inside(visit.url)), self._client))
        return self.page

    def _show(self, page: BrowserPage) -> None:
        del self._history[self._at + 1 :]
        self._history.append(page)
        self._at += 1

    def _travel(self, by: int) -> BrowserPage:
        if not 0 <= self._at + by < len(self._history):
            raise BrowserError(f"there is no page to go {'back' if by < 0 else 'forward'} to")
        self._at += by
        if "no-store" in self.page.headers.get("Cache-Control", "") and self.page.visit.method == "GET":
            self.reload()
        return self.page

    def _fetch(self, visit: Visit, client: Client) -> BrowserPage:
        seen: list[str] = []
        while True:
            page = page_of(visit.url, self._send(visit, client), visit, tuple(seen))
            target = page.headers.get("Location")
            if not 300 <= page.status < 400 or target is None:
                return page
            if len(seen) == _MOST_REDIRECTS:
                raise BrowserError(f"redirected in circles: {' -> '.join(seen)}")
            seen.append(visit.url)
            visit = Visit("GET", _inside(urljoin(visit.url, target)))

    def _send(self, visit: Visit, client: Client) -> Response:
        sent: dict[str, Any] = {"headers": Headers(self.headers), "base_url": _HOST}
        if visit.method == "POST":
            sent["data"] = parts(visit.pairs) if visit.multipart else urlencode(plain(visit.pairs))
            sent["content_type"] = MULTIPART if visit.multipart else URLENCODED
        return client.open(visit.url, method=visit.method, **sent)

    def _filled(self, which: int | str, button: str | None, values: Mapping[str, Any]) -> Visit:
        try:
            form = find_form(self.page.forms, which)
            return self._visit(form, values, find_button(form, button, values))
        except BrowserError as error:
            raise BrowserError(f"{error}\n\n{self.page}") from None

    def _visit(self, form: Form, values: Mapping[str, Any], button: Button | None) -> Visit:
        pairs = fill(form, values, button)
        action = form.action if button is None or button.action is None else button.action
        url = urljoin(self._here(), action)
        if ((button and button.method) or form.method) == "POST":
            return Visit("POST", url, tuple(pairs), form.multipart)
        return Visit("GET", f"{url.partition('?')[0]}?{urlencode(plain(pairs))}")


def _one_of(things: list[tuple[str, Visit]], text: str, page: BrowserPage) -> Visit:
    found = [visit for label, visit in things if label == text] or [
        visit for label, visit in things if text in label
    ]
    if not found:
        labels = [label for label, _ in things]
        raise BrowserError(f"nothing to click says {text!r}; there are {labels}\n\n{page}")
    if len(set(found)) > 1:
        raise BrowserError(f"{len(found)} things to click say {text!r}\n\n{page}")
    return found[0]


def _inside(url: str) -> str:
    """A URL of this host as path and query."""
    parts = urlsplit(url)
    if parts.netloc and not url.startswith(_HOST):
        raise BrowserError(f"the browser was sent to another site: {url}")
    return parts.path + (f"?{parts.query}" if parts.query else "")
