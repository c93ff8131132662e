"""The pages of ``order`` with nothing behind them: werkzeug and jinja2, no state, every answer accepted.

``/order/<n>`` shows page n of the walk; a POST leads to the next one by a redirect, or at once where it
goes to ``/direct/<n>``.
"""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule
from werkzeug.utils import redirect
from werkzeug.wrappers import Request, Response

TYPED = {"name": "Kim Example", "address": "1 Main St\r\n0150 Town", "quantity": 3}
PAGES = ["name", "address", "quantity", "confirm", "done"]

urls = Map(
    [
        Rule("/", endpoint="home"),
        Rule("/order", endpoint="order"),
        Rule("/order/<int:number>", endpoint="page"),
        Rule("/direct/<int:number>", endpoint="direct"),
        Rule("/static/<path:filename>", endpoint="static"),
    ]
)
templates = Environment(loader=FileSystemLoader(Path(__file__).parent.parent / "templates"), autoescape=True)


@Request.application
def app(request):
    adapter = urls.bind_to_environ(request.environ)
    try:
        endpoint, values = adapter.match()
    except HTTPException as error:
        return error
    number = values.get("number", 0)
    if request.method == "POST":
        assert len(request.form) == 1
        number += 1
        if endpoint == "page":
            return redirect(adapter.build("page", {"number": number}), 303)
    if endpoint == "order":
        return redirect(adapter.build("page", {"number": 0}), 303)
    known = {**TYPED, "typed": "", "error": "", "url_for": lambda name, **more: adapter.build(name, more)}
    page = templates.get_template(f"order/{PAGES[number]}.html").render(known)
    return Response(page, mimetype="text/html", headers={"Cache-Control": "no-store"})
