package store

// InsertAttachment notes that a message has something of a kind to look at.
func (t *Tx) InsertAttachment(m *Message, kind string) error {
	return t.must("note attachment", `INSERT INTO attachments (message_id, room_id, kind) VALUES (?, ?, ?)`, m.ID, m.RoomID, kind)
}

// DeleteAttachment forgets what a message has to look at.
func (t *Tx) DeleteAttachment(messageID int64) error {
	return t.must("forget attachment", `DELETE FROM attachments WHERE message_id = ?`, messageID)
}

// Attachments returns the messages before an id that have something of a kind, newest first.
func (t *Tx) Attachments(roomID int64, kind string, before int64, limit int) ([]Message, error) {
	return all(t, "read attachments", scanMessage, `SELECT `+messageColumns+` FROM attachments a JOIN messages m ON m.id = a.message_id
		WHERE a.room_id = ? AND a.kind = ? AND a.message_id < ? ORDER BY a.message_id DESC LIMIT ?`, roomID, kind, before, limit)
}
