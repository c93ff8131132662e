"""A plain function becomes one that can be left at a point, and entered there again.

    pipeline.py     the passes in their order: the story of one function. Start here.

The passes, each a file with one public function of the same name:

    source.py  places.py  check.py  scopes.py  prepare.py  calls.py  desugar.py
    shield.py  anf.py  points.py  live.py  reenter.py  emit.py

What they share:

    unit.py            a function on its way, and the functions inside it
    names.py           the names that no program can write
    quote.py           code written as code, with holes
    tree.py            the one kind of node that Python's trees lack
    desugar_expressions.py  desugar_bindings.py  comprehensions.py  except_star.py      parts of ``desugar``
    exact.py           which variables only ever hold a list, a dictionary or a set that was made here
    fingerprint.py     what a function's source says, as a few bytes

Uses the standard library and ``contweb.errors`` only. Compiled code reaches the run time through one hidden
name, so that nothing here imports it.
"""
