"""Flows that set context variables."""

import decimal
import threading
from contextvars import ContextVar
from decimal import Decimal
from typing import Any

from contweb import flow, suspend

LANG: ContextVar[Any] = ContextVar("lang", default="en")
LOCK: ContextVar[Any] = ContextVar("lock")
HIDDEN = {"hidden": ContextVar("hidden")}


@flow
def speaking(lang):
    LANG.set(lang)
    suspend(LANG.get())
    return LANG.get()


@flow
def set_to_an_answer():
    token = LANG.set(suspend())
    said = LANG.get(), suspend(), LANG.get(suspend())
    LANG.reset(token)
    return said


@flow
def with_token(lang, other):
    outer = LANG.set(lang)
    inner = LANG.set(other)
    said = [LANG.get(), suspend(), LANG.get()]
    LANG.reset(inner)
    said += [LANG.get(), suspend(), LANG.get()]
    LANG.reset(outer)
    return [*said, LANG.get()]


@flow
def with_a_used_token():
    token = LANG.set("de")
    LANG.reset(token)
    suspend()
    LANG.reset(token)


class Speaking:
    """A manager that keeps a token, as those of libraries do."""

    def __init__(self, lang):
        self.lang = lang

    def __enter__(self):
        self.token = LANG.set(self.lang)

    def __exit__(self, *how):
        LANG.reset(self.token)


@flow
def managed():
    with Speaking("de"):
        with Speaking("fr"):
            said = [LANG.get(), suspend(), LANG.get()]
        said += [LANG.get(), suspend(), LANG.get()]
    return [*said, LANG.get()]


@flow
def shared():
    """A variable's value and a name are one object, before and after."""
    items = []
    LANG.set(items)
    suspend()
    items.append(1)
    return LANG.get() is items, LANG.get()


@flow
def precise():
    context = decimal.getcontext()
    context.prec = 5
    suspend()
    context.prec += 1
    return str(Decimal(1) / 3), decimal.getcontext() is context


@flow
def with_local_context():
    with decimal.localcontext():
        suspend()


@flow
def locked():
    LOCK.set(threading.Lock())
    suspend()


@flow
def unnamed():
    HIDDEN["hidden"].set("h")
    suspend()
    return HIDDEN["hidden"].get("none")
