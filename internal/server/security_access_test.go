package server_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/confab-go/confab/internal/race"
	"github.com/confab-go/confab/internal/server/api"
)

// TestWrongCredentialsOpenNothing asks every endpoint with credentials that are not, or no longer, right.
func TestWrongCredentialsOpenNothing(t *testing.T) {
	race.Skip(t)
	t.Parallel()
	v := &vault{harness: newHarness(t, nil)} // in memory, where hashes are cheap: this takes thousands of them
	v.fill(t, 3)
	revoked, err := v.srv.AppPassword(t.Context(), "cleo", "lost")
	if err != nil {
		t.Fatal(err)
	}
	if a := v.ask(identity{user: "cleo", password: revoked}, http.MethodDelete, "/ocs/v2.php/core/apppassword", "", ""); a.status != http.StatusOK {
		t.Fatalf("revoke: %d %s", a.status, a.body)
	}
	gone, err := v.srv.AppPassword(t.Context(), "ben", "disabled")
	if err != nil {
		t.Fatal(err)
	}
	v.as("admin").do("PUT", "/ocs/v2.php/cloud/users/ben/disable", "").want(t, http.StatusOK, "")
	before := v.seen()
	for _, e := range v.endpoints() {
		path := v.path(e)
		for _, who := range []identity{
			{name: "a wrong password", user: "anna", password: "secret-ann"},
			{name: "an empty password", user: "anna"},
			{name: "another user's password", user: "anna", password: "secret-cleo"},
			{name: "a user that is none", user: "nobody", password: "secret-anna"},
			{name: "a revoked app password", user: "cleo", password: revoked},
			{name: "a disabled account", user: "ben", password: gone},
			{name: "SQL for a name", user: "anna' OR '1'='1", password: "x' OR '1'='1"},
		} {
			got := v.ask(who, e.Method, path, "application/json", fmt.Sprintf(arguments, v.ids["attendeeId"]))
			if e.Who != "anybody" && got.status != http.StatusUnauthorized {
				t.Errorf("%s %s by %s: %d %.200s", e.Method, e.Path, who.name, got.status, got.body)
			}
			if e.Who != "anybody" && strings.HasPrefix(e.Path, "/ocs/") && !strings.Contains(got.body, `"statuscode":997`) {
				t.Errorf("%s %s by %s: %.200s", e.Method, e.Path, who.name, got.body)
			}
			if strings.Contains(got.body, canary) || got.status >= 500 {
				t.Errorf("%s %s by %s: %d %.200s", e.Method, e.Path, who.name, got.status, got.body)
			}
		}
	}
	if after := v.seen(); after != before {
		t.Errorf("refused requests have changed what anna sees:\n%s\n%s", before, after)
	}
}

// seen is all that the conversation shows to its owner.
func (v *vault) seen() string {
	v.t.Helper()
	anna, all := v.as("anna"), ""
	for _, path := range []string{"/v4/room/" + v.token, "/v4/room/" + v.token + "/participants", "/v1/chat/" + v.token + "?lookIntoFuture=0", "/v1/ban/" + v.token, "/v1/poll/" + v.token + "/" + v.ids["pollId"], "/v4/room"} {
		all += anna.do("GET", talk+path, "").raw + "\n"
	}
	return all
}

// TestNobodyNeedsAnAccountAndGetsNothing asks every endpoint without credentials. A private conversation is not there for them.
func TestNobodyNeedsAnAccountAndGetsNothing(t *testing.T) {
	t.Parallel()
	v := newVault(t, 2)
	before := v.state()
	for _, e := range v.endpoints() {
		got := v.ask(identity{}, e.Method, v.path(e), "application/json", fmt.Sprintf(arguments, v.ids["attendeeId"]))
		if (e.Who == "user" || e.Who == "admin") && got.status != http.StatusUnauthorized {
			t.Errorf("%s %s: %d %.200s", e.Method, e.Path, got.status, got.body)
		}
		if e.Who == "public" && strings.Contains(e.Path, "{token}") && got.status < 400 && !leaves(e) {
			t.Errorf("%s %s: %d %.200s", e.Method, e.Path, got.status, got.body)
		}
		if strings.Contains(got.body, canary) || got.status >= 500 && got.status != http.StatusNotImplemented {
			t.Errorf("%s %s: %d %.200s", e.Method, e.Path, got.status, got.body)
		}
		if names := changed(before, v.state()); len(names) > 0 && fmt.Sprint(names) != "[login_flows]" {
			t.Errorf("%s %s has changed %v", e.Method, e.Path, names)
			before = v.state()
		}
	}
}

// leaves reports whether an endpoint ends a visit, which the real server grants to those who are not there, too.
func leaves(e api.Endpoint) bool {
	return e.Method == http.MethodDelete && strings.HasSuffix(e.Path, "/room/{token}/participants/active")
}

// outsiders are users who are not in the vault's conversation, each for another reason.
func (v *vault) outsiders() []identity {
	v.t.Helper()
	anna := v.as("anna")
	room := talk + "/v4/room/" + v.token
	for _, user := range []string{"dora", "emil"} {
		v.as("admin").do("POST", "/ocs/v2.php/cloud/users", `{"userid":"`+user+`","password":"Passw0rd-`+user+`"}`).want(v.t, http.StatusOK, "")
		secret, err := v.srv.AppPassword(v.t.Context(), user, "tests")
		if err != nil {
			v.t.Fatal(err)
		}
		v.secrets[user] = secret
		anna.do("POST", room+"/participants", `{"newParticipant":"`+user+`"}`).want(v.t, http.StatusOK, "")
	}
	anna.do("POST", talk+"/v1/ban/"+v.token, `{"actorType":"users","actorId":"dora"}`).want(v.t, http.StatusOK, "")
	anna.do("DELETE", room+"/attendees?attendeeId="+v.attendee("emil"), "").want(v.t, http.StatusOK, "")
	list := []identity{{name: "an outsider", user: "ben"}, {name: "a banned user", user: "dora"}, {name: "a removed user", user: "emil"}, {name: "an administrator", user: "admin"}}
	for i := range list {
		list[i].password = v.secrets[list[i].user]
	}
	return list
}

// TestOthersConversationsAreNotThere asks every endpoint of a conversation as users who are not in it.
func TestOthersConversationsAreNotThere(t *testing.T) {
	race.Skip(t)
	t.Parallel()
	v := newVault(t, 2)
	outsiders := v.outsiders()
	asked := 0
	for _, who := range outsiders {
		before := v.state()
		for _, e := range v.endpoints() {
			if !strings.Contains(e.Path, "{token}") {
				continue
			}
			asked++
			got := v.ask(who, e.Method, v.path(e), "application/json", fmt.Sprintf(arguments, v.ids["attendeeId"]))
			if got.status < 400 && !leaves(e) || got.status >= 500 && got.status != http.StatusNotImplemented || strings.Contains(got.body, canary) {
				t.Errorf("%s %s by %s: %d %.200s", e.Method, e.Path, who.name, got.status, got.body)
			}
			if names := changed(before, v.state()); len(names) > 0 {
				t.Errorf("%s %s by %s has changed %v", e.Method, e.Path, who.name, names)
				before = v.state()
			}
		}
	}
	if asked < 300 {
		t.Errorf("%d requests only", asked)
	}
}

// TestOthersThingsAreNotFound asks every other endpoint as users who must not see anything of the conversation there:
// neither in lists, nor in searches, nor by ids that they know.
func TestOthersThingsAreNotFound(t *testing.T) {
	t.Parallel()
	v := newVault(t, 2)
	for _, who := range v.outsiders() {
		if who.user == "admin" {
			continue // they may see accounts
		}
		for _, e := range v.endpoints() {
			if strings.Contains(e.Path, "{token}") || e.Path == "/ocs/core/apppassword" || e.Path == "/ocs/core/apppassword/rotate" {
				continue // the credentials are needed on
			}
			got := v.ask(who, e.Method, v.path(e)+"?term=Canary&search=Canary&format=json&path=/"+canary+".txt", "application/json", fmt.Sprintf(arguments, v.ids["attendeeId"]))
			if e.Who == "admin" && got.status != http.StatusForbidden {
				t.Errorf("%s %s by %s: %d %.200s", e.Method, e.Path, who.name, got.status, got.body)
			}
			shown := strings.ReplaceAll(got.body, "/"+canary+".txt", "") // what was asked for may be repeated
			if got.status >= 500 && got.status != http.StatusNotImplemented || strings.Contains(shown, canary) {
				t.Errorf("%s %s by %s: %d %.300s", e.Method, e.Path, who.name, got.status, got.body)
			}
		}
	}
}

// TestGuestsModerateNothing asks every endpoint of a public conversation as a guest in it: what only moderators may do is refused.
func TestGuestsModerateNothing(t *testing.T) {
	t.Parallel()
	v := newVault(t, 3)
	guest := identity{name: "a guest", cookies: jar(t)}
	if got := v.ask(guest, http.MethodPost, talk+"/v4/room/"+v.token+"/participants/active", "application/json", `{}`); got.status != http.StatusOK {
		t.Fatalf("join: %d %s", got.status, got.body)
	}
	protected := []string{"rooms", "attendees", "bans", "bots", "bot_conversations", "avatars", "nodes", "shares", "users", "settings"}
	before := v.state()
	for _, e := range v.endpoints() {
		if !strings.Contains(e.Path, "{token}") || strings.Contains(e.Path, "participants/self") || strings.Contains(e.Path, "participants/active") ||
			strings.Contains(e.Path, "guest/{token}/name") || strings.Contains(e.Path, "/signaling/") || strings.Contains(e.Path, "/call/") ||
			strings.HasSuffix(e.Path, "/chat/{token}/read") || e.Method == http.MethodPost && (strings.HasSuffix(e.Path, "/chat/{token}") || strings.HasSuffix(e.Path, "/chat/{token}/share") || strings.Contains(e.Path, "/v1/poll/")) {
			continue // what guests may do: it moves their own place, or leaves a message
		}
		got := v.ask(guest, e.Method, v.path(e), "application/json", fmt.Sprintf(arguments, v.ids["attendeeId"]))
		if got.status >= 500 && got.status != http.StatusNotImplemented {
			t.Errorf("%s %s: %d %.200s", e.Method, e.Path, got.status, got.body)
		}
		after := v.state()
		for _, table := range protected {
			if before[table] != after[table] {
				t.Errorf("%s %s has changed %s: %d %.200s", e.Method, e.Path, table, got.status, got.body)
			}
		}
		before = after
	}
}
