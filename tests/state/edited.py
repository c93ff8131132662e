"""Realistic edits of a flow while people are in it, and how each of its pages goes on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.state.edits import outcome

BEFORE = '''\
PRICES = {"apples": 2, "pears": 3}


def price(item):
    return PRICES[item]


@flow
def address(kind):
    """Where to?"""
    while True:
        form = ask("address.html", kind=kind)
        if form["zip"].isdigit():
            return form["street"] + " " + form["zip"]


@flow
def order():
    name = ask("name.html")["name"]
    rate = 10
    gift = False
    to = address("delivery")
    total = 0
    for item in ("apples", "pears"):
        count = int(ask("quantity.html", item=item)["n"])
        total += count * price(item)
    if total > 5:
        gift = ask("gift.html")["gift"] == "yes"
    log(("charge", name, total))
    note = ask("note.html")["note"]
    return name, to, total + rate, gift, note
'''
PAGES = ("name", "address", "apples", "pears", "gift", "note")
ANSWERS: list[Any] = [
    {"name": "Ann", "full": "Ann Lee"},
    {"street": "Elm", "zip": "12"},
    {"n": "1"},
    {"n": "2"},
    {"gift": "yes"},
    {"note": "hi", "date": "1.1."},
]
RESULT = ("Ann", "Elm 12", 18, True, "hi")
CHARGED = [("charge", "Ann", 8)]

ALL = "++++++"  # of the six pages, each goes on
NONE = "------"


@dataclass
class Edit:
    """One edit of ``BEFORE``.

    Arguments:
        title: what was done.
        changes: what was written, and what was written instead.
        pages: for each page, whether it goes on.
        harmless: whether a person would say that nobody who is in the flow has to notice.
        results: what comes out, where that is not what came out before, by page; "*" for all others.
        logs: the same for the effects.
        more: answers to put in, by their place, for new questions that come after the page.
    """

    title: str
    changes: Sequence[tuple[str, str]]
    pages: str = ALL
    harmless: bool = True
    results: dict[str, Any] = field(default_factory=dict)
    logs: dict[str, Any] = field(default_factory=dict)
    more: dict[int, Any] = field(default_factory=dict)
    less: tuple[int, ...] = ()
    reason: str = ""

    @property
    def after(self) -> str:
        text = BEFORE
        for old, new in self.changes:
            assert old in text, (self.title, old)
            text = text.replace(old, new)
        return text

    def expected(self, page: int) -> tuple[bool, Any, Any]:
        name = PAGES[page]
        goes_on = self.pages[page] == "+"
        result = self.results.get(name, self.results.get("*", RESULT))
        return goes_on, result, self.logs.get(name, self.logs.get("*", CHARGED))

    def found(self, page: int) -> tuple[str, Any, list[Any]]:
        """What happens to those who are at a page."""
        later = [
            answer
            for place, given in enumerate([*ANSWERS, None])
            for answer in (
                ([self.more[place]] if place in self.more and place > page else [])
                + ([given] if given and place >= page and not (place in self.less and place > page) else [])
            )
        ]
        return outcome(BEFORE, self.after, ANSWERS[:page], later)


NAME = '    name = ask("name.html")["name"]\n'
TO = '    to = address("delivery")\n'
LOOP = '    for item in ("apples", "pears"):\n'
COUNT = '        count = int(ask("quantity.html", item=item)["n"])\n'
GIFT = '        gift = ask("gift.html")["gift"] == "yes"\n'
CHARGE = '    log(("charge", name, total))\n'
NOTE = '    note = ask("note.html")["note"]\n'
RETURN = "    return name, to, total + rate, gift, note\n"
ORDER = BEFORE[BEFORE.index("@flow\ndef order") :]
ADDRESS = BEFORE[BEFORE.index("@flow\ndef address") : BEFORE.index("@flow\ndef order")]


def indented(text: str) -> str:
    return "".join("    " + line for line in text.splitlines(keepends=True))
