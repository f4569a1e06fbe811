-- The desk file: what the tablet knows beside its visits. No personal data, so every text column holds a code, an
-- identifier, a date, a token or JSON of codes and numbers (src/body.rs, Facts), and says so in a CHECK.
-- src/desk/schema_test.rs holds this: a new column has to name its kind there.

-- Facts of the enrolment. Keys are those of src/desk/settings.rs.
CREATE TABLE settings (
    key   TEXT PRIMARY KEY CHECK (length(key) BETWEEN 1 AND 40 AND key NOT GLOB '*[^a-z0-9_-]*'),
    value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- This tablet's parts of visits. wrapped_key is the key of the part's file, wrapped by the vault; it appears in the
-- transaction that opens the visit and is dropped in erasure, after the vault's key.
CREATE TABLE visits (
    visit       TEXT NOT NULL CHECK (length(visit) = 36 AND visit NOT GLOB '*[^0-9a-f-]*'),
    part        INTEGER NOT NULL CHECK (part BETWEEN 1 AND 255),
    service     TEXT NOT NULL CHECK (length(service) BETWEEN 1 AND 40 AND service NOT GLOB '*[^a-z0-9_-]*'),
    site        TEXT NOT NULL CHECK (length(site) BETWEEN 1 AND 32 AND site NOT GLOB '*[^a-z0-9-]*'),
    date        TEXT NOT NULL CHECK (date GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    stage       TEXT NOT NULL CHECK (stage IN ('planned', 'open', 'closed', 'sealed', 'held', 'erasing', 'erased')),
    plan        TEXT NOT NULL CHECK (json_valid(plan) AND plan NOT GLOB '*[^!-~]*'),
    counts      TEXT CHECK (json_valid(counts) AND counts NOT GLOB '*[^!-~]*'),
    wrapped_key BLOB CHECK (length(wrapped_key) BETWEEN 1 AND 1024),
    opened_at   TEXT CHECK (length(opened_at) = 24 AND opened_at NOT GLOB '*[^0-9TZ:.-]*'),
    closed_at   TEXT CHECK (length(closed_at) = 24 AND closed_at NOT GLOB '*[^0-9TZ:.-]*'),
    PRIMARY KEY (visit, part),
    CHECK (CASE
        WHEN stage IN ('planned', 'erased') THEN wrapped_key IS NULL
        WHEN stage = 'erasing' THEN TRUE
        ELSE wrapped_key IS NOT NULL
    END)
) STRICT, WITHOUT ROWID;

-- Packages that were sealed on this tablet. complete = 0 is a visit sealed while it is still open (a checkpoint).
-- The hello package is about no visit.
CREATE TABLE seals (
    id             INTEGER PRIMARY KEY,
    subject        TEXT NOT NULL CHECK (subject IN ('visit', 'tally', 'notice', 'hello')),
    visit          TEXT CHECK (length(visit) = 36 AND visit NOT GLOB '*[^0-9a-f-]*'),
    part           INTEGER CHECK (part BETWEEN 1 AND 255),
    number         INTEGER NOT NULL CHECK (number >= 1),
    complete       INTEGER NOT NULL CHECK (complete IN (0, 1)),
    sha256         BLOB NOT NULL CHECK (length(sha256) = 32),
    bytes          INTEGER NOT NULL CHECK (bytes >= 0),
    sealed_at      TEXT NOT NULL CHECK (length(sealed_at) = 24 AND sealed_at NOT GLOB '*[^0-9TZ:.-]*'),
    held_receipt   TEXT CHECK (length(held_receipt) <= 8192 AND held_receipt NOT GLOB '*[^A-Za-z0-9._-]*'),
    opened_receipt TEXT CHECK (length(opened_receipt) <= 8192 AND opened_receipt NOT GLOB '*[^A-Za-z0-9._-]*'),
    FOREIGN KEY (visit, part) REFERENCES visits (visit, part),
    CHECK ((subject = 'hello') = (visit IS NULL)),
    CHECK ((visit IS NULL) = (part IS NULL))
) STRICT;

-- NULLs are never equal to each other, so a plain unique index would let two hello packages have one number.
CREATE UNIQUE INDEX seals_identity ON seals (subject, coalesce(visit, ''), coalesce(part, 0), number);

-- Visit parts whose erasure has begun (erased_at IS NULL) or is done.
CREATE TABLE tombstones (
    visit       TEXT NOT NULL CHECK (length(visit) = 36 AND visit NOT GLOB '*[^0-9a-f-]*'),
    part        INTEGER NOT NULL CHECK (part BETWEEN 1 AND 255),
    number      INTEGER NOT NULL CHECK (number >= 1),
    counts      TEXT CHECK (json_valid(counts) AND counts NOT GLOB '*[^!-~]*'),
    actor       TEXT NOT NULL CHECK (length(actor) BETWEEN 1 AND 32 AND actor NOT GLOB '*[^a-z0-9-]*'),
    receipt     TEXT NOT NULL CHECK (length(receipt) <= 8192 AND receipt NOT GLOB '*[^A-Za-z0-9._-]*'),
    verified_at TEXT NOT NULL CHECK (length(verified_at) = 24 AND verified_at NOT GLOB '*[^0-9TZ:.-]*'),
    destroyed   TEXT NOT NULL CHECK (json_valid(destroyed) AND destroyed NOT GLOB '*[^!-~]*'),
    erased_at   TEXT CHECK (length(erased_at) = 24 AND erased_at NOT GLOB '*[^0-9TZ:.-]*'),
    certificate TEXT CHECK (json_valid(certificate) AND certificate NOT GLOB '*[^!-~]*'),
    PRIMARY KEY (visit, part),
    FOREIGN KEY (visit, part) REFERENCES visits (visit, part),
    CHECK (erased_at IS NOT NULL OR certificate IS NULL)
) STRICT, WITHOUT ROWID;
