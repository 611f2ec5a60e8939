package bot

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/confab-go/confab/internal/ocs"
	"github.com/confab-go/confab/internal/wire"
	"github.com/confab-go/confab/talk"
)

// Delivery is what a server sends to a bot, for tests of bots.
type Delivery struct {
	Header http.Header
	Body   []byte
}

// NewDelivery writes and signs an event as a server does, byte for byte, for tests of handlers: give its Request to a [Bot]. Events with a
// Published time are written as by Talk 24, others as before. Each delivery is a new one, even of the same event. Of the server,
// the address and the secret count. An event that no server would send gives [talk.ErrInvalid].
func NewDelivery(server Server, event *Event) (*Delivery, error) {
	const op = "new delivery"
	if _, err := server.check(op); err != nil {
		return nil, err
	}
	body, err := encodeEvent(event)
	if err != nil {
		return nil, ocs.Invalid(op, "event", "%w", err)
	}
	random := randomHex()
	h := http.Header{}
	h.Set("Content-Type", "application/json")
	h.Set(headerRandom, random)
	h.Set(headerSignature, hex.EncodeToString(mac(string(server.Secret), random, body)))
	h.Set(headerBackend, strings.TrimRight(server.backend(), "/")+"/")
	h.Set("OCS-APIRequest", "true")
	h.Set("User-Agent", "Nextcloud Server Crawler")
	return &Delivery{Header: h, Body: body}, nil
}

// Request gives the delivery as a request to the address of a bot. It can be called more than once.
func (d *Delivery) Request(ctx context.Context, url string) (*http.Request, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(d.Body))
	if err != nil {
		return nil, fmt.Errorf("bot: delivery: %w", err)
	}
	r.Header = d.Header.Clone()
	return r, nil
}

// The keys in the order in which servers write them.
type (
	outEvent struct {
		Type      string    `json:"type"`
		Actor     outActor  `json:"actor"`
		Object    any       `json:"object"`
		Target    *outPlace `json:"target,omitempty"`
		Content   string    `json:"content,omitempty"`
		Published string    `json:"published,omitempty"`
	}
	outActor struct {
		Type            string `json:"type"`
		ID              string `json:"id"`
		Name            string `json:"name"`
		ParticipantType string `json:"talkParticipantType,omitempty"`
	}
	outPlace struct {
		Type string `json:"type"`
		ID   string `json:"id"`
		Name string `json:"name"`
	}
	outNote struct {
		Type      string    `json:"type"`
		ID        string    `json:"id"`
		Name      string    `json:"name"`
		Content   string    `json:"content"`
		MediaType string    `json:"mediaType"`
		InReplyTo *outReply `json:"inReplyTo,omitempty"`
		ThreadID  int64     `json:"threadId,omitempty"`
	}
	outReply struct {
		Type   string   `json:"type"`
		Actor  outActor `json:"actor"`
		Object outNote  `json:"object"`
	}
	outLike struct {
		Type    string    `json:"type"`
		Actor   outActor  `json:"actor"`
		Object  outNote   `json:"object"`
		Target  *outPlace `json:"target"`
		Content string    `json:"content"`
	}
)

func encodeEvent(e *Event) ([]byte, error) {
	if e == nil {
		return nil, fmt.Errorf("is nil")
	}
	place := &outPlace{"Collection", e.Conversation.Token, e.Conversation.Name}
	out := outEvent{Actor: person(e.Actor), Target: place}
	if !e.Published.IsZero() {
		out.Published = e.Published.Format("2006-01-02T15:04:05-07:00")
	}
	note, err := encodeNote(&e.Note)
	if err != nil {
		return nil, err
	}
	out.Object = note
	switch e.Type {
	case EventMessage, EventReply:
		out.Type = "Create"
		if e.Actor.ParticipantType != 0 {
			out.Actor.ParticipantType = strconv.Itoa(int(e.Actor.ParticipantType))
		}
		if e.Type == EventReply {
			if e.InReplyTo == nil {
				return nil, fmt.Errorf("is a reply to nothing")
			}
			parent, err := encodeNote(e.InReplyTo)
			if err != nil {
				return nil, err
			}
			note.InReplyTo = &outReply{"Note", person(e.InReplyTo.Author), parent}
			out.Object = note
		}
	case EventSystem:
		out.Type = "Activity"
	case EventReactionAdded, EventReactionRemoved:
		out.Type, out.Content = "Like", e.Emoji
		if e.Published.IsZero() {
			out.Actor = person(e.Note.Author)
		}
		if e.Type == EventReactionRemoved {
			out.Type, out.Content = "Undo", ""
			out.Object = outLike{"Like", person(e.Note.Author), note, place, e.Emoji}
		}
	case EventJoined, EventLeft:
		out.Type, out.Object, out.Target = "Join", place, nil
		out.Actor.Type = "Application"
		if e.Type == EventLeft {
			out.Type = "Leave"
		}
	default:
		return nil, fmt.Errorf("has the unknown type %q", e.Type)
	}
	body, err := php(out)
	if err == nil {
		_, err = decodeEvent(body) // whoever receives it reads it so
	}
	return body, err
}

func person(a Actor) outActor {
	return outActor{Type: "Person", ID: string(a.Type) + "/" + a.ID, Name: a.Name}
}

func encodeNote(n *Note) (outNote, error) {
	content, err := wire.Marshal(wireContent{n.Content, n.Parameters})
	if err != nil {
		return outNote{}, err
	}
	media := n.MediaType
	if media == "" {
		media = "text/markdown"
	}
	return outNote{
		Type: "Note", ID: strconv.FormatInt(n.ID, 10), Name: n.Name, Content: string(escapePHP(content)), MediaType: media, ThreadID: n.ThreadID,
	}, nil
}

// php encodes a value as PHP's json_encode does.
func php(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return escapePHP(bytes.TrimSpace(b.Bytes())), nil
}

// escapePHP escapes slashes and what is not ASCII. In JSON both stand in strings only.
func escapePHP(text []byte) []byte {
	out := make([]byte, 0, len(text)+len(text)/8)
	for len(text) > 0 {
		r, size := utf8.DecodeRune(text)
		switch {
		case r == '/':
			out = append(out, '\\', '/')
		case r < utf8.RuneSelf:
			out = append(out, byte(r))
		case r > 0xffff:
			r -= 0x10000
			out = fmt.Appendf(out, `\u%04x\u%04x`, 0xd800+r>>10, 0xdc00+r&0x3ff)
		default:
			out = fmt.Appendf(out, `\u%04x`, r)
		}
		text = text[size:]
	}
	return out
}

// NewMessageEvent gives an event of a message as a user writes it, for [NewDelivery].
func NewMessageEvent(token, user, text string) *Event {
	author := Actor{Type: talk.ActorUser, ID: user, Name: user}
	speaker := author
	speaker.ParticipantType = talk.ParticipantUser
	return &Event{
		Type: EventMessage, Conversation: Conversation{Token: token, Name: token}, Actor: speaker,
		Note: Note{ID: time.Now().UnixMicro(), Author: author, Name: "message", Content: text, MediaType: "text/markdown"},
	}
}
