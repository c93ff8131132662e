BEGIN TRANSACTION;
CREATE TABLE blobs (
    conversation INTEGER NOT NULL,
    name TEXT NOT NULL,
    number INTEGER NOT NULL,
    value BLOB NOT NULL,
    UNIQUE (conversation, name, number)
) STRICT;
INSERT INTO "blobs" VALUES(1,'blob',0,X'313233');
CREATE TABLE notes (name TEXT PRIMARY KEY, value BLOB NOT NULL, used REAL NOT NULL) STRICT, WITHOUT ROWID;
INSERT INTO "notes" VALUES('version',X'736F75726365',1000000001.0);
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
INSERT INTO "pages" VALUES(1,'t1',1,NULL,'/order/A-1','name',5.0,NULL,0,30,X'73686F776E207431',X'6672616D6573');
INSERT INTO "pages" VALUES(4,'t4',1,NULL,'/order/A-1','name',5.0,NULL,0,30,X'73686F776E207434',X'6672616D6573');
INSERT INTO "pages" VALUES(5,'t5',1,'t1','/order/A-1','name',5.0,NULL,0,32,X'73686F776E207435',X'6672616D6573');
CREATE TABLE records (
    conversation INTEGER NOT NULL,
    name TEXT NOT NULL,
    value BLOB NOT NULL,
    PRIMARY KEY (conversation, name)
) STRICT, WITHOUT ROWID;
INSERT INTO "records" VALUES(1,'shared',X'31');
CREATE TABLE settings (name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID;
INSERT INTO "settings" VALUES('keys',X'636865636B');
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
INSERT INTO "tree" VALUES(1,0,'',NULL,NULL,'talk','/order/A-1',1000000000.0,1000000001.0,3333333,3,106,5,'elsewhere:1:1:1',1000000031.0);
INSERT INTO "tree" VALUES(1,0,'t1','t1',1,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "tree" VALUES(1,0,'t4','t4',4,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "tree" VALUES(1,1,'a','t3',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "tree" VALUES(1,1,'c','t5',5,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "tree" VALUES(2,0,'',NULL,NULL,'never begun','',NULL,1000000001.0,3333333,0,0,NULL,'elsewhere:1:1:1',1000000031.0);
CREATE INDEX pages_by_expires ON pages (expires) WHERE expires IS NOT NULL;
CREATE UNIQUE INDEX tree_by_name ON tree (name) WHERE name IS NOT NULL;
CREATE INDEX tree_by_slot ON tree (slot) WHERE slot IS NOT NULL;
CREATE INDEX notes_by_use ON notes (used);
COMMIT;
PRAGMA user_version=3;
PRAGMA application_id=1668247156;
