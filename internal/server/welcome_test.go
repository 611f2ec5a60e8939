package server_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/confab-go/confab/internal/server"
)

// listed returns names and unread messages of the client's conversations.
func (c *client) listed() []string {
	c.h.t.Helper()
	out := []string{}
	for _, room := range c.do("GET", talk+"/v4/room", "").data.([]any) {
		out = append(out, fmt.Sprintf("%s %v", room.(object)["displayName"], room.(object)["unreadMessages"]))
	}
	return out
}

func TestNewUsersAreWelcomedOnce(t *testing.T) {
	t.Parallel()
	h := newHarness(t, func(cfg *server.Config) { cfg.Welcome = true })
	anna, ben := h.as("anna"), h.as("ben")
	notes := ben.do("GET", talk+"/v4/room/note-to-self", "").at("token").(string)
	want := []string{"Talk updates ✅ 56", "Note to self 0", "Let's get started! 7"}
	if diff := cmp.Diff(want, anna.listed()); diff != "" {
		t.Fatal("anna:", diff)
	}
	if diff := cmp.Diff([]string{"Note to self 0", "Talk updates ✅ 56", "Let's get started! 7"}, ben.listed()); diff != "" {
		t.Error("ben, who had a notebook:", diff)
	}
	if a := ben.do("GET", talk+"/v4/room/note-to-self", ""); a.at("token") != notes {
		t.Error("ben has another notebook now")
	}

	rooms := anna.do("GET", talk+"/v4/room", "").data.([]any)
	news, sample := rooms[0].(object)["token"].(string), rooms[2].(object)["token"].(string)
	if a := anna.do("POST", talk+"/v1/chat/"+news, `{"message":"x"}`); a.status != http.StatusForbidden {
		t.Errorf("write to the news: %d %s", a.status, a.raw)
	}
	if a := anna.do("DELETE", talk+"/v4/room/"+news, ""); a.status != http.StatusForbidden {
		t.Errorf("delete the news: %d %s", a.status, a.raw)
	}
	messages := anna.history(sample)
	last := messages[len(messages)-1]
	if last["actorType"] != "bots" || last["actorId"] != "sample" || last["actorDisplayName"] != "Nextcloud" || last["markdown"] != true {
		t.Errorf("the sample's last message: %v", last)
	}
	anna.send(sample, `{"message":"hello"}`)
	if a := anna.do("DELETE", talk+"/v4/room/"+sample, ""); a.status != http.StatusOK {
		t.Fatalf("delete the sample: %d %s", a.status, a.raw)
	}
	if diff := cmp.Diff(want[:2], anna.listed()); diff != "" {
		t.Error("what was deleted is back:", diff)
	}

	// Somebody new of the same name is welcomed too.
	admin := h.as("admin")
	admin.do("DELETE", "/ocs/v2.php/cloud/users/cleo", "")
	admin.do("POST", "/ocs/v2.php/cloud/users", `{"userid":"cleo","password":"secret-cleo"}`)
	if got := h.as("cleo").listed(); len(got) != 3 {
		t.Errorf("cleo: %v", got)
	}
}

func TestNobodyIsWelcomedUnasked(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil)
	a := h.as("anna").do("GET", talk+"/v4/room", "")
	if items, _ := a.data.([]any); len(items) != 0 {
		t.Errorf("anna finds %s", a.raw)
	}
}
