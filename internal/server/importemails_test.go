package server_test

import (
	"bytes"
	"encoding/json"
	"io"
	"mime/multipart"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// importTable uploads a table of addresses and returns the status and the data.
func (c *client) importTable(token, table, testRun string) (int, object) {
	c.h.t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	part, err := w.CreateFormFile("file", "people.csv")
	if err == nil {
		_, err = io.WriteString(part, table)
	}
	if err == nil {
		err = w.WriteField("testRun", testRun)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		c.h.t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(c.h.t.Context(), http.MethodPost, c.h.url+talk+"/v4/room/"+token+"/import-emails", &b)
	if err != nil {
		c.h.t.Fatal(err)
	}
	req.Header.Set("OCS-APIRequest", "true")
	req.Header.Set("Accept", "application/json")
	req.Header.Set("Content-Type", w.FormDataContentType())
	req.SetBasicAuth(c.user, "secret-"+c.user)
	res, err := c.http.Do(req)
	if err != nil {
		c.h.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	var env struct{ OCS struct{ Data any } }
	if err := json.NewDecoder(res.Body).Decode(&env); err != nil {
		c.h.t.Fatal(err)
	}
	data, _ := env.OCS.Data.(object)
	return res.StatusCode, data
}

func TestImportEmails(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil)
	anna, ben := h.as("anna"), h.as("ben")
	token := anna.room("Guests", "ben")
	const table = "Name,Email\nDora,dora@example.com\n,Emil@Example.com\n\"Dora D.\",dora@example.com\n"
	const broken = "email\nfred@example.com\nnobody\n"
	pair := anna.do("POST", talk+"/v4/room", `{"roomType":1,"invite":"ben"}`).at("token").(string)
	for _, step := range []struct {
		name    string
		as      *client
		token   string
		table   string
		testRun string
		status  int
		want    object
	}{
		{"a participant may not", ben, token, table, "1", http.StatusForbidden, nil},
		{"between two", anna, pair, table, "1", http.StatusBadRequest, object{"error": "room"}},
		{"no header", anna, token, "dora@example.com\n", "1", http.StatusBadRequest, object{"error": "header-email", "message": `Missing "email" field in header line`}},
		{"nothing", anna, token, "", "1", http.StatusBadRequest, object{"error": "header-email", "message": `Missing "email" field in header line`}},
		{"a test", anna, token, table, "1", http.StatusOK, object{"invites": 2.0, "duplicates": 1.0}},
		{"a test of what is broken", anna, token, broken, "1", http.StatusBadRequest, object{
			"error": "rows", "message": "Following lines are invalid: 3", "invites": 1.0, "duplicates": 0.0, "invalid": 1.0, "invalidLines": []any{3.0},
		}},
		{"in earnest", anna, token, table, "0", http.StatusOK, object{"invites": 2.0, "duplicates": 1.0, "type": 3.0}},
		{"again", anna, token, table, "0", http.StatusOK, object{"invites": 0.0, "duplicates": 3.0, "type": 3.0}},
		{"what can be", anna, token, broken, "0", http.StatusOK, object{"invites": 1.0, "duplicates": 0.0, "type": 3.0, "invalid": 1.0, "invalidLines": []any{3.0}}},
	} {
		status, data := step.as.importTable(step.token, step.table, step.testRun)
		if diff := cmp.Diff(step.want, data); status != step.status || diff != "" {
			t.Errorf("%s: %d %s", step.name, status, diff)
		}
	}
	var names []string
	for _, p := range anna.do("GET", talk+"/v4/room/"+token+"/participants", "").data.([]any) {
		if p.(object)["actorType"] == "emails" {
			names = append(names, p.(object)["displayName"].(string)+" "+p.(object)["invitedActorId"].(string))
		}
	}
	if diff := cmp.Diff([]string{"Dora dora@example.com", " emil@example.com", " fred@example.com"}, names); diff != "" {
		t.Error(diff)
	}
}
