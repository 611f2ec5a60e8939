package store

// Upload is an upload in pieces.
type Upload struct {
	ID      int64
	Owner   string
	Name    string
	Created int64 // unix seconds
}

// Chunk is one piece of an upload.
type Chunk struct {
	UploadID int64
	Name     string
	Size     int64
	Modified int64 // unix seconds
	Blob     string
}

func scanUpload(row scanner, u *Upload) error { return row.Scan(&u.ID, &u.Owner, &u.Name, &u.Created) }

func scanChunk(row scanner, c *Chunk) error {
	return row.Scan(&c.UploadID, &c.Name, &c.Size, &c.Modified, &c.Blob)
}

// Upload returns a user's upload by its name.
func (t *Tx) Upload(owner, name string) (Upload, error) {
	return one(t, "read upload", scanUpload, `SELECT id, owner, name, created FROM uploads WHERE owner = ? AND name = ?`, owner, name)
}

// UploadsBefore returns a user's uploads that were begun before a time.
func (t *Tx) UploadsBefore(owner string, created int64) ([]Upload, error) {
	return all(t, "read uploads", scanUpload, `SELECT id, owner, name, created FROM uploads WHERE owner = ? AND created < ?`, owner, created)
}

// InsertUpload begins an upload and sets its ID.
func (t *Tx) InsertUpload(u *Upload) (err error) {
	u.ID, err = t.insert("begin upload", `INSERT INTO uploads (owner, name, created) VALUES (?, ?, ?)`, u.Owner, u.Name, u.Created)
	return err
}

// DeleteUpload removes an upload and its pieces.
func (t *Tx) DeleteUpload(id int64) error {
	return t.must("end upload", `DELETE FROM uploads WHERE id = ?`, id)
}

// Chunks returns the pieces of an upload by name.
func (t *Tx) Chunks(uploadID int64) ([]Chunk, error) {
	return all(t, "read upload", scanChunk, `SELECT upload_id, name, size, modified, blob FROM upload_chunks
		WHERE upload_id = ? ORDER BY name`, uploadID)
}

// SetChunk stores a piece in the place of one with the same name.
func (t *Tx) SetChunk(c Chunk) error {
	return t.must("store piece of upload", `INSERT OR REPLACE INTO upload_chunks (upload_id, name, size, modified, blob)
		VALUES (?, ?, ?, ?, ?)`, c.UploadID, c.Name, c.Size, c.Modified, c.Blob)
}
