package store

// Welcomed reports whether a user has been welcomed.
func (t *Tx) Welcomed(userID string) (bool, error) {
	return one(t, "look for welcome", value[bool], `SELECT EXISTS (SELECT 1 FROM welcomed WHERE user_id = ?)`, userID)
}

// Welcome notes that a user is welcomed; first says that they were not before.
func (t *Tx) Welcome(userID string) (first bool, err error) {
	res, err := t.exec(`INSERT INTO welcomed (user_id) VALUES (?) ON CONFLICT DO NOTHING`, userID)
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	return n > 0, err
}
