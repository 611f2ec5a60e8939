package core

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/confab-go/confab/internal/server/store"
)

// object is something that a message shows and that is no file.
type object struct {
	Type   string  `json:"type"`
	ID     string  `json:"id"`
	Fields []Field `json:"fields"` // what else is known of it, in its order
}

// objectParams are the parameters of a message that shows an object, as they are stored.
type objectParams struct {
	Object object `json:"object"`
}

// objectOf returns the object that a message shows; ok is false for any other message.
func objectOf(m *store.Message) (o object, ok bool) {
	if m.Verb != verbObject || !strings.HasPrefix(m.Parameters, `{"object":`) {
		return o, false
	}
	var p objectParams
	err := json.Unmarshal([]byte(m.Parameters), &p)
	return p.Object, err == nil
}

// objectKind tells the kind of attachment that an object is.
func objectKind(objectType string) string {
	switch objectType {
	case pollObject:
		return "poll"
	case "geo-location":
		return "location"
	case "deck-card":
		return "deckcard"
	default:
		return "other"
	}
}

// shareObject posts a message that shows an object. The caller has read it then.
func (s *scope) shareObject(o object, referenceID string) error {
	stored, err := json.Marshal(objectParams{o})
	if err != nil {
		return err
	}
	m := s.newMessage(verbObject)
	m.ActorType, m.ActorID, m.ActorName = s.self.ActorType, s.self.ActorID, s.self.DisplayName
	m.Parameters, m.ReferenceID = string(stored), referenceID
	if err := s.insert(&m); err != nil {
		return err
	}
	if err := s.tx.InsertAttachment(&m, objectKind(o.Type)); err != nil {
		return err
	}
	return s.tx.SetLastRead(s.self, m.ID)
}

// renderObject makes the text and parameters of a message that shows an object.
func (r *reader) renderObject(m *store.Message, o object, v *MessageView) {
	v.Text = "{object}"
	fields := append([]Field{{"type", o.Type}, {"id", o.ID}}, o.Fields...)
	if o.Type != pollObject { // which Talk itself shares, in an order of its own
		fields = append(slices.Clone(o.Fields), Field{"type", o.Type}, Field{"id", o.ID}, Field{"icon-url", r.iconURL()})
	}
	v.Parameters = append(v.Parameters, r.actorParameter("actor", m.ActorType, m.ActorID, m.ActorName),
		Parameter{Name: "object", Fields: fields})
}
