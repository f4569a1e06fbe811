-- The audit log, the first thing in every file: entries are only ever added, each next to the last.
-- Times are text in one spelling (UTC, milliseconds, Z), because the digest is taken over that text.
-- The chain itself is checked by homon-domain's audit module; the triggers only stop this code's own mistakes.
CREATE TABLE audit (
    seq         INTEGER PRIMARY KEY CHECK (seq >= 1),
    at          TEXT NOT NULL CHECK (length(at) = 24 AND at NOT GLOB '*[^0-9TZ:.-]*'),
    actor       TEXT NOT NULL CHECK (length(actor) BETWEEN 1 AND 32 AND actor NOT GLOB '*[^a-z0-9-]*'),
    action      TEXT NOT NULL CHECK (length(action) BETWEEN 1 AND 40 AND action NOT GLOB '*[^a-z0-9_-]*'),
    visit       TEXT CHECK (length(visit) = 36 AND visit NOT GLOB '*[^0-9a-f-]*'),
    case_number TEXT CHECK (length(case_number) BETWEEN 5 AND 14 AND case_number NOT GLOB '*[^0-9-]*'),
    detail      TEXT CHECK (length(detail) BETWEEN 1 AND 40 AND detail NOT GLOB '*[^a-z0-9_-]*'),
    prev        BLOB NOT NULL CHECK (length(prev) = 32),
    hash        BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT;

CREATE TRIGGER audit_is_not_updated BEFORE UPDATE ON audit
BEGIN
    SELECT RAISE(ABORT, 'audit entries are not changed');
END;

CREATE TRIGGER audit_is_not_deleted BEFORE DELETE ON audit
BEGIN
    SELECT RAISE(ABORT, 'audit entries are not deleted');
END;

-- Also stops INSERT OR REPLACE, which deletes without asking the trigger above.
CREATE TRIGGER audit_goes_on BEFORE INSERT ON audit
WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM audit)
    OR NEW.prev IS NOT coalesce((SELECT hash FROM audit ORDER BY seq DESC LIMIT 1), NEW.prev)
BEGIN
    SELECT RAISE(ABORT, 'an audit entry follows the last one');
END;
