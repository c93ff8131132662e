"""Copies of iterators: where a loop stands is control state, so each resume goes on from its own copy.

A copy walks on through the same container: a list that grows under the loop is seen to grow. What cannot be
copied (a generator, a file, an iterator of the user's) is shared, as any other object of the program.
"""

from __future__ import annotations

import copy
import gc
import itertools
import warnings
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from contweb.compiler.names import is_gathering, is_iterator

_DICT: dict[Any, Any] = {}
_SEQUENCES: tuple[Iterable[Any], ...] = (
    [],
    (),
    "",
    b"",
    bytearray(),
    range(0),
    range(1 << 70),
    memoryview(b""),
    deque(),
)
_VIEWS: tuple[Iterable[Any], ...] = (_DICT, _DICT.keys(), _DICT.values(), _DICT.items(), set(), frozenset())


class Rest:
    """What a loop over a set, or a reversed dictionary, has left once it has been stored: the order of a set
    is another in each process. As with theirs, it is an error when the size has changed.

    Arguments:
        container: the loop is over it.
        left: the items to come.
        size: of the container; None if that had changed before.
    """

    __slots__ = ("_next", "container", "left", "size")

    def __init__(self, container: Any, left: list[Any], size: int | None) -> None:
        self.container = container
        self.left = left
        self.size = size
        self._next = 0

    def __iter__(self) -> Rest:
        return self

    def __next__(self) -> Any:
        if self.container is not None and self.size != len(self.container):
            self.size = None
            raise RuntimeError(f"{self._kind()} changed size during iteration")
        if self._next == len(self.left):
            self.container = None
            raise StopIteration
        self._next += 1
        return self.left[self._next - 1]

    def __length_hint__(self) -> int:
        return len(self.left) - self._next

    def __copy__(self) -> Rest:
        return Rest(*self.state())

    def state(self) -> tuple[Any, list[Any], int | None]:
        """What it is made of."""
        return self.container, self.left[self._next :], self.size

    def _kind(self) -> str:
        return "dictionary" if isinstance(self.container, dict) else "Set"


def rest_of(iterator: Any) -> tuple[Any, list[Any], int | None]:
    """What is left of an iterator over a dictionary or a set, as a ``Rest`` has it."""
    container = container_of(iterator)
    if container is None:
        return None, [], None
    try:
        return container, list(iterator.__reduce__()[1][0]), len(container)
    except RuntimeError:
        return container, [], None


def container_of(iterator: Any) -> Any:
    """What an iterator over a dictionary or a set iterates over; None when it is exhausted."""
    return next(
        (held for held in gc.get_referents(iterator) if isinstance(held, dict | set | frozenset)), None
    )


def _is_copied(iterator: Iterator[Any]) -> bool:
    try:
        copy.copy(iterator)
    except TypeError:  # that over a ``memoryview``
        return False
    return True


_PLAIN = (
    Rest,
    *(type(iter(empty)) for empty in _SEQUENCES if _is_copied(iter(empty))),
    type(reversed([])),
    type(reversed(deque())),
    type(iter(lambda: None, None)),
)
_NESTED = (enumerate, zip, map, filter, reversed)
SETS: type = type(iter(set()))
REVERSED = tuple(type(reversed(view)) for view in (_DICT, _DICT.values(), _DICT.items()))
_KEYED = (*(type(iter(view)) for view in _VIEWS), *REVERSED)
ITERTOOLS = tuple(
    kind
    for kind in vars(itertools).values()
    if isinstance(kind, type) and kind not in (itertools.tee, itertools.groupby)
)


Forked = dict[int, tuple[Any, Any]]  # by their ids: the iterators, and what has been made of them


def fork(iterator: Any, forked: Forked | None = None) -> Any:
    """An iterator that gives what this one would still give; this one stays as it is."""
    kind = type(iterator)
    if kind in _PLAIN:
        return copy.copy(iterator)
    if kind in _KEYED:
        return _fork_keyed(iterator)
    if kind in _NESTED or kind in ITERTOOLS:
        return _fork_nested(iterator, {} if forked is None else forked)
    return iterator


def _fork_keyed(iterator: Any) -> Any:
    """A dictionary's or set's iterator: a new one, moved on as far."""
    container = container_of(iterator)
    left = iterator.__length_hint__()
    if container is None:
        return iter(())  # it is exhausted
    if left == 0:
        return iterator  # changed in size under the loop: the next turn is Python's error
    forked = _same_view(iterator, container)
    for _ in range(len(container) - left):
        next(forked)
    return forked


def _same_view(iterator: Any, container: Any) -> Iterator[Any]:
    name = type(iterator).__name__
    view = container.values() if "value" in name else container.items() if "item" in name else container
    return reversed(view) if "reverse" in name else iter(view)


def _fork_nested(iterator: Any, forked: Forked) -> Any:
    """An iterator over iterators, which are copied too, each once: ``zip(*[items] * 2)`` has one. The
    containers and functions are not."""
    try:
        make, arguments, state = parts(iterator)
    except TypeError:  # not every iterator of ``itertools`` can say what it is made of
        return iterator
    if make is itertools.cycle:
        state = (list(state[0]), *state[1:])  # what it has given so far is its own
    return rebuilt(make, _fork_deep(arguments, forked), _fork_deep(state, forked))


def parts(iterator: Any) -> tuple[Any, tuple[Any, ...], Any]:
    """What an iterator over iterators is made of, and with which arguments and state.

    Python 3.12 and 3.13 warn of it.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        make, arguments, *state = iterator.__reduce__()
    return make, arguments, state[0] if state else None


def rebuilt(make: Any, arguments: tuple[Any, ...], state: Any) -> Any:
    """The iterator of these parts."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        made = make(*arguments)
        if state is not None:
            made.__setstate__(state)
    return made


def _fork_deep(part: Any, forked: Forked) -> Any:
    if isinstance(part, tuple):
        return tuple(_fork_deep(item, forked) for item in part)
    if id(part) not in forked:
        forked[id(part)] = part, fork(part, forked)
    return forked[id(part)][1]


Copier = Callable[[Any], Any]


def copier(name: str) -> Copier | None:
    """How the value of a name is copied when it is control state rather than the program's data."""
    if is_iterator(name):
        return fork
    if is_gathering(name):
        return _copy
    return None


def _copy(gathered: Any) -> Any:
    return gathered.copy()
