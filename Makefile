# Thin targets: each is one line that a person could type.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
PORT ?= 8000
WORKERS ?= 3
BIN := .venv/bin
READY := .venv/.ready
DOCS := .venv/.docs

.PHONY: serve test check fix pythons bench docs clean

serve: $(READY)  ## the example apps behind gunicorn, on 127.0.0.1:$(PORT)
	$(BIN)/gunicorn wsgi:app --bind 127.0.0.1:$(PORT) --workers $(WORKERS)

test: $(READY)   ## all tests
	$(BIN)/python -m pytest

pythons:         ## the core's tests on the other versions of Python that are found
	tests/other_pythons.sh

check: $(READY) docs  ## format, lint, types, tests, docs
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m pytest

fix: $(READY)    ## format, and mend what the linter can
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(READY)  ## the measurements of docs/numbers.md
	$(BIN)/python -m bench

docs: $(DOCS)    ## the documentation, in docs/_build/html
	$(BIN)/sphinx-build -W -q docs docs/_build/html

$(DOCS): $(READY)
	$(BIN)/python -m pip install --quiet --editable '.[docs]'
	touch $(DOCS)

$(READY): pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --editable '.[dev,forms]'
	touch $(READY)

clean:
	rm -rf .venv .venv-* build *.egg-info
