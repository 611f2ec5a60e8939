package store

// Message is a line of a conversation's chat. Times are unix seconds.
type Message struct {
	ID          int64
	RoomID      int64
	ActorType   string
	ActorID     string
	ActorName   string // as of sending; an account's present name is in its account
	Created     int64
	Verb        string
	Body        string
	Parameters  string // JSON, "" for none
	ParentID    int64
	ReferenceID string
	Silent      bool
	MentionAll  bool  // whether @all in it is a mention
	Expires     int64 // 0 for never
	Seq         int64
	// Who edited it last and when (unix seconds), "" and 0 for never.
	EditActorType string
	EditActorID   string
	EditActorName string
	Edited        int64
	Reactions     string // JSON list of [reaction, count], "" for none
}

const messageColumns = `m.id, m.room_id, m.actor_type, m.actor_id, m.actor_name, m.created, m.verb, m.body, m.parameters,
	m.parent_id, m.reference_id, m.silent, m.mention_all, m.expires, m.seq,
	m.edit_actor_type, m.edit_actor_id, m.edit_actor_name, m.edited, m.reactions`

// messageNullable is messageColumns of an outer join.
const messageNullable = `coalesce(m.id, 0), coalesce(m.room_id, 0), coalesce(m.actor_type, ''), coalesce(m.actor_id, ''),
	coalesce(m.actor_name, ''), coalesce(m.created, 0), coalesce(m.verb, ''), coalesce(m.body, ''), coalesce(m.parameters, ''),
	coalesce(m.parent_id, 0), coalesce(m.reference_id, ''), coalesce(m.silent, 0), coalesce(m.mention_all, 0),
	coalesce(m.expires, 0), coalesce(m.seq, 0), coalesce(m.edit_actor_type, ''), coalesce(m.edit_actor_id, ''),
	coalesce(m.edit_actor_name, ''), coalesce(m.edited, 0), coalesce(m.reactions, '')`

func (m *Message) nullable() []any {
	return []any{
		&m.ID, &m.RoomID, &m.ActorType, &m.ActorID, &m.ActorName, &m.Created, &m.Verb, &m.Body, &m.Parameters,
		&m.ParentID, &m.ReferenceID, &m.Silent, &m.MentionAll, &m.Expires, &m.Seq,
		&m.EditActorType, &m.EditActorID, &m.EditActorName, &m.Edited, &m.Reactions,
	}
}

func scanMessage(row scanner, m *Message) error { return row.Scan(m.nullable()...) }

// InsertMessage adds a message, sets its ID, and brings the conversation's
// counters up to date: counted messages raise the unread counts, shown ones
// become the conversation's last message.
func (t *Tx) InsertMessage(m *Message, counted, shown bool) error {
	n := 0
	if counted {
		n = 1
	}
	seq, err := one(t, "count message", value[int64],
		`UPDATE rooms SET chat_count = chat_count + ?, last_activity = ? WHERE id = ? RETURNING chat_count + uncounted`, n, m.Created, m.RoomID)
	if err != nil {
		return err
	}
	m.Seq = seq
	m.ID, err = t.insert("add message", `INSERT INTO messages (room_id, actor_type, actor_id, actor_name, created, verb, body,
		parameters, parent_id, reference_id, silent, mention_all, expires, seq) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		m.RoomID, m.ActorType, m.ActorID, m.ActorName, m.Created, m.Verb, m.Body, m.Parameters, m.ParentID, m.ReferenceID,
		m.Silent, m.MentionAll, m.Expires, m.Seq)
	if err != nil || !shown {
		return err
	}
	return t.must("note last message", `UPDATE rooms SET last_message_id = ? WHERE id = ?`, m.ID, m.RoomID)
}

// Message returns a message of a conversation.
func (t *Tx) Message(roomID, id int64) (Message, error) {
	return one(t, "read message", scanMessage, `SELECT `+messageColumns+` FROM messages m WHERE m.id = ? AND m.room_id = ?`, id, roomID)
}

// Messages returns the messages with the ids, in no order.
func (t *Tx) Messages(ids []int64) ([]Message, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	return all(t, "read messages", scanMessage, `SELECT `+messageColumns+` FROM messages m
		WHERE m.id IN (SELECT value FROM json_each(?))`, list(ids))
}

// MessagesBefore returns messages with a lower id, newest first.
func (t *Tx) MessagesBefore(roomID, id int64, limit int) ([]Message, error) {
	return all(t, "read messages", scanMessage, `SELECT `+messageColumns+` FROM messages m
		WHERE m.room_id = ? AND m.id < ? ORDER BY m.id DESC LIMIT ?`, roomID, id, limit)
}

// MessagesAfter returns messages with a higher id, oldest first.
func (t *Tx) MessagesAfter(roomID, id int64, limit int) ([]Message, error) {
	return all(t, "read messages", scanMessage, `SELECT `+messageColumns+` FROM messages m
		WHERE m.room_id = ? AND m.id > ? ORDER BY m.id LIMIT ?`, roomID, id, limit)
}

// NewestOf returns the ids of the newest messages of the verbs, newest first.
func (t *Tx) NewestOf(roomID int64, verbs []string, limit int) ([]int64, error) {
	return all(t, "read messages", value[int64], `SELECT m.id FROM messages m
		WHERE m.room_id = ? AND m.verb IN (SELECT value FROM json_each(?)) ORDER BY m.id DESC LIMIT ?`, roomID, list(verbs), limit)
}

// ClearMessages removes all messages of a conversation and sets everybody's markers back to marker.
func (t *Tx) ClearMessages(roomID, marker int64) error {
	if err := t.must("clear messages", `DELETE FROM messages WHERE room_id = ?`, roomID); err != nil {
		return err
	}
	if err := t.must("reset counters", `UPDATE rooms SET chat_count = 0, uncounted = 0, last_message_id = 0 WHERE id = ?`, roomID); err != nil {
		return err
	}
	return t.must("reset markers", `UPDATE attendees SET last_read = ?, last_read_seq = 0, last_mention = 0, last_mention_direct = 0
		WHERE room_id = ?`, marker, roomID)
}

// LastSpoke returns when users have said something of a kind in a conversation last, in unix seconds.
func (t *Tx) LastSpoke(roomID int64, verb string) (map[string]int64, error) {
	type spoke struct {
		user string
		at   int64
	}
	found, err := all(t, "read who has spoken", func(row scanner, s *spoke) error { return row.Scan(&s.user, &s.at) },
		`SELECT actor_id, max(created) FROM messages WHERE room_id = ? AND verb = ? AND actor_type = 'users' GROUP BY actor_id`, roomID, verb)
	out := make(map[string]int64, len(found))
	for _, s := range found {
		out[s.user] = s.at
	}
	return out, err
}
