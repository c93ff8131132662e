"""The web layer: flows reached by URL, pages, answers, and a browser for tests."""
