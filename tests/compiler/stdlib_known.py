"""Tests of the interpreter that fail as flows by nature, each with its reason."""

DIFFERENT: dict[str, dict[str, str]] = {}
