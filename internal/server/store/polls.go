package store

import (
	"encoding/json"
	"fmt"
)

// Poll is a poll of a conversation, or the draft of one.
type Poll struct {
	ID         int64
	RoomID     int64
	ActorType  string
	ActorID    string
	ActorName  string // as of asking; an account's present name is in its account
	Question   string
	Options    []string
	Status     int
	ResultMode int64
	MaxVotes   int64 // 0 for any number
	// ClosedMessageID is the message that told of the closing, 0 for none.
	ClosedMessageID int64
}

const pollColumns = `id, room_id, actor_type, actor_id, actor_name, question, options, status, result_mode, max_votes, closed_message_id`

func scanPoll(row scanner, p *Poll) error {
	var options []byte
	err := row.Scan(&p.ID, &p.RoomID, &p.ActorType, &p.ActorID, &p.ActorName, &p.Question, &options,
		&p.Status, &p.ResultMode, &p.MaxVotes, &p.ClosedMessageID)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(options, &p.Options); err != nil {
		return fmt.Errorf("options of poll %d: %w", p.ID, err)
	}
	return nil
}

// Poll returns a poll of a conversation.
func (t *Tx) Poll(roomID, id int64) (Poll, error) {
	return one(t, "read poll", scanPoll, `SELECT `+pollColumns+` FROM polls WHERE id = ? AND room_id = ?`, id, roomID)
}

// Polls returns the polls of a conversation that have a status, in the order of their creation.
func (t *Tx) Polls(roomID int64, status int) ([]Poll, error) {
	return all(t, "read polls", scanPoll, `SELECT `+pollColumns+` FROM polls WHERE room_id = ? AND status = ? ORDER BY id`, roomID, status)
}

// InsertPoll adds a poll and sets its ID.
func (t *Tx) InsertPoll(p *Poll) error {
	id, err := t.insert("add poll", `INSERT INTO polls (room_id, actor_type, actor_id, actor_name, question, options, status,
		result_mode, max_votes) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		p.RoomID, p.ActorType, p.ActorID, p.ActorName, p.Question, list(p.Options), p.Status, p.ResultMode, p.MaxVotes)
	p.ID = id
	return err
}

// UpdatePoll stores what a poll asks and its state: everything but who made it where.
func (t *Tx) UpdatePoll(p *Poll) error {
	return t.changed("change poll", `UPDATE polls SET question = ?, options = ?, status = ?, result_mode = ?, max_votes = ?,
		closed_message_id = ? WHERE id = ?`,
		p.Question, list(p.Options), p.Status, p.ResultMode, p.MaxVotes, p.ClosedMessageID, p.ID)
}

// DeletePoll removes a poll with its votes.
func (t *Tx) DeletePoll(id int64) error {
	return t.changed("delete poll", `DELETE FROM polls WHERE id = ?`, id)
}

// DeletePolls removes all polls of a conversation with their votes.
func (t *Tx) DeletePolls(roomID int64) error {
	return t.must("delete polls", `DELETE FROM polls WHERE room_id = ?`, roomID)
}

// Vote is somebody's choice of one option, which is counted from 0.
type Vote struct {
	ActorType string
	ActorID   string
	ActorName string // as of voting; an account's present name is in its account
	Option    int64
}

func scanVote(row scanner, v *Vote) error {
	return row.Scan(&v.ActorType, &v.ActorID, &v.ActorName, &v.Option)
}

// SetVotes replaces an actor's votes in a poll.
func (t *Tx) SetVotes(pollID int64, a *Attendee, options []int64) error {
	err := t.must("take votes back", `DELETE FROM poll_votes WHERE poll_id = ? AND actor_type = ? AND actor_id = ?`,
		pollID, a.ActorType, a.ActorID)
	if err != nil {
		return err
	}
	for _, o := range options {
		err := t.must("vote", `INSERT INTO poll_votes (poll_id, actor_type, actor_id, actor_name, option_id) VALUES (?, ?, ?, ?, ?)`,
			pollID, a.ActorType, a.ActorID, a.DisplayName, o)
		if err != nil {
			return err
		}
	}
	return nil
}

// Votes returns all votes of a poll in the order they were given.
func (t *Tx) Votes(pollID int64) ([]Vote, error) {
	return all(t, "read votes", scanVote, `SELECT actor_type, actor_id, actor_name, option_id FROM poll_votes
		WHERE poll_id = ? ORDER BY id`, pollID)
}

// VotesOf returns the options that an actor voted for, in the order they were given.
func (t *Tx) VotesOf(pollID int64, actorType, actorID string) ([]int64, error) {
	return all(t, "read votes", value[int64], `SELECT option_id FROM poll_votes
		WHERE poll_id = ? AND actor_type = ? AND actor_id = ? ORDER BY id`, pollID, actorType, actorID)
}

// Tally is how many votes an option of a poll has.
type Tally struct{ Option, Votes int64 }

// Tally returns the votes of a poll by option, leaving out those that nobody
// voted for, and how many have voted.
func (t *Tx) Tally(pollID int64) (tally []Tally, voters int64, err error) {
	tally, err = all(t, "count votes", func(row scanner, v *Tally) error { return row.Scan(&v.Option, &v.Votes) },
		`SELECT option_id, count(*) FROM poll_votes WHERE poll_id = ? GROUP BY option_id ORDER BY option_id`, pollID)
	if err != nil {
		return nil, 0, err
	}
	voters, err = one(t, "count voters", value[int64], `SELECT count(*) FROM
		(SELECT DISTINCT actor_type, actor_id FROM poll_votes WHERE poll_id = ?)`, pollID)
	return tally, voters, err
}
