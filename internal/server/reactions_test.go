package server_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestReactions(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil)
	anna, ben, cleo := h.as("anna"), h.as("ben"), h.as("cleo")
	token := anna.room("Reactions", "ben", "cleo")
	id := anna.send(token, `{"message":"react to me"}`)
	path := talk + "/v1/reaction/" + token + "/" + id
	for _, step := range []struct {
		as       *client
		reaction string
		want     int
	}{
		{ben, "🎉", http.StatusCreated},
		{anna, "👍", http.StatusCreated},
		{anna, "👍", http.StatusOK}, // already there
		{ben, "👍", http.StatusCreated},
		{cleo, "❤️", http.StatusCreated},
	} {
		if a := step.as.do("POST", path, `{"reaction":"`+step.reaction+`"}`); a.status != step.want {
			t.Errorf("%s reacts %s: %d %s", step.as.user, step.reaction, a.status, a.raw)
		}
	}

	m := ben.message(token, id)
	if diff := cmp.Diff(object{"👍": json.Number("2"), "❤️": json.Number("1"), "🎉": json.Number("1")}, m["reactions"]); diff != "" {
		t.Errorf("counts: %s", diff)
	}
	if diff := cmp.Diff([]any{"🎉", "👍"}, m["reactionsSelf"]); diff != "" {
		t.Errorf("ben's own: %s", diff)
	}
	raw := ben.do("GET", talk+"/v1/chat/"+token+"?lookIntoFuture=0", "").raw
	if order := `"reactions":{"\ud83d\udc4d":2,"\u2764\ufe0f":1,"\ud83c\udf89":1}`; !strings.Contains(raw, order) {
		t.Errorf("the most frequent does not come first: %s", raw)
	}
	parent := cleo.message(token, cleo.send(token, `{"message":"nice","replyTo":`+id+`}`))["parent"].(object)
	if diff := cmp.Diff([]any{"❤️"}, parent["reactionsSelf"]); diff != "" {
		t.Errorf("cleo's own in a parent: %s", diff)
	}

	groups := anna.do("GET", path, "").data.(object)
	if names := reactors(groups["👍"]); names != "ben anna" || len(groups) != 3 {
		t.Errorf("who reacted: %v", groups)
	}
	if a := anna.do("GET", path+"?reaction="+url.QueryEscape("🎉"), ""); len(a.data.(object)) != 1 || reactors(a.at("🎉")) != "ben" {
		t.Errorf("filtered: %s", a.raw)
	}
	if a := anna.do("DELETE", path+"?reaction="+url.QueryEscape("👍"), ""); a.status != http.StatusOK || reactors(a.at("👍")) != "ben" {
		t.Errorf("take back: %d %s", a.status, a.raw)
	}
	if diff := cmp.Diff(refusal{404, nil}, anna.do("DELETE", path+"?reaction="+url.QueryEscape("👍"), "").refusal()); diff != "" {
		t.Errorf("take back again: %s", diff)
	}
	if m := anna.message(token, id); m["reactionsSelf"] != nil || m["reactions"].(object)["👍"] != json.Number("1") {
		t.Errorf("after taking back: %v", m)
	}
	want := []string{"reaction", "reaction_deleted", "reaction", "reaction", "reaction_revoked"}
	if diff := cmp.Diff(want, ben.words(token)); diff != "" {
		t.Errorf("rows: %s", diff)
	}
	last := ben.do("GET", talk+"/v4/room/"+token, "").at("lastMessage")
	if last.(object)["message"] != "nice" {
		t.Errorf("last message: %v", last)
	}
}

func reactors(v any) string {
	var names []string
	items, _ := v.([]any)
	for _, r := range items {
		names = append(names, r.(object)["actorId"].(string))
	}
	return strings.Join(names, " ")
}

func TestReactionRefusals(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil)
	anna, ben, cleo := h.as("anna"), h.as("ben"), h.as("cleo")
	token := anna.room("Refusals", "ben")
	id := anna.send(token, `{"message":"x"}`)
	system := anna.history(token)[0]["id"].(json.Number).String()
	gone := anna.send(token, `{"message":"gone"}`)
	anna.do("DELETE", talk+"/v1/chat/"+token+"/"+gone, "")
	elsewhere := anna.send(anna.room("Elsewhere"), `{"message":"y"}`)
	muted := anna.room("Muted", "ben")
	mutes := anna.send(muted, `{"message":"x"}`)
	anna.mute(muted)
	locked := anna.room("Locked")
	locks := anna.send(locked, `{"message":"x"}`)
	anna.lock(locked)

	const thumb = `{"reaction":"👍"}`
	for name, tt := range map[string]struct {
		as        *client
		token, id string
		body      string
		add, read refusal
	}{
		"two emoji":            {anna, token, id, `{"reaction":"👍👍"}`, refusal{400, nil}, refusal{200, nil}},
		"a letter":             {anna, token, id, `{"reaction":"x"}`, refusal{400, nil}, refusal{200, nil}},
		"nothing":              {anna, token, id, `{"reaction":""}`, refusal{400, nil}, refusal{200, nil}},
		"no argument":          {anna, token, id, `{}`, refusal{400, "reaction"}, refusal{200, nil}},
		"not a text":           {anna, token, id, `{"reaction":5}`, refusal{400, "reaction"}, refusal{200, nil}},
		"no message":           {anna, token, "99999999", thumb, refusal{404, nil}, refusal{404, nil}},
		"elsewhere":            {anna, token, elsewhere, thumb, refusal{404, nil}, refusal{404, nil}},
		"a system message":     {anna, token, system, thumb, refusal{400, nil}, refusal{404, nil}},
		"a deleted message":    {anna, token, gone, thumb, refusal{400, nil}, refusal{404, nil}},
		"not in the room":      {cleo, token, id, thumb, refusal{404, "[]"}, refusal{404, "[]"}},
		"without permission":   {ben, muted, mutes, thumb, refusal{403, "[]"}, refusal{200, nil}},
		"in a locked room":     {anna, locked, locks, thumb, refusal{403, "[]"}, refusal{200, nil}},
		"nobody in particular": {h.as(""), token, id, thumb, refusal{404, "[]"}, refusal{404, "[]"}},
	} {
		path := talk + "/v1/reaction/" + tt.token + "/" + tt.id
		if diff := cmp.Diff(tt.add, tt.as.do("POST", path, tt.body).refusal()); diff != "" {
			t.Errorf("add, %s: %s", name, diff)
		}
		if diff := cmp.Diff(tt.read, tt.as.do("GET", path, "").refusal()); diff != "" {
			t.Errorf("read, %s: %s", name, diff)
		}
	}
	if m := anna.message(token, id); len(m["reactions"].(object)) != 0 {
		t.Errorf("a refused reaction counts: %v", m)
	}
}

// TestReactionSummaryIsBounded has a message name its most frequent reactions only.
func TestReactionSummaryIsBounded(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil)
	anna, ben := h.as("anna"), h.as("ben")
	token := anna.room("Many", "ben")
	id := anna.send(token, `{"message":"x"}`)
	path := talk + "/v1/reaction/" + token + "/" + id
	var last string
	for i := range 25 {
		last = string(rune(0x1f600 + i))
		anna.do("POST", path, fmt.Sprintf(`{"reaction":%q}`, last))
	}
	ben.do("POST", path, fmt.Sprintf(`{"reaction":%q}`, last))
	m := ben.message(token, id)
	counts := m["reactions"].(object)
	if len(counts) != 20 || counts[last] != json.Number("2") {
		t.Errorf("%d reactions named: %v", len(counts), counts)
	}
	if all := ben.do("GET", path, "").data.(object); len(all) != 25 {
		t.Errorf("%d reactions listed", len(all))
	}
}
