-- A part can be handed over to another tablet, and come from one; what is sealed of a visit that is still open (a
-- checkpoint) is a subject of its own. A CHECK cannot be changed, so the three tables are made anew. visits goes last
-- and comes first, because the others refer to it.

-- seals_before is the highest number under which the part was sealed before this tablet had it: its own seals go on
-- from there. handed_to is the tablet that has the part now.
CREATE TABLE visits_new (
    visit        TEXT NOT NULL CHECK (length(visit) = 36 AND visit NOT GLOB '*[^0-9a-f-]*'),
    part         INTEGER NOT NULL CHECK (part BETWEEN 1 AND 255),
    service      TEXT NOT NULL CHECK (length(service) BETWEEN 1 AND 40 AND service NOT GLOB '*[^a-z0-9_-]*'),
    site         TEXT NOT NULL CHECK (length(site) BETWEEN 1 AND 32 AND site NOT GLOB '*[^a-z0-9-]*'),
    date         TEXT NOT NULL CHECK (date GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    stage        TEXT NOT NULL CHECK (stage IN
                     ('planned', 'open', 'closed', 'sealed', 'held', 'handed_over', 'erasing', 'erased')),
    plan         TEXT NOT NULL CHECK (json_valid(plan) AND plan NOT GLOB '*[^!-~]*'),
    counts       TEXT CHECK (json_valid(counts) AND counts NOT GLOB '*[^!-~]*'),
    wrapped_key  BLOB CHECK (length(wrapped_key) BETWEEN 1 AND 1024),
    opened_at    TEXT CHECK (length(opened_at) = 24 AND opened_at NOT GLOB '*[^0-9TZ:.-]*'),
    closed_at    TEXT CHECK (length(closed_at) = 24 AND closed_at NOT GLOB '*[^0-9TZ:.-]*'),
    seals_before INTEGER NOT NULL DEFAULT 0 CHECK (seals_before >= 0),
    handed_to    TEXT CHECK (length(handed_to) = 36 AND handed_to NOT GLOB '*[^0-9a-f-]*'),
    PRIMARY KEY (visit, part),
    CHECK (CASE
        WHEN stage IN ('planned', 'erased') THEN wrapped_key IS NULL
        WHEN stage = 'erasing' THEN TRUE
        ELSE wrapped_key IS NOT NULL
    END),
    CHECK (CASE
        WHEN stage = 'handed_over' THEN handed_to IS NOT NULL
        WHEN stage IN ('erasing', 'erased') THEN TRUE
        ELSE handed_to IS NULL
    END)
) STRICT, WITHOUT ROWID;

INSERT INTO visits_new (visit, part, service, site, date, stage, plan, counts, wrapped_key, opened_at, closed_at)
SELECT visit, part, service, site, date, stage, plan, counts, wrapped_key, opened_at, closed_at FROM visits;

-- audit_head is how far the visit's audit log had come; by it a later checkpoint is known to be worth its while.
CREATE TABLE seals_new (
    id             INTEGER PRIMARY KEY,
    subject        TEXT NOT NULL CHECK (subject IN ('visit', 'checkpoint', 'handover', 'tally', 'notice', 'hello')),
    visit          TEXT CHECK (length(visit) = 36 AND visit NOT GLOB '*[^0-9a-f-]*'),
    part           INTEGER CHECK (part BETWEEN 1 AND 255),
    number         INTEGER NOT NULL CHECK (number >= 1),
    sha256         BLOB NOT NULL CHECK (length(sha256) = 32),
    bytes          INTEGER NOT NULL CHECK (bytes >= 0),
    audit_head     BLOB CHECK (length(audit_head) = 32),
    sealed_at      TEXT NOT NULL CHECK (length(sealed_at) = 24 AND sealed_at NOT GLOB '*[^0-9TZ:.-]*'),
    held_receipt   TEXT CHECK (length(held_receipt) <= 8192 AND held_receipt NOT GLOB '*[^A-Za-z0-9._-]*'),
    opened_receipt TEXT CHECK (length(opened_receipt) <= 8192 AND opened_receipt NOT GLOB '*[^A-Za-z0-9._-]*'),
    FOREIGN KEY (visit, part) REFERENCES visits_new (visit, part),
    CHECK ((subject = 'hello') = (visit IS NULL)),
    CHECK ((visit IS NULL) = (part IS NULL))
) STRICT;

-- No version of the app sealed an incomplete visit; one that had would have made a checkpoint.
INSERT INTO seals_new (id, subject, visit, part, number, sha256, bytes, sealed_at, held_receipt, opened_receipt)
SELECT id, CASE complete WHEN 0 THEN 'checkpoint' ELSE subject END, visit, part, number, sha256, bytes, sealed_at,
    held_receipt, opened_receipt
FROM seals;

CREATE TABLE tombstones_new (
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
    FOREIGN KEY (visit, part) REFERENCES visits_new (visit, part),
    CHECK (erased_at IS NOT NULL OR certificate IS NULL)
) STRICT, WITHOUT ROWID;

INSERT INTO tombstones_new (visit, part, number, counts, actor, receipt, verified_at, destroyed, erased_at, certificate)
SELECT visit, part, number, counts, actor, receipt, verified_at, destroyed, erased_at, certificate FROM tombstones;

DROP TABLE seals;
DROP TABLE tombstones;
DROP TABLE visits;
ALTER TABLE visits_new RENAME TO visits;
ALTER TABLE seals_new RENAME TO seals;
ALTER TABLE tombstones_new RENAME TO tombstones;

-- NULLs are never equal to each other, so a plain unique index would let two hello packages have one number.
CREATE UNIQUE INDEX seals_identity ON seals (subject, coalesce(visit, ''), coalesce(part, 0), number);
