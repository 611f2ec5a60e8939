package talk

import (
	"strconv"
	"strings"
)

// render fills the placeholders of a text. A placeholder without an object stays as it is.
func render(text string, objects map[string]RichObject) string {
	if len(objects) == 0 || !strings.Contains(text, "{") {
		return text
	}
	var b strings.Builder
	for {
		open := strings.IndexByte(text, '{')
		if open < 0 {
			break
		}
		length := strings.IndexByte(text[open:], '}')
		if length < 0 {
			break
		}
		object, ok := objects[text[open+1:open+length]]
		if !ok { // the brace is text; a placeholder may begin after it
			b.WriteString(text[:open+1])
			text = text[open+1:]
			continue
		}
		b.WriteString(text[:open])
		if strings.HasPrefix(text[open:], "{mention-") {
			b.WriteByte('@')
		}
		b.WriteString(object.Name)
		text = text[open+length+1:]
	}
	b.WriteString(text)
	return b.String()
}

// ActorMention is somebody whom a message speaks to.
type ActorMention struct {
	// Type and ID name the actor. For everybody, Type is empty and ID the conversation's token.
	Type ActorType
	ID   string
	Name string
	// Everybody reports whether the message speaks to the whole conversation.
	Everybody bool
}

// Mention gives whom the object mentions; ok is false for objects of other kinds.
func (o RichObject) Mention() (mention ActorMention, ok bool) {
	m := ActorMention{ID: o.ID, Name: o.Name}
	switch o.Type {
	case "user":
		m.Type = ActorUser
		if o.Server != "" {
			m.Type = ActorFederatedUser
		}
	case "guest":
		m.Type, m.ID = ActorGuest, strings.TrimPrefix(o.ID, "guest/")
	case "email":
		m.Type = ActorEmail
	case "user-group", "group":
		m.Type = ActorGroup
	case "circle":
		m.Type = ActorCircle
	case "call":
		m.Everybody = true
	default:
		return ActorMention{}, false
	}
	return m, true
}

// PollID gives the poll that the object is; ok is false for objects of other kinds.
func (o RichObject) PollID() (id int64, ok bool) {
	if o.Type != "talk-poll" {
		return 0, false
	}
	id, err := strconv.ParseInt(o.ID, 10, 64)
	return id, err == nil
}

// Location is a place on earth.
type Location struct {
	Name                string
	Latitude, Longitude float64 // degrees
}

// Location gives the place that the object is; ok is false for objects of other kinds, and for places that are none.
func (o RichObject) Location() (location Location, ok bool) {
	if o.Type != "geo-location" {
		return Location{}, false
	}
	latitude, err := strconv.ParseFloat(o.Latitude, 64)
	if err != nil {
		return Location{}, false
	}
	longitude, err := strconv.ParseFloat(o.Longitude, 64)
	if err != nil || latitude < -90 || latitude > 90 || longitude < -180 || longitude > 180 {
		return Location{}, false
	}
	return Location{o.Name, latitude, longitude}, true
}

// Mentions gives whom the message speaks to, in the order of their placeholders, each once.
func (m *Message) Mentions() []ActorMention {
	var all []ActorMention
	seen := map[string]bool{}
	for rest := m.Message; ; {
		_, after, found := strings.Cut(rest, "{mention-")
		if !found {
			return all
		}
		name, _, closed := strings.Cut(after, "}")
		rest = after
		key := "mention-" + name
		object, ok := m.MessageParameters[key]
		if !closed || !ok || seen[key] {
			continue
		}
		seen[key] = true
		if mention, ok := object.Mention(); ok {
			all = append(all, mention)
		}
	}
}

// PollID gives the poll that the message shares, if it shares one.
func (m *Message) PollID() (id int64, ok bool) { return m.MessageParameters["object"].PollID() }

// Location gives the place that the message shares, if it shares one.
func (m *Message) Location() (location Location, ok bool) {
	return m.MessageParameters["object"].Location()
}
