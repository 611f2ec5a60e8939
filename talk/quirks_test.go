package talk_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/confab-go/confab/talk"
)

// TestSpellingsOfPHP: nothing breaks on the ways in which a PHP server spells the same thing.
func TestSpellingsOfPHP(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"as documented":              `{"id":7,"token":"abcd1234","type":2,"readOnly":1,"hasPassword":true,"lastActivity":1700000000,"unreadMessages":3,"messageExpiration":3600,"lastMessage":{"id":9,"messageParameters":{},"reactions":{}}}`,
		"numbers as strings":         `{"id":"7","token":"abcd1234","type":"2","readOnly":"1","hasPassword":"1","lastActivity":"1700000000","unreadMessages":"3","messageExpiration":"3600","lastMessage":{"id":"9","messageParameters":[],"reactions":[]}}`,
		"numbers as floats":          `{"id":7.0,"token":"abcd1234","type":2.0,"readOnly":1.0,"hasPassword":1,"lastActivity":1.7e9,"unreadMessages":3.0,"messageExpiration":3.6e3,"lastMessage":{"id":9.0,"messageParameters":null,"reactions":null}}`,
		"a token that is a number":   `{"id":7,"token":"abcd1234","type":2,"readOnly":true,"hasPassword":"true","lastActivity":1700000000,"unreadMessages":3,"messageExpiration":3600,"lastMessage":{"id":9,"reactions":[]}}`,
		"with what is not known":     `{"id":7,"token":"abcd1234","type":2,"readOnly":1,"hasPassword":true,"lastActivity":1700000000,"unreadMessages":3,"messageExpiration":3600,"lastMessage":{"id":9},"fromTheFuture":{"a":[1]}}`,
		"with nothing where objects": `{"id":7,"token":"abcd1234","type":2,"readOnly":1,"hasPassword":true,"lastActivity":1700000000,"unreadMessages":3,"messageExpiration":3600,"lastMessage":{"id":9,"parent":[]},"invalidParticipants":[],"status":null}`,
	} {
		var c talk.Conversation
		if err := json.Unmarshal([]byte(text), &c); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if c.ID != 7 || c.Type != talk.ConversationGroup || !c.ReadOnly || !c.HasPassword || c.LastActivity.Unix() != 1700000000 || c.UnreadMessages != 3 ||
			c.MessageExpiration != time.Hour || c.LastMessage == nil || c.LastMessage.ID != 9 || len(c.LastMessage.Reactions) != 0 || c.InvalidParticipants != nil || c.Status.Type != "" {
			t.Errorf("%s: %+v", name, c)
		}
		if _, ok := c.Extra.Get("fromTheFuture"); ok != strings.Contains(name, "not known") {
			t.Errorf("%s: unknown are %v", name, c.Extra)
		}
	}
	var c talk.Conversation
	if err := json.Unmarshal([]byte(`{"lastMessage":[]}`), &c); err != nil || c.LastMessage != nil {
		t.Errorf("no last message: %+v, %v", c.LastMessage, err)
	}
	var p talk.Poll
	if err := json.Unmarshal([]byte(`{"votes":[],"votedSelf":{"1":2},"numVoters":"0","options":{"0":"a","2":"b"}}`), &p); err != nil || len(p.Votes) != 0 || !cmp.Equal(p.VotedSelf, []int{2}) || !cmp.Equal(p.Options, []string{"a", "b"}) {
		t.Errorf("a poll: %+v, %v", p, err)
	}
}

// TestAnOldServer: Talk 17 knows neither half of the keys nor many a feature; what can be done is done, and the rest refused by name.
func TestAnOldServer(t *testing.T) {
	t.Parallel()
	const room = `{"id":1,"token":"abcd1234","type":2,"name":"Old","displayName":"Old","participantType":1,"lastActivity":1700000000,"lastMessage":[]}`
	c := clientOf(t, func(w http.ResponseWriter, r *http.Request) {
		answer := func(data string) {
			fmt.Fprintf(w, `{"ocs":{"meta":{"status":"ok","statuscode":200,"message":"OK"},"data":%s}}`, data)
		}
		switch {
		case strings.HasSuffix(r.URL.Path, "/cloud/capabilities"):
			answer(`{"capabilities":{"spreed":{"version":"17.1.0","features":["chat-v2","conversation-v4","favorites","delete-messages","read-only-rooms"],"config":{"chat":{"max-length":32000,"read-privacy":0}}}}}`)
		case r.Method == http.MethodGet && strings.HasSuffix(r.URL.Path, "/room"):
			answer("[" + room + "]")
		case r.Method == http.MethodGet:
			answer(room)
		default:
			answer("[]") // as it answered changes of a conversation
		}
	})
	ctx := t.Context()
	list := must(c.Conversations.List(ctx, nil))(t)
	if got := list.Conversations[0]; got.DisplayName != "Old" || got.LastMessage != nil || got.MentionPermissions != talk.MentionEveryone {
		t.Errorf("listed %+v", got)
	}
	// A change that is answered with nothing gives the conversation all the same.
	if got := must(c.Conversations.SetFavorite(ctx, "abcd1234", true))(t); got.Token != "abcd1234" {
		t.Errorf("changed %+v", got)
	}
	for feature, err := range map[string]error{
		"edit-messages":           errOf(c.Chat.Edit(ctx, "abcd1234", 1, "x")),
		"talk-polls":              errOf(c.Polls.Get(ctx, "abcd1234", 1)),
		"bots-v1":                 errOf(c.Bots.ListAll(ctx)),
		"note-to-self":            errOf(c.Conversations.NoteToSelf(ctx)),
		"reactions":               errOf(c.Reactions.List(ctx, "abcd1234", 1, nil)),
		"chat-read-last":          errOf(c.Chat.MarkRead(ctx, "abcd1234", 0)),
		"important-conversations": errOf(c.Conversations.SetImportant(ctx, "abcd1234", true)),
	} {
		refusedLocally(t, feature, err)
	}
	if has := must(c.BotsAvailable(ctx))(t); has {
		t.Error("bots are available")
	}
}

func refusedLocally(t *testing.T, feature string, err error) {
	t.Helper()
	var e *talk.Error
	if !errors.As(err, &e) || e.Reason != feature || e.StatusCode != 0 || !strings.Contains(err.Error(), feature) {
		t.Errorf("%s: %v", feature, err)
	}
}

func TestTextOfMessages(t *testing.T) {
	t.Parallel()
	objects := map[string]talk.RichObject{
		"actor":         {Type: "user", ID: "alice", Name: "Alice"},
		"user":          {Type: "user", ID: "bob", Name: "Bob {actor}"},
		"mention-user1": {Type: "user", ID: "bob", Name: "Bob"},
		"mention-call1": {Type: "call", ID: "abcd1234", Name: "Everybody"},
		"file":          {Type: "file", ID: "12", Name: "a.png"},
	}
	for text, want := range map[string]string{
		"plain":                                 "plain",
		"{actor} added {user}":                  "Alice added Bob {actor}", // names are not filled again
		"hi {mention-user1}, {mention-call1}":   "hi @Bob, @Everybody",
		"{file}":                                "a.png",
		"{unknown} {} { {actor {actor}":         "{unknown} {} { {actor Alice",
		"**{mention-user1}** `{mention-user1}`": "**@Bob** `@Bob`",
		"{{actor}}":                             "{Alice}",
		"ends {":                                "ends {",
	} {
		m := talk.Message{Message: text, MessageParameters: objects}
		if got := m.Text(); got != want {
			t.Errorf("%q reads %q, want %q", text, got, want)
		}
	}
	if got := (&talk.Message{Message: "{actor}"}).Text(); got != "{actor}" {
		t.Errorf("without objects: %q", got)
	}
}

func TestWhatMessagesShare(t *testing.T) {
	t.Parallel()
	object := func(o talk.RichObject) *talk.Message {
		return &talk.Message{Message: "{object}", MessageParameters: map[string]talk.RichObject{"object": o}}
	}
	place, ok := object(talk.RichObject{Type: "geo-location", Name: "Berlin", Latitude: "52.5", Longitude: "13.4"}).Location()
	if !ok || place != (talk.Location{Name: "Berlin", Latitude: 52.5, Longitude: 13.4}) {
		t.Errorf("a place: %+v, %v", place, ok)
	}
	for _, o := range []talk.RichObject{{Type: "geo-location", Latitude: "x", Longitude: "1"}, {Type: "geo-location", Latitude: "91", Longitude: "1"}, {Type: "geo-location", Latitude: "1"}, {Type: "file"}, {}} {
		if place, ok := object(o).Location(); ok {
			t.Errorf("%+v is at %+v", o, place)
		}
	}
	if id, ok := object(talk.RichObject{Type: "talk-poll", ID: "12"}).PollID(); !ok || id != 12 {
		t.Errorf("a poll: %d, %v", id, ok)
	}
	if _, ok := object(talk.RichObject{Type: "talk-poll", ID: "x"}).PollID(); ok {
		t.Error("a poll without a number")
	}
	file := &talk.Message{MessageParameters: map[string]talk.RichObject{"file": {Type: "file", ID: "5", Path: "Talk/a.png", Size: "12", Permissions: "27", PreviewAvailable: "yes", Width: "3"}}}
	if node, ok := file.File(); !ok || node.Path != "/Talk/a.png" || node.Size != 12 || !node.PreviewAvailable || node.Width != 3 || node.Permissions != 27 {
		t.Errorf("a file: %+v", node)
	}
	if _, ok := object(talk.RichObject{Type: "geo-location"}).File(); ok {
		t.Error("a place is a file")
	}
}

func TestMentionsAreQuotedWhereTheyHaveToBe(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ got, want string }{
		{talk.MentionUser("bob"), "@bob"},
		{talk.MentionUser("jane doe"), `@"jane doe"`},
		{talk.MentionUser("a.b-c_d9"), "@a.b-c_d9"},
		{talk.MentionUser("jane@example.com"), `@"jane@example.com"`},
		{talk.MentionUser("zoë"), `@"zoë"`},
		{talk.MentionUser(`x"y`), `@"xy"`},
		{talk.MentionGroup("crew"), `@"group/crew"`},
		{talk.MentionTeam("x1"), `@"team/x1"`},
		{talk.MentionGuest("abc"), `@"guest/abc"`},
		{talk.MentionEmail("abc"), `@"email/abc"`},
		{talk.MentionFederatedUser("bob@example.org"), `@"federated_user/bob@example.org"`},
		{talk.MentionAll, "@all"},
	} {
		if tt.got != tt.want {
			t.Errorf("got %s, want %s", tt.got, tt.want)
		}
	}
}

// FuzzText: filling placeholders never panics, ends, and leaves texts without objects as they are.
func FuzzText(f *testing.F) {
	f.Add("{actor} added {user}", "actor", "Alice", "user")
	f.Add("{mention-user1}{{}", "mention-user1", "{mention-user1}", "call")
	f.Fuzz(func(t *testing.T, text, key, name, kind string) {
		m := talk.Message{Message: text, MessageParameters: map[string]talk.RichObject{key: {Type: kind, ID: name, Name: name, Latitude: name, Longitude: text, Permissions: name, Size: text}}}
		if got := m.Text(); !strings.Contains(text, "{"+key+"}") && got != text {
			t.Errorf("%q became %q", text, got)
		}
		m.Mentions()
		m.File()
		m.Location()
		m.PollID()
		object := m.MessageParameters[key]
		object.File()
		object.Location()
		object.Mention()
	})
}
