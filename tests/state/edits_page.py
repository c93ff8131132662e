"""The table of edits as it stands in ``docs/upgrades.md``; run as a module, it writes it there."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.state.edited import BEFORE, PAGES, Edit
from tests.state.edits_table import EDITS, PARTS

PAGE = Path(__file__).parents[2] / "docs" / "upgrades.md"
BEGIN, END = "<!-- edits: begin -->", "<!-- edits: end -->"


def harmless() -> tuple[int, int]:
    """Of the pages whose visitors need not notice an edit: how many go on, and how many there are."""
    pages = "".join(edit.pages for edit in EDITS if edit.harmless)
    return pages.count("+"), len(pages)


def table(reasons: dict[str, str]) -> str:
    """The table; ``reasons``: of each edit that somebody is refused for, by its title."""
    good, all_of_them = harmless()
    parts = [
        f"This flow is edited in {len(EDITS)} ways while people are at each of its {len(PAGES)} questions:",
        f"```python\nfrom contweb import ask, flow\n\n{BEFORE}```",
        "`+` goes on with the right result, `-` is refused, with the reason. Of the pages whose visitors\n"
        f"need not notice the edit, {good} of {all_of_them} go on; those edits are marked with a \\*.",
    ]
    head = f"| edit | {' | '.join(PAGES)} | refused because |\n|---|{'---|' * len(PAGES)}---|"
    for name, edits in PARTS.items():
        rows = "\n".join(_row(edit, reasons.get(edit.title, "")) for edit in edits)
        parts += [f"## {name}", f"{head}\n{rows}"]
    return "\n\n".join(parts)


def _row(edit: Edit, reason: str) -> str:
    marks = " | ".join(edit.pages)
    said = reason.replace("|", "\\|")
    title = edit.title + (" \\*" if edit.harmless else "")
    return f"| {title} | {marks} | {said} |"


def reasons() -> dict[str, str]:
    """Why the first of those who are refused is refused, by the edit."""
    found = {}
    for edit in EDITS:
        if "-" in edit.pages:
            kind, reason, _ = edit.found(edit.pages.index("-"))
            assert kind == "refused", (edit.title, reason)
            found[edit.title] = reason
    return found


def shown() -> str:
    """What stands in the page now."""
    return PAGE.read_text("utf-8").partition(BEGIN)[2].partition(END)[0].strip()


if __name__ == "__main__":
    before, _, rest = PAGE.read_text("utf-8").partition(BEGIN)
    PAGE.write_text(f"{before}{BEGIN}\n\n{table(reasons())}\n\n{END}{rest.partition(END)[2]}", "utf-8")
    sys.stdout.write(f"{PAGE}\n")
