"""Measurements: ``python -m bench`` prints them, ``core`` or ``http`` after it one half of them."""
