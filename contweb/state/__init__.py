"""A continuation as sealed bytes, and back.

    continuation.py   ``start``, ``Continuation``, ``Suspended``, ``Finished``: the core, from outside
    codec.py          values to records and back: the parts below, in their order
    pickler.py        one pickle, in which identity, cells and exceptions' contexts are kept
    unpickler.py      back
    policy.py         what may be stored, and constructed again: a whitelist
    travel.py         what may travel besides: by name, by two functions of its class, registered
    revive.py         what bytes may call to make our own things again (imported.py: modules; variables.py:
                      context variables)
    blame.py          which name, and what in it, could not be stored
    envelope.py       a version, and compression where it pays
    difference.py     what is new in some bytes, seen from older ones
    upgrade.py        frames of an earlier version of the code (plans, version, outline, align: its parts)

The seal itself is in ``contweb.sealing``; where records are kept, in ``contweb.stores``.
"""
