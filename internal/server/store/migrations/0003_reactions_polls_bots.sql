-- Messages that are edited and deleted.
ALTER TABLE messages ADD COLUMN edit_actor_type TEXT NOT NULL DEFAULT '';
ALTER TABLE messages ADD COLUMN edit_actor_id   TEXT NOT NULL DEFAULT '';
ALTER TABLE messages ADD COLUMN edit_actor_name TEXT NOT NULL DEFAULT '';
ALTER TABLE messages ADD COLUMN edited          INTEGER NOT NULL DEFAULT 0;
-- 1 when the message was counted, and is not since it is deleted. seq goes on
-- counting it, so that deleting one needs no change of all that follow.
ALTER TABLE messages ADD COLUMN uncounted       INTEGER NOT NULL DEFAULT 0;
CREATE INDEX messages_uncounted ON messages(room_id, id) WHERE uncounted = 1;
ALTER TABLE rooms ADD COLUMN uncounted INTEGER NOT NULL DEFAULT 0;

-- JSON list of [reaction, count], kept with each reaction, so that a page of messages needs no further query
ALTER TABLE messages ADD COLUMN reactions TEXT NOT NULL DEFAULT '';

CREATE TABLE reactions (
  -- its own row in the chat
  message_id INTEGER PRIMARY KEY REFERENCES messages(id) ON DELETE CASCADE,
  parent_id  INTEGER NOT NULL REFERENCES messages(id) ON DELETE CASCADE,
  actor_type TEXT NOT NULL,
  actor_id   TEXT NOT NULL,
  actor_name TEXT NOT NULL DEFAULT '',
  reaction   TEXT NOT NULL,
  created    INTEGER NOT NULL,
  UNIQUE (parent_id, actor_type, actor_id, reaction)
);

CREATE TABLE polls (
  id                INTEGER PRIMARY KEY AUTOINCREMENT,
  room_id           INTEGER NOT NULL REFERENCES rooms(id) ON DELETE CASCADE,
  actor_type        TEXT NOT NULL,
  actor_id          TEXT NOT NULL,
  actor_name        TEXT NOT NULL DEFAULT '',
  question          TEXT NOT NULL,
  -- JSON list of texts
  options           TEXT NOT NULL,
  status            INTEGER NOT NULL,
  result_mode       INTEGER NOT NULL,
  max_votes         INTEGER NOT NULL,
  closed_message_id INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX polls_room ON polls(room_id, status);

CREATE TABLE poll_votes (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  poll_id    INTEGER NOT NULL REFERENCES polls(id) ON DELETE CASCADE,
  actor_type TEXT NOT NULL,
  actor_id   TEXT NOT NULL,
  actor_name TEXT NOT NULL DEFAULT '',
  option_id  INTEGER NOT NULL,
  UNIQUE (poll_id, actor_type, actor_id, option_id)
);

CREATE TABLE bots (
  id                 INTEGER PRIMARY KEY AUTOINCREMENT,
  name               TEXT NOT NULL,
  secret             TEXT NOT NULL,
  url                TEXT NOT NULL,
  url_hash           TEXT NOT NULL UNIQUE,
  description        TEXT NOT NULL DEFAULT '',
  state              INTEGER NOT NULL,
  features           INTEGER NOT NULL,
  error_count        INTEGER NOT NULL DEFAULT 0,
  last_error_date    INTEGER NOT NULL DEFAULT 0,
  last_error_message TEXT NOT NULL DEFAULT ''
);

CREATE TABLE bot_conversations (
  room_id INTEGER NOT NULL REFERENCES rooms(id) ON DELETE CASCADE,
  bot_id  INTEGER NOT NULL REFERENCES bots(id) ON DELETE CASCADE,
  PRIMARY KEY (room_id, bot_id)
) WITHOUT ROWID;
CREATE INDEX bot_conversations_bot ON bot_conversations(bot_id);
