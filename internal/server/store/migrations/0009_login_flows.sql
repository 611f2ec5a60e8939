-- Programs that wait for somebody to let them in. The tokens themselves are not kept.
CREATE TABLE login_flows (
  poll_hash BLOB PRIMARY KEY,
  flow_hash BLOB NOT NULL UNIQUE,
  -- the program, as it calls itself
  name      TEXT NOT NULL,
  created   INTEGER NOT NULL,
  -- who let it in
  user_id   TEXT COLLATE NOCASE REFERENCES users(id) ON DELETE CASCADE
) WITHOUT ROWID;
CREATE INDEX login_flows_created ON login_flows(created);
