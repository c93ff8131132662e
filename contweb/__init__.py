"""contweb: a multi-step web flow as one straight-line Python function.

    from contweb import App, ask, page

    app = App(__name__)

    @app.flow("/add")
    def add():
        first = int(ask("number.html", which="first")["n"])
        second = int(ask("number.html", which="second")["n"])
        return page("sum.html", total=first + second)

Between two requests nothing of ``add`` is in memory: the running function was captured, stored under a
token, and the token is in the URL. The map of the package, by floors (each imports from lower ones only):

    web/         App, ask, pages, answers, the test browser        (werkzeug, jinja2)
    state/       a continuation as sealed bytes, and back
    runtime/     capture and resume           stores/   bytes under a token
    compiler/    a plain function into one that can be captured and entered again
    errors.py    every error, in one tree
"""

from contweb.errors import (
    BarrierError,
    CannotStoreError,
    ChangedCodeError,
    CompileError,
    ConfigurationError,
    ContinuationError,
    ContwebError,
    Expired,
    NotRunningError,
    NotThereError,
    OnceUnfinished,
    SealError,
    StoreError,
)
from contweb.runtime.capture import suspend
from contweb.runtime.migrate import EarlierFrame
from contweb.runtime.registry import flow
from contweb.runtime.variables import transient
from contweb.state.continuation import Continuation, Finished, Suspended, start
from contweb.state.travel import register, resource, storable
from contweb.web.answers import Answer
from contweb.web.app import App
from contweb.web.current import request, session
from contweb.web.doors import forget, isolate
from contweb.web.effects import once
from contweb.web.flashes import flash, get_flashed_messages
from contweb.web.flow import ask
from contweb.web.links import button, link
from contweb.web.pages import abort, html, page, redirect
from contweb.web.shared import shared
from contweb.web.uploads import Upload
from contweb.web.urls import url_for

__all__ = [
    "Answer",
    "App",
    "BarrierError",
    "CannotStoreError",
    "ChangedCodeError",
    "CompileError",
    "ConfigurationError",
    "Continuation",
    "ContinuationError",
    "ContwebError",
    "EarlierFrame",
    "Expired",
    "Finished",
    "NotRunningError",
    "NotThereError",
    "OnceUnfinished",
    "SealError",
    "StoreError",
    "Suspended",
    "Upload",
    "abort",
    "ask",
    "button",
    "flash",
    "flow",
    "forget",
    "get_flashed_messages",
    "html",
    "isolate",
    "link",
    "once",
    "page",
    "redirect",
    "register",
    "request",
    "resource",
    "session",
    "shared",
    "start",
    "storable",
    "suspend",
    "transient",
    "url_for",
]
