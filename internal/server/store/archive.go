package store

import "fmt"

// InsertArchived adds a message under the id that it has already, which must be
// higher than those of the conversation's other messages, and brings the
// conversation's counters up to date as InsertMessage does. An id that a
// message has gives ErrTaken.
func (t *Tx) InsertArchived(m *Message, counted, shown bool) error {
	n, last := 0, int64(0)
	if counted {
		n = 1
	}
	if shown {
		last = m.ID
	}
	seq, err := one(t, "count message", value[int64], `UPDATE rooms SET chat_count = chat_count + ?1,
		last_activity = CASE WHEN ?2 = 0 THEN last_activity ELSE max(last_activity, ?3) END,
		last_message_id = max(last_message_id, ?2) WHERE id = ?4 RETURNING chat_count + uncounted`,
		n, last, m.Created, m.RoomID)
	if err != nil {
		return err
	}
	m.Seq = seq
	res, err := t.exec(`INSERT INTO messages (id, room_id, actor_type, actor_id, actor_name, created, verb, body, parameters,
		parent_id, reference_id, silent, mention_all, expires, seq, edit_actor_type, edit_actor_id, edit_actor_name, edited, reactions)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING`,
		m.ID, m.RoomID, m.ActorType, m.ActorID, m.ActorName, m.Created, m.Verb, m.Body, m.Parameters, m.ParentID, m.ReferenceID,
		m.Silent, m.MentionAll, m.Expires, m.Seq, m.EditActorType, m.EditActorID, m.EditActorName, m.Edited, m.Reactions)
	if err != nil {
		return fmt.Errorf("add message: %w", err)
	}
	if n, err := res.RowsAffected(); err == nil && n == 0 {
		return fmt.Errorf("add message %d: %w", m.ID, ErrTaken)
	}
	return nil
}

// ReplaceArchived stores what a message has become since it was inserted.
func (t *Tx) ReplaceArchived(m *Message) error {
	return t.changed("change message", `UPDATE messages SET body = ?, parameters = ?, edit_actor_type = ?, edit_actor_id = ?,
		edit_actor_name = ?, edited = ?, reactions = ? WHERE id = ?`,
		m.Body, m.Parameters, m.EditActorType, m.EditActorID, m.EditActorName, m.Edited, m.Reactions, m.ID)
}

// NewestMessage returns the id of the last row of a conversation's chat, hidden ones included, 0 for none.
func (t *Tx) NewestMessage(roomID int64) (int64, error) {
	return one(t, "read messages", value[int64], `SELECT coalesce(max(id), 0) FROM messages WHERE room_id = ?`, roomID)
}
