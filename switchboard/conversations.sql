CREATE TABLE IF NOT EXISTS conversation (
    id TEXT PRIMARY KEY, owner TEXT NOT NULL, title TEXT NOT NULL, system TEXT NOT NULL,
    created TEXT NOT NULL, updated TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS conversation_of_owner ON conversation (owner, updated DESC);
CREATE TABLE IF NOT EXISTS message (
    id INTEGER PRIMARY KEY, conversation TEXT NOT NULL REFERENCES conversation ON DELETE CASCADE,
    body TEXT NOT NULL, note TEXT, created TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS message_of_conversation ON message (conversation, id);
CREATE TABLE IF NOT EXISTS image (
    message INTEGER NOT NULL REFERENCES message ON DELETE CASCADE, part INTEGER NOT NULL,
    data BLOB NOT NULL, PRIMARY KEY (message, part)
) STRICT;
