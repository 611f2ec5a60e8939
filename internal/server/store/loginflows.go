package store

// LoginFlow is a program that waits for somebody to let it in.
type LoginFlow struct {
	PollHash []byte // of the token that the program asks with
	FlowHash []byte // of the token that the person opens
	Name     string // of the program
	Created  int64  // unix seconds
	UserID   string // who let it in, "" for nobody yet
}

const loginFlowColumns = `poll_hash, flow_hash, name, created, coalesce(user_id, '')`

func scanLoginFlow(row scanner, f *LoginFlow) error {
	return row.Scan(&f.PollHash, &f.FlowHash, &f.Name, &f.Created, &f.UserID)
}

// InsertLoginFlow adds a program that waits.
func (t *Tx) InsertLoginFlow(f LoginFlow) error {
	return t.must("add login flow", `INSERT INTO login_flows (poll_hash, flow_hash, name, created) VALUES (?, ?, ?, ?)`,
		f.PollHash, f.FlowHash, f.Name, f.Created)
}

// LoginFlow returns what waits for the person's token of that hash.
func (t *Tx) LoginFlow(flowHash []byte) (LoginFlow, error) {
	return one(t, "read login flow", scanLoginFlow, `SELECT `+loginFlowColumns+` FROM login_flows WHERE flow_hash = ?`, flowHash)
}

// PolledLoginFlow returns what asks with the program's token of that hash.
func (t *Tx) PolledLoginFlow(pollHash []byte) (LoginFlow, error) {
	return one(t, "read login flow", scanLoginFlow, `SELECT `+loginFlowColumns+` FROM login_flows WHERE poll_hash = ?`, pollHash)
}

// GrantLoginFlow notes who lets a program in.
func (t *Tx) GrantLoginFlow(flowHash []byte, userID string) error {
	return t.changed("grant login flow", `UPDATE login_flows SET user_id = ? WHERE flow_hash = ?`, userID, flowHash)
}

// DeleteLoginFlow removes a program that no longer waits.
func (t *Tx) DeleteLoginFlow(pollHash []byte) error {
	return t.changed("delete login flow", `DELETE FROM login_flows WHERE poll_hash = ?`, pollHash)
}

// DeleteLoginFlowsBefore removes those that began before a time (unix seconds).
func (t *Tx) DeleteLoginFlowsBefore(created int64) error {
	return t.must("delete login flows", `DELETE FROM login_flows WHERE created < ?`, created)
}
