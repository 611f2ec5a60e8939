package store

// Signal is what a session is told by another one.
type Signal struct {
	ID      int64
	Message string // "" when only who is in the conversation has changed
}

// InsertSignal tells a session of a conversation something. It is lost when there is no such session.
func (t *Tx) InsertSignal(roomID int64, sessionID, message string, now int64) error {
	return t.must("send signal", `INSERT INTO signals (session_id, message, created)
		SELECT s.session_id, ?, ? FROM sessions s WHERE s.session_id = ? AND s.room_id = ?`, message, now, sessionID, roomID)
}

// SignalChange tells every session of a conversation that who is in it has changed.
func (t *Tx) SignalChange(roomID, now int64) error {
	return t.must("signal change", `INSERT INTO signals (session_id, message, created) SELECT s.session_id, '', ? FROM sessions s
		WHERE s.room_id = ? AND NOT EXISTS (SELECT 1 FROM signals g WHERE g.session_id = s.session_id AND g.message = '')`, now, roomID)
}

// HasSignals reports whether something waits for a session.
func (t *Tx) HasSignals(sessionID string) (bool, error) {
	return one(t, "look for signals", value[bool], `SELECT EXISTS (SELECT 1 FROM signals WHERE session_id = ?)`, sessionID)
}

// TakeSignals returns what waits for a session, oldest first, and removes it.
func (t *Tx) TakeSignals(sessionID string) ([]Signal, error) {
	scan := func(row scanner, s *Signal) error { return row.Scan(&s.ID, &s.Message) }
	out, err := all(t, "read signals", scan, `SELECT id, message FROM signals WHERE session_id = ? ORDER BY id`, sessionID)
	if err != nil || len(out) == 0 {
		return out, err
	}
	return out, t.must("remove signals", `DELETE FROM signals WHERE session_id = ?`, sessionID)
}

// DropSignals forgets what nobody has fetched since before (unix seconds) in a conversation.
func (t *Tx) DropSignals(roomID, before int64) error {
	return t.must("forget signals", `DELETE FROM signals WHERE created < ?
		AND session_id IN (SELECT session_id FROM sessions WHERE room_id = ?)`, before, roomID)
}
