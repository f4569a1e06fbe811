-- From which tablets the part came, the first tablet first: the lines of handovers.jsonl.
CREATE TABLE handovers (
    position INTEGER PRIMARY KEY CHECK (position >= 1),
    line     TEXT NOT NULL CHECK (json_valid(line))
) STRICT;
