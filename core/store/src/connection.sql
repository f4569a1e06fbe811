-- What every connection is told before its first transaction.
-- Each commit is on the medium when it returns; on Apple's systems only F_FULLFSYNC does that.
PRAGMA synchronous = FULL;
PRAGMA fullfsync = ON;
PRAGMA checkpoint_fullfsync = ON;
-- Overwrites what was deleted. The key's destruction erases a visit; this is for what is replaced while it lives.
PRAGMA secure_delete = ON;
-- No temporary file, not even an encrypted one.
PRAGMA temp_store = MEMORY;
PRAGMA foreign_keys = ON;
-- A changed schema must not call functions that do more than compute.
PRAGMA trusted_schema = OFF;
PRAGMA cell_size_check = ON;
