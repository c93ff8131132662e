#!/usr/bin/env bash
# Runs the core's tests on the other versions of Python that are found, each in a virtual environment of its own.
set -euo pipefail
cd "$(dirname "$0")/.."

find_python() {
    local found
    for found in "$(command -v "python$1" || true)" "${PYENV_ROOT:-$HOME/.pyenv}/versions/$1".*/bin/python; do
        if [ -x "$found" ] && "$found" -c "import sys; sys.exit('%d.%d' % sys.version_info[:2] != '$1')" 2>/dev/null; then
            echo "$found"
            return
        fi
    done
}

for version in "${@:-3.12 3.13}"; do
    for each in $version; do
        python="$(find_python "$each")"
        if [ -z "$python" ]; then
            echo "Python $each is not here: left out"
            continue
        fi
        if [ ! -e ".venv-$each/.ready" ]; then
            "$python" -m venv ".venv-$each"
            ".venv-$each/bin/python" -m pip install --quiet --editable '.[dev,forms]'
            touch ".venv-$each/.ready"
        fi
        echo "Python $each"
        ".venv-$each/bin/python" -m pytest -q tests/compiler tests/runtime tests/state tests/regression
    done
done
