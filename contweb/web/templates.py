"""Templates: those of the app whose flow runs come first, then the site's, the other apps', and the
framework's."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping, MutableMapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, Template, select_autoescape

OWN_FOLDER = Path(__file__).with_name("templates")
STYLE = (OWN_FOLDER / "contweb" / "style.css").read_text("utf-8")
_FRAME = ("contweb/layout.html", "contweb/problem.html")
# For the framework's own pages, which have their style inside. It says nothing of where forms lead: browsers
# hold that against the redirect after a dialog too, which may be to another site.
POLICY = (
    f"default-src 'none'; style-src 'sha256-{b64encode(sha256(STYLE.encode()).digest()).decode()}'; "
    "base-uri 'none'; frame-ancestors 'none'"
)


class _Environment(Environment):
    """Jinja's environment, whose templates share its globals as they are. Jinja's own ``ChainMap`` of them is
    copied name by name in each rendering."""

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        return super().make_globals(d) if d else self.globals

    def getitem(self, obj: Any, argument: Any) -> Any:
        """An item of a mapping, or nothing; never a method. A form may have a field called ``items``."""
        if not isinstance(obj, Mapping):
            return super().getitem(obj, argument)
        try:
            return obj[argument]
        except (LookupError, TypeError):
            return self.undefined(obj=obj, name=argument)


class Templates:
    """Finds templates.

    Arguments:
        folders: name of each app -> its template folder, the site's first. Folders need not exist.
        names: what every template can use.
        debug: whether to look for changed files each time.
    """

    def __init__(self, folders: Mapping[str, Path], names: Mapping[str, Any], *, debug: bool) -> None:
        self._folders = dict(folders)
        self._names = names
        self._debug = debug
        self._environments: dict[str, Environment] = {}

    def get(self, home: str, name: str) -> Template:
        """A template by name, as the app called ``home`` sees it.

        Errors:
            jinja2.TemplateNotFound: there is none; it names the folders.
        """
        return self.environment(home).get_template(name)

    def select(self, home: str, names: Sequence[str]) -> Template:
        """The first that exists of these templates."""
        return self.environment(home).select_template(list(names))

    def is_own(self, home: str, template: Template) -> bool:
        """Whether a template, and the frame that it stands in, are the framework's own, as the app called
        ``home`` sees them."""
        return _is_own(template) and all(_is_own(self.get(home, name)) for name in _FRAME)

    def environment(self, home: str) -> Environment:
        """The jinja2 environment of one app: add filters and globals here."""
        found = self._environments.get(home)
        if found is None:
            found = self._environments.setdefault(home, self._make(home))
        return found

    def _make(self, home: str) -> Environment:
        own = self._folders.get(home)
        folders = [*([own] if own else []), *self._folders.values(), OWN_FOLDER]
        environment = _Environment(
            loader=FileSystemLoader(list(dict.fromkeys(map(str, folders)))),
            autoescape=select_autoescape(default=True, default_for_string=True),
            auto_reload=self._debug,
        )
        environment.globals.update(self._names, contweb_style=STYLE)
        return environment


def _is_own(template: Template) -> bool:
    """Whether a template is the framework's, and not one of the same name in an app's folder."""
    return (template.filename or "").startswith(str(OWN_FOLDER))
