-- One roster, written once. Everything that names a resident is in this file and dies with its key.
-- position is the place in the list as the city sent it; it orders those whose place in the round is the same.
CREATE TABLE entries (
    position    INTEGER PRIMARY KEY CHECK (position >= 1),
    round_order INTEGER NOT NULL,
    search_key  TEXT NOT NULL,
    body        TEXT NOT NULL CHECK (json_valid(body))
) STRICT;
