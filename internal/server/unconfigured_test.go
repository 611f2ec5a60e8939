package server_test

import (
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestWhatIsNotSetUpRefuses(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil)
	anna, ben, cleo, admin, guest := h.as("anna"), h.as("ben"), h.as("cleo"), h.as("admin"), h.as("")
	token := anna.room("Rest", "ben")
	calling := anna.room("Call", "ben")
	anna.enter(calling)
	anna.call(calling, `{}`)
	pair := anna.do("POST", talk+"/v4/room", `{"roomType":1,"invite":"ben"}`).at("token").(string)
	none := refusal{http.StatusOK, nil}
	empty := refusal{http.StatusOK, "[]"}
	for name, tt := range map[string]struct {
		as           *client
		method, path string
		body         string
		want         refusal
	}{
		"record without a call":          {anna, "POST", "/v1/recording/" + token, `{"status":1}`, refusal{400, "call"}},
		"record what":                    {anna, "POST", "/v1/recording/" + token, `{"status":3}`, refusal{400, "status"}},
		"record a call":                  {anna, "POST", "/v1/recording/" + calling, `{"status":2}`, refusal{400, "config"}},
		"record as a participant":        {ben, "POST", "/v1/recording/" + token, `{"status":1}`, refusal{403, "[]"}},
		"share no recording":             {anna, "POST", "/v1/recording/" + token + "/share-chat", `{"fileId":1,"timestamp":1}`, refusal{400, "file"}},
		"stop recording somewhere else":  {cleo, "DELETE", "/v1/recording/" + token, "", refusal{404, "[]"}},
		"invitations":                    {anna, "GET", "/v1/federation/invitation", "", empty},
		"invitations for nobody":         {guest, "GET", "/v1/federation/invitation", "", refusal{401, "[]"}},
		"accept no invitation":           {anna, "POST", "/v1/federation/invitation/1", "", refusal{404, "invitation"}},
		"bridge of a participant":        {ben, "GET", "/v1/bridge/" + token, "", refusal{403, "[]"}},
		"bridge":                         {anna, "PUT", "/v1/bridge/" + token, `{"enabled":true,"parts":[]}`, refusal{406, "There are no bridges on this server"}},
		"bridge's version for no admin":  {anna, "GET", "/v1/bridge/version", "", refusal{403, "[]"}},
		"bridge's version":               {admin, "GET", "/v1/bridge/version", "", refusal{404, "[]"}},
		"events":                         {anna, "GET", "/v4/dashboard/events", "", empty},
		"events of two":                  {anna, "GET", "/v4/room/" + pair + "/mutual-events", "", empty},
		"events of a group":              {anna, "GET", "/v4/room/" + token + "/mutual-events", "", refusal{403, nil}},
		"meet":                           {anna, "POST", "/v4/room/" + token + "/meeting", `{"calendarUri":"personal","start":1}`, refusal{400, "calendar"}},
		"meet when":                      {anna, "POST", "/v4/room/" + token + "/meeting", `{"calendarUri":"personal"}`, refusal{400, "start"}},
		"summarize":                      {ben, "POST", "/v1/chat/" + token + "/summarize", `{"fromMessageId":1}`, refusal{400, "ai-error"}},
		"summarize somewhere else":       {cleo, "POST", "/v1/chat/" + token + "/summarize", `{"fromMessageId":1}`, refusal{404, "[]"}},
		"a share's conversation":         {guest, "GET", "/v1/publicshare/x", "", refusal{404, nil}},
		"a share's password":             {guest, "POST", "/v1/publicshareauth", `{}`, refusal{400, "shareToken"}},
		"somebody's certificate":         {admin, "GET", "/v1/certificate/expiration?host=127.0.0.1", "", refusal{400, nil}},
		"stop what does not record":      {anna, "DELETE", "/v1/recording/" + token, "", none},
		"a signaling server's welcome":   {admin, "GET", "/v3/signaling/welcome/0", "", refusal{404, nil}},
		"a signaling server for nobody":  {anna, "GET", "/v3/signaling/welcome/0", "", refusal{403, "[]"}},
		"dismiss what nobody notifed of": {anna, "DELETE", "/v1/recording/" + token + "/notification?timestamp=1", "", none},
	} {
		if diff := cmp.Diff(tt.want, tt.as.do(tt.method, talk+tt.path, tt.body).refusal()); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestApps(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil)
	anna, admin := h.as("anna"), h.as("admin")
	if a := anna.do("GET", "/ocs/v2.php/cloud/apps", ""); a.status != http.StatusForbidden {
		t.Errorf("a user: %d %s", a.status, a.raw)
	}
	for filter, want := range map[string]int{"": 6, "?filter=enabled": 6, "?filter=disabled": 0} {
		if list, _ := admin.do("GET", "/ocs/v1.php/cloud/apps"+filter, "").at("apps").([]any); len(list) != want {
			t.Errorf("apps%s: %v", filter, list)
		}
	}
	if a := admin.do("GET", "/ocs/v2.php/cloud/apps?filter=x", ""); a.status != http.StatusBadRequest {
		t.Errorf("an unknown filter: %d %s", a.status, a.raw)
	}
	if a := admin.do("GET", "/ocs/v2.php/cloud/apps/spreed", ""); a.at("version") != "21.1.7" {
		t.Errorf("Talk: %d %s", a.status, a.raw)
	}
	if a := admin.do("GET", "/ocs/v2.php/cloud/apps/calendar", ""); a.status != http.StatusNotFound {
		t.Errorf("no app: %d %s", a.status, a.raw)
	}
	items, _ := anna.do("GET", "/ocs/v2.php/core/navigation/apps", "").data.([]any)
	if len(items) != 2 || items[1].(object)["id"] != "spreed" || items[1].(object)["href"] != h.url+"/index.php/apps/spreed/" {
		t.Errorf("navigation: %v", items)
	}
}
