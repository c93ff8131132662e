"""The tables of an SQLite file."""

from __future__ import annotations

APPLICATION = 0x636F6E74  # "cont", in the file's header
FIRST = """
CREATE TABLE settings (name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE pages (
    id INTEGER PRIMARY KEY,
    token TEXT NOT NULL UNIQUE,
    conversation INTEGER NOT NULL,
    parent TEXT,
    path TEXT NOT NULL,
    step TEXT NOT NULL,
    created REAL NOT NULL,
    expires REAL,
    retired INTEGER NOT NULL,
    size INTEGER NOT NULL,
    shown BLOB NOT NULL,
    frames BLOB
) STRICT;
CREATE INDEX pages_by_expires ON pages (expires) WHERE expires IS NOT NULL;
-- All that is small, in the order of conversations, so that a step changes one place of it. Kinds of rows:
--   page 0, answer ''       the conversation itself
--   page n, answer          this answer of page n led to the outcome, whose page is child if the step made it
--   page 0, answer = token  child is a page that was made otherwise
CREATE TABLE tree (
    conversation INTEGER NOT NULL,
    page INTEGER NOT NULL,
    answer TEXT NOT NULL,
    outcome TEXT,
    child INTEGER,
    name TEXT,
    path TEXT,
    started REAL,      -- NULL: claimed, but no step was completed yet
    touched REAL,
    slot INTEGER,      -- touched, in units so coarse that most steps leave its index alone
    pages INTEGER,
    bytes INTEGER,
    last INTEGER,      -- the page that was made last, if it is still there
    owner TEXT,
    until REAL,
    PRIMARY KEY (conversation, page, answer)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX tree_by_name ON tree (name) WHERE name IS NOT NULL;
CREATE INDEX tree_by_slot ON tree (slot) WHERE slot IS NOT NULL;
CREATE TABLE records (
    conversation INTEGER NOT NULL,
    name TEXT NOT NULL,
    value BLOB NOT NULL,
    PRIMARY KEY (conversation, name)
) STRICT, WITHOUT ROWID;
"""
BLOBS = """
CREATE TABLE blobs (
    conversation INTEGER NOT NULL,
    name TEXT NOT NULL,
    number INTEGER NOT NULL,
    value BLOB NOT NULL,
    UNIQUE (conversation, name, number)
) STRICT;
"""
NOTES = """
CREATE TABLE notes (name TEXT PRIMARY KEY, value BLOB NOT NULL, used REAL NOT NULL) STRICT, WITHOUT ROWID;
CREATE INDEX notes_by_use ON notes (used);
INSERT INTO notes SELECT name, value, CAST(strftime('%s', 'now') AS REAL) FROM settings
    WHERE name LIKE 'version %';
DELETE FROM settings WHERE name LIKE 'version %';
"""
SCHEMAS = (FIRST, BLOBS, NOTES)  # what each version of the format adds to the one before
VERSION = len(SCHEMAS)
SLOT = 300  # seconds; see tree.slot
ROOT = "page = 0 AND answer = ''"  # of the tree: the rows that are conversations
