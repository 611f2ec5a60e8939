-- What a user has chosen: JSON.
ALTER TABLE users ADD COLUMN settings TEXT NOT NULL DEFAULT '{}';

-- Files and folders. A user's root is the one without a parent.
CREATE TABLE nodes (
  id        INTEGER PRIMARY KEY AUTOINCREMENT,
  owner     TEXT NOT NULL COLLATE NOCASE REFERENCES users(id) ON DELETE CASCADE,
  parent_id INTEGER REFERENCES nodes(id) ON DELETE CASCADE,
  name      TEXT NOT NULL,
  folder    INTEGER NOT NULL DEFAULT 0,
  -- of a folder: all that is in it
  size      INTEGER NOT NULL DEFAULT 0,
  modified  INTEGER NOT NULL,
  etag      TEXT NOT NULL,
  mime_type TEXT NOT NULL DEFAULT '',
  -- the name of the content on disk, '' for none; copies share one
  blob      TEXT NOT NULL DEFAULT '',
  width     INTEGER NOT NULL DEFAULT 0,
  height    INTEGER NOT NULL DEFAULT 0,
  UNIQUE (parent_id, name)
);
CREATE UNIQUE INDEX nodes_root ON nodes(owner) WHERE parent_id IS NULL;
CREATE INDEX nodes_owner ON nodes(owner);
CREATE INDEX nodes_blob ON nodes(blob) WHERE blob <> '';

-- Uploads in pieces, until they are put together.
CREATE TABLE uploads (
  id      INTEGER PRIMARY KEY AUTOINCREMENT,
  owner   TEXT NOT NULL COLLATE NOCASE REFERENCES users(id) ON DELETE CASCADE,
  name    TEXT NOT NULL,
  created INTEGER NOT NULL,
  UNIQUE (owner, name)
);
CREATE TABLE upload_chunks (
  upload_id INTEGER NOT NULL REFERENCES uploads(id) ON DELETE CASCADE,
  number    INTEGER NOT NULL,
  size      INTEGER NOT NULL,
  modified  INTEGER NOT NULL,
  blob      TEXT NOT NULL,
  PRIMARY KEY (upload_id, number)
) WITHOUT ROWID;

-- Files that are shared into conversations.
CREATE TABLE shares (
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  node_id     INTEGER NOT NULL REFERENCES nodes(id) ON DELETE CASCADE,
  room_id     INTEGER NOT NULL REFERENCES rooms(id) ON DELETE CASCADE,
  sharer      TEXT NOT NULL COLLATE NOCASE REFERENCES users(id) ON DELETE CASCADE,
  permissions INTEGER NOT NULL,
  created     INTEGER NOT NULL,
  -- opens the file to guests of the conversation
  token       TEXT NOT NULL UNIQUE,
  UNIQUE (node_id, room_id)
);
CREATE INDEX shares_room ON shares(room_id);
CREATE INDEX shares_sharer ON shares(sharer);
-- Where somebody has moved what is shared with them; hidden when they do not want it.
CREATE TABLE share_mounts (
  share_id  INTEGER NOT NULL REFERENCES shares(id) ON DELETE CASCADE,
  user_id   TEXT NOT NULL COLLATE NOCASE REFERENCES users(id) ON DELETE CASCADE,
  parent_id INTEGER NOT NULL DEFAULT 0,
  name      TEXT NOT NULL DEFAULT '',
  hidden    INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (share_id, user_id)
) WITHOUT ROWID;
CREATE INDEX share_mounts_user ON share_mounts(user_id);

-- The messages that have something to look at, by what it is.
CREATE TABLE attachments (
  message_id INTEGER PRIMARY KEY REFERENCES messages(id) ON DELETE CASCADE,
  room_id    INTEGER NOT NULL REFERENCES rooms(id) ON DELETE CASCADE,
  kind       TEXT NOT NULL
);
CREATE INDEX attachments_room ON attachments(room_id, kind, message_id);

-- The pictures of conversations, small enough to be kept here.
CREATE TABLE avatars (
  room_id INTEGER PRIMARY KEY REFERENCES rooms(id) ON DELETE CASCADE,
  kind    TEXT NOT NULL,
  content BLOB NOT NULL
);
