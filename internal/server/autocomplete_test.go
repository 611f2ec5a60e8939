package server_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

func TestAutocomplete(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil)
	anna := h.as("anna")
	token := anna.room("Room", "ben")
	anna.do("POST", talk+"/v1/ban/"+token, `{"actorType":"users","actorId":"admin"}`).want(t, http.StatusOK, "")
	const all = "&shareTypes[]=0&shareTypes[]=1&shareTypes[]=4&shareTypes[]=7"
	for _, tt := range []struct{ query, want string }{
		{"search=", "users/admin users/ben users/cleo"},
		{"search=BE&itemType=call&itemId=new", "users/ben"},
		{"search=be&itemType=call&itemId=" + token, ""},
		{"search=&itemType=call&itemId=" + token + all, "users/cleo groups/crew"},
		{"search=crew" + all, "groups/crew"},
		{"search=friend@example.com" + all, "emails/friend@example.com"},
		{"search=friend@example.com", ""},
		{"search=&limit=1" + all, "users/admin groups/crew"},
		{"search=anna", ""},
		{"search=nobody" + all, ""},
	} {
		var got []string
		for _, f := range anna.do("GET", "/ocs/v2.php/core/autocomplete/get?"+tt.query, "").want(t, http.StatusOK, "").list() {
			got = append(got, fmt.Sprint(f["source"], "/", f["id"]))
		}
		if strings.Join(got, " ") != tt.want {
			t.Errorf("%s: %q, want %q", tt.query, strings.Join(got, " "), tt.want)
		}
	}
	h.as("ben").do("PUT", userStatuses+"user_status/status", `{"statusType":"dnd"}`)
	if a := anna.do("GET", "/ocs/v2.php/core/autocomplete/get?search=ben", ""); !strings.Contains(a.raw, `"status":{"status":"dnd","message":null,"icon":null,"clearAt":null}`) {
		t.Errorf("status: %s", a.raw)
	}
	anna.do("GET", "/ocs/v2.php/core/autocomplete/get", "").want(t, 400, "search")
	anna.do("GET", "/ocs/v2.php/core/autocomplete/get?search=x&shareTypes=1", "").want(t, 400, "shareTypes")
	h.as("cleo").do("GET", "/ocs/v2.php/core/autocomplete/get?search=&itemType=call&itemId="+token, "").want(t, 404, "")
	h.as("").do("GET", "/ocs/v2.php/core/autocomplete/get?search=x", "").want(t, 401, "")
}

func TestInvitationsAndObjects(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil)
	anna, ben := h.as("anna"), h.as("ben")
	a := anna.do("POST", talk+"/v4/room", `{"roomName":"Meeting","objectType":"instant_meeting","objectId":"1","participants":{"users":["ben"],"emails":["friend@example.com"]}}`)
	token, _ := a.at("token").(string)
	room := talk + "/v4/room/" + token
	list := anna.do("GET", room+"/participants", "").list()
	friend := list[len(list)-1]
	if friend["invitedActorId"] != "friend@example.com" {
		t.Errorf("to a moderator: %v", friend)
	}
	if a := ben.do("GET", room+"/participants", ""); strings.Contains(a.raw, "friend@example.com") {
		t.Errorf("the address is shown to everybody: %s", a.raw)
	}
	anna.do("POST", room+"/participants/resend-invitations", `{}`).want(t, 200, "")
	anna.do("POST", room+"/participants/resend-invitations", fmt.Sprintf(`{"attendeeId":%v}`, friend["attendeeId"])).want(t, 200, "")
	anna.do("POST", room+"/participants/resend-invitations", `{"attendeeId":99999}`).want(t, 404, "")
	ben.do("POST", room+"/participants/resend-invitations", `{}`).want(t, 403, "")

	ben.do("DELETE", room+"/object", "").want(t, 403, "")
	if a := anna.do("DELETE", room+"/object", "").want(t, 200, ""); a.at("objectType") != "" || a.at("objectId") != "" {
		t.Errorf("unbound: %s", a.raw)
	}
	anna.do("DELETE", room+"/object", "").want(t, 400, "object-type")
}
