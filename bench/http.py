"""Walks of ``order`` behind gunicorn, beside the same pages of bare werkzeug and jinja2, and beside the same
flow written by hand in Flask on SQLite, in the same run.

A walk is the start, the first page and four steps; a step is an answer (POST), its redirect and the next page
(GET); what is printed is the walk divided by four. Each side has the same two sync workers and the same
client; they take turns, and the best round of each counts. The client and other programs share the machine's
cores, so the time that the workers themselves used is measured too: it is the better figure.
"""

import os
import socket
import tempfile
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path
from time import perf_counter
from urllib.parse import urlencode

from bench import table
from bench.bare import TYPED
from tests.servers import Gunicorn

WORKERS = 2
CLIENTS = 4
SECONDS = 2.0
ROUNDS = 8
ANSWERS = [urlencode({name: str(value)}) for name, value in (*TYPED.items(), ("confirm", "yes"))]
STEPS = len(ANSWERS)


def run():
    apps = {"bare": "bench.bare:app", "contweb": "wsgi:app", "flask": "bench.rival:app"}
    if find_spec("flask") is None:
        print("\nFlask is not installed here: the flow written by hand is left out (pip install flask)")
        del apps["flask"]
    with tempfile.TemporaryDirectory() as folder:
        sides = {}
        try:
            for name, app in apps.items():
                place = Path(folder, name)
                place.mkdir()
                database = str(place / "rival.sqlite3")
                sides[name] = Gunicorn(place, app, WORKERS, RIVAL_DATABASE=database).start()
            compare(**sides)
        finally:
            for server in sides.values():
                server.stop()


def compare(bare, contweb, flask=None):
    same_size(bare, contweb, flask)
    kinds = {
        "bare, with redirect": (bare, walk),
        "contweb": (contweb, walk),
        "Flask by hand": (flask, walk),
        "bare, without redirect": (bare, walk_directly),
        "contweb, without redirect": (contweb, walk_as_htmx),
    }
    best = {}
    for _ in range(ROUNDS):
        for name, (server, how) in kinds.items():
            if server is None:
                continue
            rate, cpu = measure(server, how)
            known = best.get(name, (0.0, float("inf")))
            best[name] = max(known[0], rate), min(known[1], cpu)
    base_rate, base_cpu = best["bare, with redirect"]
    rows = [(name, rate, rate / base_rate, cpu * 1e6, cpu / base_cpu) for name, (rate, cpu) in best.items()]
    head = ["", "steps/s", "ratio", "worker µs/step", "ratio"]
    table.show("A step of order behind gunicorn (an answer and the next page)", head, rows)


def same_size(*servers):
    sizes = [len(get(server.port, walk(server.port))[1]) for server in servers if server is not None]
    assert max(sizes) - min(sizes) < 200, f"the last pages differ in size: {sizes}"


def measure(server, how):
    """Steps per second, and seconds of the workers' own time per step, in one round."""
    before, begun = used(server), perf_counter()
    end = begun + SECONDS

    def client(_):
        walks = 0
        while perf_counter() < end:
            how(server.port)
            walks += 1
        return walks

    with ThreadPoolExecutor(CLIENTS) as threads:
        steps = STEPS * sum(threads.map(client, range(CLIENTS)))
    return steps / (perf_counter() - begun), (used(server) - before) / steps


def used(server):
    """Seconds of processor time that the workers have used."""
    ticks = 0
    for worker in server.worker_ids():
        fields = Path(f"/proc/{worker}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def walk(port):
    """From the start to the last page; gives its URL."""
    url = location(exchange(port, b"GET /order HTTP/1.1\r\nHost: x\r\n\r\n"))
    get(port, url)
    for answer in ANSWERS:
        url = location(post(port, url, answer))
        get(port, url)
    return url


def walk_directly(port):
    """The same, with each answer answered by the next page itself."""
    get(port, "/direct/0")
    for number, answer in enumerate(ANSWERS):
        head, _, _ = post(port, f"/direct/{number}", answer).partition(b"\r\n\r\n")
        assert b" 200 " in head


def walk_as_htmx(port):
    """The same of contweb: as htmx sends a form, the next page comes with the answer's own response."""
    url = location(exchange(port, b"GET /order HTTP/1.1\r\nHost: x\r\n\r\n"))
    get(port, url)
    for answer in ANSWERS:
        head, _, _ = post(port, url, answer, "HX-Request: true\r\n").partition(b"\r\n\r\n")
        assert b" 200 " in head[:20], head
        url = head.partition(b"\r\nHX-Push-Url: ")[2].partition(b"\r\n")[0].decode()


def get(port, url):
    head, _, body = exchange(port, f"GET {url} HTTP/1.1\r\nHost: x\r\n\r\n".encode()).partition(b"\r\n\r\n")
    assert b" 200 " in head, head
    return head, body


def post(port, url, answer, more=""):
    return exchange(
        port,
        f"POST {url} HTTP/1.1\r\nHost: x\r\n{more}Content-Type: application/x-www-form-urlencoded\r\n"
        f"Content-Length: {len(answer)}\r\n\r\n{answer}".encode(),
    )


def location(response):
    assert b" 303 " in response[:20], response[:300]
    return response.partition(b"\r\nLocation: ")[2].partition(b"\r\n")[0].decode()


def exchange(port, request):
    """One request on a connection of its own: gunicorn's sync workers close it after the response."""
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(request)
        pieces = []
        while piece := connection.recv(65536):
            pieces.append(piece)
    return b"".join(pieces)
