package store

// Node is a file or a folder. Times are unix seconds.
type Node struct {
	ID       int64
	Owner    string
	ParentID int64 // 0 for a user's root
	Name     string
	Folder   bool
	Size     int64 // bytes; of a folder all that is in it
	Modified int64
	ETag     string // without quotes
	MimeType string // "" for a folder
	Blob     string // the name of the content, "" for none
	Width    int    // pixels, 0 for what is no picture
	Height   int
	Checksum string // what the client that wrote it said, "" for nothing
}

const nodeColumns = `n.id, n.owner, coalesce(n.parent_id, 0), n.name, n.folder, n.size, n.modified, n.etag, n.mime_type,
	n.blob, n.width, n.height, n.checksum`

func (n *Node) fields() []any {
	return []any{
		&n.ID, &n.Owner, &n.ParentID, &n.Name, &n.Folder, &n.Size, &n.Modified, &n.ETag, &n.MimeType,
		&n.Blob, &n.Width, &n.Height, &n.Checksum,
	}
}

func scanNode(row scanner, n *Node) error { return row.Scan(n.fields()...) }

// Root returns the folder that a user's files are in.
func (t *Tx) Root(owner string) (Node, error) {
	return one(t, "read files", scanNode, `SELECT `+nodeColumns+` FROM nodes n WHERE n.owner = ? AND n.parent_id IS NULL`, owner)
}

// Node returns the file or folder with the id.
func (t *Tx) Node(id int64) (Node, error) {
	return one(t, "read file", scanNode, `SELECT `+nodeColumns+` FROM nodes n WHERE n.id = ?`, id)
}

// Child returns what a folder has under a name.
func (t *Tx) Child(parentID int64, name string) (Node, error) {
	return one(t, "read file", scanNode, `SELECT `+nodeColumns+` FROM nodes n WHERE n.parent_id = ? AND n.name = ?`, parentID, name)
}

// Children returns what is in a folder, by name.
func (t *Tx) Children(parentID int64) ([]Node, error) {
	return all(t, "read folder", scanNode, `SELECT `+nodeColumns+` FROM nodes n WHERE n.parent_id = ? ORDER BY n.name`, parentID)
}

// TakenNames returns those of the names that a folder has already.
func (t *Tx) TakenNames(parentID int64, names []string) ([]string, error) {
	return all(t, "read folder", value[string], `SELECT n.name FROM nodes n
		WHERE n.parent_id = ? AND n.name IN (SELECT value FROM json_each(?))`, parentID, list(names))
}

// InsertNode adds a file or folder and sets its ID.
func (t *Tx) InsertNode(n *Node) error {
	var parent any
	if n.ParentID != 0 {
		parent = n.ParentID
	}
	id, err := t.insert("add file", `INSERT INTO nodes (owner, parent_id, name, folder, size, modified, etag, mime_type, blob, width, height, checksum)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		n.Owner, parent, n.Name, n.Folder, n.Size, n.Modified, n.ETag, n.MimeType, n.Blob, n.Width, n.Height, n.Checksum)
	n.ID = id
	return err
}

// UpdateNode stores all of a file or folder but its owner.
func (t *Tx) UpdateNode(n *Node) error {
	var parent any
	if n.ParentID != 0 {
		parent = n.ParentID
	}
	return t.changed("change file", `UPDATE nodes SET parent_id = ?, name = ?, size = ?, modified = ?, etag = ?, mime_type = ?,
		blob = ?, width = ?, height = ?, checksum = ? WHERE id = ?`,
		parent, n.Name, n.Size, n.Modified, n.ETag, n.MimeType, n.Blob, n.Width, n.Height, n.Checksum, n.ID)
}

// TouchFolder notes that something in a folder has changed, and by how many bytes it has grown.
func (t *Tx) TouchFolder(id, growth, modified int64, etag string) error {
	return t.changed("change folder", `UPDATE nodes SET size = size + ?, modified = ?, etag = ? WHERE id = ?`, growth, modified, etag, id)
}

// SetOwner gives a file or folder, and all that is in it, to another user.
func (t *Tx) SetOwner(id int64, owner string) error {
	return t.must("change owner", `WITH RECURSIVE tree(id) AS (VALUES (?1) UNION ALL
		SELECT n.id FROM nodes n JOIN tree ON n.parent_id = tree.id)
		UPDATE nodes SET owner = ?2 WHERE id IN (SELECT id FROM tree)`, id, owner)
}

// Height returns how many folders deep a file or folder is filled, 0 for an empty one.
func (t *Tx) Height(id int64) (int, error) {
	return one(t, "read folder", value[int], `WITH RECURSIVE tree(id, depth) AS (VALUES (?1, 0) UNION ALL
		SELECT n.id, depth + 1 FROM nodes n JOIN tree ON n.parent_id = tree.id)
		SELECT max(depth) FROM tree`, id)
}

// DeleteNode removes a file or folder with all that is in it, and returns the
// contents that nothing refers to any more.
func (t *Tx) DeleteNode(id int64) (orphans []string, err error) {
	blobs, err := all(t, "read files", value[string], `WITH RECURSIVE tree(id) AS (VALUES (?1) UNION ALL
		SELECT n.id FROM nodes n JOIN tree ON n.parent_id = tree.id)
		SELECT DISTINCT n.blob FROM nodes n WHERE n.id IN (SELECT id FROM tree) AND n.blob <> ''`, id)
	if err != nil {
		return nil, err
	}
	if err := t.changed("delete file", `DELETE FROM nodes WHERE id = ?`, id); err != nil {
		return nil, err
	}
	return t.Orphans(blobs)
}

// Orphans returns those of the contents that no file refers to.
func (t *Tx) Orphans(blobs []string) ([]string, error) {
	if len(blobs) == 0 {
		return nil, nil
	}
	return all(t, "read files", value[string], `SELECT value FROM json_each(?) WHERE value <> ''
		AND NOT EXISTS (SELECT 1 FROM nodes n WHERE n.blob = value)`, list(blobs))
}

// BlobsOf returns the contents of a user's files and uploads.
func (t *Tx) BlobsOf(owner string) ([]string, error) {
	return all(t, "read files", value[string], `SELECT n.blob FROM nodes n WHERE n.owner = ?1 AND n.blob <> ''
		UNION SELECT c.blob FROM uploads u JOIN upload_chunks c ON c.upload_id = u.id WHERE u.owner = ?1`, owner)
}

func (t *Tx) usedBlobs() ([]string, error) {
	return all(t, "read files", value[string], `SELECT blob FROM nodes WHERE blob <> '' UNION SELECT blob FROM upload_chunks`)
}
