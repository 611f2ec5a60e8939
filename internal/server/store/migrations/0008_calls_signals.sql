-- Calls: who is in one is in sessions.in_call, since when it runs in rooms.call_start.
ALTER TABLE attendees ADD COLUMN last_joined_call INTEGER NOT NULL DEFAULT 0;

-- What sessions send each other, until it is fetched.
CREATE TABLE signals (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  session_id TEXT NOT NULL REFERENCES sessions(session_id) ON DELETE CASCADE,
  -- '' when only who is in the conversation has changed
  message    TEXT NOT NULL,
  created    INTEGER NOT NULL
);
CREATE INDEX signals_session ON signals(session_id, id);
