package api

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"strconv"

	"github.com/confab-go/confab/internal/server/core"
)

// botBody encodes what a bot is told, as Talk's ActivityStreams.
func botBody(d *core.BotDelivery) ([]byte, error) {
	note, err := botNote(&d.Note)
	if err != nil {
		return nil, err
	}
	target := object{{"type", "Collection"}, {"id", d.RoomToken}, {"name", d.RoomName}}
	actor := person(d.Actor)
	var body object
	switch d.Kind {
	case core.BotToldEnabled, core.BotToldDisabled:
		actor[0].value = "Application"
		body = object{{"type", d.Kind}, {"actor", actor}, {"object", target}}
	case core.BotToldReaction:
		body = object{{"type", d.Kind}, {"actor", actor}, {"object", note}, {"target", target}, {"content", d.Reaction}}
	case core.BotToldUnreaction:
		like := object{{"type", core.BotToldReaction}, {"actor", actor}, {"object", note}, {"target", target}, {"content", d.Reaction}}
		body = object{{"type", d.Kind}, {"actor", actor}, {"object", like}, {"target", target}}
	default:
		if d.ReplyTo != nil {
			parent, err := botNote(&d.ReplyTo.Note)
			if err != nil {
				return nil, err
			}
			note = append(note, member{"inReplyTo", object{{"type", "Note"}, {"actor", person(d.ReplyTo.Actor)}, {"object", parent}}})
		}
		body = object{{"type", d.Kind}, {"actor", actor}, {"object", note}, {"target", target}}
	}
	return phpJSON(body)
}

func person(a core.BotActor) object {
	o := object{{"type", "Person"}, {"id", a.Type + "/" + a.ID}, {"name", a.Name}}
	if a.ParticipantType != 0 {
		o = append(o, member{"talkParticipantType", strconv.Itoa(a.ParticipantType)})
	}
	return o
}

func botNote(n *core.BotNote) (object, error) {
	content, err := phpJSON(object{{"message", n.Text}, {"parameters", wireParameters(n.Parameters)}})
	return object{
		{"type", "Note"},
		{"id", strconv.FormatInt(n.ID, 10)},
		{"name", n.Name},
		{"content", string(content)},
		{"mediaType", "text/markdown"},
	}, err
}

// phpJSON encodes a value as PHP does.
func phpJSON(v any) ([]byte, error) {
	var b bytes.Buffer
	if err := appendJSON(&b, v); err != nil {
		return nil, err
	}
	return phpEscape(b.Bytes()), nil
}

// botSignature signs a delivery.
func botSignature(secret, random string, body []byte) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(random))
	mac.Write(body)
	return hex.EncodeToString(mac.Sum(nil))
}
