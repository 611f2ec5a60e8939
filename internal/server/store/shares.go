package store

// Share is a file or folder that is shared into a conversation.
type Share struct {
	ID          int64
	NodeID      int64
	RoomID      int64
	Sharer      string
	Permissions int
	Created     int64 // unix seconds
	Token       string
}

// SharedNode is a share with what it shares.
type SharedNode struct {
	Share Share
	Node  Node
}

// Mount is what somebody else shares with a user.
type Mount struct {
	Share    Share
	Node     Node
	ParentID int64  // the folder that the user has moved it to, 0 for the usual one
	Name     string // the name that the user has given it, "" for its own
	Hidden   bool   // the user does not want it
}

const shareColumns = `s.id, s.node_id, s.room_id, s.sharer, s.permissions, s.created, s.token`

func (s *Share) fields() []any {
	return []any{&s.ID, &s.NodeID, &s.RoomID, &s.Sharer, &s.Permissions, &s.Created, &s.Token}
}

func scanShared(row scanner, v *SharedNode) error {
	return row.Scan(append(v.Share.fields(), v.Node.fields()...)...)
}

func scanMount(row scanner, m *Mount) error {
	fields := append(m.Share.fields(), m.Node.fields()...)
	return row.Scan(append(fields, &m.ParentID, &m.Name, &m.Hidden)...)
}

// Shared returns the share with the id.
func (t *Tx) Shared(id int64) (SharedNode, error) {
	return one(t, "read share", scanShared, `SELECT `+shareColumns+`, `+nodeColumns+`
		FROM shares s JOIN nodes n ON n.id = s.node_id WHERE s.id = ?`, id)
}

// SharedByToken returns the share with the token.
func (t *Tx) SharedByToken(token string) (SharedNode, error) {
	return one(t, "read share", scanShared, `SELECT `+shareColumns+`, `+nodeColumns+`
		FROM shares s JOIN nodes n ON n.id = s.node_id WHERE s.token = ?`, token)
}

// SharedWith returns the share of a file into a conversation.
func (t *Tx) SharedWith(nodeID, roomID int64) (SharedNode, error) {
	return one(t, "read share", scanShared, `SELECT `+shareColumns+`, `+nodeColumns+`
		FROM shares s JOIN nodes n ON n.id = s.node_id WHERE s.node_id = ? AND s.room_id = ?`, nodeID, roomID)
}

// SharedByIDs returns the shares with the ids, in no order.
func (t *Tx) SharedByIDs(ids []int64) ([]SharedNode, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	return all(t, "read shares", scanShared, `SELECT `+shareColumns+`, `+nodeColumns+`
		FROM shares s JOIN nodes n ON n.id = s.node_id WHERE s.id IN (SELECT value FROM json_each(?))`, list(ids))
}

// SharesBy returns what a user shares, by id; of one file only when nodeID is not 0.
func (t *Tx) SharesBy(sharer string, nodeID int64) ([]SharedNode, error) {
	return all(t, "read shares", scanShared, `SELECT `+shareColumns+`, `+nodeColumns+`
		FROM shares s JOIN nodes n ON n.id = s.node_id WHERE s.sharer = ?1 AND (?2 = 0 OR s.node_id = ?2) ORDER BY s.id`, sharer, nodeID)
}

// SharesOf returns the shares of a file, by id.
func (t *Tx) SharesOf(nodeID int64) ([]SharedNode, error) {
	return all(t, "read shares", scanShared, `SELECT `+shareColumns+`, `+nodeColumns+`
		FROM shares s JOIN nodes n ON n.id = s.node_id WHERE s.node_id = ? ORDER BY s.id`, nodeID)
}

// Mounts returns what others share with a user, by the share's id.
func (t *Tx) Mounts(userID string) ([]Mount, error) {
	return all(t, "read shares", scanMount, `SELECT `+shareColumns+`, `+nodeColumns+`,
		coalesce(m.parent_id, 0), coalesce(m.name, ''), coalesce(m.hidden, 0)
		FROM attendees a JOIN shares s ON s.room_id = a.room_id JOIN nodes n ON n.id = s.node_id
		LEFT JOIN share_mounts m ON m.share_id = s.id AND m.user_id = a.actor_id
		WHERE a.actor_type = 'users' AND a.actor_id = ?1 AND s.sharer <> ?1 AND n.owner <> ?1 ORDER BY s.id`, userID)
}

// InsertShare adds a share and sets its ID.
func (t *Tx) InsertShare(s *Share) (err error) {
	s.ID, err = t.insert("add share", `INSERT INTO shares (node_id, room_id, sharer, permissions, created, token) VALUES (?, ?, ?, ?, ?, ?)`,
		s.NodeID, s.RoomID, s.Sharer, s.Permissions, s.Created, s.Token)
	return err
}

// DeleteShare ends a share.
func (t *Tx) DeleteShare(id int64) error {
	return t.must("end share", `DELETE FROM shares WHERE id = ?`, id)
}

// DeleteSharesIn ends all shares into a conversation.
func (t *Tx) DeleteSharesIn(roomID int64) error {
	return t.must("end shares", `DELETE FROM shares WHERE room_id = ?`, roomID)
}

// SetMount says where a user has what is shared with them.
func (t *Tx) SetMount(userID string, m Mount) error {
	return t.must("move share", `INSERT OR REPLACE INTO share_mounts (share_id, user_id, parent_id, name, hidden) VALUES (?, ?, ?, ?, ?)`,
		m.Share.ID, userID, m.ParentID, m.Name, m.Hidden)
}
