package store

// Ban says that somebody may not take part in a conversation.
type Ban struct {
	ID            int64
	RoomID        int64
	ModeratorType string
	ModeratorID   string
	ModeratorName string
	ActorType     string
	ActorID       string
	ActorName     string
	Note          string
	Created       int64  // unix seconds
	WebSession    string // of a guest, "" for none
}

func scanBan(row scanner, b *Ban) error {
	return row.Scan(&b.ID, &b.RoomID, &b.ModeratorType, &b.ModeratorID, &b.ModeratorName, &b.ActorType, &b.ActorID,
		&b.ActorName, &b.Note, &b.Created, &b.WebSession)
}

// Bans returns the bans of a conversation in their order.
func (t *Tx) Bans(roomID int64) ([]Ban, error) {
	return all(t, "read bans", scanBan, `SELECT id, room_id, moderator_type, moderator_id, moderator_name, actor_type, actor_id,
		actor_name, note, created, web_session FROM bans WHERE room_id = ? ORDER BY id`, roomID)
}

// Banned reports whether a conversation has a ban of an actor.
func (t *Tx) Banned(roomID int64, actorType, actorID string) (bool, error) {
	return one(t, "read ban", value[bool], `SELECT EXISTS (SELECT 1 FROM bans
		WHERE room_id = ? AND actor_type = ? AND actor_id = ?)`, roomID, actorType, actorID)
}

// InsertBan adds a ban and sets its ID.
func (t *Tx) InsertBan(b *Ban) (err error) {
	b.ID, err = t.insert("add ban", `INSERT INTO bans (room_id, moderator_type, moderator_id, moderator_name, actor_type, actor_id,
		actor_name, note, created, web_session) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		b.RoomID, b.ModeratorType, b.ModeratorID, b.ModeratorName, b.ActorType, b.ActorID, b.ActorName, b.Note, b.Created, b.WebSession)
	return err
}

// DeleteBan lifts a ban of a conversation, if it is there.
func (t *Tx) DeleteBan(roomID, id int64) error {
	return t.must("lift ban", `DELETE FROM bans WHERE room_id = ? AND id = ?`, roomID, id)
}
