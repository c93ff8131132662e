"""A folder in which the site of a test stands, as the command finds it."""

import sys

import pytest


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    return tmp_path


@pytest.fixture
def place_with_store(place, monkeypatch):
    """One whose site keeps its pages in a file, and may be written again within a second."""
    monkeypatch.setenv("CONTWEB_STORE", "sqlite:///pages.sqlite3")
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    return place
