package store

import "strconv"

// FileKey is the unique key of the conversation about a file.
func FileKey(nodeID int64) string { return "file:" + strconv.FormatInt(nodeID, 10) }

// SharedWithOthers reports whether anybody but its owner has a file, by a share of it or of a folder that it is in.
func (t *Tx) SharedWithOthers(nodeID int64) (shared bool, err error) {
	return one(t, "read shares", value[bool], `WITH RECURSIVE up(id, parent_id, owner) AS (
			SELECT id, parent_id, owner FROM nodes WHERE id = ?
			UNION ALL SELECT n.id, n.parent_id, n.owner FROM nodes n JOIN up ON n.id = up.parent_id)
		SELECT EXISTS (SELECT 1 FROM up JOIN shares s ON s.node_id = up.id JOIN attendees a ON a.room_id = s.room_id
			WHERE a.actor_type = 'users' AND a.actor_id <> up.owner)`, nodeID)
}
