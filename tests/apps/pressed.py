"""A small app for a real browser: a button pressed twice, a file kept for later, forms sent by a script."""

import os
from pathlib import Path

from contweb import App, ask, html, once, redirect, request
from contweb.dialogs import confirm

app = App(__name__, max_body=1_000_000)
PRESSED = Path(os.environ.get("PRESSED_FOLDER", "."), "pressed")

# What htmx does, in few lines: a form is sent by fetch, and the page that comes stands in its place.
SCRIPT = """<script>
addEventListener("submit", async event => {
  event.preventDefault();
  const sent = await fetch(location.href, {
    method: "POST",
    headers: {"HX-Request": "true"},
    body: new URLSearchParams(new FormData(event.target, event.submitter)),
  });
  const came = new DOMParser().parseFromString(await sent.text(), "text/html");
  document.querySelector("main").replaceWith(came.querySelector("main"));
  const place = sent.headers.get("HX-Push-Url");
  if (place) history.pushState(null, "", place);
});
addEventListener("popstate", () => location.reload());
</script>"""


def shown(heading, inside="", script=""):
    title = f"<title>{heading}</title>"
    return html(
        f'<!doctype html><html lang="en"><head><meta charset="utf-8">{title}</head>'
        f"<body><main><h1>{heading}</h1>{inside}</main>{script}</body></html>"
    )


def form(name, kind="text", more=""):
    return (
        f'<form method="post" {more}><label>{name} <input type="{kind}" name="{name}"></label>'
        "<button>Send</button></form>"
    )


@app.route("/")
def home():
    return "here"


@app.flow("/pay")
def pay():
    name = ask(shown("Who pays?", form("name")))["name"]
    note(f"step {name}")
    return shown(f"Paid by {name}", f"<p>Receipt {once('pay', note, f'paid {name}')}</p>")


def note(line):
    with PRESSED.open("a") as file:
        file.write(f"{line}\n")
    return len(PRESSED.read_text().splitlines())


@app.flow("/photo")
def photo():
    upload = ask(shown("A file, please", form("photo", "file", 'enctype="multipart/form-data"'))).files[
        "photo"
    ]
    title = ask(shown("And its title", form("title")))["title"]
    while ask(shown(f"{title}: {upload.filename}", form("more")))["more"] != "show":
        pass
    return shown(f"{upload.size} bytes", f"<p>{upload.read().decode()}</p>")


@app.flow("/sum")
def total():
    numbers = []
    while len(numbers) < 3:
        so_far = "+".join(map(str, numbers)) or "nothing"
        numbers.append(int(ask(shown(f"So far {so_far}", form("number"), SCRIPT))["number"]))
    return shown(f"Sum {sum(numbers)}", script=SCRIPT)


@app.flow("/bank")
def bank():
    confirm("To the bank?")
    return redirect(request.host_url.replace("127.0.0.1", "localhost"))
