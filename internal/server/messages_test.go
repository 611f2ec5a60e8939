package server_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/confab-go/confab/internal/server"
)

// object is a decoded JSON object.
type object = map[string]any

// send posts a message and returns its id.
func (c *client) send(token, body string) string {
	c.h.t.Helper()
	a := c.do("POST", talk+"/v1/chat/"+token, body)
	if a.status != http.StatusCreated {
		c.h.t.Fatalf("send %s: %d %s", body, a.status, a.raw)
	}
	return a.at("id").(json.Number).String()
}

// history returns the messages of a conversation as the client reads them, oldest first.
func (c *client) history(token string) []object {
	c.h.t.Helper()
	a := c.do("GET", talk+"/v1/chat/"+token+"?lookIntoFuture=1&timeout=0&setReadMarker=0&limit=200", "")
	if a.status != http.StatusOK {
		c.h.t.Fatalf("read %s: %d %s", token, a.status, a.raw)
	}
	var out []object
	for _, m := range a.data.([]any) {
		out = append(out, m.(object))
	}
	return out
}

// message returns one message as the client reads it.
func (c *client) message(token, id string) object {
	c.h.t.Helper()
	for _, m := range c.history(token) {
		if m["id"].(json.Number).String() == id {
			return m
		}
	}
	c.h.t.Fatalf("message %s is not in %s", id, token)
	return nil
}

// words returns the system messages of a conversation, those of its making left out.
func (c *client) words(token string) []string {
	c.h.t.Helper()
	var out []string
	for _, m := range c.history(token) {
		if w := m["systemMessage"].(string); w != "" && w != "conversation_created" && w != "user_added" {
			out = append(out, w)
		}
	}
	return out
}

// refusal is an answer that refuses.
type refusal struct {
	Status int
	Error  any // nil for data null, "[]" for an empty list
}

func (a answer) refusal() refusal {
	r := refusal{Status: a.status, Error: a.at("error")}
	if items, ok := a.data.([]any); ok && len(items) == 0 {
		r.Error = "[]"
	}
	return r
}

// lock makes a conversation read-only.
func (c *client) lock(token string) {
	c.h.t.Helper()
	if a := c.do("PUT", talk+"/v4/room/"+token+"/read-only", `{"state":1}`); a.status != http.StatusOK {
		c.h.t.Fatalf("lock: %d %s", a.status, a.raw)
	}
}

// mute takes the permission to chat from everybody but moderators.
func (c *client) mute(token string) {
	c.h.t.Helper()
	if a := c.do("PUT", talk+"/v4/room/"+token+"/permissions/default", `{"permissions":118}`); a.status != http.StatusOK {
		c.h.t.Fatalf("mute: %d %s", a.status, a.raw)
	}
}

func TestEditMessage(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil)
	anna, ben := h.as("anna"), h.as("ben")
	token := anna.room("Edits", "ben")
	id := ben.send(token, `{"message":"tpyo"}`)
	reply := anna.send(token, `{"message":"what?","replyTo":`+id+`}`)

	a := ben.do("PUT", talk+"/v1/chat/"+token+"/"+id, `{"message":"  typo  "}`)
	if a.status != http.StatusOK || a.at("systemMessage") != "message_edited" || a.at("message") != "You edited a message" {
		t.Fatalf("edit: %d %s", a.status, a.raw)
	}
	if a.header.Get("X-Chat-Last-Common-Read") == "" {
		t.Error("no X-Chat-Last-Common-Read")
	}
	if a.at("parent", "message") != "typo" || a.at("parent", "lastEditActorId") != "ben" {
		t.Errorf("parent of the note: %s", a.raw)
	}
	for _, got := range []object{anna.message(token, id), anna.message(token, reply)["parent"].(object)} {
		if got["message"] != "typo" || got["lastEditActorType"] != "users" || got["lastEditActorId"] != "ben" ||
			got["lastEditActorDisplayName"] != "Ben" || got["lastEditTimestamp"] == nil {
			t.Errorf("anna reads %v", got)
		}
	}

	if a := anna.do("PUT", talk+"/v1/chat/"+token+"/"+id, `{"message":"moderated"}`); a.status != http.StatusOK {
		t.Errorf("a moderator edits: %d %s", a.status, a.raw)
	}
	if got := ben.message(token, id); got["message"] != "moderated" || got["lastEditActorDisplayName"] != "Anna" {
		t.Errorf("ben reads %v", got)
	}
}

func TestEditAndDeleteRefusals(t *testing.T) {
	t.Parallel()
	clock := &clock{now: time.Unix(1_800_000_000, 0)}
	h := newHarness(t, func(cfg *server.Config) { cfg.Now = clock.Now })
	anna, ben, cleo := h.as("anna"), h.as("ben"), h.as("cleo")
	token := anna.room("Refusals", "ben")
	theirs, own := anna.send(token, `{"message":"anna's"}`), ben.send(token, `{"message":"ben's"}`)
	system := anna.history(token)[0]["id"].(json.Number).String()
	gone := ben.send(token, `{"message":"gone"}`)
	ben.do("DELETE", talk+"/v1/chat/"+token+"/"+gone, "")
	poll := anna.do("POST", talk+"/v1/poll/"+token, `{"question":"q","options":["a","b"],"resultMode":0,"maxVotes":1}`)
	if poll.status != http.StatusCreated {
		t.Fatalf("poll: %d %s", poll.status, poll.raw)
	}
	last := anna.history(token)
	object := last[len(last)-1]["id"].(json.Number).String()

	pair := anna.do("POST", talk+"/v4/room", `{"roomType":1,"invite":"ben"}`).at("token").(string)
	pairs := anna.send(pair, `{"message":"between us"}`)
	muted := anna.room("Muted", "ben")
	mutes := ben.send(muted, `{"message":"before"}`)
	anna.mute(muted)
	locked := anna.room("Locked")
	locks := anna.send(locked, `{"message":"before"}`)
	anna.lock(locked)

	for name, tt := range map[string]struct {
		as          *client
		token, id   string
		body        string
		edit, erase refusal
	}{
		"somebody else's":    {ben, token, theirs, `{"message":"x"}`, refusal{403, "permission"}, refusal{403, "permission"}},
		"a system message":   {anna, token, system, `{"message":"x"}`, refusal{405, "message"}, refusal{405, "message"}},
		"a deleted one":      {ben, token, gone, `{"message":"x"}`, refusal{405, "message"}, refusal{405, "message"}},
		"none":               {ben, token, "99999999", `{"message":"x"}`, refusal{404, "message"}, refusal{404, "message"}},
		"of another room":    {anna, token, pairs, `{"message":"x"}`, refusal{404, "message"}, refusal{404, "message"}},
		"of somewhere else":  {cleo, token, own, `{"message":"x"}`, refusal{404, "[]"}, refusal{404, "[]"}},
		"the other one's":    {ben, pair, pairs, `{"message":"x"}`, refusal{403, "permission"}, refusal{403, "permission"}},
		"without permission": {ben, muted, mutes, `{"message":"x"}`, refusal{403, "[]"}, refusal{403, "[]"}},
		"in a locked room":   {anna, locked, locks, `{"message":"x"}`, refusal{403, "[]"}, refusal{403, "[]"}},
		"blank":              {ben, token, own, `{"message":" \n"}`, refusal{400, "message"}, refusal{}},
		"no text":            {ben, token, own, `{}`, refusal{400, "message"}, refusal{}},
		"too long":           {ben, token, own, `{"message":"` + strings.Repeat("é", 32001) + `"}`, refusal{413, "message"}, refusal{}},
		"an object":          {anna, token, object, `{"message":"x"}`, refusal{400, "message"}, refusal{}},
	} {
		path := talk + "/v1/chat/" + tt.token + "/" + tt.id
		if diff := cmp.Diff(tt.edit, tt.as.do("PUT", path, tt.body).refusal()); diff != "" {
			t.Errorf("edit %s: %s", name, diff)
		}
		if tt.erase.Status == 0 {
			continue
		}
		if diff := cmp.Diff(tt.erase, tt.as.do("DELETE", path, "").refusal()); diff != "" {
			t.Errorf("delete %s: %s", name, diff)
		}
	}

	clock.advance(24*time.Hour + time.Second)
	if diff := cmp.Diff(refusal{400, "age"}, ben.do("PUT", talk+"/v1/chat/"+token+"/"+own, `{"message":"x"}`).refusal()); diff != "" {
		t.Errorf("edit an old message: %s", diff)
	}
	if got := ben.message(token, own); got["message"] != "ben's" || got["lastEditTimestamp"] != nil {
		t.Errorf("a refused edit left %v", got)
	}
}

func TestDeleteMessageReadsDifferentlyToEverybody(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil)
	anna, ben, cleo := h.as("anna"), h.as("ben"), h.as("cleo")
	token := anna.room("Deletions", "ben", "cleo")
	own := ben.send(token, `{"message":"by its author","silent":true}`)
	other := ben.send(token, `{"message":"by a moderator"}`)
	reply := cleo.send(token, `{"message":"an answer","replyTo":`+other+`}`)
	anna.do("POST", talk+"/v1/reaction/"+token+"/"+other, `{"reaction":"👍"}`)
	ben.do("PUT", talk+"/v1/chat/"+token+"/"+other, `{"message":"edited, and deleted by a moderator"}`)

	if a := ben.do("DELETE", talk+"/v1/chat/"+token+"/"+own, ""); a.status != http.StatusOK || a.at("systemMessage") != "message_deleted" ||
		a.at("message") != "You deleted a message" || a.at("parent", "messageType") != "comment_deleted" {
		t.Fatalf("delete: %d %s", a.status, a.raw)
	}
	if a := anna.do("DELETE", talk+"/v1/chat/"+token+"/"+other, ""); a.status != http.StatusOK {
		t.Fatalf("a moderator deletes: %d %s", a.status, a.raw)
	}
	for reader, want := range map[*client][2]string{
		anna: {"Message deleted by author", "Message deleted by you"},
		ben:  {"Message deleted by you", "Message deleted by {actor}"},
		cleo: {"Message deleted by author", "Message deleted by {actor}"},
	} {
		if got := reader.message(token, own)["message"]; got != want[0] {
			t.Errorf("%s reads %q, want %q", reader.user, got, want[0])
		}
		m := reader.message(token, other)
		if m["message"] != want[1] || m["messageType"] != "comment_deleted" || m["deleted"] != true || m["isReplyable"] != false {
			t.Errorf("%s reads %v", reader.user, m)
		}
		if len(m["reactions"].(object)) != 0 || m["lastEditTimestamp"] != nil || m["actorId"] != "ben" {
			t.Errorf("%s sees what was of the deleted message: %v", reader.user, m)
		}
		if parent := reader.message(token, reply)["parent"].(object); parent["message"] != want[1] || parent["deleted"] != true {
			t.Errorf("%s reads the parent as %v", reader.user, parent)
		}
	}
	if a := cleo.do("POST", talk+"/v1/chat/"+token, `{"message":"x","replyTo":`+other+`}`); a.status != http.StatusBadRequest {
		t.Errorf("reply to a deleted message: %d %s", a.status, a.raw)
	}
}

func TestDeleteWakesAPoll(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil)
	anna, ben := h.as("anna"), h.as("ben")
	token := anna.room("Wake", "ben")
	id := anna.send(token, `{"message":"x"}`)
	for _, step := range []struct{ method, path, body, want string }{
		{"POST", "/v1/reaction/" + token + "/" + id, `{"reaction":"👍"}`, "reaction"},
		{"DELETE", "/v1/reaction/" + token + "/" + id, `{"reaction":"👍"}`, "reaction_revoked"},
		{"PUT", "/v1/chat/" + token + "/" + id, `{"message":"y"}`, "message_edited"},
		{"DELETE", "/v1/chat/" + token + "/" + id, "", "message_deleted"},
	} {
		messages := anna.history(token)
		known := messages[len(messages)-1]["id"].(json.Number).String()
		got := make(chan answer, 1)
		go func() {
			a, err := ben.try(t.Context(), "GET", talk+"/v1/chat/"+token+"?lookIntoFuture=1&timeout=30&lastKnownMessageId="+known, "")
			if err != nil {
				t.Error(err)
			}
			got <- a
		}()
		h.srv.AwaitPolls(token, 1)
		anna.do(step.method, talk+step.path, step.body)
		a := <-got
		list, _ := a.data.([]any)
		if len(list) != 1 || list[0].(object)["systemMessage"] != step.want || list[0].(object)["parent"].(object)["id"] != json.Number(id) {
			t.Errorf("after %s %s: %s", step.method, step.path, a.raw)
		}
	}
}
