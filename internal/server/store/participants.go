package store

// Attendee is somebody's, or a group's, place in a conversation.
type Attendee struct {
	ID                int64
	RoomID            int64
	ActorType         string
	ActorID           string
	DisplayName       string
	ParticipantType   int
	Permissions       int
	InvitedEmail      string
	Favorite          bool
	NotificationLevel int
	NotificationCalls int
	Archived          bool
	Important         bool
	Sensitive         bool
	ReadPrivate       bool
	LastRead          int64
	LastReadSeq       int64
	LastMention       int64
	LastMentionDirect int64
	LastChange        int64 // unix seconds of the last change of these settings
}

const attendeeColumns = `a.id, a.room_id, a.actor_type, a.actor_id, a.display_name, a.participant_type, a.permissions,
	a.invited_email, a.favorite, a.notification_level, a.notification_calls, a.archived, a.important, a.sensitive,
	a.read_private, a.last_read, a.last_read_seq, a.last_mention, a.last_mention_direct, a.last_change`

// commonRead is what everybody of room r who shows it has read, 0 for nobody.
const commonRead = `coalesce((SELECT min(x.last_read) FROM attendees x
	WHERE x.room_id = r.id AND x.actor_type = 'users' AND x.read_private = 0), 0)`

func (a *Attendee) fields() []any {
	return []any{
		&a.ID, &a.RoomID, &a.ActorType, &a.ActorID, &a.DisplayName, &a.ParticipantType, &a.Permissions,
		&a.InvitedEmail, &a.Favorite, &a.NotificationLevel, &a.NotificationCalls, &a.Archived, &a.Important, &a.Sensitive,
		&a.ReadPrivate, &a.LastRead, &a.LastReadSeq, &a.LastMention, &a.LastMentionDirect, &a.LastChange,
	}
}

func scanAttendee(row scanner, a *Attendee) error { return row.Scan(a.fields()...) }

// Attendee returns the place of an actor in a conversation.
func (t *Tx) Attendee(roomID int64, actorType, actorID string) (Attendee, error) {
	return one(t, "read participant", scanAttendee, `SELECT `+attendeeColumns+` FROM attendees a
		WHERE a.room_id = ? AND a.actor_type = ? AND a.actor_id = ?`, roomID, actorType, actorID)
}

// AttendeeByID returns a place in a conversation.
func (t *Tx) AttendeeByID(roomID, id int64) (Attendee, error) {
	return one(t, "read participant", scanAttendee, `SELECT `+attendeeColumns+` FROM attendees a
		WHERE a.room_id = ? AND a.id = ?`, roomID, id)
}

// Attendees returns all places of a conversation in the order they were taken.
func (t *Tx) Attendees(roomID int64) ([]Attendee, error) {
	return all(t, "read participants", scanAttendee, `SELECT `+attendeeColumns+` FROM attendees a WHERE a.room_id = ? ORDER BY a.id`, roomID)
}

// AttendeesOf returns all places that an actor has.
func (t *Tx) AttendeesOf(actorType, actorID string) ([]Attendee, error) {
	return all(t, "read participants", scanAttendee, `SELECT `+attendeeColumns+` FROM attendees a
		WHERE a.actor_type = ? AND a.actor_id = ? ORDER BY a.id`, actorType, actorID)
}

// InsertAttendee adds a place, read up to the newest message, and sets its ID and markers.
func (t *Tx) InsertAttendee(a *Attendee) error {
	v, err := one(t, "add participant", func(row scanner, v *[3]int64) error { return row.Scan(&v[0], &v[1], &v[2]) },
		`INSERT INTO attendees (room_id, actor_type, actor_id, display_name, participant_type, permissions, invited_email,
			favorite, notification_level, notification_calls, read_private, last_change, last_read, last_read_seq)
		SELECT r.id, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, r.last_message_id, r.chat_count FROM rooms r WHERE r.id = ?
		RETURNING id, last_read, last_read_seq`,
		a.ActorType, a.ActorID, a.DisplayName, a.ParticipantType, a.Permissions, a.InvitedEmail,
		a.Favorite, a.NotificationLevel, a.NotificationCalls, a.ReadPrivate, a.LastChange, a.RoomID)
	a.ID, a.LastRead, a.LastReadSeq = v[0], v[1], v[2]
	return err
}

// UpdateAttendee stores the settings of a place: everything but its markers.
func (t *Tx) UpdateAttendee(a *Attendee) error {
	return t.changed("change participant", `UPDATE attendees SET display_name = ?, participant_type = ?, permissions = ?,
		favorite = ?, notification_level = ?, notification_calls = ?, archived = ?, important = ?, sensitive = ?,
		read_private = ?, last_change = ? WHERE id = ?`,
		a.DisplayName, a.ParticipantType, a.Permissions, a.Favorite, a.NotificationLevel, a.NotificationCalls,
		a.Archived, a.Important, a.Sensitive, a.ReadPrivate, a.LastChange, a.ID)
}

// ResetPermissions takes the individual permissions of everybody in a conversation away.
func (t *Tx) ResetPermissions(roomID int64) error {
	return t.must("reset permissions", `UPDATE attendees SET permissions = 0 WHERE room_id = ?`, roomID)
}

// DeleteAttendee removes a place and its sessions.
func (t *Tx) DeleteAttendee(id int64) error {
	return t.changed("remove participant", `DELETE FROM attendees WHERE id = ?`, id)
}

// CountAttendees returns how many places of the participant types an actor type has in a conversation.
func (t *Tx) CountAttendees(roomID int64, actorType string, participantTypes ...int) (int, error) {
	return one(t, "count participants", value[int], `SELECT count(*) FROM attendees
		WHERE room_id = ? AND actor_type = ? AND participant_type IN (SELECT value FROM json_each(?))`,
		roomID, actorType, list(participantTypes))
}

// CommonRead returns the last message that everybody who shows it has read.
func (t *Tx) CommonRead(roomID int64) (int64, error) {
	return one(t, "read common marker", value[int64], `SELECT `+commonRead+` FROM rooms r WHERE r.id = ?`, roomID)
}

// SetLastRead moves a read marker and counts what is read with it.
func (t *Tx) SetLastRead(a *Attendee, messageID int64) error {
	// What is deleted after the marker is counted, and not what is before it: markers are mostly near the end.
	seq, err := one(t, "set read marker", value[int64], `UPDATE attendees SET last_read = ?1, last_read_seq = coalesce(
		(SELECT m.seq FROM messages m WHERE m.room_id = ?2 AND m.id <= ?1 ORDER BY m.id DESC LIMIT 1)
		- (SELECT r.uncounted FROM rooms r WHERE r.id = ?2)
		+ (SELECT count(*) FROM messages m WHERE m.room_id = ?2 AND m.id > ?1 AND m.uncounted = 1), 0)
		WHERE id = ?3 RETURNING last_read_seq`, messageID, a.RoomID, a.ID)
	a.LastRead, a.LastReadSeq = messageID, seq
	return err
}

// SetLastMention notes that a message mentions users of a conversation.
func (t *Tx) SetLastMention(roomID, messageID int64, userIDs []string, direct bool) error {
	if len(userIDs) == 0 {
		return nil
	}
	text := `UPDATE attendees SET last_mention = max(last_mention, ?) WHERE room_id = ? AND actor_type = 'users' AND actor_id IN (SELECT value FROM json_each(?))`
	if direct {
		text = `UPDATE attendees SET last_mention_direct = max(last_mention_direct, ?) WHERE room_id = ? AND actor_type = 'users' AND actor_id IN (SELECT value FROM json_each(?))`
	}
	return t.must("note mentions", text, messageID, roomID, list(userIDs))
}
