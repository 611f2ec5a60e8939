package server_test

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestMentionSuggestions come in Talk's order.
func TestMentionSuggestions(t *testing.T) {
	t.Parallel()
	h, now := newClockedHarness(t)
	anna, ben, cleo := h.as("anna"), h.as("ben"), h.as("cleo")
	for _, id := range []string{"be", "robert"} {
		h.as("admin").do("POST", "/ocs/v2.php/cloud/users", `{"userid":"`+id+`","password":"Passw0rd-12345","displayName":"`+id+` Beta"}`).want(t, http.StatusOK, "")
	}
	token := anna.room("Bells", "ben", "cleo", "be", "robert")
	chat := talk + "/v1/chat/" + token
	ids := func(c *client, path, search string) (out []string) {
		for _, s := range c.do("GET", path+"/mentions?search="+search, "").list() {
			out = append(out, fmt.Sprint(s["id"]))
		}
		return out
	}
	cleo.send(token, `{"message":"first"}`)
	now.advance(time.Second)
	ben.send(token, `{"message":"second"}`)
	for search, want := range map[string][]string{
		"":    {"ben", "cleo", "be", "robert", "anna", "all"}, // who spoke last, who never did, oneself
		"be":  {"ben", "be", "robert", "all"},                 // names that begin so, then those that contain it
		"b":   {"ben", "be", "robert", "all"},
		"A":   {"be", "robert", "anna"}, // everybody is spelled in small letters
		"her": {"all"},                  // the beginning of here
		"ll":  {"all"},                  // the name
		"zz":  nil,
	} {
		if diff := cmp.Diff(want, ids(anna, chat, search)); diff != "" {
			t.Errorf("%q: %s", search, diff)
		}
	}
	pair := anna.make(`{"roomType":1,"invite":"ben"}`)
	if got := ids(anna, talk+"/v1/chat/"+pair, ""); !slices.Equal(got, []string{"ben", "anna"}) {
		t.Errorf("in a pair whose other one has not come yet: %q", got)
	}
	anna.do("POST", talk+"/v4/room/"+token+"/participants", `{"newParticipant":"Friend@Example.com","source":"emails"}`).want(t, http.StatusOK, "")
	for who, want := range map[*client]any{anna: "friend@example.com", cleo: nil} {
		list := who.do("GET", chat+"/mentions?search=guest", "").list()
		if len(list) != 1 || list[0]["source"] != "emails" || list[0]["details"] != want {
			t.Errorf("the e-mail to %s: %v", who.user, list)
		}
	}
}

// TestWhoMayChangeMessages of others.
func TestWhoMayChangeMessages(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil)
	anna, ben := h.as("anna"), h.as("ben")
	pair := anna.make(`{"roomType":1,"invite":"ben"}`)
	said := anna.send(pair, `{"message":"mine"}`)
	group := anna.room("Group", "ben")
	bens := ben.send(group, `{"message":"ben's"}`)
	checkRules(t, []rule{
		{"another's in a pair", ben, "PUT", "/v1/chat/" + pair + "/" + said, `{"message":"x"}`, 403, "permission", nil},
		{"another's in a pair, away", ben, "DELETE", "/v1/chat/" + pair + "/" + said, "", 403, "permission", nil},
		{"another's in a group that one moderates", anna, "PUT", "/v1/chat/" + group + "/" + bens, `{"message":"x"}`, 200, "", nil},
		{"the history of a pair", anna, "DELETE", "/v1/chat/" + pair, "", 403, "", nil},
		{"the history of a group", anna, "DELETE", "/v1/chat/" + group, "", 200, "", map[string]any{"systemMessage": "history_cleared"}},
	})
}

// TestNobodyActsByAForgedRequest whatever the credentials: clients say by a header that they are no browser's page.
func TestNobodyActsByAForgedRequest(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil)
	token := h.as("anna").make(`{"roomType":3,"roomName":"Open"}`)
	for name, tt := range map[string]struct {
		path, authorization string
		status              int
		body                string
	}{
		"an account's":     {"/v4/room", "Basic YW5uYTpzZWNyZXQtYW5uYQ==", http.StatusPreconditionFailed, `{"message":"CSRF check failed"}`},
		"everybody's":      {"/v4/room/" + token, "", http.StatusPreconditionFailed, `{"message":"CSRF check failed"}`},
		"nobody's":         {"/v4/room", "", http.StatusUnauthorized, ""},
		"a picture's":      {"/v1/room/" + token + "/avatar", "", http.StatusNotFound, ""},
		"of no such thing": {"/v4/nothing", "", http.StatusNotFound, ""},
	} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, h.url+talk+tt.path, nil)
		if err != nil {
			t.Fatal(err)
		}
		if tt.authorization != "" {
			req.Header.Set("Authorization", tt.authorization)
		}
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		raw, err := io.ReadAll(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		status, body := res.StatusCode, string(raw)
		if status != tt.status || tt.body != "" && body != tt.body {
			t.Errorf("%s: %d %q, want %d %q", name, status, body, tt.status, tt.body)
		}
	}
}
