-- What users say of themselves.
CREATE TABLE user_statuses (
  user_id      TEXT PRIMARY KEY COLLATE NOCASE REFERENCES users(id) ON DELETE CASCADE,
  status       TEXT NOT NULL,
  user_defined INTEGER NOT NULL DEFAULT 0,
  changed      INTEGER NOT NULL,
  -- of the predefined message, '' for one of the user's own
  message_id   TEXT NOT NULL DEFAULT '',
  icon         TEXT NOT NULL DEFAULT '',
  message      TEXT NOT NULL DEFAULT '',
  clear_at     INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
