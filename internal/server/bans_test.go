package server_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

func TestABannedUserStaysOut(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil)
	anna, ben := h.as("anna"), h.as("ben")
	token := h.openRoom("")
	room, bans := talk+"/v4/room/"+token, talk+"/v1/ban/"+token
	anna.do("POST", room+"/participants", `{"newParticipant":"ben"}`).want(t, http.StatusOK, "")
	anna.do("PUT", room+"/listable", `{"scope":1}`).want(t, http.StatusOK, "")
	ban := anna.do("POST", bans, `{"actorType":"users","actorId":"BEN","internalNote":"spam"}`).want(t, http.StatusOK, "")
	if ban.at("bannedActorId") != "ben" || ban.at("bannedDisplayName") != "Ben" || ban.at("moderatorDisplayName") != "Anna" {
		t.Errorf("ban: %s", ban.raw)
	}
	ben.do("POST", talk+"/v1/chat/"+token, `{"message":"x"}`).want(t, http.StatusNotFound, "")
	ben.do("POST", room+"/participants/active", `{}`).want(t, http.StatusForbidden, "ban")
	anna.do("POST", room+"/participants", `{"newParticipant":"ben"}`).want(t, http.StatusBadRequest, "ban")
	anna.do("POST", room+"/participants", `{"newParticipant":"crew","source":"groups"}`).want(t, http.StatusOK, "")
	for _, p := range anna.do("GET", room+"/participants", "").list() {
		if p["actorId"] == "ben" {
			t.Error("the group brought the banned one back")
		}
	}
	if l := anna.do("GET", bans, "").list(); len(l) != 1 || l[0]["internalNote"] != "spam" {
		t.Errorf("bans: %v", l)
	}
	anna.do("DELETE", bans+"/"+ban.id(), "").want(t, http.StatusOK, "")
	if a := anna.do("GET", bans, ""); !strings.Contains(a.raw, `"data":[]`) {
		t.Errorf("no bans: %s", a.raw)
	}
	ben.do("POST", room+"/participants/active", `{}`).want(t, http.StatusOK, "")
}

func TestABannedGuestStaysOut(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil)
	anna := h.as("anna")
	token := h.openRoom("")
	room, bans := talk+"/v4/room/"+token, talk+"/v1/ban/"+token
	g := h.guest(token, "Gustav")
	id := g.do("GET", room, "").at("actorId")
	ban := anna.do("POST", bans, fmt.Sprintf(`{"actorType":"guests","actorId":%q}`, id)).want(t, http.StatusOK, "")
	if ban.at("bannedDisplayName") != "Gustav" {
		t.Errorf("ban: %s", ban.raw)
	}
	g.do("POST", talk+"/v1/chat/"+token, `{"message":"x"}`).want(t, http.StatusNotFound, "")
	g.do("POST", room+"/participants/active", `{}`).want(t, http.StatusForbidden, "ban")
	h.guest(token, "Somebody else")
}

func TestABannedAddressStaysOut(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil)
	anna := h.as("anna")
	token := h.openRoom("")
	room, bans := talk+"/v4/room/"+token, talk+"/v1/ban/"+token
	g := h.guest(token, "Gustav")
	anna.do("POST", bans, `{"actorType":"ip","actorId":"10.0.0.0/8"}`).want(t, http.StatusOK, "")
	g.do("POST", talk+"/v1/chat/"+token, `{"message":"from elsewhere"}`).want(t, http.StatusCreated, "")
	anna.do("POST", bans, `{"actorType":"ip","actorId":"127.0.0.0/8"}`).want(t, http.StatusOK, "")
	g.do("POST", talk+"/v1/chat/"+token, `{"message":"x"}`).want(t, http.StatusForbidden, "")
	h.as("").do("POST", room+"/participants/active", `{}`).want(t, http.StatusForbidden, "ban")
	h.as("ben").do("POST", room+"/participants/active", `{}`).want(t, http.StatusOK, "") // accounts are banned by their id
}

func TestBanRefusals(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil)
	anna, ben := h.as("anna"), h.as("ben")
	token := anna.room("Strict", "ben", "cleo")
	bans := talk + "/v1/ban/" + token
	for _, p := range anna.do("GET", talk+"/v4/room/"+token+"/participants", "").list() {
		if p["actorId"] == "cleo" {
			anna.do("POST", talk+"/v4/room/"+token+"/moderators", fmt.Sprintf(`{"attendeeId":%v}`, p["attendeeId"])).want(t, 200, "")
		}
	}
	anna.do("POST", bans, `{"actorType":"users","actorId":"admin"}`).want(t, 200, "")
	pair, _ := anna.do("POST", talk+"/v4/room", `{"roomType":1,"invite":"ben"}`).at("token").(string)
	for _, tt := range []struct {
		as           *client
		token, body  string
		status       int
		reason, says string
	}{
		{ben, token, `{"actorType":"users","actorId":"cleo"}`, 403, "", "no moderator"},
		{anna, token, `{"actorId":"ben"}`, 400, "actorType", "no type"},
		{anna, token, `{"actorType":"users"}`, 400, "actorId", "nobody"},
		{anna, token, `{"actorType":"users","actorId":5}`, 400, "actorId", "a number"},
		{anna, token, `{"actorType":"users","actorId":""}`, 400, "bannedActor", "an empty name"},
		{anna, token, `{"actorType":"groups","actorId":"crew"}`, 400, "bannedActor", "a group"},
		{anna, token, `{"actorType":"ip","actorId":"10.0.0.0/99"}`, 400, "bannedActor", "a bad prefix"},
		{anna, token, `{"actorType":"ip","actorId":"nowhere"}`, 400, "bannedActor", "no address"},
		{anna, token, `{"actorType":"users","actorId":"Anna"}`, 400, "self", "oneself"},
		{anna, token, `{"actorType":"users","actorId":"cleo"}`, 400, "moderator", "a moderator"},
		{anna, token, `{"actorType":"users","actorId":"admin"}`, 400, "bannedActor", "twice"},
		{anna, token, `{"actorType":"users","actorId":"ben","internalNote":"` + strings.Repeat("n", 4001) + `"}`, 400, "internalNote", "a long note"},
		{anna, pair, `{"actorType":"users","actorId":"ben"}`, 400, "room", "a pair"},
	} {
		t.Log(tt.says)
		tt.as.do("POST", talk+"/v1/ban/"+tt.token, tt.body).want(t, tt.status, tt.reason)
	}
	ben.do("GET", bans, "").want(t, 403, "")
	ben.do("DELETE", bans+"/1", "").want(t, 403, "")
	h.as("admin").do("GET", bans, "").want(t, 404, "")
	if got := anna.do("GET", talk+"/v4/room/"+token+"/participants", "").list(); len(got) != 3 {
		t.Errorf("a refused ban has removed somebody: %v", got)
	}
}
