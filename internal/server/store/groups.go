package store

// Group is a set of accounts.
type Group struct {
	ID          string
	DisplayName string
}

// Membership says that an account is in a group, administers it, or both.
type Membership struct {
	GroupID, UserID  string
	Member, SubAdmin bool
}

// Groups returns all groups by id.
func (t *Tx) Groups() ([]Group, error) {
	return all(t, "read groups", func(row scanner, g *Group) error { return row.Scan(&g.ID, &g.DisplayName) },
		`SELECT id, display_name FROM groups ORDER BY id`)
}

// Memberships returns who is in which group, by group and account.
func (t *Tx) Memberships() ([]Membership, error) {
	return all(t, "read group members", func(row scanner, m *Membership) error {
		return row.Scan(&m.GroupID, &m.UserID, &m.Member, &m.SubAdmin)
	}, `SELECT group_id, user_id, member, subadmin FROM group_members ORDER BY group_id, user_id`)
}

// InsertGroup adds a group.
func (t *Tx) InsertGroup(g Group) error {
	return t.must("add group", `INSERT INTO groups (id, display_name) VALUES (?, ?)`, g.ID, g.DisplayName)
}

// RenameGroup stores a group's name.
func (t *Tx) RenameGroup(g Group) error {
	return t.changed("rename group", `UPDATE groups SET display_name = ? WHERE id = ?`, g.DisplayName, g.ID)
}

// DeleteGroup removes a group with its memberships.
func (t *Tx) DeleteGroup(id string) error {
	return t.changed("delete group", `DELETE FROM groups WHERE id = ?`, id)
}

// SetMembership stores a membership, or removes it when it says nothing.
func (t *Tx) SetMembership(m Membership) error {
	if !m.Member && !m.SubAdmin {
		return t.must("remove group member", `DELETE FROM group_members WHERE group_id = ? AND user_id = ?`, m.GroupID, m.UserID)
	}
	return t.must("set group member", `INSERT INTO group_members (group_id, user_id, member, subadmin) VALUES (?, ?, ?, ?)
		ON CONFLICT (group_id, user_id) DO UPDATE SET member = excluded.member, subadmin = excluded.subadmin`,
		m.GroupID, m.UserID, m.Member, m.SubAdmin)
}
