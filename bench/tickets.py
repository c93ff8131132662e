"""``tickets`` written by hand in Flask on SQLite: a row per page, and a row per start that has booked.

A page's row holds what was typed on the way to it, so that back and a second tab work. The templates are
those of contweb's ``tickets``, and want an endpoint ``home`` beside it.
"""

import json
import os
import re
import sqlite3
from secrets import token_hex, token_urlsafe

from flask import Flask, abort, redirect, render_template, request, url_for

app = Flask(__name__, template_folder="../templates", static_folder="../static")
PATTERNS = {
    "buyer": {"name": ".+", "email": ".+@.+"},
    "kind": {"kind": "adult|child|student"},
    "student": {"number": "[0-9]{6}"},
    "confirm": {},
}


def database():
    connection = sqlite3.connect(os.environ["RIVAL_DATABASE"], isolation_level=None)
    connection.execute("CREATE TABLE IF NOT EXISTS pages (token PRIMARY KEY, start, step, ticket, form)")
    connection.execute("CREATE TABLE IF NOT EXISTS booked (start PRIMARY KEY, ticket)")
    return connection


def new_page(start, step, ticket, form=None):
    token = token_urlsafe(16)
    row = (token, start, step, json.dumps(ticket), json.dumps(form))
    database().execute("INSERT INTO pages VALUES (?, ?, ?, ?, ?)", row)
    return redirect(url_for("show", token=token), 303)


def page(token):
    row = (
        database().execute("SELECT start, step, ticket, form FROM pages WHERE token = ?", (token,)).fetchone()
    )
    if row is None:
        abort(404)
    return row[0], row[1], json.loads(row[2]), json.loads(row[3])


@app.get("/tickets")
def tickets():
    return new_page(token_urlsafe(16), "buyer", {})


@app.get("/tickets/<token>")
def show(token):
    _, step, ticket, form = page(token)
    return render_template(f"tickets/{step}.html", ticket=ticket, form=form), {"Cache-Control": "no-store"}


@app.post("/tickets/<token>")
def answer(token):
    start, step, ticket, _ = page(token)
    form = request.form
    if not all(re.fullmatch(wanted, form[name].strip()) for name, wanted in PATTERNS[step].items()):
        return new_page(start, step, ticket, form.to_dict())
    ticket |= {name: form[name].strip() for name in PATTERNS[step]}
    if step == "confirm":
        return new_page(start, "booked", book_once(start, ticket))
    return new_page(start, following(step, ticket), ticket)


def following(step, ticket):
    if step == "kind" and ticket["kind"] == "student":
        return "student"
    return "kind" if step == "buyer" else "confirm"


def book_once(start, ticket):
    made = json.dumps(ticket | {"reference": token_hex(3).upper()})
    database().execute("INSERT OR IGNORE INTO booked VALUES (?, ?)", (start, made))
    row = database().execute("SELECT ticket FROM booked WHERE start = ?", (start,)).fetchone()
    return json.loads(row[0])
