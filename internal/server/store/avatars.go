package store

// Avatar is the picture of a conversation.
type Avatar struct {
	Kind    string // its media type
	Content []byte
}

func scanAvatar(row scanner, a *Avatar) error { return row.Scan(&a.Kind, &a.Content) }

// Avatar returns the picture of a conversation.
func (t *Tx) Avatar(roomID int64) (Avatar, error) {
	return one(t, "read avatar", scanAvatar, `SELECT kind, content FROM avatars WHERE room_id = ?`, roomID)
}

// SetAvatar stores the picture of a conversation.
func (t *Tx) SetAvatar(roomID int64, a Avatar) error {
	return t.must("store avatar", `INSERT OR REPLACE INTO avatars (room_id, kind, content) VALUES (?, ?, ?)`, roomID, a.Kind, a.Content)
}

// DeleteAvatar removes the picture of a conversation.
func (t *Tx) DeleteAvatar(roomID int64) error {
	return t.must("remove avatar", `DELETE FROM avatars WHERE room_id = ?`, roomID)
}
