"""Other WSGI applications below a prefix."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment


@dataclass(frozen=True)
class Mount:
    """An application, and the prefix that it is reached by."""

    prefix: str
    application: WSGIApplication


def mounted_at(mounts: Sequence[Mount], environ: WSGIEnvironment) -> WSGIApplication | None:
    """The application that a request is for, if it is for a mounted one; its path is made that application's.

    Arguments:
        mounts: the longest prefix first.
    """
    if not mounts:
        return None
    path = environ.get("PATH_INFO", "")
    for mount in mounts:
        prefix = mount.prefix.encode("utf-8").decode("latin-1")
        if path == prefix or path.startswith(prefix + "/"):
            environ["SCRIPT_NAME"] = environ.get("SCRIPT_NAME", "") + prefix
            environ["PATH_INFO"] = path[len(prefix) :]
            return mount.application
    return None


def checked_prefix(prefix: str) -> str:
    """A prefix that was given, as it is.

    Errors:
        ValueError: it is none.
    """
    if prefix and (not prefix.startswith("/") or prefix.endswith("/")):
        raise ValueError(f"prefix={prefix!r}: write it as '/shop'")
    return prefix
