-- How far each visit's audit log had come when it was last looked at. A visit's file whose log does not hold that entry
-- is an older copy that somebody put back, or has lost its write-ahead log.
CREATE TABLE heads (
    visit TEXT NOT NULL CHECK (length(visit) = 36 AND visit NOT GLOB '*[^0-9a-f-]*'),
    part  INTEGER NOT NULL CHECK (part BETWEEN 1 AND 255),
    seq   INTEGER NOT NULL CHECK (seq >= 1),
    hash  BLOB NOT NULL CHECK (length(hash) = 32),
    PRIMARY KEY (visit, part),
    FOREIGN KEY (visit, part) REFERENCES visits (visit, part)
) STRICT, WITHOUT ROWID;
