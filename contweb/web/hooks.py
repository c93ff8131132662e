"""What an app has called around its requests: before them, after them, and when one fails."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

Function = TypeVar("Function", bound=Callable[..., Any])
Failure = int | type[Exception]
_GENERAL = (HTTPException, Exception)


class Hooks:
    """An app's hooks. Those of an included app are for its own flows and handlers; those of the site, for all
    that is served."""

    def __init__(self) -> None:
        self.before: list[Callable[[], Any]] = []
        self.after: list[Callable[[Response], Response | None]] = []
        self.for_failures: dict[Failure, Callable[[Any], Any]] = {}

    def _changed(self) -> None:
        """Called when something is registered."""

    def before_request(self, function: Function) -> Function:
        """Have a function called before each request. What it returns, if anything, is the response: a page,
        HTML or a ``Response``; then no step is run.

        Example:
            ``@app.before_request``
        """
        self.before.append(function)
        self._changed()
        return function

    def after_request(self, function: Function) -> Function:
        """Have a function called with each response, that of an error included. It may change it, or return
        another. The last one registered is called first.

        Example:
            ``@app.after_request``
        """
        self.after.append(function)
        self._changed()
        return function

    def errorhandler(self, failure: Failure) -> Callable[[Function], Function]:
        """Have a function make the page for an error, from the error.

        What it returns (a page, HTML or a text) is sent with the error's own status; a ``Response`` as it is.
        The page that was answered stays answerable.

        Arguments:
            failure: an HTTP status from 400 on, or a class of exceptions. The nearest class counts, then the
                status.

        Example:
            ``@app.errorhandler(404)``
        """
        if isinstance(failure, int) and not 400 <= failure < 600:
            raise ValueError(f"errorhandler({failure}): a status from 400 to 599, or a class of exceptions")

        def register(function: Function) -> Function:
            self.for_failures[failure] = function
            self._changed()
            return function

        return register


class Around:
    """The hooks of a site.

    Arguments:
        hooks: of its apps, by their names.
        site: name of the app that is the site.
    """

    def __init__(self, hooks: Mapping[str, Hooks], site: str) -> None:
        self._hooks = hooks
        self._site = site
        self._before: dict[str, list[Callable[[], Any]]] = {}
        self._after: dict[str, list[Callable[[Response], Response | None]]] = {}
        self.of_parts = any(
            (each.before or each.after) for name, each in hooks.items() if name != site
        )  # whether it matters which app a request is for

    def before(self, home: str) -> list[Callable[[], Any]]:
        """What is called before a request for an app, in order."""
        found = self._before.get(home)
        if found is None:
            found = [function for hooks in self._for(home) for function in hooks.before]
            self._before[home] = found
        return found

    def after(self, home: str) -> list[Callable[[Response], Response | None]]:
        """What is called after a request for an app, in order."""
        found = self._after.get(home)
        if found is None:
            found = [function for hooks in self._for(home) for function in hooks.after][::-1]
            self._after[home] = found
        return found

    def for_failure(self, home: str, error: Exception) -> Callable[[Any], Any] | None:
        """What makes the page for an error; the app's own come before the site's."""
        failures = _failures(error)
        for hooks in reversed(self._for(home)):
            for failure in failures:
                if failure in hooks.for_failures:
                    return hooks.for_failures[failure]
        return None

    def _for(self, home: str) -> list[Hooks]:
        names = dict.fromkeys((self._site, home))
        return [self._hooks[name] for name in names if name in self._hooks]


def _failures(error: Exception) -> list[Failure]:
    """What an error is, the nearest first: its classes, its status, and what all are."""
    classes = [kind for kind in type(error).__mro__ if issubclass(kind, Exception)]
    special: list[Failure] = [kind for kind in classes if kind not in _GENERAL]
    code = error.code if isinstance(error, HTTPException) else None
    return special + ([] if code is None else [code]) + [kind for kind in classes if kind in _GENERAL]
