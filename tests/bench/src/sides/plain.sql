-- The tables of a visit's file and of the desk file as anyone would write them: the same columns, keys and indexes, no
-- checks, no triggers.
CREATE TABLE cases (
    sequence    INTEGER PRIMARY KEY,
    id          TEXT NOT NULL UNIQUE,
    round_order INTEGER NOT NULL,
    status      TEXT NOT NULL,
    search_key  TEXT NOT NULL,
    body        TEXT NOT NULL
);
CREATE INDEX cases_search ON cases (search_key, round_order);
CREATE INDEX cases_round ON cases (round_order);
CREATE INDEX cases_status ON cases (status);

CREATE TABLE audit (
    seq         INTEGER PRIMARY KEY,
    at          TEXT NOT NULL,
    actor       TEXT NOT NULL,
    action      TEXT NOT NULL,
    visit       TEXT,
    case_number TEXT,
    detail      TEXT,
    prev        BLOB NOT NULL,
    hash        BLOB NOT NULL
);

CREATE TABLE visits (
    visit       TEXT NOT NULL,
    part        INTEGER NOT NULL,
    service     TEXT NOT NULL,
    site        TEXT NOT NULL,
    date        TEXT NOT NULL,
    stage       TEXT NOT NULL,
    plan        TEXT NOT NULL,
    counts      TEXT,
    wrapped_key BLOB,
    opened_at   TEXT,
    closed_at   TEXT,
    PRIMARY KEY (visit, part)
) WITHOUT ROWID;
