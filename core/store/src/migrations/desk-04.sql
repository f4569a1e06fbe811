-- Mail of the desk: which numbers this tablet has accepted. What a mail said lies in a file of its own key (a roster, a
-- message) or in the settings (an enrolment); the row is written last, so that a mail that comes again after a crash is
-- known or does nothing twice. As in desk-01.sql, every text column says in a CHECK what it holds.
CREATE TABLE mail (
    number      INTEGER PRIMARY KEY CHECK (number BETWEEN 1 AND 4294967295),
    kind        TEXT NOT NULL CHECK (length(kind) BETWEEN 1 AND 40 AND kind NOT GLOB '*[^a-z0-9_-]*'),
    sha256      BLOB NOT NULL CHECK (length(sha256) = 32),
    received_at TEXT NOT NULL CHECK (length(received_at) = 24 AND received_at NOT GLOB '*[^0-9TZ:.-]*')
) STRICT;

-- Messages, such as an application that was returned. About whom each is stands in its file.
-- A row stays when its message is erased, so that the same mail is not taken for a new one.
CREATE TABLE messages (
    number      INTEGER PRIMARY KEY CHECK (number BETWEEN 1 AND 4294967295),
    visit       TEXT CHECK (length(visit) = 36 AND visit NOT GLOB '*[^0-9a-f-]*'),
    received_at TEXT NOT NULL CHECK (length(received_at) = 24 AND received_at NOT GLOB '*[^0-9TZ:.-]*'),
    state       TEXT NOT NULL CHECK (state IN ('kept', 'erasing', 'erased')),
    handled_at  TEXT CHECK (length(handled_at) = 24 AND handled_at NOT GLOB '*[^0-9TZ:.-]*'),
    handled_by  TEXT CHECK (length(handled_by) BETWEEN 1 AND 32 AND handled_by NOT GLOB '*[^a-z0-9-]*'),
    wrapped_key BLOB CHECK (length(wrapped_key) BETWEEN 1 AND 1024),
    erased_by   TEXT CHECK (length(erased_by) BETWEEN 1 AND 32 AND erased_by NOT GLOB '*[^a-z0-9-]*'),
    CHECK (CASE state
        WHEN 'kept' THEN wrapped_key IS NOT NULL
        WHEN 'erased' THEN wrapped_key IS NULL
        ELSE TRUE
    END),
    CHECK ((state = 'kept') = (erased_by IS NULL)),
    CHECK ((handled_at IS NULL) = (handled_by IS NULL))
) STRICT;
