package server_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"
)

const providers = "/ocs/v2.php/search/providers"

// found returns the sublines of what a search has found.
func (c *client) found(query url.Values) string {
	c.h.t.Helper()
	entries, _ := c.do("GET", providers+"/talk-message/search?"+query.Encode(), "").want(c.h.t, 200, "").at("entries").([]any)
	var out []string
	for _, e := range entries {
		m, _ := e.(map[string]any)
		out = append(out, fmt.Sprint(m["title"], ": ", m["subline"]))
	}
	return strings.Join(out, "; ")
}

func TestSearchMessages(t *testing.T) {
	t.Parallel()
	h, now := newClockHarness(t)
	anna, ben, cleo := h.as("anna"), h.as("ben"), h.as("cleo")
	hay := anna.room("Hay", "ben")
	other := anna.room("Other")
	pair, _ := anna.do("POST", talk+"/v4/room", `{"roomType":1,"invite":"ben"}`).at("token").(string)
	say := func(c *client, token, text string) {
		c.do("POST", talk+"/v1/chat/"+token, fmt.Sprintf(`{"message":%q}`, text)).want(t, 201, "")
	}
	say(anna, pair, "hello") // which brings ben in
	say(anna, hay, "a Needle for @ben")
	now.advance(time.Hour)
	between := now.Now()
	now.advance(time.Hour)
	say(ben, hay, strings.Repeat("hay ", 20)+"needle at the end")
	say(anna, other, "needle elsewhere")
	say(ben, pair, "100% needle_ of ours")
	anna.do("POST", talk+"/v4/room/"+hay+"/message-expiration", `{"seconds":1}`)
	say(anna, hay, "needle that is gone")
	now.advance(time.Second)

	const (
		first = "Anna in Hay: a Needle for @Ben"
		long  = "Ben in Hay: …y hay hay needle at the end"
		ours  = "Ben: 100% needle_ of ours"
	)
	for _, tt := range []struct {
		as    *client
		query url.Values
		want  string
	}{
		{anna, url.Values{"term": {"needle"}}, ours + "; Anna in Other: needle elsewhere; " + long + "; " + first},
		{ben, url.Values{"term": {"NEEDLE"}}, ours + "; " + long + "; " + first},
		{cleo, url.Values{"term": {"needle"}}, ""},
		{ben, url.Values{"term": {"%"}}, ours},
		{ben, url.Values{"term": {"needle_"}}, ours},
		{ben, url.Values{"term": {" "}}, ""},
		{ben, url.Values{"term": {"needle"}, "limit": {"1"}, "cursor": {"1"}}, long},
		{ben, url.Values{"term": {"needle"}, "conversation": {pair}}, ours},
		{ben, url.Values{"term": {"needle"}, "conversation": {other}}, ""},
		{ben, url.Values{"term": {"needle"}, "person": {"anna"}}, first},
		{ben, url.Values{"term": {"needle"}, "until": {between.UTC().Format(time.RFC3339)}}, first},
		{ben, url.Values{"term": {"needle"}, "since": {fmt.Sprint(between.Unix())}}, ours + "; " + long},
	} {
		if got := tt.as.found(tt.query); got != tt.want {
			t.Errorf("%s looks for %v: %q, want %q", tt.as.user, tt.query, got, tt.want)
		}
	}
	anna.do("PUT", talk+"/v4/room/"+hay+"/webinar/lobby", `{"state":1}`).want(t, 200, "")
	if got := ben.found(url.Values{"term": {"needle"}}); got != ours {
		t.Errorf("from the lobby: %q", got)
	}
	ben.do("GET", providers+"/talk-message/search", "").want(t, 400, "term")
	ben.do("GET", providers+"/talk-message/search?term=x&since=soon", "").want(t, 400, "since")
	h.as("").do("GET", providers+"/talk-message/search?term=x", "").want(t, 401, "")
}

func TestSearchConversations(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil)
	anna := h.as("anna")
	token := anna.room("Needle work")
	anna.do("POST", talk+"/v4/room", `{"roomType":1,"invite":"ben"}`)
	h.as("cleo").room("Needle of cleo")
	for term, want := range map[string]string{"needle": "Needle work", "BEN": "Ben", "nothing": "", " ": ""} {
		a := anna.do("GET", providers+"/talk-conversations/search?term="+url.QueryEscape(term), "").want(t, 200, "")
		entries, _ := a.at("entries").([]any)
		got := ""
		for _, e := range entries {
			m, _ := e.(map[string]any)
			got += fmt.Sprint(m["title"])
		}
		if got != want {
			t.Errorf("%q: %q, want %q", term, got, want)
		}
	}
	if a := anna.do("GET", providers+"/talk-conversations/search?term=needle", ""); !strings.Contains(a.raw, `call\/`+token+`"`) {
		t.Errorf("link: %s", a.raw)
	}
	if l := anna.do("GET", providers, "").list(); len(l) != 2 {
		t.Errorf("providers: %v", l)
	}
	anna.do("GET", providers+"/talk-conversations/search", "").want(t, 400, "term")
}
