"""Random walks: whatever a visitor does with the browser's buttons, each page shows what a plain model says.

The model knows pages by their URLs: the numbers that led there, and whether it stands behind a one-way door.
It knows which answer of which page led where. A step that it does not expect, an effect too many, a page that
shows another branch: each ends the walk.
"""

import os
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from contweb import App
from tests.web.walks import DOOR, LAST, ONCE, ONCE_ON_PATH, ROOM, made, ran, walks

SHORT = settings(
    max_examples=25,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    database=None,
)
LONG = settings(SHORT, max_examples=int(os.environ.get("CONTWEB_WALKS", "1500")), stateful_step_count=60)


@dataclass
class Talk:
    """A conversation, as the model sees it."""

    steps: int = 0
    once: str | None = None
    pages: list = field(default_factory=list)  # in the order in which they were made


@dataclass
class Node:
    """A page, as the model sees it."""

    talk: Talk
    where: str
    seen: tuple
    more: str = ""
    on_path: str | None = None  # what `once` gave on this branch
    retired: bool = False

    @property
    def text(self):
        return " ".join(f"{self.where} {','.join(map(str, self.seen))} {self.more} ".split())


numbers = st.sampled_from([LAST, 1, 2, ONCE, ONCE_ON_PATH, ROOM, DOOR])
which = st.integers(0, 100)


class Walk(RuleBasedStateMachine):
    """One or more visitors on one app."""

    store = "memory:"

    @initialize()
    def begin(self):
        self.folder = tempfile.TemporaryDirectory()
        store = self.store.format(Path(self.folder.name))
        self.app = App("tests.web", store=store, name="site", debug=False)
        self.app.include(walks)
        self.nodes, self.outcomes, self.tabs = {}, {}, []
        ran.clear()
        made.clear()
        self.effects = self.steps = 0
        self.start()

    def teardown(self):
        if hasattr(self, "app"):
            self.app.close()
            self.folder.cleanup()

    def tab(self, number):
        return self.tabs[number % len(self.tabs)]

    # what a visitor does

    @rule()
    def start(self):
        tab = self.app.test_client()
        talk = Talk()
        self.made(talk, tab.open("/walk").url, Node(talk, "walk", ()))
        self.tabs.append(tab)

    @rule(tab=which, n=numbers, twice=st.booleans())
    def submit(self, tab, n, twice):
        tab = self.tab(tab)
        if not tab.page.forms:
            return
        url = tab.page.url
        pages = tab.submit_twice(n=str(n)) if twice else [tab.submit(n=str(n))]
        if (url, n) not in self.outcomes:
            if self.nodes[url].retired:
                assert all(page.status == 410 and str(n) in page.text for page in pages)
                return
            self.outcomes[url, n] = pages[0].url
            self.step(url, n, pages[0].url)
        for page in pages:
            self.lands(page, self.outcomes[url, n])

    @precondition(lambda self: self.outcomes)
    @rule(tab=which, at=which)
    def answer_again(self, tab, at):
        """The same answer of a page somewhere in the past, whatever the tab shows."""
        url, n = list(self.outcomes)[at % len(self.outcomes)]
        sent = self.tab(tab).request("POST", url, data={"n": str(n)})
        assert sent.status == 303
        assert sent.headers["Location"] == self.outcomes[url, n]

    @rule(tab=which, at=which)
    def open(self, tab, at):
        """A URL from a bookmark, or from a mail."""
        url = list(self.nodes)[at % len(self.nodes)]
        self.lands(self.tab(tab).open(url), url)

    @rule(at=which)
    def another_browser(self, at):
        url = list(self.nodes)[at % len(self.nodes)]
        self.tabs.append(self.app.test_client())
        self.lands(self.tabs[-1].open(url), url)

    @rule(tab=which)
    def new_tab(self, tab):
        page = self.tab(tab).page
        if page.status == 200:
            self.tabs.append(self.tab(tab).new_tab())
            self.lands(self.tabs[-1].page, page.url)

    @rule(tab=which, by=st.sampled_from(["back", "forward", "reload"]))
    def press(self, tab, by):
        tab = self.tab(tab)
        ahead = tab._at + {"back": -1, "forward": 1, "reload": 0}[by]
        if not 0 <= ahead < len(tab._history):
            return
        before = tab._history[ahead]
        page = getattr(tab, by)()
        if before.status == 410:
            assert page.status == 410
        else:
            self.lands(page, before.url)

    # what comes of it

    def made(self, talk, url, node):
        assert url not in self.nodes
        self.nodes[url] = node
        talk.pages.append(url)

    def step(self, url, n, to):
        """What the flow does with an answer."""
        node = self.nodes[url]
        talk, seen = node.talk, (*node.seen, n)
        self.steps += 1
        if node.where == "room":
            node.retired = True
            self.made(talk, to, Node(talk, "walk", seen, on_path=node.on_path))
            return
        talk.steps += 1
        new = Node(talk, "walk", seen, on_path=node.on_path)
        if n == LAST:
            new.where, new.more = "end", f"steps={talk.steps}"
        elif n == ONCE:
            self.effects += talk.once is None
            talk.once = talk.once or str(seen)
            new.more = f"once={talk.once}"
        elif n == ONCE_ON_PATH:
            self.effects += node.on_path is None
            new.on_path = node.on_path or str(seen)
            new.more = f"path={new.on_path}"
        elif n == ROOM:
            new.where = "room"
        elif n == DOOR:
            for each in talk.pages:
                self.nodes[each].retired = True
        self.made(talk, to, new)

    def lands(self, page, url):
        """A visitor who asks for a page sees it; behind a door, the newest."""
        node = self.nodes[url]
        if node.retired:
            url = [each for each in node.talk.pages if not self.nodes[each].retired][-1]
        assert (page.status, page.url) == (200, url)
        assert " ".join(page.text.replace("Go", "").split()) == self.nodes[url].text

    @invariant()
    def nothing_ran_twice(self):
        if hasattr(self, "steps"):
            assert len(ran) == self.steps
            assert len(made) == self.effects


class WalkOnSQLite(Walk):
    store = "sqlite:///{}/walks.sqlite3"


def _case(machine, how):
    case = machine.TestCase
    case.settings = how
    return case


TestWalks = _case(Walk, SHORT)
TestWalksOnSQLite = _case(WalkOnSQLite, settings(SHORT, max_examples=10))


class LongWalk(Walk):
    pass


class LongWalkOnSQLite(WalkOnSQLite):
    pass


TestLongWalks = pytest.mark.soak(_case(LongWalk, LONG))
TestLongWalksOnSQLite = pytest.mark.soak(_case(LongWalkOnSQLite, LONG))
