package store

// Room is a conversation. Times are unix seconds, 0 for none.
type Room struct {
	ID                 int64
	Token              string
	UniqueKey          string // "" for none
	Type               int
	Name               string
	Description        string
	ObjectType         string
	ObjectID           string
	PasswordHash       string
	ReadOnly           int
	Listable           int
	MessageExpiration  int64 // seconds
	LobbyState         int
	LobbyTimer         int64
	DefaultPermissions int
	MentionPermissions int
	RecordingConsent   int
	CallFlag           int
	CallStart          int64
	CallRecording      int
	BreakoutMode       int
	BreakoutStatus     int
	Avatar             string
	LastActivity       int64
	LastMessageID      int64
	ChatCount          int64
}

const roomColumns = `r.id, r.token, coalesce(r.unique_key, ''), r.type, r.name, r.description, r.object_type, r.object_id,
	r.password_hash, r.read_only, r.listable, r.message_expiration, r.lobby_state, r.lobby_timer, r.default_permissions,
	r.mention_permissions, r.recording_consent, r.call_flag, r.call_start, r.call_recording, r.breakout_mode,
	r.breakout_status, r.avatar, r.last_activity, r.last_message_id, r.chat_count`

func (r *Room) fields() []any {
	return []any{
		&r.ID, &r.Token, &r.UniqueKey, &r.Type, &r.Name, &r.Description, &r.ObjectType, &r.ObjectID,
		&r.PasswordHash, &r.ReadOnly, &r.Listable, &r.MessageExpiration, &r.LobbyState, &r.LobbyTimer, &r.DefaultPermissions,
		&r.MentionPermissions, &r.RecordingConsent, &r.CallFlag, &r.CallStart, &r.CallRecording, &r.BreakoutMode,
		&r.BreakoutStatus, &r.Avatar, &r.LastActivity, &r.LastMessageID, &r.ChatCount,
	}
}

func scanRoom(row scanner, r *Room) error { return row.Scan(r.fields()...) }

// Room returns the conversation with the token.
func (t *Tx) Room(token string) (Room, error) {
	return one(t, "read conversation", scanRoom, `SELECT `+roomColumns+` FROM rooms r WHERE r.token = ?`, token)
}

// RoomByID returns the conversation with the id.
func (t *Tx) RoomByID(id int64) (Room, error) {
	return one(t, "read conversation", scanRoom, `SELECT `+roomColumns+` FROM rooms r WHERE r.id = ?`, id)
}

// RoomByKey returns the conversation with the unique key.
func (t *Tx) RoomByKey(key string) (Room, error) {
	return one(t, "read conversation", scanRoom, `SELECT `+roomColumns+` FROM rooms r WHERE r.unique_key = ?`, key)
}

// RoomsOfPair returns the conversations of a type whose name is a JSON list that has the user in it.
func (t *Tx) RoomsOfPair(roomType int, userID string) ([]Room, error) {
	return all(t, "read conversations", scanRoom, `SELECT `+roomColumns+` FROM rooms r WHERE r.type = ?
		AND EXISTS (SELECT 1 FROM json_each(r.name) WHERE value = ?)`, roomType, userID)
}

// InsertRoom adds a conversation and sets its ID.
func (t *Tx) InsertRoom(r *Room) error {
	var key any
	if r.UniqueKey != "" {
		key = r.UniqueKey
	}
	id, err := t.insert("add conversation", `INSERT INTO rooms (token, unique_key, type, name, description, object_type, object_id,
		password_hash, read_only, listable, message_expiration, lobby_state, lobby_timer, default_permissions,
		mention_permissions, recording_consent, avatar, last_activity)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		r.Token, key, r.Type, r.Name, r.Description, r.ObjectType, r.ObjectID, r.PasswordHash, r.ReadOnly, r.Listable,
		r.MessageExpiration, r.LobbyState, r.LobbyTimer, r.DefaultPermissions, r.MentionPermissions, r.RecordingConsent,
		r.Avatar, r.LastActivity)
	r.ID = id
	return err
}

// UpdateRoom stores the settings of a conversation: everything but its token,
// and but what a message keeps up to date (last activity and message, count).
func (t *Tx) UpdateRoom(r *Room) error {
	var key any
	if r.UniqueKey != "" {
		key = r.UniqueKey
	}
	return t.changed("change conversation", `UPDATE rooms SET unique_key = ?, type = ?, name = ?, description = ?, object_type = ?,
		object_id = ?, password_hash = ?, read_only = ?, listable = ?, message_expiration = ?, lobby_state = ?, lobby_timer = ?,
		default_permissions = ?, mention_permissions = ?, recording_consent = ?, call_flag = ?, call_start = ?,
		call_recording = ?, breakout_mode = ?, breakout_status = ?, avatar = ? WHERE id = ?`,
		key, r.Type, r.Name, r.Description, r.ObjectType, r.ObjectID, r.PasswordHash, r.ReadOnly, r.Listable,
		r.MessageExpiration, r.LobbyState, r.LobbyTimer, r.DefaultPermissions, r.MentionPermissions, r.RecordingConsent,
		r.CallFlag, r.CallStart, r.CallRecording, r.BreakoutMode, r.BreakoutStatus, r.Avatar, r.ID)
}

// DeleteRoom removes a conversation with its participants and messages.
func (t *Tx) DeleteRoom(id int64) error {
	return t.changed("delete conversation", `DELETE FROM rooms WHERE id = ?`, id)
}

// ListedRooms returns the listable conversations that the user is not in.
func (t *Tx) ListedRooms(userID string) ([]Room, error) {
	return all(t, "read listed conversations", scanRoom, `SELECT `+roomColumns+` FROM rooms r WHERE r.listable > 0
		AND NOT EXISTS (SELECT 1 FROM attendees a WHERE a.room_id = r.id AND a.actor_type = 'users' AND a.actor_id = ?)
		ORDER BY r.id`, userID)
}

// RoomRow is one line of a user's list of conversations.
type RoomRow struct {
	Room       Room
	Attendee   Attendee
	CommonRead int64
	Message    *Message // the last one, nil for none
}

// UserRooms returns the conversations of a user in the order of their
// creation, with all that a list shows, in one query for any number of them.
// Those that neither changed nor had a message since (unix seconds) are left out.
func (t *Tx) UserRooms(userID string, since int64) ([]RoomRow, error) {
	scan := func(row scanner, r *RoomRow) error {
		var m Message
		fields := append(append(r.Room.fields(), r.Attendee.fields()...), &r.CommonRead)
		if err := row.Scan(append(fields, m.nullable()...)...); err != nil {
			return err
		}
		if m.ID != 0 {
			r.Message = &m
		}
		return nil
	}
	return all(t, "read conversations", scan, `SELECT `+roomColumns+`, `+attendeeColumns+`, `+commonRead+`, `+messageNullable+`
		FROM attendees a JOIN rooms r ON r.id = a.room_id LEFT JOIN messages m ON m.id = r.last_message_id
		WHERE a.actor_type = 'users' AND a.actor_id = ? AND (r.last_activity >= ? OR a.last_change >= ?)
		ORDER BY r.id`, userID, since, since)
}
