package store

// LobbiesUntil returns the conversations whose lobby ends at a time or before (unix seconds).
func (t *Tx) LobbiesUntil(now int64) ([]Room, error) {
	return all(t, "read lobbies", scanRoom, `SELECT `+roomColumns+` FROM rooms r WHERE r.lobby_timer > 0 AND r.lobby_timer <= ?`, now)
}

// NextLobby returns when the next lobby ends (unix seconds), 0 for never.
func (t *Tx) NextLobby() (int64, error) {
	return one(t, "read lobbies", value[int64], `SELECT coalesce(min(r.lobby_timer), 0) FROM rooms r WHERE r.lobby_timer > 0`)
}
