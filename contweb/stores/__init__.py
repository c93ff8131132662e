"""Where pages are kept: bytes under a token.

    base.py      what every store promises: ``Store``, and the data that goes in and out. Start here.
    open.py      from a URL, as in ``CONTWEB_STORE``, to a store
    memory.py    in this process
    sqlite.py    in an SQLite file: sqlite_file.py has its connections, sqlite_schema.py its tables,
                 sqlite_blobs.py uploaded files, sqlite_sweep.py removes what is old,
                 sqlite_claims.py and sqlite_gate.py are who works on what, and who writes,
                 sqlite_log.py has what is written moved into the file
    keys.py      a store is opened with the keys it was written with
    owner.py     who holds a conversation, and whether that process still lives
    sizes.py     how much a page counts

A store knows nothing of frames, templates or HTTP. ``tests/stores/contract.py`` says what each promise means;
every store passes it.
"""
