-- Who of the roster was received, in which visit and as which case. Someone whom the team visits again is received again.
CREATE TABLE received (
    position INTEGER NOT NULL REFERENCES entries (position),
    visit    TEXT NOT NULL CHECK (length(visit) = 36),
    part     INTEGER NOT NULL CHECK (part BETWEEN 1 AND 255),
    case_id  TEXT NOT NULL UNIQUE CHECK (length(case_id) = 36),
    PRIMARY KEY (position, visit)
) STRICT, WITHOUT ROWID;
