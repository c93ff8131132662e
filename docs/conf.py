"""Settings of Sphinx: ``make docs``."""

import sys
from importlib import metadata
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import generated

project = "contweb"
version = release = metadata.version("contweb")
extensions = ["myst_parser"]
exclude_patterns = ["_build"]
myst_heading_anchors = 3
smartquotes = False
html_theme = "alabaster"
html_theme_options = {
    "description": "A multi-step web flow as one straight-line Python function",
    "fixed_sidebar": True,
    "page_width": "64rem",
}
html_static_path: list[str] = []
html_show_sphinx = False
nitpicky = True


def setup(app):
    app.connect("source-read", fill)


def fill(app, name, source):
    """Put what is made from the code where a page has a comment for it."""
    source[0] = generated.fill(source[0])
