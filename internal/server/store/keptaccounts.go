package store

// HashedToken is an app password with what proves it.
type HashedToken struct {
	Token
	Hash []byte
}

// HashedTokens returns all app passwords by id.
func (t *Tx) HashedTokens() ([]HashedToken, error) {
	return all(t, "read app passwords", func(row scanner, v *HashedToken) error {
		return row.Scan(&v.ID, &v.UserID, &v.Name, &v.Created, &v.Hash)
	}, `SELECT id, user_id, name, created, hash FROM app_tokens ORDER BY id`)
}

// InsertHashedToken stores an app password as it was, its id included.
func (t *Tx) InsertHashedToken(v HashedToken) error {
	return t.must("add app password", `INSERT INTO app_tokens (id, user_id, name, hash, created) VALUES (?, ?, ?, ?, ?)`,
		v.ID, v.UserID, v.Name, v.Hash, v.Created)
}
