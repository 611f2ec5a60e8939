package server_test

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// notServed are operations of Talk that differences.md says are not here.
var notServed = map[string]bool{
	"POST /ocs/apps/spreed/temp-user-avatar":                          true,
	"DELETE /ocs/apps/spreed/temp-user-avatar":                        true,
	"GET /ocs/apps/spreed/api/v1/proxy/new/user-avatar/{}":            true,
	"GET /ocs/apps/spreed/api/v1/proxy/new/user-avatar/{}/dark":       true,
	"GET /ocs/apps/spreed/api/v1/proxy/{}/user-avatar/{}":             true,
	"GET /ocs/apps/spreed/api/v1/proxy/{}/user-avatar/{}/dark":        true,
	"POST /ocs/apps/spreed/api/v1/hostedsignalingserver/requesttrial": true,
	"DELETE /ocs/apps/spreed/api/v1/hostedsignalingserver/delete":     true,
	"PUT /ocs/apps/spreed/api/v4/room/{}/permissions/{}":              true, // served for both of its modes
}

// TestEveryOperationIsServed holds the routes against the list of Talk's
// operations: each is there, and for who has no account where it is so there.
func TestEveryOperationIsServed(t *testing.T) {
	t.Parallel()
	list, err := os.ReadFile("testdata/operations.txt")
	if err != nil {
		t.Fatal(err)
	}
	parameter := regexp.MustCompile(`\{[^}]*\}`)
	served := map[string]string{}
	for _, e := range newHarness(t, nil).srv.Endpoints() {
		served[e.Method+" "+parameter.ReplaceAllString(e.Path, "{}")] = e.Who
	}
	checked := 0
	for line := range strings.Lines(string(list)) {
		method, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		path, who, _ := strings.Cut(rest, " ")
		operation := method + " " + parameter.ReplaceAllString(path, "{}")
		if notServed[operation] {
			continue
		}
		checked++
		ours, ok := served[operation]
		switch public := ours == "public" || ours == "anybody"; {
		case !ok:
			t.Errorf("%s is not served", operation)
		case public != (who == "public"):
			t.Errorf("%s is for %s, Talk's is for %s", operation, ours, who)
		}
	}
	if checked < 140 {
		t.Errorf("%d operations only", checked)
	}
}
