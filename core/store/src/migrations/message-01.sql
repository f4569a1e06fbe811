-- One message of the desk, written once. Everything that names a resident is in this file and dies with its key.
CREATE TABLE message (
    id   INTEGER PRIMARY KEY CHECK (id = 1),
    body TEXT NOT NULL CHECK (json_valid(body))
) STRICT;
