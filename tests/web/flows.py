"""Small flows that the tests of the web layer walk through, as an app to include in others."""

from contweb import App, abort, ask, flow, html, page, redirect, request, session, url_for

flows = App(__name__)

FORM = html('<form method="post"><input name="n"><button>Go</button></form>')
ran = []  # what ran, in order, for tests that count


@flow
def number(question):
    while True:
        typed = ask("number.html", step=question, question=question)["n"]
        if typed.lstrip("-").isdigit():
            return int(typed)


@flows.flow("/add")
def add():
    first = number("first")
    second = number("second")
    ran.append((first, second))
    return page("sum.html", total=first + second)


@flows.flow("/greet/<name>")
def greet(name):
    answer = ask(FORM)
    return html(f"<p>{name}, {answer['n']}</p>")


@flows.flow("/slash/")
def slash():
    return html(f"<p>{ask(FORM)['n']}</p>")


@flows.flow("/files/<path:path>")
def files(path):
    return html(f"<p>{path} {ask(FORM)['n']}</p>")


@flows.flow("/posted", methods=["POST"])
def posted():
    first = request.form["first"]
    return html(f"<p>{first} {ask(FORM)['n']}</p>")


@flows.flow("/echo")
def echo():
    answer = ask(html('<form method="post" enctype="multipart/form-data"><input name="a"></form>'))
    uploads = [(name, each.filename, each.size) for name, each in answer.files.items(multi=True)]
    return html(f"<p>{list(answer.items(multi=True))} {uploads}</p>")


@flows.flow("/fails")
def fails():
    n = ask(FORM)["n"]
    if n == "raise":
        raise RuntimeError("the secret text of an error")
    if n == "abort":
        abort(403, "Not for <you>.")
    if n == "bare abort":
        abort(418)
    if n == "number":
        return 42
    if n == "template":
        return page("nowhere.html")
    if n == "ask":
        ask("nowhere.html")
    return html(f"<p>fine: {n}</p>")


@flows.flow("/catches")
def catches():
    try:
        n = ask(FORM)["n"]
    except KeyError:
        n = ask(FORM)["n"]
        if n == "raise":
            raise
    return html(n)


@flows.flow("/results/<kind>")
def results(kind):
    results = {
        "page": page("typed.html", typed="<b>"),
        "html": html("<p>as <i>is</i></p>"),
        "text": "<p>a text</p>",
        "nothing": None,
        "redirect": redirect(url_for("home")),
        "away": redirect("https://example.org/x", 302),
        "broken": page("broken.html"),
    }
    return results[kind]


@flows.flow("/results-after/<kind>")
def results_after(kind):
    ask(FORM)
    return redirect(url_for("home")) if kind == "redirect" else html(kind)


@flows.flow("/soon")
def soon():
    return html(ask(FORM, timeout=60)["n"])


@flows.flow("/remember")
def remember():
    session["name"] = ask(FORM)["n"]
    return html(f"<p>{session['name']}</p>")


@flows.route("/")
def home():
    return f"<h1>home</h1><p>{session.get('name', 'nobody')}</p>"


@flows.route("/plain", methods=["GET", "POST"])
def plain():
    return html(f"<p>{request.method} {request.form.get('a', '')}</p>")


@flows.route("/wrong")
def wrong():
    return 42
