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
LEAN = """
CREATE TABLE conversations (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    path TEXT NOT NULL,
    started REAL NOT NULL,
    touched REAL NOT NULL,  -- as far as its pages do not say it; see TOUCHED
    slot INTEGER NOT NULL   -- when it was touched, in units so coarse that most steps leave it alone
) STRICT;
CREATE INDEX conversations_by_slot ON conversations (slot);
-- A page that has expired and was swept, but is an outcome still, has nothing to show any more.
CREATE TABLE new_pages (
    id INTEGER PRIMARY KEY,
    token TEXT NOT NULL UNIQUE,
    conversation INTEGER NOT NULL,
    answered INTEGER,       -- id of the page whose answer led here
    answer TEXT,
    parent TEXT,
    path TEXT NOT NULL,
    step TEXT NOT NULL,
    made REAL NOT NULL,     -- when its step was completed
    created REAL NOT NULL,
    expires REAL,
    retired INTEGER NOT NULL,
    size INTEGER NOT NULL,
    shown BLOB,
    frames BLOB
) STRICT;
INSERT INTO conversations SELECT conversation, name, path, started, touched, slot FROM tree
    WHERE page = 0 AND answer = '' AND started IS NOT NULL;
INSERT INTO new_pages SELECT id, token, pages.conversation, tree.page, tree.answer, parent, pages.path, step,
        created, created, expires, retired, size, shown, frames
    FROM pages LEFT JOIN tree
        ON tree.conversation = pages.conversation AND tree.child = pages.id AND tree.page > 0;
INSERT OR IGNORE INTO new_pages
    SELECT NULL, outcome, conversation, page, answer, NULL, '', '', 0, 0, NULL, 1, 0, NULL, NULL
    FROM tree WHERE page > 0 AND child IS NULL;
DROP TABLE tree;
DROP TABLE pages;
ALTER TABLE new_pages RENAME TO pages;
CREATE UNIQUE INDEX pages_by_answer ON pages (conversation, answered, answer);
CREATE INDEX pages_by_expires ON pages (expires) WHERE expires IS NOT NULL;
"""
SCHEMAS = (FIRST, BLOBS, NOTES, LEAN)  # what each version of the format adds to the one before
VERSION = len(SCHEMAS)
SLOT = 300  # seconds; see conversations.slot

# Of a conversation under the name ``talk``:
NEWEST_ID = "(SELECT max(id) FROM pages WHERE conversation = talk.id)"
TOUCHED = f"max(talk.touched, ifnull((SELECT made FROM pages WHERE id = {NEWEST_ID}), 0))"
COUNT = "(SELECT count(*) FROM pages WHERE conversation = talk.id AND shown IS NOT NULL)"
_OF_TALK = "WHERE conversation = talk.id"
_BYTES = """(
    (SELECT ifnull(sum(size), 0) FROM pages {which})
    + (SELECT ifnull(sum(length(name) + length(value)), 0) FROM records {which})
    + (SELECT ifnull(sum(length(name) + length(value)), 0) FROM blobs {which})
)"""
BYTES = _BYTES.format(which=_OF_TALK)
BYTES_IN_ALL = _BYTES.format(which="")
