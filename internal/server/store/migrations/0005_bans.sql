-- Who may not take part in a conversation.
CREATE TABLE bans (
  id             INTEGER PRIMARY KEY AUTOINCREMENT,
  room_id        INTEGER NOT NULL REFERENCES rooms(id) ON DELETE CASCADE,
  moderator_type TEXT NOT NULL,
  moderator_id   TEXT NOT NULL,
  moderator_name TEXT NOT NULL DEFAULT '',
  actor_type     TEXT NOT NULL,
  actor_id       TEXT NOT NULL,
  actor_name     TEXT NOT NULL DEFAULT '',
  note           TEXT NOT NULL DEFAULT '',
  created        INTEGER NOT NULL,
  -- the cookie of a guest, who would have another name at the next visit
  web_session    TEXT NOT NULL DEFAULT '',
  UNIQUE (room_id, actor_type, actor_id)
);
