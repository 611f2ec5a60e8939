package store

import "strings"

// Search says which messages are looked for. Zero fields do not matter.
type Search struct {
	UserID string // who looks: only in their conversations
	Text   string // in the message, whatever its case
	Token  string // of the conversation
	Author string // a user
	Since  int64  // unix seconds
	Until  int64
	Now    int64 // what has expired by then is not found
	Limit  int
	Offset int64
}

// FoundMessage is a message with the conversation that it is in.
type FoundMessage struct {
	Message
	Token string
}

var likeEscapes = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)

// SearchMessages returns the messages of a verb that a search looks for, newest first.
func (t *Tx) SearchMessages(verb string, s Search) ([]FoundMessage, error) {
	return all(t, "search messages",
		func(row scanner, f *FoundMessage) error { return row.Scan(append(f.nullable(), &f.Token)...) },
		`SELECT `+messageColumns+`, r.token FROM messages m
			JOIN attendees a ON a.room_id = m.room_id AND a.actor_type = 'users' AND a.actor_id = ?1
			JOIN rooms r ON r.id = m.room_id
		WHERE m.verb = ?2 AND m.body LIKE ?3 ESCAPE '\' AND (?4 = '' OR r.token = ?4)
			AND (?5 = '' OR m.actor_type = 'users' AND m.actor_id = ?5)
			AND (?6 = 0 OR m.created >= ?6) AND (?7 = 0 OR m.created <= ?7) AND (m.expires = 0 OR m.expires > ?8)
		ORDER BY m.id DESC LIMIT ?9 OFFSET ?10`,
		s.UserID, verb, "%"+likeEscapes.Replace(s.Text)+"%", s.Token, s.Author, s.Since, s.Until, s.Now, s.Limit, s.Offset)
}
