-- Rosters: the city sends whom a visit expects. Each lies in a file of its own key; here are only its number of
-- residents and its state. As in desk-01.sql, every text column says in a CHECK what it holds.
-- A row stays when its roster is erased, so that the same roster is not taken for a new one.
-- A roster can come before its visit is planned here, and is shared by all parts: so visit refers to no row.
CREATE TABLE rosters (
    roster      TEXT PRIMARY KEY CHECK (length(roster) = 36 AND roster NOT GLOB '*[^0-9a-f-]*'),
    visit       TEXT CHECK (length(visit) = 36 AND visit NOT GLOB '*[^0-9a-f-]*'),
    count       INTEGER NOT NULL CHECK (count >= 0),
    received_at TEXT NOT NULL CHECK (length(received_at) = 24 AND received_at NOT GLOB '*[^0-9TZ:.-]*'),
    state       TEXT NOT NULL CHECK (state IN ('kept', 'erasing', 'erased')),
    wrapped_key BLOB CHECK (length(wrapped_key) BETWEEN 1 AND 1024),
    erased_by   TEXT CHECK (length(erased_by) BETWEEN 1 AND 32 AND erased_by NOT GLOB '*[^a-z0-9-]*'),
    CHECK (CASE state
        WHEN 'kept' THEN wrapped_key IS NOT NULL
        WHEN 'erased' THEN wrapped_key IS NULL
        ELSE TRUE
    END),
    CHECK ((state = 'kept') = (erased_by IS NULL))
) STRICT, WITHOUT ROWID;
