"""The flow of the random walks behind a server: what ran and what happened stand in files."""

import os
from pathlib import Path

from contweb import App
from tests.web import walks

FOLDER = Path(os.environ.get("WALKS_FOLDER", "."))


class Noted:
    """As much of a list as the walks need, in a file that all workers share."""

    def __init__(self, name):
        self.file = FOLDER / name

    def append(self, thing):
        with self.file.open("ab", buffering=0) as file:
            file.write(f"{thing!r}\n".encode())

    def __len__(self):
        return len(self.file.read_bytes().splitlines()) if self.file.exists() else 0


walks.ran, walks.made = Noted("ran"), Noted("made")

app = App("tests.web", name="site", debug=False, wait=20.0)
app.include(walks.walks)


@app.route("/")
def home():
    return "here"
