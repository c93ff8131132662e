"""A module that is edited and imported again in the same process is compiled from what it says now."""

import importlib
import os

from contweb import start


def test_reloaded(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(tmp_path)
    file = tmp_path / "reloaded_flow.py"
    source = "from contweb import flow, suspend\n\n@flow\ndef f():\n    return suspend(1) + {}\n"
    file.write_text(source.format(1))
    module = importlib.import_module("reloaded_flow")
    assert start(module.f).continuation.resume(10).value == 11
    file.write_text("# a line above\n" + source.format(2))
    os.utime(file, ns=(1, 1))
    importlib.reload(module)
    assert start(module.f).continuation.resume(10).value == 12
