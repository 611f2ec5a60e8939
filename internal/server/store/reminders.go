package store

// Reminder is when a user wants to be reminded of a message.
type Reminder struct {
	UserID    string
	MessageID int64
	At        int64 // unix seconds
}

// Reminder returns when a user wants to be reminded of a message.
func (t *Tx) Reminder(userID string, messageID int64) (Reminder, error) {
	return one(t, "read reminder", func(row scanner, r *Reminder) error { return row.Scan(&r.UserID, &r.MessageID, &r.At) },
		`SELECT user_id, message_id, at FROM reminders WHERE user_id = ? AND message_id = ?`, userID, messageID)
}

// SetReminder stores a reminder, in place of another one of the same user and message.
func (t *Tx) SetReminder(r Reminder) error {
	return t.must("set reminder", `INSERT INTO reminders (user_id, message_id, at) VALUES (?, ?, ?)
		ON CONFLICT (user_id, message_id) DO UPDATE SET at = excluded.at`, r.UserID, r.MessageID, r.At)
}

// DeleteReminder removes a reminder, if it is there.
func (t *Tx) DeleteReminder(userID string, messageID int64) error {
	return t.must("delete reminder", `DELETE FROM reminders WHERE user_id = ? AND message_id = ?`, userID, messageID)
}

// DueReminder is a reminder with the conversation that its message is in.
type DueReminder struct {
	Reminder
	Token string
}

// RemindersAfter returns the reminders of a user after a time (unix seconds),
// the earliest first, in the conversations that the user is in.
func (t *Tx) RemindersAfter(userID string, after int64, limit int) ([]DueReminder, error) {
	return all(t, "read reminders",
		func(row scanner, r *DueReminder) error { return row.Scan(&r.UserID, &r.MessageID, &r.At, &r.Token) },
		`SELECT r.user_id, r.message_id, r.at, rooms.token FROM reminders r
			JOIN messages m ON m.id = r.message_id JOIN rooms ON rooms.id = m.room_id
			JOIN attendees a ON a.room_id = m.room_id AND a.actor_type = 'users' AND a.actor_id = r.user_id
		WHERE r.user_id = ? AND r.at > ? ORDER BY r.at, r.message_id LIMIT ?`, userID, after, limit)
}
