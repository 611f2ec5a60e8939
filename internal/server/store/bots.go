package store

import "errors"

// Bot is a bot that the administrator installed. Times are unix seconds.
type Bot struct {
	ID            int64
	Name          string
	Secret        string // signs what it is sent and what it answers
	URL           string
	URLHash       string // SHA-1 of the URL in hex, by which it is named as an actor
	Description   string // "" for none
	State         int
	Features      int
	ErrorCount    int64
	LastErrorDate int64  // 0 for never
	LastError     string // "" for none
}

const botColumns = `b.id, b.name, b.secret, b.url, b.url_hash, b.description, b.state, b.features,
	b.error_count, b.last_error_date, b.last_error_message`

func scanBot(row scanner, b *Bot) error {
	return row.Scan(&b.ID, &b.Name, &b.Secret, &b.URL, &b.URLHash, &b.Description, &b.State, &b.Features,
		&b.ErrorCount, &b.LastErrorDate, &b.LastError)
}

// Bots returns all bots in the order they were installed.
func (t *Tx) Bots() ([]Bot, error) {
	return all(t, "read bots", scanBot, `SELECT `+botColumns+` FROM bots b ORDER BY b.id`)
}

// Bot returns the bot with the id.
func (t *Tx) Bot(id int64) (Bot, error) {
	return one(t, "read bot", scanBot, `SELECT `+botColumns+` FROM bots b WHERE b.id = ?`, id)
}

// BotByURLHash returns the bot whose URL has the hash.
func (t *Tx) BotByURLHash(hash string) (Bot, error) {
	return one(t, "read bot", scanBot, `SELECT `+botColumns+` FROM bots b WHERE b.url_hash = ?`, hash)
}

// InsertBot adds a bot and sets its ID.
func (t *Tx) InsertBot(b *Bot) error {
	id, err := t.insert("add bot", `INSERT INTO bots (name, secret, url, url_hash, description, state, features) VALUES (?, ?, ?, ?, ?, ?, ?)`,
		b.Name, b.Secret, b.URL, b.URLHash, b.Description, b.State, b.Features)
	b.ID = id
	return err
}

// UpdateBot stores all fields of a bot but its URL, which is what it is known by.
func (t *Tx) UpdateBot(b *Bot) error {
	return t.changed("change bot", `UPDATE bots SET name = ?, secret = ?, description = ?, state = ?, features = ?,
		error_count = ?, last_error_date = ?, last_error_message = ? WHERE id = ?`,
		b.Name, b.Secret, b.Description, b.State, b.Features, b.ErrorCount, b.LastErrorDate, b.LastError, b.ID)
}

// BotsOf returns the bots that are enabled in a conversation.
func (t *Tx) BotsOf(roomID int64) ([]Bot, error) {
	return all(t, "read bots of conversation", scanBot, `SELECT `+botColumns+` FROM bots b
		JOIN bot_conversations c ON c.bot_id = b.id WHERE c.room_id = ? ORDER BY b.id`, roomID)
}

// EnableBot enables a bot in a conversation; added says that it was not so before.
func (t *Tx) EnableBot(botID, roomID int64) (added bool, err error) {
	err = t.changed("enable bot", `INSERT INTO bot_conversations (bot_id, room_id) VALUES (?, ?) ON CONFLICT DO NOTHING`, botID, roomID)
	if errors.Is(err, ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

// DisableBot disables a bot in a conversation, where it may be disabled already.
func (t *Tx) DisableBot(botID, roomID int64) error {
	return t.must("disable bot", `DELETE FROM bot_conversations WHERE bot_id = ? AND room_id = ?`, botID, roomID)
}

// NoteBotError counts an error of a bot and keeps the last one.
func (t *Tx) NoteBotError(id, date int64, message string) error {
	return t.changed("note error of bot", `UPDATE bots SET error_count = error_count + 1, last_error_date = ?, last_error_message = ?
		WHERE id = ?`, date, message, id)
}

// DeleteBot removes a bot, from all conversations too.
func (t *Tx) DeleteBot(id int64) error {
	return t.changed("remove bot", `DELETE FROM bots WHERE id = ?`, id)
}
