"""The visitor's session: a small dictionary in a signed cookie."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any

from werkzeug.wrappers import Request, Response

from contweb.errors import SealError
from contweb.sealing import Sealer
from contweb.web.places import path_url

COOKIE = "contweb_session"
LARGEST = 4_000  # what browsers keep of one cookie, less its attributes
_CONTEXT = b"session cookie"


class Session(dict[str, Any]):
    """What the app remembers of a visitor between requests, in a cookie that is signed, not secret.

    It is a dictionary of values that JSON can hold. It belongs to the browser, not to the page: going back
    does not rewind it. Changing a value inside another (a list in the session) is seen as well.

    Example:
        ``session["user"] = name``
    """

    def __init__(self, text: str = "{}") -> None:
        super().__init__(json.loads(text))
        self.as_read = _text(self)


def read_session(sealer: Sealer, request: Request) -> Session:
    """The session in a request's cookie; an empty one if there is none that is ours."""
    for cookie in request.cookies.getlist(COOKIE):  # one that is not may stand before it
        try:
            return Session(sealer.open(urlsafe_b64decode(cookie), _CONTEXT).decode())
        except (SealError, ValueError):
            continue
    return Session()


def write_session(sealer: Sealer, session: Session, request: Request, response: Response) -> None:
    """Send the session with a response, if it has changed.

    Errors:
        TypeError: it holds what JSON cannot.
        ValueError: it holds more than a cookie does.
    """
    response.vary.add("Cookie")
    text = _text(session)
    if text == session.as_read:
        return
    path = path_url(request.root_path, "")
    if not session:
        response.delete_cookie(COOKIE, path=path, secure=request.is_secure, httponly=True, samesite="Lax")
        return
    cookie = urlsafe_b64encode(sealer.seal(text.encode(), _CONTEXT)).decode()
    if len(cookie) > LARGEST:
        raise ValueError(
            f"session: {len(cookie)} bytes do not fit in a cookie; keep large things in a database"
        )
    response.set_cookie(COOKIE, cookie, path=path, secure=request.is_secure, httponly=True, samesite="Lax")


def _text(session: Session) -> str:
    try:
        return json.dumps(session, sort_keys=True)
    except (TypeError, ValueError) as error:
        wrong = next((name for name, value in session.items() if not _fits(name, value)), None)
        raise TypeError(
            f"session[{wrong!r}] is nothing that JSON can hold; names are texts, and values are texts, "
            "numbers, True, False, None, or lists and dictionaries of these"
        ) from error


def _fits(name: object, value: object) -> bool:
    try:
        json.dumps(value, sort_keys=True)
    except (TypeError, ValueError):
        return False
    return isinstance(name, str)
