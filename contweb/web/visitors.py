"""Which browser a request comes from: a random number in a signed cookie, for pages that are private."""

from __future__ import annotations

import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable
from hashlib import sha256

from werkzeug.wrappers import Request, Response

from contweb.errors import SealError
from contweb.sealing import Sealer
from contweb.web.places import path_url

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
        self._number = _read(sealer, request.cookies.getlist(COOKIE))
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
        cookie = urlsafe_b64encode(self._sealer.seal(self._number, _CONTEXT)).decode()
        response.set_cookie(
            COOKIE,
            cookie,
            max_age=_SECONDS,
            path=path_url(self._request.root_path, ""),
            secure=self._request.is_secure,
            httponly=True,
            samesite="Lax",
        )


def _read(sealer: Sealer, cookies: Iterable[str]) -> bytes | None:
    for cookie in cookies:  # one that is not ours may stand before the one that is
        try:
            return sealer.open(urlsafe_b64decode(cookie), _CONTEXT)
        except (SealError, ValueError):
            continue
    return None
