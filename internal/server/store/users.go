package store

// User is an account.
type User struct {
	ID           string
	DisplayName  string
	Email        string
	PasswordHash string // "" refuses every password
	Admin        bool
	Enabled      bool
	ReadPrivacy  int
	// Epoch grows when what was proven before is no longer to be believed.
	Epoch      int64
	FirstLogin int64 // unix seconds, 0 for never
	LastLogin  int64
	Profile    string // JSON object of the profile's other fields
	Settings   string // JSON object of what the user has chosen
}

const userColumns = `id, display_name, email, password_hash, admin, enabled, read_privacy, epoch, first_login, last_login, profile, settings`

func scanUser(row scanner, u *User) error {
	return row.Scan(&u.ID, &u.DisplayName, &u.Email, &u.PasswordHash, &u.Admin, &u.Enabled,
		&u.ReadPrivacy, &u.Epoch, &u.FirstLogin, &u.LastLogin, &u.Profile, &u.Settings)
}

// User returns the account with the id, whatever its case.
func (t *Tx) User(id string) (User, error) {
	return one(t, "read user", scanUser, `SELECT `+userColumns+` FROM users WHERE id = ?`, id)
}

// Users returns all accounts by id.
func (t *Tx) Users() ([]User, error) {
	return all(t, "read users", scanUser, `SELECT `+userColumns+` FROM users ORDER BY id`)
}

// InsertUser adds an account.
func (t *Tx) InsertUser(u User) error {
	if u.Profile == "" {
		u.Profile = "{}"
	}
	if u.Settings == "" {
		u.Settings = "{}"
	}
	return t.must("add user", `INSERT INTO users (`+userColumns+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		u.ID, u.DisplayName, u.Email, u.PasswordHash, u.Admin, u.Enabled, u.ReadPrivacy, u.Epoch, u.FirstLogin, u.LastLogin, u.Profile, u.Settings)
}

// UpdateUser stores all fields of an account.
func (t *Tx) UpdateUser(u User) error {
	return t.changed("change user", `UPDATE users SET display_name = ?, email = ?, password_hash = ?, admin = ?,
		enabled = ?, read_privacy = ?, epoch = ?, first_login = ?, last_login = ?, profile = ?, settings = ? WHERE id = ?`,
		u.DisplayName, u.Email, u.PasswordHash, u.Admin, u.Enabled, u.ReadPrivacy, u.Epoch, u.FirstLogin, u.LastLogin, u.Profile, u.Settings, u.ID)
}

// DeleteUser removes an account with its app passwords and group memberships.
func (t *Tx) DeleteUser(id string) error {
	return t.changed("delete user", `DELETE FROM users WHERE id = ?`, id)
}

// Token is an app password.
type Token struct {
	ID      int64
	UserID  string
	Name    string
	Created int64
}

func scanToken(row scanner, v *Token) error { return row.Scan(&v.ID, &v.UserID, &v.Name, &v.Created) }

// Token returns the app password with the hash.
func (t *Tx) Token(hash []byte) (Token, error) {
	return one(t, "read app password", scanToken, `SELECT id, user_id, name, created FROM app_tokens WHERE hash = ?`, hash)
}

// TokenByID returns the app password with the id.
func (t *Tx) TokenByID(id int64) (Token, error) {
	return one(t, "read app password", scanToken, `SELECT id, user_id, name, created FROM app_tokens WHERE id = ?`, id)
}

// InsertToken stores the hash of a new app password and returns its id.
func (t *Tx) InsertToken(v Token, hash []byte) (int64, error) {
	return t.insert("add app password", `INSERT INTO app_tokens (user_id, name, hash, created) VALUES (?, ?, ?, ?)`, v.UserID, v.Name, hash, v.Created)
}

// UpdateToken replaces the hash of an app password.
func (t *Tx) UpdateToken(id int64, hash []byte) error {
	return t.changed("change app password", `UPDATE app_tokens SET hash = ? WHERE id = ?`, hash, id)
}

// DeleteToken removes an app password.
func (t *Tx) DeleteToken(id int64) error {
	return t.changed("delete app password", `DELETE FROM app_tokens WHERE id = ?`, id)
}
