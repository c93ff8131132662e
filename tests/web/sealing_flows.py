"""Flows that keep a text wherever something can be kept."""

from contweb import App, ask, html, once, shared

FORM = html('<form method="post"><input name="n"></form>')
flows = App(__name__)


@flows.flow("/keeps")
def keeps():
    typed = ask(FORM)["n"]
    shared["typed"] = typed
    receipt = once("effect", str, f"once: {typed}")
    more = ask(html(f'<form method="post">{receipt}<input name="n"></form>'))["n"]
    return html(f"{typed}, {more}, shared: {shared['typed']}")


@flows.flow("/keeps-file")
def keeps_file():
    files = ask(html('<form method="post" enctype="multipart/form-data"><input type="file" name="f">')).files
    ask(FORM)
    return html(files["f"].filename)
