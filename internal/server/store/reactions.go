package store

// Reaction is one emoji by which somebody reacted to a message. Times are unix seconds.
type Reaction struct {
	MessageID int64 // of its own row in the chat
	ParentID  int64 // of the message that it is about
	ActorType string
	ActorID   string
	ActorName string // as of reacting; an account's present name is in its account
	Reaction  string
	Created   int64
}

const reactionColumns = `message_id, parent_id, actor_type, actor_id, actor_name, reaction, created`

func scanReaction(row scanner, r *Reaction) error {
	return row.Scan(&r.MessageID, &r.ParentID, &r.ActorType, &r.ActorID, &r.ActorName, &r.Reaction, &r.Created)
}

// maxSummary is how many different reactions a message's summary holds, the most frequent ones.
const maxSummary = 20

// Reaction returns an actor's reaction to a message, or ErrNotFound.
func (t *Tx) Reaction(parentID int64, actorType, actorID, reaction string) (Reaction, error) {
	return one(t, "read reaction", scanReaction, `SELECT `+reactionColumns+` FROM reactions
		WHERE parent_id = ? AND actor_type = ? AND actor_id = ? AND reaction = ?`, parentID, actorType, actorID, reaction)
}

// Reactions returns the reactions to a message, newest first; those of one emoji unless it is "".
func (t *Tx) Reactions(parentID int64, reaction string) ([]Reaction, error) {
	return all(t, "read reactions", scanReaction, `SELECT `+reactionColumns+` FROM reactions
		WHERE parent_id = ?1 AND (?2 = '' OR reaction = ?2) ORDER BY message_id DESC`, parentID, reaction)
}

// ReactionsBy returns an actor's reactions to messages, oldest first.
func (t *Tx) ReactionsBy(actorType, actorID string, parentIDs []int64) ([]Reaction, error) {
	return all(t, "read reactions", scanReaction, `SELECT `+reactionColumns+` FROM reactions
		WHERE parent_id IN (SELECT value FROM json_each(?)) AND actor_type = ? AND actor_id = ? ORDER BY message_id`,
		list(parentIDs), actorType, actorID)
}

// InsertReaction adds a reaction, and counts it in its message.
func (t *Tx) InsertReaction(r Reaction) error {
	err := t.must("add reaction", `INSERT INTO reactions (`+reactionColumns+`) VALUES (?, ?, ?, ?, ?, ?, ?)`,
		r.MessageID, r.ParentID, r.ActorType, r.ActorID, r.ActorName, r.Reaction, r.Created)
	if err != nil {
		return err
	}
	return t.countReactions(r.ParentID)
}

// DeleteReaction removes a reaction, and counts it in its message no more. Its
// row in the chat gets the verb, and loses its text.
func (t *Tx) DeleteReaction(r Reaction, verb string) error {
	if err := t.changed("delete reaction", `DELETE FROM reactions WHERE message_id = ?`, r.MessageID); err != nil {
		return err
	}
	if err := t.changed("delete reaction", `UPDATE messages SET verb = ?, body = '' WHERE id = ?`, verb, r.MessageID); err != nil {
		return err
	}
	return t.countReactions(r.ParentID)
}

// countReactions writes the summary of a message: the most frequent reactions
// first, those as frequent in the order of their code points.
func (t *Tx) countReactions(parentID int64) error {
	return t.must("count reactions", `UPDATE messages SET reactions = (
		SELECT json_group_array(json_array(reaction, n) ORDER BY n DESC, reaction) FROM (
			SELECT reaction, count(*) AS n FROM reactions WHERE parent_id = ?1 GROUP BY reaction
			ORDER BY n DESC, reaction LIMIT ?2)) WHERE id = ?1`, parentID, maxSummary)
}
