package store

// Session is the presence of a participant in a conversation, tied to a cookie.
type Session struct {
	SessionID  string
	AttendeeID int64
	RoomID     int64
	WebSession string
	InCall     int
	LastPing   int64
	State      int
}

const sessionColumns = `s.session_id, s.attendee_id, s.room_id, s.web_session, s.in_call, s.last_ping, s.state`

func scanSession(row scanner, s *Session) error {
	return row.Scan(&s.SessionID, &s.AttendeeID, &s.RoomID, &s.WebSession, &s.InCall, &s.LastPing, &s.State)
}

// Session returns the session of a cookie in a conversation.
func (t *Tx) Session(webSession string, roomID int64) (Session, error) {
	return one(t, "read session", scanSession, `SELECT `+sessionColumns+` FROM sessions s
		WHERE s.web_session = ? AND s.room_id = ?`, webSession, roomID)
}

// SessionsOfWeb returns all sessions of a cookie.
func (t *Tx) SessionsOfWeb(webSession string) ([]Session, error) {
	return all(t, "read sessions", scanSession, `SELECT `+sessionColumns+` FROM sessions s WHERE s.web_session = ?`, webSession)
}

// SessionsOf returns the sessions of a participant.
func (t *Tx) SessionsOf(attendeeID int64) ([]Session, error) {
	return all(t, "read sessions", scanSession, `SELECT `+sessionColumns+` FROM sessions s
		WHERE s.attendee_id = ? ORDER BY s.last_ping, s.session_id`, attendeeID)
}

// SessionsIn returns the sessions of a conversation.
func (t *Tx) SessionsIn(roomID int64) ([]Session, error) {
	return all(t, "read sessions", scanSession, `SELECT `+sessionColumns+` FROM sessions s
		WHERE s.room_id = ? ORDER BY s.last_ping, s.session_id`, roomID)
}

// InsertSession adds a session.
func (t *Tx) InsertSession(s Session) error {
	return t.must("add session", `INSERT INTO sessions (session_id, attendee_id, room_id, web_session, in_call, last_ping, state)
		VALUES (?, ?, ?, ?, ?, ?, ?)`, s.SessionID, s.AttendeeID, s.RoomID, s.WebSession, s.InCall, s.LastPing, s.State)
}

// UpdateSession stores what changes in a session.
func (t *Tx) UpdateSession(s Session) error {
	return t.changed("change session", `UPDATE sessions SET in_call = ?, last_ping = ?, state = ? WHERE session_id = ?`,
		s.InCall, s.LastPing, s.State, s.SessionID)
}

// DeleteSession ends a session.
func (t *Tx) DeleteSession(sessionID string) error {
	return t.must("end session", `DELETE FROM sessions WHERE session_id = ?`, sessionID)
}
