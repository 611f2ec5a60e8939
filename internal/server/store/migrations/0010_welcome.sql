-- Users for whom the conversations of new users have been made.
CREATE TABLE welcomed (
  user_id TEXT PRIMARY KEY COLLATE NOCASE REFERENCES users(id) ON DELETE CASCADE
) WITHOUT ROWID;
