CREATE TABLE settings (
  key   TEXT PRIMARY KEY,
  value BLOB NOT NULL
) WITHOUT ROWID;

CREATE TABLE users (
  id            TEXT PRIMARY KEY COLLATE NOCASE,
  display_name  TEXT NOT NULL,
  email         TEXT NOT NULL DEFAULT '',
  password_hash TEXT NOT NULL DEFAULT '',
  admin         INTEGER NOT NULL DEFAULT 0,
  enabled       INTEGER NOT NULL DEFAULT 1,
  read_privacy  INTEGER NOT NULL DEFAULT 0,
  typing_privacy INTEGER NOT NULL DEFAULT 0,
  -- grows when the password changes: cookies and cached checks of before end then
  epoch         INTEGER NOT NULL DEFAULT 0,
  first_login   INTEGER NOT NULL DEFAULT 0,
  last_login    INTEGER NOT NULL DEFAULT 0,
  profile       TEXT NOT NULL DEFAULT '{}'
) WITHOUT ROWID;

CREATE TABLE groups (
  id           TEXT PRIMARY KEY,
  display_name TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE group_members (
  group_id TEXT NOT NULL REFERENCES groups(id) ON DELETE CASCADE,
  user_id  TEXT NOT NULL COLLATE NOCASE REFERENCES users(id) ON DELETE CASCADE,
  subadmin INTEGER NOT NULL DEFAULT 0,
  member   INTEGER NOT NULL DEFAULT 1,
  PRIMARY KEY (group_id, user_id)
) WITHOUT ROWID;
CREATE INDEX group_members_user ON group_members(user_id);

CREATE TABLE app_tokens (
  id      INTEGER PRIMARY KEY AUTOINCREMENT,
  user_id TEXT NOT NULL COLLATE NOCASE REFERENCES users(id) ON DELETE CASCADE,
  name    TEXT NOT NULL,
  hash    BLOB NOT NULL UNIQUE,
  created INTEGER NOT NULL
);
CREATE INDEX app_tokens_user ON app_tokens(user_id);

CREATE TABLE rooms (
  id                  INTEGER PRIMARY KEY AUTOINCREMENT,
  token               TEXT NOT NULL UNIQUE,
  -- names the only room of its kind: a pair of users, or the owner of a note to self
  unique_key          TEXT UNIQUE,
  type                INTEGER NOT NULL,
  name                TEXT NOT NULL DEFAULT '',
  description         TEXT NOT NULL DEFAULT '',
  object_type         TEXT NOT NULL DEFAULT '',
  object_id           TEXT NOT NULL DEFAULT '',
  password_hash       TEXT NOT NULL DEFAULT '',
  read_only           INTEGER NOT NULL DEFAULT 0,
  listable            INTEGER NOT NULL DEFAULT 0,
  message_expiration  INTEGER NOT NULL DEFAULT 0,
  lobby_state         INTEGER NOT NULL DEFAULT 0,
  lobby_timer         INTEGER NOT NULL DEFAULT 0,
  default_permissions INTEGER NOT NULL DEFAULT 0,
  mention_permissions INTEGER NOT NULL DEFAULT 0,
  recording_consent   INTEGER NOT NULL DEFAULT 0,
  call_flag           INTEGER NOT NULL DEFAULT 0,
  call_start          INTEGER NOT NULL DEFAULT 0,
  call_recording      INTEGER NOT NULL DEFAULT 0,
  breakout_mode       INTEGER NOT NULL DEFAULT 0,
  breakout_status     INTEGER NOT NULL DEFAULT 0,
  avatar              TEXT NOT NULL DEFAULT '',
  last_activity       INTEGER NOT NULL DEFAULT 0,
  -- kept with each message, so that neither a list nor a counter reads the messages
  last_message_id     INTEGER NOT NULL DEFAULT 0,
  chat_count          INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX rooms_listable ON rooms(listable) WHERE listable > 0;
CREATE INDEX rooms_object ON rooms(object_type, object_id) WHERE object_type <> '';

CREATE TABLE attendees (
  id                  INTEGER PRIMARY KEY AUTOINCREMENT,
  room_id             INTEGER NOT NULL REFERENCES rooms(id) ON DELETE CASCADE,
  actor_type          TEXT NOT NULL,
  actor_id            TEXT NOT NULL,
  display_name        TEXT NOT NULL DEFAULT '',
  participant_type    INTEGER NOT NULL,
  permissions         INTEGER NOT NULL DEFAULT 0,
  invited_email       TEXT NOT NULL DEFAULT '',
  favorite            INTEGER NOT NULL DEFAULT 0,
  notification_level  INTEGER NOT NULL DEFAULT 0,
  notification_calls  INTEGER NOT NULL DEFAULT 1,
  archived            INTEGER NOT NULL DEFAULT 0,
  important           INTEGER NOT NULL DEFAULT 0,
  sensitive           INTEGER NOT NULL DEFAULT 0,
  read_private        INTEGER NOT NULL DEFAULT 0,
  last_read           INTEGER NOT NULL DEFAULT 0,
  -- how many countable messages of the room are read: chat_count minus this is unread
  last_read_seq       INTEGER NOT NULL DEFAULT 0,
  last_mention        INTEGER NOT NULL DEFAULT 0,
  last_mention_direct INTEGER NOT NULL DEFAULT 0,
  last_change         INTEGER NOT NULL DEFAULT 0,
  UNIQUE (room_id, actor_type, actor_id)
);
CREATE INDEX attendees_actor ON attendees(actor_type, actor_id);
CREATE INDEX attendees_common_read ON attendees(room_id, actor_type, read_private, last_read);

CREATE TABLE sessions (
  session_id  TEXT PRIMARY KEY,
  attendee_id INTEGER NOT NULL REFERENCES attendees(id) ON DELETE CASCADE,
  room_id     INTEGER NOT NULL REFERENCES rooms(id) ON DELETE CASCADE,
  -- the cookie that joined
  web_session TEXT NOT NULL,
  in_call     INTEGER NOT NULL DEFAULT 0,
  last_ping   INTEGER NOT NULL DEFAULT 0,
  state       INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE INDEX sessions_attendee ON sessions(attendee_id);
CREATE INDEX sessions_room ON sessions(room_id);
CREATE INDEX sessions_web ON sessions(web_session, room_id);

CREATE TABLE messages (
  id           INTEGER PRIMARY KEY AUTOINCREMENT,
  room_id      INTEGER NOT NULL REFERENCES rooms(id) ON DELETE CASCADE,
  actor_type   TEXT NOT NULL,
  actor_id     TEXT NOT NULL,
  actor_name   TEXT NOT NULL DEFAULT '',
  created      INTEGER NOT NULL,
  verb         TEXT NOT NULL,
  body         TEXT NOT NULL,
  -- JSON: the parameters of a system message or an object
  parameters   TEXT NOT NULL DEFAULT '',
  parent_id    INTEGER NOT NULL DEFAULT 0,
  reference_id TEXT NOT NULL DEFAULT '',
  silent       INTEGER NOT NULL DEFAULT 0,
  mention_all  INTEGER NOT NULL DEFAULT 0,
  expires      INTEGER NOT NULL DEFAULT 0,
  -- the room's count of countable messages, this one included
  seq          INTEGER NOT NULL
);
CREATE INDEX messages_room ON messages(room_id, id, seq);
CREATE INDEX messages_expires ON messages(expires) WHERE expires > 0;
