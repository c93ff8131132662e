"""Flows that take files."""

from markupsafe import Markup

from contweb import App, ask, html, once, request, shared

files = App(__name__)
FORM = html('<form method="post"><input name="n"><button>Go</button></form>')
FILES = html(
    '<form method="post" enctype="multipart/form-data">'
    '<input type="file" name="f" multiple><input name="n"></form>'
)


@files.flow("/album")
def album():
    """Uploads kept across asks, in a local and in ``shared``."""
    answer = ask(FILES)
    uploads = answer.files.getlist("f")
    shared["first"] = uploads[0]
    for upload in uploads:
        assert upload.read()
    ask(FORM)
    said = [f"{each.filename} {each.content_type} {each.size} {each.read()[:5]!r}" for each in uploads]
    ask(FORM)
    with uploads[-1].open() as file:
        file.seek(-3, 2)
        end = file.read()
    return html(Markup("<p>{} {!r} {!r}</p>").format(said, end, shared["first"].read()[:3]))


@files.flow("/takes")
def takes():
    answer = ask(FILES)
    if answer["n"] == "fails":
        raise RuntimeError
    if answer["n"] == "once":
        once("keep", lambda: answer.files["f"])
        raise RuntimeError
    return html(f"<p>{answer.files['f'].size}</p>")


@files.flow("/kept")
def kept():
    ask(FILES)
    return html(f"<p>{once('keep', lambda: None)}</p>")


@files.flow("/sent", methods=["POST"])
def sent():
    """A file that starts a flow."""
    answer = request.answer
    if answer["n"] == "fails":
        raise RuntimeError
    ask(FORM)
    return html(f"<p>{answer.files['f'].read()[-3:]!r}</p>")
