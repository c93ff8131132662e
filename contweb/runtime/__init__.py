"""Leaving a running flow, and going on from there.

    capture.py      ``suspend``: walks the live frames outwards, saves them, and only then unwinds
    drive.py        runs a flow until it suspends; goes on from its innermost frame outwards
    frames.py       one function's saved names at a point, and the chain of them that a continuation is
    registry.py     ``flow``; which flows this process knows, by their code and by their stored name
    callee.py       whether a point's callee is the next frame's function, or something stands between
    variables.py    context variables: what a flow sets goes with its continuations
    iterators.py    copies of iterators: where a loop stands belongs to the continuation
    support.py      what compiled code reaches while it runs (groups.py: of ``except*``)
    signals.py      what unwinds the stack; not an error

Nothing here knows bytes, stores or HTTP.
"""
