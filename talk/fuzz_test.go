package talk_test

import (
	"encoding/json"
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/confab-go/confab/talk"
)

// recorded adds every recorded value of one type, alone or from lists, to a corpus.
func recorded[T any](f *testing.F) {
	f.Helper()
	for i, e := range exchanges(f) {
		switch answerOf(e).(type) {
		case *T:
			f.Add([]byte(e.data(f)))
		case *[]T:
			var list []json.RawMessage
			if json.Unmarshal(e.data(f), &list) == nil && len(list) > 0 {
				f.Add([]byte(list[i%len(list)]))
			}
		}
	}
}

// survives checks that bytes from anywhere decode or fail, and that a value once decoded is the same after encoding and decoding again.
func survives[T any](t *testing.T, data []byte) {
	t.Helper()
	var v, again T
	if json.Unmarshal(data, &v) != nil {
		return
	}
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatalf("%q decodes but does not encode: %v", data, err)
	}
	if err := json.Unmarshal(text, &again); err != nil {
		t.Fatalf("%q became %q, which does not decode: %v", data, text, err)
	}
	second, err := json.Marshal(again)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(jsonValue(t, text), jsonValue(t, second)); diff != "" {
		t.Fatalf("%s changes when it is encoded again:\n%s", reflect.TypeFor[T](), diff)
	}
}

func FuzzConversation(f *testing.F) {
	recorded[talk.Conversation](f)
	f.Add([]byte(`{"id":"7","readOnly":"1","lastMessage":[],"lobbyTimer":1.5,"status":"away","messageExpiration":"60"}`))
	f.Fuzz(survives[talk.Conversation])
}

func FuzzMessage(f *testing.F) {
	recorded[talk.Message](f)
	f.Add([]byte(`{"id":"7","messageParameters":[],"parent":{"parent":[]},"reactions":[],"message":"{a} {b}"}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		survives[talk.Message](t, data)
		var m talk.Message
		if json.Unmarshal(data, &m) == nil {
			_ = m.Text()
		}
	})
}

// FuzzNewer decodes bytes as each of the types that Talk 22 to 25 added.
func FuzzNewer(f *testing.F) {
	recorded[talk.ThreadInfo](f)
	recorded[talk.ScheduledMessage](f)
	recorded[talk.Tag](f)
	recorded[talk.Preset](f)
	f.Add([]byte(`{"thread":[],"attendee":null,"first":[],"id":7,"sendAt":"1","parameters":[3],"originLanguages":[]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		survives[talk.ThreadInfo](t, data)
		survives[talk.ScheduledMessage](t, data)
		survives[talk.Tag](t, data)
		survives[talk.Preset](t, data)
		survives[talk.TranslationLanguages](t, data)
	})
}

// FuzzCalls decodes bytes as each of the types of calls and of what stands beside them.
func FuzzCalls(f *testing.F) {
	recorded[talk.CallPeer](f)
	recorded[talk.Signal](f)
	recorded[talk.SignalingSettings](f)
	recorded[talk.Bridge](f)
	recorded[talk.BridgeProcess](f)
	f.Add([]byte(`{"type":"message","data":"{\"type\":\"offer\",\"to\":\"x\",\"payload\":[]}"}`))
	f.Add([]byte(`{"type":"usersInRoom","data":{"1":{"inCall":"7","lastPing":1.5}},"helloAuthParams":[],"turnservers":{"1":[]}}`))
	f.Add([]byte(`{"eventAttachments":[],"start":"1","calendars":[{}],"roomActiveSince":null,"state":9,"invalidLines":{"3":"7"}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		survives[talk.CallPeer](t, data)
		survives[talk.SignalingSettings](t, data)
		survives[talk.SignalingMessage](t, data)
		survives[talk.Bridge](t, data)
		survives[talk.BridgeProcess](t, data)
		survives[talk.FederationInvitation](t, data)
		survives[talk.MeetingEvent](t, data)
		survives[talk.EmailImport](t, data)
		survives[talk.SummaryTask](t, data)
		survives[talk.Signal](t, data)
		var s talk.Signal
		if json.Unmarshal(data, &s) == nil {
			_, _ = s.Sessions()
			_, _ = s.Message()
		}
	})
}

// FuzzUser decodes bytes as an account.
func FuzzUser(f *testing.F) {
	recorded[talk.User](f)
	f.Add([]byte(`{"id":7,"quota":{"quota":"none","free":1.5},"groups":{"2":"crew"},"lastLogin":"0","additional_mailScope":[]}`))
	f.Fuzz(survives[talk.User])
}

// FuzzSmaller decodes bytes as each of the types that have no target of their own.
func FuzzSmaller(f *testing.F) {
	recorded[talk.Participant](f)
	recorded[talk.Capabilities](f)
	recorded[talk.Poll](f)
	recorded[talk.Bot](f)
	recorded[talk.BotDetails](f)
	recorded[talk.Ban](f)
	recorded[talk.Reminder](f)
	recorded[talk.UpcomingReminder](f)
	recorded[talk.MentionSuggestion](f)
	recorded[talk.SearchPage](f)
	recorded[talk.Candidate](f)
	recorded[talk.OwnStatus](f)
	f.Fuzz(func(t *testing.T, data []byte) {
		survives[talk.Participant](t, data)
		survives[talk.Capabilities](t, data)
		survives[talk.Poll](t, data)
		survives[talk.Bot](t, data)
		survives[talk.BotDetails](t, data)
		survives[talk.Ban](t, data)
		survives[talk.Reminder](t, data)
		survives[talk.UpcomingReminder](t, data)
		survives[talk.MentionSuggestion](t, data)
		survives[talk.SearchPage](t, data)
		survives[talk.Candidate](t, data)
		survives[talk.OwnStatus](t, data)
		survives[talk.PublicStatus](t, data)
	})
}
