-- One part of one visit. Everything that names a resident is in this file and dies with its key.
-- Bodies are the domain's JSON, stored as it was received; the other columns are what has to be found or counted.

CREATE TABLE visit (
    id    INTEGER PRIMARY KEY CHECK (id = 1),
    visit TEXT NOT NULL CHECK (length(visit) = 36),
    part  INTEGER NOT NULL CHECK (part BETWEEN 1 AND 255),
    body  TEXT NOT NULL CHECK (json_valid(body))
) STRICT;

-- sequence is the second half of the case number. body is last: to read a row's other columns, SQLite need not
-- walk the pages that it runs over.
CREATE TABLE cases (
    sequence    INTEGER PRIMARY KEY CHECK (sequence >= 1),
    id          TEXT NOT NULL UNIQUE CHECK (length(id) = 36),
    round_order INTEGER NOT NULL,
    status      TEXT NOT NULL CHECK (length(status) BETWEEN 1 AND 40 AND status NOT GLOB '*[^a-z0-9_-]*'),
    search_key  TEXT NOT NULL,
    body        TEXT NOT NULL CHECK (json_valid(body))
) STRICT;

-- Holds all that a search looks at, so that ten thousand names are scanned without touching a body.
CREATE INDEX cases_search ON cases (search_key, round_order);
CREATE INDEX cases_round ON cases (round_order);
CREATE INDEX cases_status ON cases (status);

CREATE TABLE photos (
    id      INTEGER PRIMARY KEY,
    case_id TEXT NOT NULL REFERENCES cases (id),
    kind    TEXT NOT NULL CHECK (length(kind) BETWEEN 1 AND 40 AND kind NOT GLOB '*[^a-z0-9_-]*'),
    sha256  BLOB NOT NULL CHECK (length(sha256) = 32),
    meta    TEXT NOT NULL CHECK (json_valid(meta)),
    bytes   BLOB NOT NULL,
    UNIQUE (case_id, kind)
) STRICT;
