"""Which browser a request comes from: a random number in a signed cookie, for pages that are private."""

from __future__ import annotations

import secrets
from hashlib import sha256

from werkzeug.wrappers import Request, Response

from contweb.sealing import Sealer
from contweb.web.cookies import attributes, opened, sealed

COOKIE = "contweb_browser"
_CONTEXT = b"browser cookie"
_BYTES = 16
_SECONDS = 400 * 24 * 3600  # the longest that browsers keep a cookie


class Visitor:
    """The browser that a request comes from.

    Arguments:
        sealer: signs the cookie.
        request: that may bring it.
    """

    def __init__(self, sealer: Sealer, request: Request) -> None:
        self._sealer = sealer
        self._request = request
        self._number = next(opened(sealer, request, COOKIE, _CONTEXT), None)
        self._is_new = False

    def fingerprint(self) -> bytes | None:
        """What a private page knows its browser by; None for a browser that has no number yet."""
        return sha256(self._number).digest()[:_BYTES] if self._number else None

    def known(self) -> bytes:
        """As ``fingerprint``; a browser that has no number gets one with the response."""
        if self._number is None:
            self._number, self._is_new = secrets.token_bytes(_BYTES), True
        return sha256(self._number).digest()[:_BYTES]

    def write(self, response: Response) -> None:
        """Send the number with a response, if it is new."""
        if self._number is None or not self._is_new:
            return
        cookie = sealed(self._sealer, self._number, _CONTEXT)
        response.set_cookie(COOKIE, cookie, max_age=_SECONDS, **attributes(self._request))
