package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/confab-go/confab/internal/server/api"
	"github.com/confab-go/confab/internal/server/core"
	"github.com/confab-go/confab/internal/server/store"
)

const (
	talk4 = "/ocs/v2.php/apps/spreed/api/v4"
	talk1 = "/ocs/v2.php/apps/spreed/api/v1"
)

// site is an API with anna and ben, who are in crew, cleo and an admin. Everybody's password is "secret-" and their id.
type site struct {
	t    *testing.T
	core *core.Core
	api  *api.API
	log  *bytes.Buffer
}

func newSite(t *testing.T) *site {
	t.Helper()
	st, err := store.Open(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	c, err := core.New(t.Context(), st, core.Options{Now: func() time.Time { return time.Unix(1795486400, 0) }, LongPollMax: time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	for _, u := range []core.NewUser{
		{ID: "anna", DisplayName: "Anna", Groups: []string{"crew"}},
		{ID: "ben", DisplayName: "Ben", Groups: []string{"crew"}},
		{ID: "cleo", DisplayName: "Cleo"},
		{ID: "admin", Admin: true},
	} {
		u.Password = "secret-" + u.ID
		if err := c.EnsureUser(t.Context(), u); err != nil {
			t.Fatal(err)
		}
	}
	s := &site{t: t, core: c, log: &bytes.Buffer{}}
	s.api = api.New(c, api.Options{Logger: slog.New(slog.NewTextHandler(s.log, nil))})
	return s
}

// call is a request; change may alter it before it is sent.
func (s *site) call(user, method, path, body string, change ...func(*http.Request)) *httptest.ResponseRecorder {
	s.t.Helper()
	req := httptest.NewRequestWithContext(s.t.Context(), method, path, strings.NewReader(body))
	req.Header.Set("OCS-APIRequest", "true")
	req.Header.Set("Accept", "application/json")
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	if user != "" {
		req.SetBasicAuth(user, "secret-"+user)
	}
	for _, fn := range change {
		fn(req)
	}
	w := httptest.NewRecorder()
	s.api.ServeHTTP(w, req)
	return w
}

func header(key, value string) func(*http.Request) {
	return func(r *http.Request) {
		r.Header.Del(key)
		if value != "" {
			r.Header.Set(key, value)
		}
	}
}

// answer is an OCS answer, decoded.
type answer struct {
	OCS struct {
		Meta struct {
			Status     string
			StatusCode int
			Message    string
		}
		Data json.RawMessage
	}
}

func decode(t *testing.T, w *httptest.ResponseRecorder) answer {
	t.Helper()
	var a answer
	if err := json.Unmarshal(w.Body.Bytes(), &a); err != nil {
		t.Fatalf("%d %q: %v", w.Code, w.Body, err)
	}
	return a
}

// room makes a conversation of anna's with others and returns its token.
func (s *site) room(body string, others ...string) string {
	s.t.Helper()
	var room struct{ Token string }
	w := s.call("anna", "POST", talk4+"/room", body)
	if err := json.Unmarshal(decode(s.t, w).OCS.Data, &room); err != nil || w.Code != http.StatusCreated {
		s.t.Fatalf("create: %d %s", w.Code, w.Body)
	}
	for _, o := range others {
		if w := s.call("anna", "POST", talk4+"/room/"+room.Token+"/participants", `{"newParticipant":"`+o+`"}`); w.Code != http.StatusOK {
			s.t.Fatalf("add %s: %d %s", o, w.Code, w.Body)
		}
	}
	return room.Token
}

// shape makes answers comparable to the byte: numbers and random words become
// the same everywhere, and all else, order and escapes included, stays.
func shape(body string) string {
	body = regexp.MustCompile(`:\d+`).ReplaceAllString(body, ":0")
	body = regexp.MustCompile(`"(token|roomToken|avatarVersion|storageLocation)":"[^"]*"`).ReplaceAllString(body, `"$1":"-"`)
	return strings.TrimSpace(body)
}

func TestAnswersHaveTheRecordedBytes(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	token := s.room(`{"roomType":2,"roomName":"Mentions"}`, "ben")
	s.call("anna", "POST", talk4+"/room/"+token+"/participants", `{"newParticipant":"crew","source":"groups"}`)
	s.room(`{"roomType":2,"roomName":"Open for all","listable":1}`)
	people := s.room(`{"roomType":2,"roomName":"People"}`, "ben")
	for _, add := range []string{`"crew","source":"groups"`, `"cleo"`, `"friend@example.com","source":"emails"`, `"not-an-email","source":"emails"`} {
		s.call("anna", "POST", talk4+"/room/"+people+"/participants", `{"newParticipant":`+add+`}`)
	}
	chat := talk1 + "/chat/" + token
	var hello struct{ ID int }
	if err := json.Unmarshal(decode(t, s.call("anna", "POST", chat, `{"message":"Hello"}`)).OCS.Data, &hello); err != nil {
		t.Fatal(err)
	}
	if w := s.call("admin", "POST", "/ocs/v2.php/cloud/users", `{"userid":"temp1","password":"x","displayName":"Temp One","email":"temp1@example.com"}`); w.Code != 200 {
		t.Fatalf("create user: %s", w.Body)
	}
	for _, tt := range []struct{ file, user, method, path, body string }{
		{"room_created", "anna", "POST", talk4 + "/room", `{"roomType":2,"roomName":"Group"}`},
		{"message_reply", "ben", "POST", chat, fmt.Sprintf(`{"message":"A reply","replyTo":%d}`, hello.ID)},
		{"message_silent", "anna", "POST", chat, `{"message":"quiet","silent":true}`},
		{"emoji", "anna", "POST", chat, `{"message":"line\nline\r\n\tüñí🎉 <b>&amp;</b> \"q\" 'a' \\ /"}`},
		{"mention", "anna", "POST", chat, `{"message":"@ben @ben @cleo"}`},
		{"participants_status", "ben", "GET", talk4 + "/room/" + people + "/participants?includeStatus=true", ""},
		{"error_reason", "anna", "POST", talk4 + "/room", `{"roomName":"o","objectType":"bogus","objectId":"1"}`},
		{"not_a_participant", "cleo", "POST", chat, `{"message":"not mine"}`},
		{"suggestions", "anna", "GET", chat + "/mentions?search=", ""},
		{"listed_room", "cleo", "GET", talk4 + "/listed-room?searchTerm=Open", ""},
		{"user_anonymous", "", "GET", talk4 + "/room", ""},
		{"account", "admin", "GET", "/ocs/v2.php/cloud/users/temp1", ""},
		{"status", "", "GET", "/status.php", ""},
	} {
		want, err := os.ReadFile(filepath.Join("testdata", tt.file+".json"))
		if err != nil {
			t.Fatal(err)
		}
		w := s.call(tt.user, tt.method, tt.path, tt.body)
		if diff := cmp.Diff(shape(string(want)), shape(w.Body.String())); diff != "" {
			t.Errorf("%s (-recorded +here):\n%s", tt.file, diff)
		}
	}
	want, err := os.ReadFile("testdata/not_found.xml")
	if err != nil {
		t.Fatal(err)
	}
	w := s.call("anna", "GET", talk4+"/room/doesnotexist", "", header("Accept", "application/xml"))
	if w.Body.String() != string(want) {
		t.Errorf("XML: %s", w.Body)
	}
}

func TestEnvelope(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	token := s.room(`{"roomName":"Chat"}`)
	for _, tt := range []struct {
		name                         string
		user, method, path, body     string
		status, code                 int
		ocsStatus, message, contains string
	}{
		{"v1 hides the status", "anna", "GET", "/ocs/v1.php/apps/spreed/api/v4/room/nosuchroom?format=json", "", 200, 404, "failure", "", `"totalitems":"","itemsperpage":""`},
		{"v1 success is 100", "anna", "GET", "/ocs/v1.php/cloud/user", "", 200, 100, "ok", "OK", `"id":"anna"`},
		{"v1 takes 201 for a failure", "anna", "POST", "/ocs/v1.php/apps/spreed/api/v1/chat/" + token, `{"message":"x"}`, 200, 201, "failure", "", `"message":"x"`},
		{"v1 shows 401", "ghost", "GET", "/ocs/v1.php/cloud/user", "", 401, 997, "failure", "Unauthorised", ""},
		{"v2", "anna", "GET", "/ocs/v2.php/cloud/user", "", 200, 200, "ok", "OK", `"id":"anna"`},
		{"no account", "", "GET", talk4 + "/room", "", 401, 997, "failure", "Current user is not logged in", `"data":[]`},
		{"wrong password", "ghost", "GET", talk4 + "/room", "", 401, 997, "failure", "Unauthorised", `"data":[]`},
		{"unknown route", "anna", "GET", talk4 + "/nothing", "", 404, 998, "failure", "", "Invalid query"},
		{"unknown version", "anna", "GET", "/ocs/v3.php/cloud/user", "", 404, 998, "failure", "", "Invalid query"},
		{"bad token", "anna", "GET", talk4 + "/room/UPPERCASE", "", 404, 998, "failure", "", "Invalid query"},
		{"missing argument", "anna", "POST", talk1 + "/chat/" + token, `{}`, 400, 400, "failure", "argument message is missing", `{"error":"message"}`},
		{"mistyped argument", "anna", "POST", talk1 + "/chat/" + token, `{"message":5}`, 400, 400, "failure", "argument message must be a string", `{"error":"message"}`},
		{"mistyped list", "anna", "POST", talk4 + "/room", `{"participants":{"users":"ben"}}`, 400, 400, "failure", "argument participants.users must be a list", `{"error":"participants.users"}`},
		{"admins only", "anna", "POST", "/ocs/v2.php/cloud/groups", `{"groupid":"x"}`, 403, 403, "failure", "Logged in account must be an admin", `"data":[]`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := s.call(tt.user, tt.method, tt.path, tt.body)
			a := decode(t, w)
			if w.Code != tt.status || a.OCS.Meta.StatusCode != tt.code || a.OCS.Meta.Status != tt.ocsStatus {
				t.Errorf("got %d, %d %s; want %d, %d %s", w.Code, a.OCS.Meta.StatusCode, a.OCS.Meta.Status, tt.status, tt.code, tt.ocsStatus)
			}
			if tt.message != "" && a.OCS.Meta.Message != tt.message {
				t.Errorf("message %q, want %q", a.OCS.Meta.Message, tt.message)
			}
			if !strings.Contains(w.Body.String(), tt.contains) {
				t.Errorf("body %s does not contain %s", w.Body, tt.contains)
			}
			if w.Header().Get("X-Request-Id") == "" || w.Header().Get("Cache-Control") != "no-cache, no-store, must-revalidate" {
				t.Errorf("headers: %v", w.Header())
			}
		})
	}
}

func TestMethods(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	w := s.call("anna", "PATCH", talk4+"/room", "")
	if w.Code != http.StatusMethodNotAllowed || w.Body.Len() != 0 {
		t.Errorf("wrong verb: %d %q", w.Code, w.Body)
	}
	get, head := s.call("anna", "GET", talk4+"/room", ""), s.call("anna", "HEAD", talk4+"/room", "")
	if head.Code != get.Code || head.Body.Len() != 0 || head.Header().Get("Content-Length") != get.Header().Get("Content-Length") {
		t.Errorf("HEAD: %d, %d bytes, length %s of %s", head.Code, head.Body.Len(), head.Header().Get("Content-Length"), get.Header().Get("Content-Length"))
	}
	w = s.call("anna", "POST", talk4+"/room", `{"roomName":"`+strings.Repeat("x", 1<<20)+`"}`)
	if w.Code != http.StatusRequestEntityTooLarge || decode(t, w).OCS.Meta.StatusCode != 413 {
		t.Errorf("a large body: %d %s", w.Code, w.Body)
	}
}

func TestArguments(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	const form = "application/x-www-form-urlencoded"
	for _, tt := range []struct{ name, kind, query, body, want string }{
		{"form", form, "", "roomType=3&roomName=Form+encoded", "3 Form encoded []"},
		{"query", "", "?roomType=3&roomName=From%20query", "", "3 From query []"},
		{"body over query", form, "?roomName=query", "roomName=body", "2 body []"},
		{"nested form", form, "", "roomName=x&participants[users][]=ben&participants[users][]=cleo", "2 x [ben cleo]"},
		{"JSON", "application/json", "", `{"roomType":"3","roomName":"x","participants":{"users":["ben"]}}`, "3 x [ben]"},
		{"PHP's empty map", "application/json", "", `{"roomName":"x","participants":[]}`, "2 x []"},
		{"JSON with a charset", "application/json; charset=utf-8", "", `{"roomName":"x"}`, "2 x []"},
		{"multipart", "multipart/form-data; boundary=B", "", "--B\r\nContent-Disposition: form-data; name=\"roomName\"\r\n\r\nmultipart\r\n--B--\r\n", "2 multipart []"},
		{"broken JSON is none", "application/json", "", `{not json`, "2 --- []"},
		{"no such content type", "text/plain", "", `roomName=x`, "2 --- []"},
		{"not UTF-8", form, "", "roomName=%ff", "2 \ufffd []"},
	} {
		w := s.call("anna", "POST", talk4+"/room"+tt.query, tt.body, header("Content-Type", tt.kind))
		var room struct {
			Token, Name string
			Type        int
		}
		if err := json.Unmarshal(decode(t, w).OCS.Data, &room); err != nil || w.Code != http.StatusCreated {
			t.Errorf("%s: %d %s", tt.name, w.Code, w.Body)
			continue
		}
		list, err := s.core.Participants(t.Context(), core.Caller{UserID: "anna"}, room.Token)
		if err != nil {
			t.Fatal(err)
		}
		users := []string{}
		for _, p := range list[1:] {
			users = append(users, p.ActorID)
		}
		if got := fmt.Sprint(room.Type, " ", room.Name, " ", users); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
}

func TestFlagsAndNumbersAreCast(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	token := s.room(`{"roomName":"Casts"}`)
	for value, silent := range map[string]bool{
		`true`: true, `false`: false, `"false"`: false, `"FALSE"`: true, `"0"`: false,
		`""`: false, `"1"`: true, `"yes"`: true, `1`: true, `0`: false, `0.0`: false, `null`: false,
	} {
		w := s.call("anna", "POST", talk1+"/chat/"+token, `{"message":"x","silent":`+value+`}`)
		if got := strings.Contains(w.Body.String(), `"silent":true`); got != silent || w.Code != http.StatusCreated {
			t.Errorf("silent %s: %v, %d", value, got, w.Code)
		}
	}
	for value, status := range map[string]int{
		`1`: 200, `"1"`: 200, `"1abc"`: 200, `true`: 200, `1.9`: 200, `"1e0"`: 200,
		`"abc"`: 200, `7`: 400, `"99999999999999999999"`: 400, `[1]`: 200, `[]`: 200, `{}`: 200,
	} {
		if w := s.call("anna", "PUT", talk4+"/room/"+token+"/read-only", `{"state":`+value+`}`); w.Code != status {
			t.Errorf("state %s: %d, want %d", value, w.Code, status)
		}
	}
}

func TestNothingSecretIsLogged(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	s.call("anna", "GET", talk4+"/room?password=inquery", "", func(r *http.Request) { *r = *r.WithContext(ctx) })
	s.call("anna", "POST", "/ocs/v2.php/cloud/users", `{"userid":"x","password":"inbody"}`)
	for _, secret := range []string{"secret-", "inquery", "inbody"} {
		if strings.Contains(s.log.String(), secret) {
			t.Errorf("the log has %q: %s", secret, s.log)
		}
	}
}
