package store

// InsertHidden adds a message that neither counts as unread nor shows in a
// list of conversations, and sets its ID: a note about another message.
func (t *Tx) InsertHidden(m *Message) error {
	row, err := one(t, "add message", func(row scanner, v *[2]int64) error { return row.Scan(&v[0], &v[1]) },
		`INSERT INTO messages (room_id, actor_type, actor_id, actor_name, created, verb, body, parameters, parent_id,
			reference_id, silent, mention_all, expires, seq)
		SELECT r.id, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, r.chat_count + r.uncounted FROM rooms r WHERE r.id = ?
		RETURNING id, seq`,
		m.ActorType, m.ActorID, m.ActorName, m.Created, m.Verb, m.Body, m.Parameters, m.ParentID,
		m.ReferenceID, m.Silent, m.MentionAll, m.Expires, m.RoomID)
	m.ID, m.Seq = row[0], row[1]
	return err
}

// EditMessage stores the body of a message and who edited it when.
func (t *Tx) EditMessage(m *Message) error {
	return t.changed("edit message", `UPDATE messages SET body = ?, parameters = ?, edit_actor_type = ?, edit_actor_id = ?,
		edit_actor_name = ?, edited = ? WHERE id = ?`,
		m.Body, m.Parameters, m.EditActorType, m.EditActorID, m.EditActorName, m.Edited, m.ID)
}

// EraseMessage stores what is left of a message that is deleted: its verb,
// body and parameters. Its edits and reactions are gone. When it was counted,
// it is so no more, neither as written nor as read.
func (t *Tx) EraseMessage(m *Message, counted bool) error {
	m.EditActorType, m.EditActorID, m.EditActorName, m.Edited, m.Reactions = "", "", "", 0, ""
	err := t.changed("delete message", `UPDATE messages SET verb = ?, body = ?, parameters = ?, edit_actor_type = '',
		edit_actor_id = '', edit_actor_name = '', edited = 0, reactions = '', uncounted = ? WHERE id = ?`,
		m.Verb, m.Body, m.Parameters, counted, m.ID)
	if err != nil {
		return err
	}
	if err := t.must("delete reactions", `DELETE FROM reactions WHERE parent_id = ?`, m.ID); err != nil || !counted {
		return err
	}
	if err := t.must("uncount message", `UPDATE rooms SET chat_count = chat_count - 1, uncounted = uncounted + 1
		WHERE id = ?`, m.RoomID); err != nil {
		return err
	}
	return t.must("uncount read message", `UPDATE attendees SET last_read_seq = last_read_seq - 1
		WHERE room_id = ? AND last_read >= ?`, m.RoomID, m.ID)
}
