-- Messages that users want to be reminded of.
CREATE TABLE reminders (
  user_id    TEXT NOT NULL COLLATE NOCASE REFERENCES users(id) ON DELETE CASCADE,
  message_id INTEGER NOT NULL REFERENCES messages(id) ON DELETE CASCADE,
  at         INTEGER NOT NULL,
  PRIMARY KEY (user_id, message_id)
) WITHOUT ROWID;
CREATE INDEX reminders_message ON reminders(message_id);
