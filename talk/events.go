package talk

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"time"
)

// EventType says what an [Event] tells of.
type EventType int

// The types of events.
const (
	// EventMessage: somebody wrote, shared a file, or did something that the conversation tells; Message is the new one.
	EventMessage EventType = iota + 1
	// EventEdited: Message is what it is now.
	EventEdited
	// EventDeleted: Message is what is left of it: who wrote it, and when.
	EventDeleted
	// EventExpired: the time of Message is over, and it is not there any more.
	EventExpired
	// EventReactions: somebody reacted to Message, or took that back.
	EventReactions
	// EventCleared: all messages before are gone.
	EventCleared
	// EventConversationAdded: the account has come into Conversation.
	EventConversationAdded
	// EventConversationChanged: Conversation has another name, other settings, a call …; Before is what it was.
	EventConversationChanged
	// EventConversationRead: the account has read further in Conversation, or has marked it as unread, maybe elsewhere.
	EventConversationRead
	// EventConversationRemoved: the account is not in it any more; Before is what is known of it.
	EventConversationRemoved
)

// String names the type, as in "message edited".
func (t EventType) String() string {
	names := [...]string{
		EventMessage: "message", EventEdited: "message edited", EventDeleted: "message deleted", EventExpired: "message expired",
		EventReactions: "reactions changed", EventCleared: "history cleared", EventConversationAdded: "conversation added",
		EventConversationChanged: "conversation changed", EventConversationRead: "conversation read", EventConversationRemoved: "conversation removed",
	}
	if t <= 0 || int(t) >= len(names) {
		return fmt.Sprintf("EventType(%d)", int(t))
	}
	return names[t]
}

// Event is something that happened in a conversation, or to it.
type Event struct {
	Type EventType
	// Token is that of the conversation.
	Token string
	// Message is what happened to, or what is new; nil for what concerns no single message.
	Message *Message
	// System is the message by which the server tells of what happened to another one: who did it, and when.
	System *Message
	// Conversation is as it was when the event was found, and Before as it was known before. Only [Client.Watch] has them.
	Conversation, Before *Conversation
}

// eventOf reads what a message tells.
func eventOf(token string, m *Message) Event {
	e := Event{Type: EventMessage, Token: token, Message: m}
	switch m.SystemMessage {
	case SystemMessageEdited:
		e.Type = EventEdited
	case SystemMessageDeleted:
		e.Type = EventDeleted
	case SystemReaction, SystemReactionDeleted, SystemReactionRevoked:
		e.Type = EventReactions
	case SystemHistoryCleared:
		return Event{Type: EventCleared, Token: token, System: m}
	default:
		return e
	}
	e.System, e.Message = m, m.Parent
	if e.Message == nil { // it is gone for good
		e.Message = &Message{Token: token, Deleted: true}
	}
	return e
}

// Events goes through what happens in a conversation, for ever: what is written, edited, deleted, reacted to, cleared. It is
// [ChatService.Follow] with the messages read that tell of others, and goes on and ends as that does.
//
// Messages that expire are told when their time is over, if they came by while it went on.
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/chat/
//
//talk:operation GET /chat/{token}
func (s *ChatService) Events(ctx context.Context, token string, options *FollowOptions) iter.Seq2[Event, error] {
	return func(yield func(Event, error) bool) {
		expiring := expiry{now: s.client.ocs.ServerTime}
		for page, err := range s.followPages(ctx, token, options, expiring.next) {
			if err != nil {
				yield(Event{}, err)
				return
			}
			for _, message := range page.Messages {
				event := eventOf(token, message)
				expiring.note(event)
				if !yield(event, nil) {
					return
				}
				if err := page.handled(ctx, message.ID); err != nil {
					yield(Event{}, err)
					return
				}
			}
			for _, message := range expiring.over() {
				if !yield(Event{Type: EventExpired, Token: token, Message: message}, nil) {
					return
				}
			}
		}
	}
}

// expiry knows the messages that will expire, the next one first.
type expiry struct {
	now      func() time.Time
	messages []*Message
}

func (x *expiry) note(e Event) {
	switch {
	case e.Type == EventCleared:
		x.messages = nil
	case e.Type == EventDeleted:
		x.messages = slices.DeleteFunc(x.messages, func(m *Message) bool { return m.ID == e.Message.ID })
	case e.Type == EventMessage && !e.Message.ExpirationTimestamp.IsZero():
		at, _ := slices.BinarySearchFunc(x.messages, e.Message, func(a, b *Message) int { return a.ExpirationTimestamp.Compare(b.ExpirationTimestamp) })
		x.messages = slices.Insert(x.messages, at, e.Message)
	}
}

// next gives how long nothing expires.
func (x *expiry) next() time.Duration {
	if len(x.messages) == 0 {
		return time.Hour
	}
	return x.messages[0].ExpirationTimestamp.Sub(x.now()) + time.Second
}

// over gives the messages that have expired.
func (x *expiry) over() (out []*Message) {
	for len(x.messages) > 0 && !x.messages[0].ExpirationTimestamp.After(x.now()) {
		out, x.messages = append(out, x.messages[0]), x.messages[1:]
	}
	return out
}
