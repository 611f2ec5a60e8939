package core

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestWithSender(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		`{}`:                           `{"from":"me"}`,
		`{"z":1, "a":{"b":[1.0,"é"]}}`: `{"z":1,"a":{"b":[1.0,"é"]},"from":"me"}`,
		`{"from":"you","to":"x"}`:      `{"to":"x","from":"me"}`,
	} {
		if got, ok := withSender(in, "me"); !ok || got != want {
			t.Errorf("%s: %s %v, want %s", in, got, ok, want)
		}
	}
	for _, in := range []string{``, `[]`, `"x"`, `{`, `{"a"}`, `null`} {
		if got, ok := withSender(in, "me"); ok {
			t.Errorf("%s: %s", in, got)
		}
	}
}

func FuzzWithSender(f *testing.F) {
	for _, in := range []string{`{"to":"x","type":"offer","payload":{"sdp":"v=0"}}`, `{"from":1,"from":2}`, `{"\u0000":null}`, `[]`, `{"a":`} {
		f.Add(in)
	}
	f.Fuzz(func(t *testing.T, in string) {
		out, ok := withSender(in, "me")
		if !ok {
			return
		}
		var before, after map[string]any
		if err := json.Unmarshal([]byte(out), &after); err != nil {
			t.Fatalf("%q made %q: %v", in, out, err)
		}
		if json.Unmarshal([]byte(in), &before) != nil {
			return // what follows the object is not looked at
		}
		if after["from"] != "me" {
			t.Errorf("%q is from %v", out, after["from"])
		}
		delete(before, "from")
		delete(after, "from")
		if diff := cmp.Diff(before, after); diff != "" {
			t.Errorf("%q: %s", in, diff)
		}
	})
}

func FuzzAttendeeMap(f *testing.F) {
	for _, in := range []string{"", "[]", "{}", `{"1":0}`, `{"0":0}`, `{"1":-1}`, `{"1":1e3}`, `{"99999999999999999999":0}`, "null"} {
		f.Add(in, 3)
	}
	f.Fuzz(func(t *testing.T, in string, amount int) {
		got, err := parseAttendeeMap(in, amount)
		for id, room := range got {
			if err != nil || id <= 0 || room < 0 || room >= amount {
				t.Errorf("%q of %d rooms: attendee %d in %d, %v", in, amount, id, room, err)
			}
		}
	})
}
