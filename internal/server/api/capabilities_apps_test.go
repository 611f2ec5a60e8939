package api_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
)

func TestEveryAppAnnouncesItself(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	for user, want := range map[string][]string{
		"anna": {
			"core", "bruteforce", "files", "activity", "app_api", "circles", "ocm", "dav", "downloadlimit", "files_sharing", "notifications",
			"provisioning_api", "recommendations", "spreed", "theming", "user_status",
		},
		"": {"bruteforce", "app_api", "spreed", "theming"},
	} {
		w := s.call(user, "GET", "/ocs/v2.php/cloud/capabilities", "")
		var data struct {
			Capabilities map[string]json.RawMessage
		}
		if err := json.Unmarshal(decode(t, w).OCS.Data, &data); err != nil || w.Code != http.StatusOK {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
		for _, app := range want {
			if len(data.Capabilities[app]) < 3 {
				t.Errorf("%q: nothing of %s", user, app)
			}
		}
		var theming struct{ Logo string }
		if err := json.Unmarshal(data.Capabilities["theming"], &theming); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(w.Body.String(), "{base}") || theming.Logo != "http://example.com/core/img/logo/logo.svg?v=0" {
			t.Errorf("%q: links are not filled in: %q", user, theming.Logo)
		}
	}
}
