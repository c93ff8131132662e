"""The floors of the layout: who may import whom, and what may come from outside."""

import ast
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

# From the highest to the lowest; the longest prefix counts.
FLOORS = {
    "wsgi": 8,
    "apps": 7,
    "contweb.cli": 7,
    "contweb.__main__": 8,
    "contweb.pytest_plugin": 8,
    "contweb.inspector": 6,
    "contweb.dialogs": 5.5,
    "contweb.web": 5,
    "contweb.sqlalchemy": 4,
    "contweb.microthreads": 4,
    "contweb.state": 3,
    "contweb.runtime": 2,
    "contweb.stores": 2,
    "contweb.compiler": 1,
    "contweb.sealing": 1,
    "contweb.clock": 1,
    "contweb.errors": 0,
}
FACE = "contweb"  # contweb/__init__.py: gathers the public names of all floors below the applications
FACE_FLOOR = 6.5

# What a package may use beside the standard library, and what only one of its files may.
OUTSIDE = {
    "contweb.cli": {"click", "werkzeug"},
    "contweb.pytest_plugin": {"pytest"},
    "contweb.web": {
        "werkzeug",
        "jinja2",
        "markupsafe",
        "pydantic",
        "wtforms",
        "prometheus_client",
        "opentelemetry",
    },
    "contweb.sqlalchemy": {"sqlalchemy"},
    "contweb.stores": {"redis", "psycopg"},
    "contweb.sealing": {"cryptography"},
}
ONE_FILE = {
    "sqlalchemy",
    "pydantic",
    "wtforms",
    "prometheus_client",
    "opentelemetry",
    "sqlite3",
    "redis",
    "psycopg",
}
ONLY_IN = {"sqlite3": "contweb.stores"}  # of the standard library
STANDARD = sys.stdlib_module_names | {"_typeshed"}  # the latter is for type checkers only


def modules():
    files = [*ROOT.glob("contweb/**/*.py"), *ROOT.glob("apps/**/*.py"), ROOT / "wsgi.py"]
    return {name_of(file): file for file in sorted(files)}


def name_of(file):
    parts = file.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def top(module):
    return module.split(".")[0]


def where(module):
    return MODULES[module].relative_to(ROOT)


OURS = {"contweb", "apps", "wsgi"}
MODULES = modules()
TREES = {name: ast.parse(file.read_text()) for name, file in MODULES.items()}


def floor(module):
    """The floor's height, and the name of the part that the module belongs to."""
    if module == FACE:
        return FACE_FLOOR, FACE
    part = max(
        (part for part in FLOORS if module == part or module.startswith(part + ".")), key=len, default=None
    )
    assert part is not None, f"{module} stands on no floor; add it to the table"
    return FLOORS[part], part


def imports(module, typing=True):
    """Line and full name of everything that a module imports, with or without what is for type checkers."""
    package = module if MODULES[module].name == "__init__.py" else module.rpartition(".")[0]
    nodes = list(ast.walk(TREES[module]))
    if not typing:
        checks = [
            node for node in nodes if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        ]
        unwanted = {inner for check in checks for inner in ast.walk(check)}
        nodes = [node for node in nodes if node not in unwanted]
    for node in nodes:
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                up = package.split(".")[: len(package.split(".")) - node.level + 1]
                base = ".".join([*up, base] if base else up)
            for alias in node.names:
                full = f"{base}.{alias.name}"
                yield node.lineno, full if full in MODULES else base


@pytest.mark.parametrize("module", MODULES)
def test_imports_from_lower_floors_only(module):
    height, part = floor(module)
    wrong = []
    for line, imported in imports(module):
        if top(imported) not in OURS:
            continue
        below, other = floor(imported)
        if other != part and below >= height:
            wrong.append(f"{where(module)}:{line} imports {imported} (floor {below}, from {height})")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("module", MODULES)
def test_imports_stand_at_the_top_of_the_file(module):
    hidden = [
        f"{where(module)}:{node.lineno} imports inside {function.name}"
        for function in ast.walk(TREES[module])
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert not hidden, "\n".join(hidden)


@pytest.mark.parametrize("module", MODULES)
def test_outside_packages_only_where_the_table_allows(module):
    _, part = floor(module)
    wrong = []
    for line, imported in imports(module):
        name = top(imported)
        if name in ONLY_IN:
            allowed = part == ONLY_IN[name]
        else:
            allowed = name in OURS or name in STANDARD or name in OUTSIDE.get(part, ())
        if not allowed:
            wrong.append(f"{where(module)}:{line} imports {imported}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("package", sorted(ONE_FILE))
def test_one_file_each(package):
    users = {module for module in MODULES for _, imported in imports(module) if top(imported) == package}
    assert len(users) <= 1, f"{package} is used in {sorted(users)}; one file should know it"


def test_apps_know_contweb_only():
    for module in MODULES:
        if module.startswith("apps."):
            ours = {
                imported for _, imported in imports(module) if imported.split(".")[0] in ("contweb", "apps")
            }
            own = ".".join(module.split(".")[:2])
            assert all(name == "contweb" or name.startswith(own) for name in ours), (
                f"{module} imports {sorted(ours)}"
            )


def test_no_cycles():
    needs = {
        module: {name for _, name in imports(module, typing=False)} & MODULES.keys() for module in MODULES
    }
    circle = {module for module in needs if reaches(needs, module, module)}
    assert not circle, f"these import each other in a circle: {sorted(circle)}"


def reaches(needs, here, goal):
    seen, ahead = set(), set(needs[here])
    while ahead:
        module = ahead.pop()
        seen.add(module)
        ahead |= needs[module] - seen
    return goal in seen
