"""Small files for type checkers."""
