package core

import (
	"bytes"
	"context"
	"encoding/json"
	"time"

	"github.com/confab-go/confab/internal/server/store"
)

const (
	// activeFor is how long a session is shown as present after its last pull, in seconds.
	activeFor = 40
	// signalLife is how long signals wait for who does not fetch them, in seconds.
	signalLife = 5 * 60
)

// signalTopic is the hub's topic of who waits for signals in a conversation. No token has a colon.
func signalTopic(token string) string { return "signals:" + token }

// Signals is what a pull gets.
type Signals struct {
	Messages []string // JSON objects
	Sessions []SignalingSession
}

// SignalingSession is who is present in a conversation.
type SignalingSession struct {
	store.Session
	ActorType   string
	ActorID     string
	Permissions int
}

// signalChange tells the sessions of the conversation that who is in it, or in its call, has changed.
func (s *scope) signalChange() error {
	if err := s.tx.SignalChange(s.room.ID, s.now); err != nil {
		return err
	}
	s.tx.AfterCommit(func() { s.c.hub.notify(signalTopic(s.room.Token)) })
	return nil
}

// PullSignals returns what others have sent to the caller's session, and who
// is there. It waits until there is something, and counts as a sign of life.
// A Conflict says that the session was ended while it waited.
func (c *Core) PullSignals(ctx context.Context, caller Caller, token string) (Signals, error) {
	id, err := c.ping(ctx, caller, token)
	if err != nil {
		return Signals{}, err
	}
	began := c.unix()
	timer := time.NewTimer(c.longPollMax)
	defer timer.Stop()
	for {
		out, again, err := c.pullOnce(ctx, caller, token, id, began, timer.C)
		if err != nil || !again {
			return out, err
		}
	}
}

// ping notes that the caller's session lives and returns its id.
func (c *Core) ping(ctx context.Context, caller Caller, token string) (id string, err error) {
	err = c.store.Write(ctx, func(tx *store.Tx) error {
		s, err := c.enter(tx, caller, token, 0)
		if err != nil {
			return err
		}
		session, err := s.session()
		if err != nil {
			return err
		}
		id, session.LastPing = session.SessionID, s.now
		return tx.UpdateSession(*session)
	})
	return id, err
}

// pullOnce looks once, and when there is nothing waits for a change.
func (c *Core) pullOnce(ctx context.Context, caller Caller, token, id string, began int64, timeout <-chan time.Time) (out Signals, again bool, err error) {
	sent, releaseSent := c.hub.watch(signalTopic(token))
	defer releaseSent()
	changed, releaseChanged := c.hub.watch(token)
	defer releaseChanged()
	waiting, err := c.signalsWait(ctx, caller, token, id)
	if err != nil {
		return out, false, err
	}
	if !waiting {
		select {
		case <-sent:
			return out, true, nil
		case <-changed:
			return out, true, nil
		case <-timeout:
		case <-c.hub.done:
		case <-ctx.Done():
			return out, false, ctx.Err()
		}
	}
	out, err = c.takeSignals(ctx, caller, token, id, began)
	return out, false, err
}

// signalsWait reports whether something waits for the session, and refuses when the session is gone.
func (c *Core) signalsWait(ctx context.Context, caller Caller, token, id string) (waiting bool, err error) {
	err = c.store.Read(ctx, func(tx *store.Tx) error {
		if _, err := c.still(tx, caller, token, id); err != nil {
			return err
		}
		waiting, err = tx.HasSignals(id)
		return err
	})
	return waiting, err
}

// still enters the conversation with the session that a pull began with.
func (c *Core) still(tx *store.Tx, caller Caller, token, id string) (*scope, error) {
	s, err := c.enter(tx, caller, token, 0)
	if err != nil {
		if _, roomErr := tx.Room(token); roomErr == nil && isRefusal(err) && caller.UserID == "" {
			return nil, refuse(Conflict, "") // a guest is known by its session alone
		}
		return nil, err
	}
	session, err := s.session()
	if isRefusal(err) || err == nil && session.SessionID != id {
		return nil, refuse(Conflict, "")
	}
	return s, err
}

func (c *Core) takeSignals(ctx context.Context, caller Caller, token, id string, began int64) (out Signals, err error) {
	err = c.store.Write(ctx, func(tx *store.Tx) error {
		s, err := c.still(tx, caller, token, id)
		if err != nil {
			return err
		}
		signals, err := tx.TakeSignals(id)
		if err != nil {
			return err
		}
		for _, signal := range signals {
			if signal.Message != "" {
				out.Messages = append(out.Messages, signal.Message)
			}
		}
		out.Sessions, err = s.present(min(s.now-activeFor, began))
		return err
	})
	return out, err
}

// present returns the sessions of the conversation that were seen since (unix seconds).
func (s *scope) present(since int64) ([]SignalingSession, error) {
	sessions, err := s.tx.SessionsIn(s.room.ID)
	if err != nil {
		return nil, err
	}
	places, err := s.places()
	if err != nil {
		return nil, err
	}
	out := make([]SignalingSession, 0, len(sessions))
	for _, session := range sessions {
		a, ok := places[session.AttendeeID]
		if ok && session.LastPing >= since {
			out = append(out, SignalingSession{session, a.ActorType, a.ActorID, permissions(s.room, &a)})
		}
	}
	return out, nil
}

// envelope is what a client sends: a message, as JSON text, from its own session.
type envelope struct {
	Event     string          `json:"ev"`
	SessionID string          `json:"sessionId"`
	Function  json.RawMessage `json:"fn"`
}

// SendSignals sends messages, a JSON list, from the caller's session to others
// of the conversation. What is malformed, from another session, to nobody, or
// not permitted is dropped without a word, as Talk does.
func (c *Core) SendSignals(ctx context.Context, caller Caller, token, messages string) error {
	var items []json.RawMessage
	if json.Unmarshal([]byte(messages), &items) != nil {
		return nil //nolint:nilerr // dropped, as said above
	}
	err := c.store.Write(ctx, func(tx *store.Tx) error {
		s, err := c.enter(tx, caller, token, 0)
		if err != nil {
			return err
		}
		session, err := s.session()
		if err != nil {
			return err
		}
		if err := tx.DropSignals(s.room.ID, s.now-signalLife); err != nil {
			return err
		}
		for _, item := range items {
			to, message, ok := s.signal(item, session.SessionID)
			if !ok {
				continue
			}
			if err := tx.InsertSignal(s.room.ID, to, message, s.now); err != nil {
				return err
			}
		}
		return nil
	})
	if isRefusal(err) {
		return nil
	}
	if err == nil {
		c.hub.notify(signalTopic(token))
	}
	return err
}

// signal reads what a session sends, checks that it may, and says in it who it is from.
func (s *scope) signal(item json.RawMessage, from string) (to, message string, ok bool) {
	var e envelope
	var text string
	if json.Unmarshal(item, &e) != nil || e.Event != "message" || e.SessionID != from || json.Unmarshal(e.Function, &text) != nil {
		return "", "", false
	}
	var f struct {
		To       string `json:"to"`
		Type     string `json:"type"`
		RoomType string `json:"roomType"`
	}
	if json.Unmarshal([]byte(text), &f) != nil || f.To == "" || !s.maySignal(f.Type, f.RoomType) {
		return "", "", false
	}
	message, ok = withSender(text, from)
	return f.To, message, ok
}

// maySignal reports whether the caller may send a type of message.
func (s *scope) maySignal(kind, roomType string) bool {
	p := permissions(s.room, s.self)
	switch {
	case kind == "control":
		return s.moderator() && s.self.ParticipantType != GuestModerator
	case kind != "offer" && kind != "answer":
		return true
	case roomType == "screen":
		return p&PermScreen != 0
	case roomType == "video":
		return p&(PermAudio|PermVideo) != 0
	default:
		return true
	}
}

// withSender adds who a message is from to a JSON object, and keeps the order of the rest.
func withSender(object, from string) (string, bool) {
	d := json.NewDecoder(bytes.NewReader([]byte(object)))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return "", false
	}
	var out bytes.Buffer
	out.WriteByte('{')
	for d.More() {
		key, err := d.Token()
		var value json.RawMessage
		if err != nil || d.Decode(&value) != nil {
			return "", false
		}
		if key == "from" {
			continue // it says so itself, but it does not know
		}
		name, err := json.Marshal(key)
		if err != nil {
			return "", false
		}
		out.Write(name)
		out.WriteByte(':')
		out.Write(value)
		out.WriteByte(',')
	}
	if _, err := d.Token(); err != nil { // the closing brace
		return "", false
	}
	sender, err := json.Marshal(from)
	if err != nil {
		return "", false
	}
	out.WriteString(`"from":`)
	out.Write(sender)
	out.WriteByte('}')
	return out.String(), true
}
