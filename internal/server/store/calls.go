package store

// NoteJoinedCall keeps when (unix seconds) a participant came into a call.
func (t *Tx) NoteJoinedCall(attendeeID, at int64) error {
	return t.changed("note call", `UPDATE attendees SET last_joined_call = ? WHERE id = ?`, at, attendeeID)
}

// JoinedCallSince returns the participants who came into a call since (unix
// seconds), in the order in which they took their places.
func (t *Tx) JoinedCallSince(roomID, since int64) ([]Attendee, error) {
	return all(t, "read call", scanAttendee, `SELECT `+attendeeColumns+` FROM attendees a
		WHERE a.room_id = ? AND a.last_joined_call >= ? ORDER BY a.id`, roomID, since)
}

// CallSessions returns the sessions of a conversation that are in its call and
// were seen since (unix seconds).
func (t *Tx) CallSessions(roomID, since int64) ([]Session, error) {
	return all(t, "read call", scanSession, `SELECT `+sessionColumns+` FROM sessions s
		WHERE s.room_id = ? AND s.in_call <> 0 AND s.last_ping >= ? ORDER BY s.last_ping, s.session_id`, roomID, since)
}

// EmptyCall takes every session of a conversation out of its call.
func (t *Tx) EmptyCall(roomID int64) error {
	return t.must("end call", `UPDATE sessions SET in_call = 0 WHERE room_id = ? AND in_call <> 0`, roomID)
}
