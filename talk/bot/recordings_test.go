package bot_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/confab-go/confab/talk"
	"github.com/confab-go/confab/talk/bot"
)

func secretsOf(t testing.TB, servers ...bot.Server) bot.Secrets {
	t.Helper()
	secrets, err := bot.StaticSecrets(servers...)
	if err != nil {
		t.Fatal(err)
	}
	return secrets
}

func (l line) server() bot.Server {
	return bot.Server{URL: address, Backend: "http://localhost", Secret: bot.Secret(l.secret)}
}

func TestRecordedDeliveriesVerify(t *testing.T) {
	t.Parallel()
	for _, l := range deliveries(t) {
		l.Method = http.MethodPost
		if e, err := bot.Verify(l.request(t), secretsOf(t, l.server())); err != nil {
			t.Errorf("%s #%d: %v", l.story, l.N, err)
		} else if string(e.Raw) != l.text(t) {
			t.Errorf("%s #%d: the raw body is %s", l.story, l.N, e.Raw)
		}
	}
}

// Every bit of every recorded delivery counts: of its body, and of its headers but for the one that is not signed.
func TestOneBitChangedIsRefused(t *testing.T) {
	t.Parallel()
	for _, l := range deliveries(t) {
		t.Run(fmt.Sprintf("%s #%d", l.story, l.N), func(t *testing.T) {
			t.Parallel()
			l.Method = http.MethodPost
			secrets := secretsOf(t, l.server())
			body := []byte(l.text(t))
			r := l.request(t)
			verify := func() error {
				r.Body = io.NopCloser(bytes.NewReader(body))
				_, err := bot.Verify(r, secrets)
				return err
			}
			for i := range 8 * len(body) {
				body[i/8] ^= 1 << (i % 8)
				if err := verify(); !errors.Is(err, bot.ErrSignature) {
					t.Fatalf("bit %d of the body changed: %v", i, err)
				}
				body[i/8] ^= 1 << (i % 8)
			}
			for _, header := range []string{"X-Nextcloud-Talk-Random", "X-Nextcloud-Talk-Signature", "X-Nextcloud-Talk-Backend"} {
				value := l.Headers[header]
				for i := range 8 * len(value) {
					r.Header.Set(header, flip(value, i))
					err := verify()
					switch {
					case errors.Is(err, bot.ErrSignature), errors.Is(err, bot.ErrHeader), errors.Is(err, bot.ErrUnknownBackend):
					case header == "X-Nextcloud-Talk-Backend" && strings.EqualFold(flip(value, i), value): // which is the same server
					default:
						t.Fatalf("bit %d of %s changed: %v", i, header, err)
					}
				}
				r.Header.Set(header, value)
			}
			if err := verify(); err != nil {
				t.Errorf("with all of them as they were: %v", err)
			}
		})
	}
}

func flip(s string, bit int) string {
	b := []byte(s)
	b[bit/8] ^= 1 << (bit % 8)
	return string(b)
}

// A server writes each event as NewDelivery does, to the byte, so what a handler is tested with is what it will get.
func TestNewDeliveryWritesWhatServersDo(t *testing.T) {
	t.Parallel()
	for _, l := range deliveries(t) {
		l.Method = http.MethodPost
		e, err := bot.Verify(l.request(t), secretsOf(t, l.server()))
		if err != nil {
			t.Fatal(err)
		}
		d, err := bot.NewDelivery(l.server(), e)
		if err != nil {
			t.Errorf("%s #%d: %v", l.story, l.N, err)
			continue
		}
		if diff := cmp.Diff(l.text(t), string(d.Body)); diff != "" {
			t.Errorf("%s #%d: (-server +ours)\n%s", l.story, l.N, diff)
		}
		for name := range l.Headers {
			if name == "Accept-Encoding" { // of the recorder's proxy
				continue
			}
			if d.Header.Get(name) == "" {
				t.Errorf("no header %s", name)
			}
		}
		for _, same := range []string{"Content-Type", "X-Nextcloud-Talk-Backend", "OCS-APIRequest", "User-Agent"} {
			if d.Header.Get(same) != l.Headers[same] {
				t.Errorf("%s is %q, recorded %q", same, d.Header.Get(same), l.Headers[same])
			}
		}
	}
}

// summary is what of an event is compared.
type summary struct {
	Type           bot.EventType
	Actor, Author  string
	Role           talk.ParticipantType
	Text, Emoji    string
	System         talk.SystemMessage
	InReplyTo      string
	InReplyToActor string
}

func summarize(e *bot.Event) summary {
	who := func(a bot.Actor) string {
		if a.IsZero() {
			return ""
		}
		return string(a.Type) + "/" + a.ID + " " + a.Name
	}
	s := summary{e.Type, who(e.Actor), who(e.Note.Author), e.Actor.ParticipantType, e.Text(), e.Emoji, e.SystemMessage, "", ""}
	if e.InReplyTo != nil {
		s.InReplyTo, s.InReplyToActor = e.InReplyTo.Text(), who(e.InReplyTo.Author)
	}
	return s
}

func TestRecordedEvents(t *testing.T) {
	t.Parallel()
	const anna, ben, self = "users/anna Anna", "users/ben Ben", "bots/bot-4b6562dc8b10b67b70d19314e9017fbf3efd1e37 Recorder"
	hello := "hello bot, meet @Ben"
	want := map[string][]summary{
		"talk-21.1.7": {
			{Type: bot.EventJoined, Actor: self},
			{Type: bot.EventMessage, Actor: anna, Author: anna, Role: talk.ParticipantOwner, Text: hello},
			{Type: bot.EventReply, Actor: ben, Author: ben, Role: talk.ParticipantUser, Text: "a reply", InReplyTo: hello, InReplyToActor: anna},
			{Type: bot.EventReactionAdded, Author: anna, Text: hello, Emoji: "👍"},
			{Type: bot.EventSystem, Actor: ben, Author: ben, Text: "Ben deleted a reaction", System: talk.SystemReactionRevoked},
			{Type: bot.EventReactionRemoved, Author: anna, Text: hello, Emoji: "👍"},
			{Type: bot.EventSystem, Actor: anna, Author: anna, Text: "Anna added Cleo", System: talk.SystemUserAdded},
			{Type: bot.EventSystem, Actor: anna, Author: anna, Text: "Anna edited a message", System: talk.SystemMessageEdited},
			{Type: bot.EventMessage, Actor: anna, Author: anna, Role: talk.ParticipantOwner, Text: "silent one"},
			{Type: bot.EventReactionAdded, Author: anna, Text: "hello bot, edited", Emoji: "🎉"},
			{Type: bot.EventSystem, Actor: self + " (Bot)", Author: self + " (Bot)", Text: "Deleted user deleted a reaction", System: talk.SystemReactionRevoked},
			{Type: bot.EventReactionRemoved, Author: anna, Text: "hello bot, edited", Emoji: "🎉"},
			{Type: bot.EventLeft, Actor: self},
			{Type: bot.EventLeft, Actor: self},
		},
		"talk-25-alpha": {
			{Type: bot.EventJoined, Actor: self},
			{Type: bot.EventMessage, Actor: anna, Author: anna, Role: talk.ParticipantOwner, Text: hello},
			{Type: bot.EventReply, Actor: ben, Author: ben, Role: talk.ParticipantUser, Text: "a reply", InReplyTo: hello, InReplyToActor: anna},
			{Type: bot.EventReactionAdded, Actor: ben, Text: hello, Emoji: "👍"},
			{Type: bot.EventSystem, Actor: ben, Author: ben, Text: "Ben deleted a reaction", System: talk.SystemReactionRevoked},
			{Type: bot.EventReactionRemoved, Actor: ben, Author: anna, Text: hello, Emoji: "👍"},
			{Type: bot.EventSystem, Actor: anna, Author: anna, Text: "Anna added Cleo", System: talk.SystemUserAdded},
			{Type: bot.EventSystem, Actor: anna, Author: anna, Text: "Anna edited a message", System: talk.SystemMessageEdited},
			{Type: bot.EventMessage, Actor: anna, Author: anna, Role: talk.ParticipantOwner, Text: "silent one"},
			{Type: bot.EventReactionAdded, Actor: self, Text: "hello bot, edited", Emoji: "🎉"},
			{Type: bot.EventSystem, Actor: self + " (Bot)", Author: self + " (Bot)", Text: "Deleted user deleted a reaction", System: talk.SystemReactionRevoked},
			{Type: bot.EventReactionRemoved, Actor: self, Author: anna, Text: "hello bot, edited", Emoji: "🎉"},
			{Type: bot.EventLeft, Actor: self},
			{Type: bot.EventLeft, Actor: self},
		},
	}
	got := map[string][]summary{}
	for _, l := range deliveries(t) {
		l.Method = http.MethodPost
		e, err := bot.Verify(l.request(t), secretsOf(t, l.server()))
		if err != nil {
			t.Fatal(err)
		}
		if want[l.story] == nil {
			continue
		}
		got[l.story] = append(got[l.story], summarize(e))
		if e.Conversation.Name != "Bots" || e.Conversation.Token == "" || e.Backend.String() != "http://localhost/" {
			t.Errorf("%s #%d: conversation %+v, backend %v", l.story, l.N, e.Conversation, e.Backend)
		}
		if newer := l.story == "talk-25-alpha"; newer == e.Published.IsZero() {
			t.Errorf("%s #%d: published %v", l.story, l.N, e.Published)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// The answers that the server took are signed as ours are: over the text or the emoji.
func TestRecordedAnswersAreSignedOverTheText(t *testing.T) {
	t.Parallel()
	checked := 0
	for _, l := range recorded(t) {
		signature := l.Headers["X-Nextcloud-Talk-Bot-Signature"]
		if signature == "" || l.Status >= 300 {
			continue
		}
		var body struct{ Message, Reaction string }
		if err := json.Unmarshal(l.Body, &body); err != nil {
			t.Fatal(err)
		}
		if got := bot.Sign(bot.Secret(l.secret), l.Headers["X-Nextcloud-Talk-Bot-Random"], body.Message+body.Reaction); got != signature {
			t.Errorf("%s #%d: %s, recorded %s", l.story, l.N, got, signature)
		}
		checked++
	}
	if checked < 15 {
		t.Errorf("%d answers checked", checked)
	}
}
