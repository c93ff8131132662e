"""``shared``: what all pages of a conversation share."""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from typing import Any

from contweb.web.current import current_talk


class Shared(MutableMapping[str, Any]):
    """A mapping that belongs to the conversation, and is not rewound by going back; locals are.

    Values are stored apart from the flow's locals: after an ask, a list that was in both is two lists. What a
    step changes here counts when the step is completed, or not at all. One step runs at a time, so there are
    no conflicts. In a template it can be read.

    Errors:
        NotRunningError: no flow is running.

    Example:
        ``shared["visits"] = shared.get("visits", 0) + 1``
    """

    def __getitem__(self, name: str) -> Any:
        return current_talk().shared[name]

    def __setitem__(self, name: str, value: Any) -> None:
        current_talk().shared[name] = value

    def __delitem__(self, name: str) -> None:
        del current_talk().shared[name]

    def __iter__(self) -> Iterator[str]:
        return iter(current_talk().shared)

    def __len__(self) -> int:
        return len(current_talk().shared)

    def __repr__(self) -> str:
        return f"shared({current_talk().shared!r})"


shared = Shared()
