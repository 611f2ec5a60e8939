package bot

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/confab-go/confab/internal/wire"
	"github.com/confab-go/confab/talk"
)

// EventType says what happened.
type EventType string

// What bots are told of.
const (
	EventMessage         EventType = "message"          // somebody wrote
	EventReply           EventType = "reply"            // somebody answered a message
	EventReactionAdded   EventType = "reaction-added"   // needs the feature "reaction"
	EventReactionRemoved EventType = "reaction-removed" // needs the feature "reaction"
	EventJoined          EventType = "joined"           // the bot was enabled in a conversation
	EventLeft            EventType = "left"             // the bot was disabled there, perhaps once more
	EventSystem          EventType = "system"           // anything else: edits, calls, files, who comes and goes
)

// Actor is who did something.
type Actor struct {
	Type talk.ActorType
	ID   string
	Name string // as displayed; empty for guests without a name
	// ParticipantType is the role in the conversation; 0 when the server does not tell it, as it does for [EventMessage] and [EventReply] only.
	ParticipantType talk.ParticipantType
}

// IsZero reports whether nobody is known.
func (a Actor) IsZero() bool { return a == Actor{} }

// Is reports whether both are the same, whatever their names and roles.
func (a Actor) Is(other Actor) bool { return a.Type == other.Type && a.ID == other.ID }

// Conversation is where something happened.
type Conversation struct {
	Token string
	Name  string // of a one-to-one conversation: a JSON list of both users' ids
}

// Note is a message as a delivery has it, which is not much of it.
type Note struct {
	ID int64
	// Author wrote the message; zero when the server does not tell.
	Author Actor
	// Name is what the server says in its place: "message", or the word of a system message.
	Name string
	// Content is the raw text, with placeholders such as {mention-user1}, in English where the server wrote it. Use Text for what a person reads.
	Content string
	// Parameters are the rich objects that the placeholders stand for.
	Parameters map[string]talk.RichObject
	// MediaType is "text/markdown", or "text/plain".
	MediaType string
	// ThreadID is the thread of the message, if the server tells one (Talk 24).
	ThreadID int64
}

func (n *Note) message() *talk.Message {
	return &talk.Message{Message: n.Content, MessageParameters: n.Parameters}
}

// Text gives the message as a person reads it, as [talk.Message.Text] does.
func (n *Note) Text() string { return n.message().Text() }

// Mentions gives whom the message speaks to.
func (n *Note) Mentions() []talk.ActorMention { return n.message().Mentions() }

// File gives the file that the message shares, if it shares one.
func (n *Note) File() (file talk.RichObject, ok bool) {
	file, ok = n.Parameters["file"]
	return file, ok && file.Type == "file"
}

// Event is what a server tells a bot.
type Event struct {
	Type EventType
	// Backend is the address by which the server introduced itself. It is outside of the signature.
	Backend *url.URL
	// Conversation is where it happened.
	Conversation Conversation
	// Actor is who did it. Of reactions it is zero before Talk 24, which does not tell; of [EventJoined] and [EventLeft] it is the bot.
	Actor Actor
	// Note is the message, or the one that was reacted to; zero for [EventJoined] and [EventLeft].
	Note Note
	// InReplyTo is the message that an [EventReply] answers; else nil.
	InReplyTo *Note
	// Emoji is that of a reaction.
	Emoji string
	// SystemMessage is the word of an [EventSystem]; empty for some files.
	SystemMessage talk.SystemMessage
	// Published is when it happened; zero before Talk 24.
	Published time.Time
	// Raw is the body of the delivery.
	Raw json.RawMessage
}

// Text gives the text of the event's message as a person reads it.
func (e *Event) Text() string { return e.Note.Text() }

// Message gets the whole message that the event is about, through the account of a user who takes part in the conversation. An event
// that is about none, or a message that is gone, gives [talk.ErrNotFound]. It needs "chat-get-context".
func (e *Event) Message(ctx context.Context, account *talk.Client) (*talk.Message, error) {
	if e.Note.ID == 0 {
		return nil, fmt.Errorf("bot: get message: %w: an event of type %q has none", talk.ErrNotFound, e.Type)
	}
	page, err := account.Chat.Context(ctx, e.Conversation.Token, e.Note.ID, &talk.ContextOptions{Limit: 1})
	if err != nil {
		return nil, err
	}
	for _, m := range page.Messages {
		if m.ID == e.Note.ID {
			return m, nil
		}
	}
	return nil, fmt.Errorf("bot: get message %d: %w", e.Note.ID, talk.ErrNotFound)
}

// The wire form. What each type of event has differs; decodeEvent asks for it.
type (
	wireEvent struct {
		Type      string     `json:"type"`
		Actor     wireActor  `json:"actor"`
		Object    wireObject `json:"object"`
		Target    wirePlace  `json:"target"`
		Content   string     `json:"content"`
		Published string     `json:"published"`
	}
	wireActor struct {
		Type            string               `json:"type"`
		ID              string               `json:"id"`
		Name            string               `json:"name"`
		ParticipantType talk.ParticipantType `json:"talkParticipantType"`
	}
	wireNote struct {
		ID        string `json:"id"`
		Name      string `json:"name"`
		Content   string `json:"content"`
		MediaType string `json:"mediaType"`
		ThreadID  int64  `json:"threadId"`
	}
	// wireObject is a message, the reaction that is undone, or a conversation.
	wireObject struct {
		Note      wireNote   `json:"note,inline"`
		Type      string     `json:"type"`
		Actor     wireActor  `json:"actor"`
		InReplyTo *wireReply `json:"inReplyTo"`
		Object    *wireNote  `json:"object"`
	}
	wireReply struct {
		Actor  wireActor `json:"actor"`
		Object *wireNote `json:"object"`
	}
	wirePlace struct {
		ID   string `json:"id"`
		Name string `json:"name"`
	}
	wireContent struct {
		Message    string                     `json:"message"`
		Parameters map[string]talk.RichObject `json:"parameters,array"`
	}
)

func malformed(field, format string, args ...any) error {
	return fmt.Errorf("%w: %s: %w", ErrMalformed, field, fmt.Errorf(format, args...))
}

// decodeEvent reads the body of a delivery.
func decodeEvent(body []byte) (*Event, error) {
	if !wire.Valid(body) {
		return nil, ErrNotJSON
	}
	var w wireEvent
	if err := wire.Unmarshal(body, &w); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	e := &Event{Raw: body}
	var err error
	if e.Actor, err = w.Actor.actor("actor"); err != nil {
		return nil, err
	}
	if w.Published != "" {
		if e.Published, err = time.Parse(time.RFC3339, w.Published); err != nil {
			return nil, malformed("published", "%.40q is not a time", w.Published)
		}
	}
	place := w.Target
	switch w.Type {
	case "Create":
		err = e.created(&w)
	case "Like":
		e.Type, e.Emoji = EventReactionAdded, w.Content
		err = e.reacted(&w.Object.Note, Actor{})
	case "Undo":
		err = e.undone(&w)
	case "Activity":
		e.Type, e.SystemMessage = EventSystem, talk.SystemMessage(w.Object.Note.Name)
		e.Note, err = w.Object.Note.note("object", e.Actor)
	case "Join":
		e.Type, place = EventJoined, wirePlace{w.Object.Note.ID, w.Object.Note.Name}
	case "Leave":
		e.Type, place = EventLeft, wirePlace{w.Object.Note.ID, w.Object.Note.Name}
	case "":
		err = malformed("type", "missing")
	default:
		err = fmt.Errorf("%w: %.40q", ErrUnknownEvent, w.Type)
	}
	if err != nil {
		return nil, err
	}
	if err := checkToken("bot event", place.ID); err != nil {
		return nil, malformed("conversation", "%w", err)
	}
	e.Conversation = Conversation{place.ID, place.Name}
	return e, nil
}

func (e *Event) created(w *wireEvent) (err error) {
	e.Type = EventMessage
	if e.Note, err = w.Object.Note.note("object", e.Actor); err != nil || w.Object.InReplyTo == nil {
		return err
	}
	e.Type = EventReply
	parent := w.Object.InReplyTo
	author, err := parent.Actor.actor("object.inReplyTo.actor")
	if err != nil {
		return err
	}
	if parent.Object == nil {
		return malformed("object.inReplyTo.object", "missing")
	}
	note, err := parent.Object.note("object.inReplyTo.object", author)
	e.InReplyTo = &note
	return err
}

// reacted reads the message of a reaction. Servers before Talk 24, which tell no time, send its author as the actor.
func (e *Event) reacted(object *wireNote, author Actor) (err error) {
	if e.Published.IsZero() {
		author, e.Actor = e.Actor, Actor{}
	}
	if e.Emoji == "" {
		return malformed("content", "no emoji")
	}
	e.Note, err = object.note("object", author)
	return err
}

func (e *Event) undone(w *wireEvent) error {
	e.Type, e.Emoji = EventReactionRemoved, w.Object.Note.Content
	if w.Object.Type != "Like" {
		return fmt.Errorf("%w: %q of %.40q", ErrUnknownEvent, w.Type, w.Object.Type)
	}
	if w.Object.Object == nil {
		return malformed("object.object", "missing")
	}
	author, err := w.Object.Actor.actor("object.actor")
	if err != nil {
		return err
	}
	return e.reacted(w.Object.Object, author)
}

func (w wireActor) actor(field string) (Actor, error) {
	kind, id, ok := strings.Cut(w.ID, "/")
	if !ok || kind == "" || id == "" {
		return Actor{}, malformed(field+".id", `%.100q is not a type and an id, as in "users/alice"`, w.ID)
	}
	return Actor{talk.ActorType(kind), id, w.Name, w.ParticipantType}, nil
}

func (w *wireNote) note(field string, author Actor) (Note, error) {
	id, err := strconv.ParseInt(w.ID, 10, 64)
	if err != nil || id <= 0 {
		return Note{}, malformed(field+".id", "%.40q is not a message's id", w.ID)
	}
	var content wireContent
	if err := wire.Unmarshal([]byte(w.Content), &content); err != nil {
		return Note{}, malformed(field+".content", "%w", err)
	}
	return Note{
		ID: id, Author: author, Name: w.Name, Content: content.Message, Parameters: content.Parameters, MediaType: w.MediaType, ThreadID: w.ThreadID,
	}, nil
}
