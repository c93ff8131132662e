"""An app with a step that a test can hold in its middle: it goes on when the file ``hold`` is gone."""

import os
import time
from pathlib import Path

from contweb import App, ask, html

app = App(__name__)

FOLDER = Path(os.environ.get("SLOW_FOLDER", "."))


@app.flow("/slow")
def slow():
    name = ask(html('<form method="post"><input name="name"></form>'))["name"]
    wait(name)
    return html(f"<p>done for {name}</p>")


def wait(name):
    with (FOLDER / "entered").open("a") as entered:
        entered.write(f"{os.getpid()} {name}\n")
    while (FOLDER / "hold").exists():
        time.sleep(0.01)
