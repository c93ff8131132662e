"""Bytes: of one to a hundred frames, and of a conversation of a thousand steps whose cart grows."""

import importlib.util
import pickle
import sys
import tempfile
from pathlib import Path
from time import process_time

from bench import table
from contweb import App, Continuation, ask, html, start
from contweb.web import packing

DEPTHS = (1, 3, 10, 100)
STEPS = 1000
KEYS = (b"k" * 32,)
FORM = html('<form method="post"><input name="n"></form>')


def run(seconds):
    frames(seconds)
    growing_cart()


def frames(seconds):
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        nested = make_module(Path(folder, "bench_nested.py"), max(DEPTHS))
        for depth in DEPTHS:
            continuation = start(getattr(nested, f"step_{depth}"), "Kim Example").continuation
            data = continuation.dumps(keys=KEYS)
            plain = continuation.dumps(trusted=True)
            names = [frame.names for frame in continuation.frames]
            pickled = pickle.dumps(names, 5)
            turns = 2000 // depth + 5
            rows.append(
                (
                    str(depth),
                    len(pickled),
                    len(data),
                    len(data) - len(pickled),
                    len(plain),
                    seconds(pickle.dumps, names, 5, turns=turns) * 1e6,
                    seconds(lambda: continuation.dumps(keys=KEYS), turns=turns) * 1e6,  # noqa: B023
                    seconds(lambda: Continuation.loads(data, keys=KEYS), turns=turns) * 1e6,  # noqa: B023
                )
            )
    head = ["frames", "pickled names", "sealed", "beyond", "no seal", "pickle µs", "dumps µs", "loads µs"]
    table.show("Frames of different functions, as bytes", head, rows)


def make_module(path, depth):
    """A module with functions that call each other; number n is n frames deep."""
    lines = ["from contweb import flow, suspend", ""]
    for number in range(1, depth + 1):
        call = f"step_{number - 1}(name)" if number > 1 else "suspend(name)"
        lines += [
            "@flow",
            f"def step_{number}(name):",
            f"    count, basket = {number}, [('coffee', {number})]",
            f"    got = {call}",
            "    return name, count, basket, got",
        ]
    path.write_text("\n".join(lines) + "\n")
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = sys.modules[path.stem] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def growing_cart():
    rows = []
    for what, worth_trying in (("as differences", packing.WORTH_TRYING), ("whole", 1 << 60)):
        app = make_app()
        with tempfile.TemporaryDirectory() as folder, app.test_settings(f"sqlite:///{folder}/pages.sqlite3"):
            before, packing.WORTH_TRYING = packing.WORTH_TRYING, worth_trying
            try:
                rows.append((what, *walk(app)))
            finally:
                packing.WORTH_TRYING = before
    head = ["pages", "KB in all", "bytes/page, last 100", "ms/step, first 100", "last 100"]
    table.show(f"A cart that grows by a line in each of {STEPS:,} steps", head, rows)


def make_app():
    app = App(__name__)

    @app.flow("/cart")
    def cart():
        lines = []
        while True:
            number = ask(FORM)["n"]
            lines.append({"sku": f"sku-{number}", "title": f"thing number {number}", "count": 1})

    return app


def walk(app):
    browser = app.test_client()
    url = browser.open("/cart").url
    times = []
    for number in range(STEPS):
        begun = process_time()
        url = browser.request("POST", url, data={"n": str(number)}).headers["Location"]
        times.append(process_time() - begun)
    store = app.backing.store
    (talk,) = store.conversations()
    late = [len(page.shown) + len(page.frames) for page in store.pages(talk.name)[-100:]]
    first, last = (sum(part) / len(part) * 1e3 for part in (times[:100], times[-100:]))
    return store.count().bytes / 1e3, sum(late) / len(late), first, last
