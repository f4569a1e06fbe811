-- Photos of the day's work in which nobody can be known, as a person confirmed them. position is their order; meta is
-- what is known of one. None of them belongs to a case.
CREATE TABLE activity_photos (
    position INTEGER PRIMARY KEY,
    id       TEXT NOT NULL UNIQUE CHECK (length(id) = 36),
    sha256   BLOB NOT NULL CHECK (length(sha256) = 32),
    meta     TEXT NOT NULL CHECK (json_valid(meta)),
    bytes    BLOB NOT NULL
) STRICT;
