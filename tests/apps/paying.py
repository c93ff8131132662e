"""An app with effects outside it, for tests that kill its workers.

Effects stand in files of ``EFFECTS_FOLDER``. A test may ask for a death at a place of the step: it puts the
place's name into the file ``fatal``, and the first worker that comes there kills itself.
"""

import fcntl
import os
import signal
from pathlib import Path

from contweb import App, ask, flow, html, once
from contweb.errors import OnceUnfinished

app = App(__name__, wait=20.0)  # the machine may be busy
FOLDER = Path(os.environ.get("EFFECTS_FOLDER", "."))
FORM = '<form method="post"><input name="order" value="{}"><button>Pay</button></form>'


@app.route("/")
def home():
    return "here"


@app.flow("/pay")
def pay():
    order = ask(html(FORM.format("")))["order"]
    perhaps_die("before")
    charged = once("charge", charge, order, key="key")
    perhaps_die("between")
    mailed = mail_once(order)
    perhaps_die("after")
    return html(f"<p>{order}: {charged}, {mailed}</p>")


@flow
def mail_once(order):
    try:
        return once("mail", mail, order)
    except OnceUnfinished:
        return "perhaps mailed"


def charge(order, key):
    """A payment service that knows idempotency keys."""
    perhaps_die("charge begun")
    with (FOLDER / "charges").open("a+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        if f"{order} {key}\n" not in file.readlines():
            file.write(f"{order} {key}\n")
            file.flush()
    perhaps_die("charge done")
    return "charged"


def mail(order):
    """An effect without any key: whoever calls twice has it twice."""
    perhaps_die("mail begun")
    with (FOLDER / "mails").open("a") as file:
        file.write(f"{order}\n")
    perhaps_die("mail done")
    return "mailed"


def perhaps_die(place):
    fatal = FOLDER / "fatal"
    try:
        if fatal.read_text() != place:
            return
        fatal.unlink()
    except FileNotFoundError:
        return
    os.kill(os.getpid(), signal.SIGKILL)
