package store

// SetReadPrivate says in all conversations of a user whether others see how far they have read.
func (t *Tx) SetReadPrivate(userID string, private bool) error {
	return t.must("change read privacy", `UPDATE attendees SET read_private = ? WHERE actor_type = 'users' AND actor_id = ?`, private, userID)
}
