package store

// RoomsOf returns the conversations that were made for an object, in the order of their creation.
func (t *Tx) RoomsOf(objectType, objectID string) ([]Room, error) {
	return all(t, "read conversations", scanRoom, `SELECT `+roomColumns+` FROM rooms r
		WHERE r.object_type = ? AND r.object_id = ? ORDER BY r.id`, objectType, objectID)
}
