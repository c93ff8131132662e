"""What runs a flow from outside: ``start``, and the continuation that a suspension gives."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ParamSpec

from contweb.errors import ConfigurationError, ContinuationError
from contweb.runtime import drive
from contweb.runtime.frames import Frame
from contweb.runtime.generators import Boundary
from contweb.runtime.signals import Signal
from contweb.sealing import Sealer, parse_keys
from contweb.state.codec import Codec

Arguments = ParamSpec("Arguments")
OnSuspend = Callable[[Any, "Continuation"], Any]


@dataclass(frozen=True, slots=True)
class Suspended:
    """A flow that waits: with the value it suspended with, and the continuation to go on with."""

    value: Any
    continuation: Continuation
    saved: Any = None  # what ``on_suspend`` returned


@dataclass(frozen=True, slots=True)
class Finished:
    """A flow that has returned."""

    value: Any


Step = Suspended | Finished


@dataclass(frozen=True, slots=True)
class FrameView:
    """One frame, as a debugger would show it."""

    function: str
    file: str
    line: int
    names: dict[str, Any]


class Continuation:
    """The frames from the outermost flow to a point. Data: it can be resumed any number of times.

    Resumed in memory, it finds names and loop positions as they were at the capture, and the same
    objects; revived from bytes, it has copies of its own.
    """

    __slots__ = ("_frame",)

    def __init__(self, frame: Frame) -> None:
        self._frame = frame

    def resume(self, value: Any = None, *, on_suspend: OnSuspend | None = None) -> Step:
        """Go on with a value at the point. Raises what the flow raises."""
        return _step(drive.go_on(self._frame, value, None, _hook(on_suspend)))

    def throw(self, exception: BaseException, *, on_suspend: OnSuspend | None = None) -> Step:
        """Raise an exception at the point, and go on. Raises what the flow raises."""
        return _step(drive.go_on(self._frame, None, exception, _hook(on_suspend)))

    @property
    def frames(self) -> tuple[FrameView, ...]:
        """The frames, the outermost first, as in a traceback."""
        return tuple(reversed([_view(frame) for frame in self.chain() if not isinstance(frame, Boundary)]))

    def dumps(self, *, keys: Sequence[bytes] | None = None, trusted: bool = False) -> bytes:
        """The continuation as bytes, sealed with ``keys`` (by default, those of ``CONTWEB_SECRET_KEYS``).

        ``trusted=True``: without a seal, for bytes that nobody else can write. Raises ``CannotStoreError``,
        which names what cannot be made into bytes, and ``ConfigurationError`` without any key.
        """
        return _codec(keys, trusted).dump(self._frame, _CONTEXT)

    @classmethod
    def loads(
        cls, data: bytes, *, keys: Sequence[bytes] | None = None, trusted: bool = False
    ) -> Continuation:
        """The continuation again, in this or another process. Raises ``SealError`` before anything is parsed,
        ``ForbiddenError`` for what may not be constructed, ``ChangedCodeError`` if a flow in it has
        changed."""
        frame = _codec(keys, trusted).load(data, _CONTEXT)
        if not isinstance(frame, Frame):
            raise ContinuationError("the bytes are not those of a continuation")
        return cls(frame)

    def chain(self) -> Iterator[Frame]:
        """The saved frames, the innermost first."""
        return self._frame.chain()

    @property
    def innermost(self) -> Frame:
        """The frame in which the flow suspended; what a ``Codec`` stores of a continuation."""
        return self._frame

    def __repr__(self) -> str:
        view = _view(self._frame)
        return f"<Continuation in {view.function}, line {view.line}>"


def start(function: Callable[Arguments, Any], /, *args: Arguments.args, **kwargs: Arguments.kwargs) -> Step:
    """Run a flow until it suspends or returns. Raises what the flow raises.

    step = start(order, "A-1")                   # Suspended(value, continuation) or Finished(value)
    step = step.continuation.resume(answer)
    """
    return _step(drive.run(function, args, kwargs))


def launch(
    function: Callable[..., Any], args: Any = (), kwargs: Any = None, *, on_suspend: OnSuspend | None = None
) -> Step:
    """As ``start``, with a function that is called with the value and the continuation at the suspension,
    before anything is unwound: what it raises is raised at the line that suspends, what it returns is
    ``Suspended.saved``."""
    return _step(drive.run(function, args, kwargs or {}, _hook(on_suspend)))


_CONTEXT = b"continuation"


def _codec(keys: Sequence[bytes] | None, trusted: bool) -> Codec:
    if trusted:
        return _TRUSTED
    if keys is None:
        text = os.environ.get("CONTWEB_SECRET_KEYS")
        if not text:
            raise ConfigurationError(
                "a continuation's bytes are sealed, and there is no key: set CONTWEB_SECRET_KEYS, pass "
                "keys=[...], or pass trusted=True on both sides where nobody else can write the bytes"
            )
        keys = parse_keys(text)
    return _sealing(tuple(keys))


_TRUSTED = Codec(None)


@functools.lru_cache(maxsize=8)
def _sealing(keys: tuple[bytes, ...]) -> Codec:
    """The codec for some keys; making one costs more than sealing."""
    return Codec(Sealer(keys))


def _hook(on_suspend: OnSuspend | None) -> drive.OnSuspend:
    if on_suspend is None:
        return None
    return lambda value, frame: on_suspend(value, Continuation(frame))


def _step(result: Signal | drive.Result) -> Step:
    if isinstance(result, Signal):
        return Suspended(result.value, Continuation(result.continuation), result.saved)
    return Finished(result.value)


def _view(frame: Frame) -> FrameView:
    site = frame.site
    return FrameView(
        function=site.code.name,
        file=site.code.plain.co_filename,
        line=site.point.line,
        names=frame.names(),
    )
