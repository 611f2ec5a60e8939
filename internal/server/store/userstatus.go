package store

// UserStatus is what a user says of themselves. Times are unix seconds.
type UserStatus struct {
	UserID      string
	Status      string // online, away, …
	UserDefined bool   // chosen, and not found out
	Changed     int64  // when the status was set
	MessageID   string // of the predefined message, "" for one of the user's own
	Icon        string // "" for none
	Message     string // "" for none
	ClearAt     int64  // when the message ends, 0 for never
}

const userStatusColumns = `user_id, status, user_defined, changed, message_id, icon, message, clear_at`

func scanUserStatus(row scanner, u *UserStatus) error {
	return row.Scan(&u.UserID, &u.Status, &u.UserDefined, &u.Changed, &u.MessageID, &u.Icon, &u.Message, &u.ClearAt)
}

// UserStatus returns what a user says of themselves.
func (t *Tx) UserStatus(userID string) (UserStatus, error) {
	return one(t, "read user status", scanUserStatus, `SELECT `+userStatusColumns+` FROM user_statuses WHERE user_id = ?`, userID)
}

// UserStatuses returns what those of the users say who do, in no order.
func (t *Tx) UserStatuses(userIDs []string) ([]UserStatus, error) {
	if len(userIDs) == 0 {
		return nil, nil
	}
	return all(t, "read user statuses", scanUserStatus, `SELECT `+userStatusColumns+` FROM user_statuses
		WHERE user_id IN (SELECT value FROM json_each(?))`, list(userIDs))
}

// AllUserStatuses returns a page of what all users say, by their ids; limit -1 is for all.
func (t *Tx) AllUserStatuses(limit, offset int64) ([]UserStatus, error) {
	return all(t, "read user statuses", scanUserStatus, `SELECT `+userStatusColumns+` FROM user_statuses
		ORDER BY user_id LIMIT ? OFFSET ?`, limit, offset)
}

// SetUserStatus stores what a user says.
func (t *Tx) SetUserStatus(u UserStatus) error {
	return t.must("set user status", `INSERT INTO user_statuses (`+userStatusColumns+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (user_id) DO UPDATE SET status = excluded.status, user_defined = excluded.user_defined, changed = excluded.changed,
			message_id = excluded.message_id, icon = excluded.icon, message = excluded.message, clear_at = excluded.clear_at`,
		u.UserID, u.Status, u.UserDefined, u.Changed, u.MessageID, u.Icon, u.Message, u.ClearAt)
}
