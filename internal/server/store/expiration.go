package store

// NextExpiry returns when the next message expires (unix seconds), 0 for never.
func (t *Tx) NextExpiry() (int64, error) {
	return one(t, "read expiration", value[int64], `SELECT coalesce(min(expires), 0) FROM messages WHERE expires > 0`)
}

// RoomsWithExpired returns the conversations that have messages that expired at a time or before (unix seconds).
func (t *Tx) RoomsWithExpired(now int64) ([]Room, error) {
	return all(t, "read conversations", scanRoom, `SELECT `+roomColumns+` FROM rooms r
		WHERE r.id IN (SELECT room_id FROM messages WHERE expires > 0 AND expires <= ?)`, now)
}

// Expired returns the messages of a verb that expired at a time or before (unix seconds).
func (t *Tx) Expired(roomID int64, verb string, now int64) ([]Message, error) {
	return all(t, "read expired messages", scanMessage, `SELECT `+messageColumns+` FROM messages m
		WHERE m.room_id = ? AND m.verb = ? AND m.expires > 0 AND m.expires <= ?`, roomID, verb, now)
}

// DeleteExpired removes the messages that expired at a time or before (unix
// seconds). Those of the counted verbs count no more, neither as written nor as read.
func (t *Tx) DeleteExpired(roomID, now int64, counted []string) error {
	first, err := one(t, "read expired messages", value[int64], `SELECT coalesce(min(id), 0) FROM messages
		WHERE room_id = ? AND expires > 0 AND expires <= ?`, roomID, now)
	if err != nil || first == 0 {
		return err
	}
	verbs := list(counted)
	for _, step := range []struct {
		what, text string
		args       []any
	}{
		{"uncount expired messages", `UPDATE rooms SET (chat_count, uncounted) = (
			SELECT rooms.chat_count - count(CASE WHEN m.verb IN (SELECT value FROM json_each(?2)) THEN 1 END),
				rooms.uncounted - count(CASE WHEN m.uncounted = 1 THEN 1 END)
			FROM messages m WHERE m.room_id = ?1 AND m.expires > 0 AND m.expires <= ?3) WHERE id = ?1`, []any{roomID, verbs, now}},
		{"delete expired messages", `DELETE FROM messages WHERE room_id = ? AND expires > 0 AND expires <= ?`, []any{roomID, now}},
		{"count messages again", `UPDATE messages SET seq = later.seq FROM (
			SELECT m.id, coalesce((SELECT b.seq FROM messages b WHERE b.room_id = ?1 AND b.id < ?3 ORDER BY b.id DESC LIMIT 1), 0)
				+ sum(m.uncounted = 1 OR m.verb IN (SELECT value FROM json_each(?2))) OVER (ORDER BY m.id) AS seq
			FROM messages m WHERE m.room_id = ?1 AND m.id > ?3) AS later
			WHERE messages.id = later.id AND messages.seq <> later.seq`, []any{roomID, verbs, first}},
		{"count read messages again", `UPDATE attendees SET last_read_seq = coalesce(
			(SELECT m.seq FROM messages m WHERE m.room_id = ?1 AND m.id <= attendees.last_read ORDER BY m.id DESC LIMIT 1)
			- (SELECT r.uncounted FROM rooms r WHERE r.id = ?1)
			+ (SELECT count(*) FROM messages m WHERE m.room_id = ?1 AND m.id > attendees.last_read AND m.uncounted = 1), 0)
			WHERE room_id = ?1 AND last_read >= ?2`, []any{roomID, first}},
	} {
		if err := t.must(step.what, step.text, step.args...); err != nil {
			return err
		}
	}
	return nil
}
