"""``order`` written by hand in Flask on SQLite: a row per page, as a careful programmer would.

A page's row holds what was typed on the way to it; an answer writes the row of the next page and leads there.
So back, reload and a second tab work, and a row that has an answer already leads to the same next page when
the same answer comes again. The templates are those of contweb's ``order``. Each worker keeps one connection
with the settings of contweb's store: a write-ahead log, ``synchronous=normal``.
"""

import json
import os
import secrets
import sqlite3
import time
from pathlib import Path

from flask import Flask, abort, redirect, render_template, request, url_for

from apps.order import count, text

ROOT = Path(__file__).parent.parent
STEPS = ["name", "address", "quantity", "confirm", "done"]
CHECKS = {"name": text, "address": text, "quantity": count}
START = {"name": "", "address": "", "quantity": "", "typed": "", "error": ""}
SCHEMA = """
CREATE TABLE IF NOT EXISTS pages (
    token TEXT PRIMARY KEY, step TEXT NOT NULL, known TEXT NOT NULL,
    parent TEXT, answer TEXT, made REAL NOT NULL
) WITHOUT ROWID;
CREATE UNIQUE INDEX IF NOT EXISTS answers ON pages (parent, answer);
"""

app = Flask(__name__, template_folder=ROOT / "templates", static_folder=ROOT / "static")
connections = {}  # of this process: the master has none when it forks


def database():
    if os.getpid() not in connections:
        connection = sqlite3.connect(os.environ["RIVAL_DATABASE"], timeout=10, isolation_level=None)
        connection.execute("PRAGMA journal_mode=wal")
        connection.execute("PRAGMA synchronous=normal")
        connection.executescript(SCHEMA)
        connections[os.getpid()] = connection
    return connections[os.getpid()]


@app.get("/")
def home():
    return "here"


@app.get("/order")
def order():
    return redirect(url_for("show", token=new("name", START, None, None)), 303)


@app.get("/order/<token>")
def show(token):
    step, known = row(token)
    return render_template(f"order/{step}.html", **known), {"Cache-Control": "no-store"}


@app.post("/order/<token>")
def answer(token):
    given = json.dumps(request.form.to_dict(), sort_keys=True)
    database().execute("BEGIN IMMEDIATE")
    try:
        known = (
            database()
            .execute("SELECT token FROM pages WHERE parent = ? AND answer = ?", (token, given))
            .fetchone()
        )
        to = known[0] if known else new(*following(*row(token)), token, given)
        database().execute("COMMIT")
    except BaseException:
        database().execute("ROLLBACK")
        raise
    return redirect(url_for("show", token=to), 303)


def following(step, known):
    """The next page, with what is known there."""
    if step not in request.form:
        abort(400)
    typed = request.form[step].strip()
    if step == "confirm":
        return ("done", known) if typed != "no" else ("name", {**known, "typed": known["name"]})
    try:
        value = CHECKS[step](typed)
    except ValueError as problem:
        return step, {**known, "typed": typed, "error": str(problem)}
    to = STEPS[STEPS.index(step) + 1]
    return to, {**known, step: value, "typed": known.get(to, ""), "error": ""}


def row(token):
    found = database().execute("SELECT step, known FROM pages WHERE token = ?", (token,)).fetchone()
    if found is None:
        abort(404)
    return found[0], json.loads(found[1])


def new(step, known, parent, given):
    token = secrets.token_urlsafe(16)
    database().execute(
        "INSERT INTO pages VALUES (?, ?, ?, ?, ?, ?)",
        (token, step, json.dumps(known), parent, given, time.time()),
    )
    return token
