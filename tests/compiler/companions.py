"""What the tests put into the frames of programs. It stands beside a flow, so that it may travel."""

from __future__ import annotations

from typing import Any

from contweb import flow, suspend
from contweb.errors import BarrierError, NotRunningError
from tests.programs import effect

barriers: list[str] = []


@flow
def pause_here(value):
    """Suspend where that is possible, and give the value back."""
    try:
        suspend()
    except BarrierError as error:
        barriers.append(str(error))
    except NotRunningError:  # in a thread that the program has started
        pass
    return value


class Thrown(ValueError):
    """What is thrown in at a point; programs that catch ``ValueError`` catch it."""


class Abandoned(BaseException):
    """What is thrown in at a point, and no program catches unless it catches everything."""


class Manager:
    """A context manager that notes what happens to it, and may suppress."""

    def __init__(self, name: Any, suppresses: Any = ()) -> None:
        self.name, self.suppresses = name, suppresses

    def __enter__(self) -> Any:
        effect(("enter", self.name))
        return self.name

    def __exit__(self, kind: Any, error: Any, traceback: Any) -> bool:
        effect(("exit", self.name, repr(error)))
        return kind is not None and issubclass(kind, self.suppresses)


class Truth:
    """Notes each time that it is asked whether it is true."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def __bool__(self) -> bool:
        effect(("true?", self.value))
        return bool(self.value)

    def __int__(self) -> int:
        return int(self.value)
