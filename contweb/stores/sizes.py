"""How many bytes something counts in a store; the same in every store. Text counts one per character."""

from __future__ import annotations

from contweb.stores.base import Page


def page_bytes(page: Page) -> int:
    """What one page counts."""
    names = len(page.token) + len(page.parent or "") + len(page.path) + len(page.step)
    return names + len(page.shown) + len(page.frames or b"")


def chunk_bytes(blob: str, data: bytes) -> int:
    """What a piece of a blob counts."""
    return len(blob) + len(data)


def record_bytes(name: str, value: bytes) -> int:
    """What one record counts."""
    return len(name) + len(value)
