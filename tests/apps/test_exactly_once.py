"""Exactly once: eight clients post the same answer at the same moment, and a worker is killed."""

import http.client
import os
import random
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest

from tests.servers import Gunicorn, Visitor, wait_until

pytestmark = pytest.mark.servers

CLIENTS = 8
PATIENCE = 60.0
PLACES = ["before", "charge begun", "charge done", "between", "mail begun", "mail done", "after"]


@pytest.fixture
def rounds(tmp_path):
    server = Gunicorn(tmp_path, "tests.apps.paying:app", EFFECTS_FOLDER=str(tmp_path)).start()
    yield Rounds(server, tmp_path)
    server.kill()


class Rounds:
    """A server with the app ``paying``, and what it did to the world outside."""

    def __init__(self, server, folder):
        self.folder = folder
        self.server = server
        self.visitor = Visitor(server)

    def play(self, number, death, chance):
        """One answer, posted by all clients; a worker dies at a place, or at any moment if it is None."""
        order = f"order-{number}"
        page = self.visitor.open("/pay")
        workers = wait_until("all workers are there", self.all_workers, PATIENCE)
        if death is not None:
            self.fatal.write_text(death)
        together = threading.Barrier(CLIENTS + 1)
        with ThreadPoolExecutor(CLIENTS) as threads:
            pressing = [threads.submit(self.press, page, order, together) for _ in range(CLIENTS)]
            together.wait()
            if death is None:
                time.sleep(chance.uniform(0, 0.04))  # any moment will do
                kill_one(chance.sample(workers, len(workers)))
            answers = [each.result() for each in pressing]
        assert len({answer.location for answer in answers}) == 1, [answer.location for answer in answers]
        shown = self.visitor.open(answers[0].location)
        assert shown.status == 200, shown
        assert not self.fatal.exists(), f"nobody came to {death!r}"
        charges = [line for line in self.lines("charges") if line.startswith(f"{order} ")]
        mails = self.lines("mails").count(order)
        assert len(charges) == 1
        if f"{order}: charged, mailed" in shown.words:
            assert mails == 1
        else:  # the worker died between the beginning of the mail and its record: nobody can know
            assert f"{order}: charged, perhaps mailed" in shown.words, shown
            assert death in (None, "mail begun", "mail done")
            assert mails <= 1
            assert death is None or mails == (death == "mail done")
        return shown.words

    def press(self, page, order, together):
        """Post until there is an answer; only a connection that broke is no answer."""
        together.wait()

        def answered():
            try:
                return self.visitor.post(page, order=order)
            except (OSError, http.client.HTTPException):
                return None

        answer = wait_until("an answer", answered, PATIENCE)
        assert answer.status == 303, answer
        return answer

    def all_workers(self):
        workers = self.server.worker_ids()
        return workers if len(workers) == self.server.workers else None

    @property
    def fatal(self):
        return self.folder / "fatal"

    def lines(self, name):
        file = self.folder / name
        return file.read_text().splitlines() if file.exists() else []


def kill_one(workers):
    """Kill the first that is there still."""
    for worker in workers:
        with suppress(ProcessLookupError):
            os.kill(worker, signal.SIGKILL)
            return
    raise AssertionError("no worker is there")


def play(rounds, deaths):
    chance = random.Random(len(deaths))
    shown = [rounds.play(number, death, chance) for number, death in enumerate(deaths)]
    assert len(rounds.lines("charges")) == len(deaths)
    return shown


def test_one_effect_whoever_dies(rounds):
    play(rounds, [*PLACES, None])


@pytest.mark.soak
def test_one_effect_whoever_dies_200_times(rounds):
    """Half of the deaths at any moment, the others at each place in turn."""
    shown = play(rounds, [None if number % 2 else PLACES[number // 2 % 7] for number in range(200)])
    assert any("perhaps mailed" in words for words in shown)
    assert sum("charged, mailed" in words for words in shown) > 100
