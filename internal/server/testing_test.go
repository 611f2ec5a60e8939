package server_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/confab-go/confab/internal/server"
)

// plain asks outside the OCS envelope: body and answer are JSON, or text.
func (c *client) plain(method, path, body string) (status int, answer string, err error) {
	c.h.t.Helper()
	req, err := http.NewRequestWithContext(context.WithoutCancel(c.h.t.Context()), method, c.h.url+path, strings.NewReader(body))
	if err != nil {
		c.h.t.Fatal(err)
	}
	req.Header.Set("OCS-APIRequest", "true")
	req.Header.Set("Accept", "application/json")
	if c.user != "" {
		secret := "secret-" + c.user
		if s := c.h.secrets[c.user]; s != "" {
			secret = s
		}
		req.SetBasicAuth(c.user, secret)
	}
	res, err := c.http.Do(req)
	if err != nil {
		return 0, "", err
	}
	defer func() { _ = res.Body.Close() }()
	raw, err := io.ReadAll(res.Body)
	return res.StatusCode, string(raw), err
}

// aid uses a testing aid, which must do what it is asked to, and returns the field of the answer.
func (c *client) aid(method, path, body, field string) string {
	c.h.t.Helper()
	status, answer, err := c.plain(method, "/_confab/"+path, body)
	if err != nil || status >= 300 {
		c.h.t.Fatalf("%s %s: %d %s %v", method, path, status, answer, err)
	}
	if field == "" {
		return ""
	}
	var o map[string]json.RawMessage
	if err := json.Unmarshal([]byte(answer), &o); err != nil {
		c.h.t.Fatal(err)
	}
	return string(o[field])
}

func newTestingHarness(t *testing.T) *harness {
	t.Helper()
	return newHarness(t, func(cfg *server.Config) { cfg.Testing = true })
}

func TestTestingAidsAreOffByDefault(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil)
	for _, path := range []string{"/_confab/reset", "/_confab/requests", "/_confab/clock", "/_confab"} {
		for _, method := range []string{"GET", "POST", "DELETE"} {
			if status, answer, _ := h.as("admin").plain(method, path, "{}"); status != http.StatusNotFound {
				t.Errorf("%s %s: %d %s", method, path, status, answer)
			}
		}
	}
	h.as("anna").room("Unseen")
	if got := h.srv.Requests(0); got != nil {
		t.Errorf("kept: %v", got)
	}
}

func TestTestingAidsAreForAdministrators(t *testing.T) {
	t.Parallel()
	h := newTestingHarness(t)
	admin := h.as("admin")
	admin.do("GET", talk+"/v4/room", "") // has a cookie now
	for _, path := range []string{"reset", "snapshot", "restore", "faults", "clock", "bots", "requests", "nothing"} {
		for user, want := range map[string]int{"anna": http.StatusForbidden, "": http.StatusUnauthorized} {
			status, answer, _ := h.as(user).plain("POST", "/_confab/"+path, "{}")
			if status != want || !strings.Contains(answer, "administrator") {
				t.Errorf("%q at %s: %d %s", user, path, status, answer)
			}
		}
	}
	cookie := &client{h: h, http: admin.http}
	if status, answer, _ := cookie.plain("POST", "/_confab/reset", ""); status != http.StatusUnauthorized {
		t.Errorf("by cookie: %d %s", status, answer)
	}
}

func TestTestingAidsSayWhatIsWrong(t *testing.T) {
	t.Parallel()
	h := newTestingHarness(t)
	admin := h.as("admin")
	for _, tt := range []struct {
		method, path, body string
		status             int
		says               string
	}{
		{"GET", "nothing", "", 404, "no testing aid at"},
		{"GET", "reset", "", 405, "not for GET"},
		{"POST", "restore", "", 400, "empty"},
		{"POST", "restore", "{}", 400, "id is missing"},
		{"POST", "restore", `{"id":7}`, 404, "no such snapshot"},
		{"POST", "restore", `{"id":"x"}`, 400, "id"},
		{"POST", "restore", `{"id":1} x`, 400, "more after"},
		{"POST", "restore", `{"id":1,"what":2}`, 400, "what"},
		{"DELETE", "snapshot/7", "", 404, "no such snapshot"},
		{"POST", "clock", "{}", 400, "either advance or set"},
		{"POST", "clock", `{"advance":"1h","set":1}`, 400, "either advance or set"},
		{"POST", "clock", `{"advance":"soon"}`, 400, `\"soon\" is no duration`},
		{"POST", "clock", `{"advance":"-1h"}`, 400, "forward only"},
		{"POST", "clock", `{"advance":1e99}`, 400, "too many"},
		{"POST", "clock", `{"set":-1}`, 400, "1970"},
		{"POST", "clock", `{"set":9999999999999}`, 400, "2200"},
		{"POST", "faults", `{}`, 400, "none of status"},
		{"POST", "faults", `{"status":200}`, 400, "status is 200"},
		{"POST", "faults", `{"status":500,"cut":"body"}`, 400, "only one of"},
		{"POST", "faults", `{"cut":"half"}`, 400, `cut is \"half\"`},
		{"POST", "faults", `{"truncate":-1}`, 400, "truncate is -1"},
		{"POST", "faults", `{"status":500,"count":-1}`, 400, "count is -1"},
		{"POST", "faults", `{"status":500,"path":"room"}`, 400, `path \"room\"`},
		{"POST", "faults", `{"cut":"body","retryAfter":1}`, 400, "retryAfter"},
		{"POST", "faults", `{"delay":"-1s"}`, 400, "delay is -1s"},
		{"DELETE", "faults/7", "", 404, "no fault 7"},
		{"POST", "bots", `{"name":"Bot","secret":"short","url":"http://127.0.0.1:1"}`, 400, "secret"},
		{"POST", "bots", `{"name":"Bot","features":["fly"]}`, 400, "fly"},
		{"POST", "bots", `{"name":"Bot","state":"asleep"}`, 400, "asleep"},
		{"DELETE", "bots/7", "", 404, "no such bot"},
		{"GET", "requests?limit=none", "", 400, "limit"},
		{"POST", "restore", `{"id":` + strings.Repeat(" ", 1<<20) + `1}`, 413, "larger than"},
	} {
		status, answer, err := admin.plain(tt.method, "/_confab/"+tt.path, tt.body)
		var said struct{ Error string }
		if err != nil || status != tt.status || json.Unmarshal([]byte(answer), &said) != nil || !strings.Contains(answer, tt.says) {
			t.Errorf("%s %s %.60s: %d %s %v; want %d, that says %s", tt.method, tt.path, tt.body, status, answer, err, tt.status, tt.says)
		}
	}
}

// state is what can be seen of a server from outside.
func (h *harness) state(users ...string) map[string]string {
	h.t.Helper()
	out := map[string]string{}
	for _, u := range users {
		status, list, err := h.as(u).plain("GET", talk+"/v4/room?includeStatus=true", "")
		if err != nil {
			h.t.Fatal(err)
		}
		_, files, err := h.as(u).plain("PROPFIND", "/remote.php/dav/files/"+u, "")
		if err != nil {
			h.t.Fatal(err)
		}
		out[u] = strconv.Itoa(status) + list + files
	}
	return out
}

func TestResetLeavesTheAccountsOfTheStart(t *testing.T) {
	t.Parallel()
	h := newTestingHarness(t)
	admin, anna, ben := h.as("admin"), h.as("anna"), h.as("ben")
	fresh := h.state("ben", "cleo")
	secret, err := h.srv.AppPassword(t.Context(), "anna", "test")
	if err != nil {
		t.Fatal(err)
	}
	if err := h.srv.EnsureUser(t.Context(), server.User{ID: "dora", Password: "secret-dora", Groups: []string{"late"}}); err != nil {
		t.Fatal(err)
	}

	token := anna.room("Soon gone", "ben")
	last := anna.send(token, `{"message":"x"}`)
	bot := newReceiver(t, nil)
	anna.enable(token, h.bot(server.Bot{Name: "Bot", URL: bot.url}))
	if status, _, _ := ben.plain("PUT", "/remote.php/dav/files/ben/file.txt", "content"); status != http.StatusCreated {
		t.Fatalf("upload: %d", status)
	}
	admin.do("POST", "/ocs/v2.php/cloud/users", `{"userid":"eve","password":"secret-eve"}`)
	admin.do("PUT", "/ocs/v2.php/cloud/users/ben", `{"key":"password","value":"another one"}`)
	admin.do("DELETE", "/ocs/v2.php/cloud/users/cleo", "")
	admin.aid("POST", "clock", `{"advance":"90m"}`, "")
	admin.aid("POST", "faults", `{"status":503,"path":"/nowhere"}`, "")

	waiting := make(chan answer, 1)
	go func() {
		a, err := anna.try(context.WithoutCancel(t.Context()), "GET", talk+"/v1/chat/"+token+"?lookIntoFuture=1&timeout=30&lastKnownMessageId="+last, "")
		if err != nil {
			t.Error(err)
		}
		waiting <- a
	}()
	h.srv.AwaitPolls(token, 1)
	admin.aid("POST", "reset", "", "")
	if a := <-waiting; a.status != http.StatusNotFound {
		t.Errorf("a poll of what is gone: %d %s", a.status, a.raw)
	}

	timeless := cmp.Transformer("timeless", func(s string) string { return davValues.ReplaceAllString(s, "") })
	if diff := cmp.Diff(fresh, h.state("ben", "cleo"), cmp.FilterValues(func(a, b string) bool { return davValues.MatchString(a) || davValues.MatchString(b) }, timeless)); diff != "" {
		t.Errorf("state: %s", diff)
	}
	if a := h.as("eve").do("GET", talk+"/v4/room", ""); a.status != http.StatusUnauthorized {
		t.Errorf("eve: %d", a.status)
	}
	if a := h.as("dora").do("GET", "/ocs/v2.php/cloud/users/dora/groups", ""); !strings.Contains(a.raw, "late") {
		t.Errorf("dora: %d %s", a.status, a.raw)
	}
	h.secrets = map[string]string{"anna": secret}
	if token := h.as("anna").room("After"); token == "" {
		t.Error("anna's app password")
	}
	if got := admin.do("GET", talk+"/v1/bot/admin", "").raw; !strings.Contains(got, `"data":[]`) {
		t.Errorf("bots: %s", got)
	}
	if got := len(h.srv.Requests(0)); got > 12 {
		t.Errorf("%d requests are kept", got)
	}
	if ahead := admin.aid("GET", "clock", "", "ahead"); ahead != `"0s"` {
		t.Errorf("the clock is ahead by %s", ahead)
	}
	_, list, err := admin.plain("GET", "/_confab/faults", "")
	if err != nil || list != "[]" {
		t.Errorf("faults: %s, %v", list, err)
	}
}

func TestSnapshotsBringEverythingBack(t *testing.T) {
	t.Parallel()
	for name, dir := range map[string]string{"in memory": "", "in a directory": t.TempDir()} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHarness(t, func(cfg *server.Config) {
				cfg.Testing, cfg.DataDir = true, dir
				now := &clock{now: time.Unix(1_800_000_000, 0)} // that stands still, so that states can be compared
				cfg.Now = now.Now
				if dir != "" {
					for i := range cfg.Users {
						cfg.Users[i].Password = ""
					}
				}
			})
			if dir != "" {
				h.secrets = map[string]string{}
				for _, id := range []string{"anna", "ben", "admin"} {
					secret, err := h.srv.AppPassword(t.Context(), id, "test")
					if err != nil {
						t.Fatal(err)
					}
					h.secrets[id] = secret
				}
			}
			admin, anna := h.as("admin"), h.as("anna")
			token := anna.room("Kept", "ben")
			anna.send(token, `{"message":"before"}`)
			upload := func(name, content string) {
				t.Helper()
				if status, answer, _ := anna.plain("PUT", "/remote.php/dav/files/anna/"+name, content); status != http.StatusCreated && status != http.StatusNoContent {
					t.Fatalf("upload: %d %s", status, answer)
				}
			}
			upload("kept.txt", "as it was")
			admin.aid("POST", "clock", `{"advance":"10m"}`, "")
			anna.do("GET", talk+"/v4/room", "")
			before := h.state("anna", "ben")
			id := admin.aid("POST", "snapshot", "", "id")

			for range 2 { // as often as wanted
				anna.send(token, `{"message":"after"}`)
				anna.room("Not kept")
				upload("kept.txt", "overwritten")
				upload("new.txt", "new")
				if status, _, _ := anna.plain("DELETE", "/remote.php/dav/files/anna/kept.txt", ""); status != http.StatusNoContent {
					t.Errorf("delete: %d", status)
				}
				admin.aid("POST", "clock", `{"advance":"10m"}`, "")
				if cmp.Equal(before, h.state("anna", "ben")) {
					t.Fatal("nothing has changed")
				}
				admin.aid("POST", "restore", `{"id":`+id+`}`, "")
				if diff := cmp.Diff(before, h.state("anna", "ben")); diff != "" {
					t.Errorf("state: %s", diff)
				}
				if status, content, _ := anna.plain("GET", "/remote.php/dav/files/anna/kept.txt", ""); status != http.StatusOK || content != "as it was" {
					t.Errorf("file: %d %q", status, content)
				}
				if ahead := admin.aid("GET", "clock", "", "ahead"); ahead != `"10m0s"` {
					t.Errorf("the clock is ahead by %s", ahead)
				}
			}
			anna.send(token, `{"message":"goes on"}`) // the store is in order
			admin.aid("DELETE", "snapshot/"+id, "", "")
			if status, content, _ := anna.plain("GET", "/remote.php/dav/files/anna/kept.txt", ""); status != http.StatusOK || content != "as it was" {
				t.Errorf("a file that is still used, after its snapshot is gone: %d %q", status, content)
			}
			if status, _, _ := admin.plain("POST", "/_confab/restore", `{"id":`+id+`}`); status != http.StatusNotFound {
				t.Errorf("restore what is forgotten: %d", status)
			}
		})
	}
}

func TestTheClockFiresWhatIsDue(t *testing.T) {
	t.Parallel()
	h := newTestingHarness(t)
	admin, anna, ben := h.as("admin"), h.as("anna"), h.as("ben")
	token := anna.room("Timed", "ben")
	anna.do("POST", talk+"/v4/room/"+token+"/message-expiration", `{"seconds":600}`)
	fleeting := anna.send(token, `{"message":"fleeting"}`)
	anna.do("PUT", talk+"/v4/room/"+token+"/webinar/lobby", `{"state":1,"timer":`+strconv.FormatInt(h.srv.Now().Add(time.Hour).Unix(), 10)+`}`)
	last := anna.do("GET", talk+"/v4/room/"+token, "").at("lastMessage", "id").(json.Number).String()
	if a := ben.do("GET", talk+"/v1/chat/"+token+"?lookIntoFuture=0", ""); a.status != http.StatusPreconditionFailed {
		t.Fatalf("the lobby does not hold ben: %d", a.status)
	}
	waiting := make(chan answer, 1)
	go func() {
		a, err := anna.try(context.WithoutCancel(t.Context()), "GET", talk+"/v1/chat/"+token+"?lookIntoFuture=1&timeout=30&lastKnownMessageId="+last, "")
		if err != nil {
			t.Error(err)
		}
		waiting <- a
	}()
	h.srv.AwaitPolls(token, 1)
	admin.aid("POST", "clock", `{"advance":"61m"}`, "")
	if a := <-waiting; a.status != http.StatusOK || !strings.Contains(a.raw, "lobby_timer_reached") {
		t.Errorf("the poll: %d %s", a.status, a.raw)
	}
	a := ben.do("GET", talk+"/v1/chat/"+token+"?lookIntoFuture=0&limit=200", "")
	if a.status != http.StatusOK || strings.Contains(a.raw, `"id":`+fleeting+`,`) {
		t.Errorf("ben reads %d %s", a.status, a.raw)
	}
	set := time.Unix(1_900_000_000, 0)
	if got := admin.aid("POST", "clock", `{"set":1900000000}`, "unix"); got != "1900000000" || h.srv.Now().Before(set) || h.srv.Now().After(set.Add(time.Hour)) {
		t.Errorf("the clock shows %s, %v", got, h.srv.Now())
	}
}

func TestBotsByTestingAids(t *testing.T) {
	t.Parallel()
	h := newTestingHarness(t)
	admin, anna := h.as("admin"), h.as("anna")
	bot := newReceiver(t, nil)
	id := admin.aid("POST", "bots", `{"name":"Bot","secret":"`+botSecret+`","url":"`+bot.url+`","features":["webhook","reaction"],"description":"hears"}`, "id")
	other := admin.aid("POST", "bots", `{"name":"Other","secret":"`+botSecret+`","url":"http://127.0.0.1:1/other","features":2,"state":"no-setup"}`, "id")
	_, list, err := admin.plain("GET", "/_confab/bots", "")
	if err != nil {
		t.Fatal(err)
	}
	want := `[{"id":` + id + `,"name":"Bot","url":"` + strings.ReplaceAll(bot.url, "/", `\/`) + `","description":"hears","features":["webhook","reaction"],"state":"enabled",` +
		`"errorCount":0,"lastErrorDate":0,"lastErrorMessage":""},{"id":` + other + `,"name":"Other","url":"http:\/\/127.0.0.1:1\/other","description":"",` +
		`"features":["response"],"state":"no-setup","errorCount":0,"lastErrorDate":0,"lastErrorMessage":""}]`
	if diff := cmp.Diff(want, list); diff != "" {
		t.Errorf("bots: %s", diff)
	}
	token := anna.room("Bots")
	anna.enable(token, id)
	admin.aid("POST", "bots/await", "", "")
	if len(bot.received) != 1 {
		t.Errorf("awaited, and %d deliveries have arrived", len(bot.received))
	}
	bot.next(t)
	again := admin.aid("POST", "bots", `{"name":"Bot","url":"`+bot.url+`","features":["webhook"]}`, "id") // keeps its secret
	if again != id {
		t.Errorf("changed, the bot is %s, was %s", again, id)
	}
	anna.send(token, `{"message":"signed as before"}`)
	if d := bot.next(t); !signed(botSecret, d.header.Get("X-Nextcloud-Talk-Random"), d.header.Get("X-Nextcloud-Talk-Signature"), d.body) {
		t.Errorf("not signed with the secret that the bot has: %v", d.header)
	}
	admin.aid("DELETE", "bots/"+id, "", "")
	anna.send(token, `{"message":"to nobody"}`)
	h.awaitBots()
	if len(bot.received) != 0 {
		t.Error("a bot that is removed is told something")
	}
}

func TestRequestsAreKeptWithoutSecrets(t *testing.T) {
	t.Parallel()
	var log logged
	h := newHarness(t, func(cfg *server.Config) { cfg.Testing, cfg.Logger = true, log.logger() })
	admin, anna := h.as("admin"), h.as("anna")
	token := anna.room("Watched")
	anna.do("GET", talk+"/v4/room/"+token+"/nowhere?password=hunter2&limit=3&requestToken=hunter3", "")
	h.as("").do("PUT", talk+"/v4/room/"+token+"/password", `{"password":"hunter4"}`)
	if _, _, err := h.as("anna").plain("GET", "/index.php/login/v2/flow/"+strings.Repeat("hunter5", 10), ""); err != nil {
		t.Fatal(err)
	}
	var got []struct {
		Method, Path, Query, User, Time string
		Status                          int
		DurationMs                      float64
	}
	_, answer, err := admin.plain("GET", "/_confab/requests?limit=3", "")
	if err != nil || json.Unmarshal([]byte(answer), &got) != nil || len(got) != 3 {
		t.Fatalf("%v: %s", err, answer)
	}
	first := got[0]
	if first.Method != "GET" || first.Path != talk+"/v4/room/"+token+"/nowhere" || first.Query != "limit=3&password=***&requestToken=***" ||
		first.User != "anna" || first.Status != http.StatusNotFound || first.DurationMs <= 0 {
		t.Errorf("first %+v", first)
	}
	if at, err := time.Parse(time.RFC3339Nano, first.Time); err != nil || time.Since(at) > time.Minute {
		t.Errorf("at %s, %v", first.Time, err)
	}
	if got[1].User != "" || got[1].Status != http.StatusNotFound && got[1].Status != http.StatusUnauthorized {
		t.Errorf("second %+v", got[1])
	}
	if got[2].Path != "/index.php/login/v2/flow/***" {
		t.Errorf("third %+v", got[2])
	}
	if all := h.srv.Requests(0); len(all) < 4 || all[0].Method != "POST" || all[0].User != "anna" || all[0].Status != http.StatusCreated {
		t.Errorf("all: %+v", all)
	}
	text := log.text()
	if !strings.Contains(text, `"method":"GET","path":"`+talk+"/v4/room/"+token+`/nowhere","status":404,"duration":`) ||
		!strings.Contains(text, `"user":"anna"`) || strings.Contains(text, "hunter") {
		t.Errorf("logged: %s", text)
	}
	for range 1000 {
		if _, _, err := anna.plain("GET", "/status.php", ""); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(h.srv.Requests(0)); n != 1000 {
		t.Errorf("%d requests are kept", n)
	}
}

func TestBotsOfADataDirectory(t *testing.T) {
	t.Parallel()
	ctx, dir := t.Context(), t.TempDir()
	b := server.Bot{Name: "Bot", Secret: botSecret, URL: "http://127.0.0.1:1/hook", Description: "hears", State: server.BotNoSetup}
	if _, err := server.ListBots(ctx, dir); !errors.Is(err, server.ErrNoData) || !strings.Contains(err.Error(), dir) {
		t.Errorf("list in an empty directory: %v", err)
	}
	if _, err := server.InstallBot(ctx, "", b); !errors.Is(err, server.ErrNoData) {
		t.Errorf("install nowhere: %v", err)
	}
	id, err := server.InstallBot(ctx, dir, b)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := server.InstallBot(ctx, dir, b); !errors.Is(err, server.ErrBotExists) {
		t.Errorf("install again: %v", err)
	}
	bad := b
	bad.Secret = "too short"
	if _, err := server.InstallBot(ctx, dir, bad); !errors.Is(err, server.ErrBadBot) || strings.Contains(err.Error(), bad.Secret) {
		t.Errorf("a bad bot: %v", err)
	}
	bots, err := server.ListBots(ctx, dir)
	want := []server.InstalledBot{{ID: id, ActorID: bots[0].ActorID, Name: "Bot", URL: b.URL, Description: "hears", Features: server.BotWebhook | server.BotResponse, State: server.BotNoSetup}}
	if diff := cmp.Diff(want, bots); diff != "" || err != nil {
		t.Errorf("bots: %v %s", err, diff)
	}

	srv, err := server.Open(ctx, server.Config{DataDir: dir})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := server.ListBots(ctx, dir); !errors.Is(err, server.ErrInUse) {
		t.Errorf("list while a server runs: %v", err)
	}
	if _, err := server.InstallBot(ctx, dir, b); !errors.Is(err, server.ErrInUse) {
		t.Errorf("install while a server runs: %v", err)
	}
	if err := server.RemoveBot(ctx, dir, id); !errors.Is(err, server.ErrInUse) {
		t.Errorf("remove while a server runs: %v", err)
	}
	if err := srv.Close(); err != nil {
		t.Fatal(err)
	}
	if err := server.RemoveBot(ctx, dir, id); err != nil {
		t.Error(err)
	}
	if err := server.RemoveBot(ctx, dir, id); !errors.Is(err, server.ErrNoSuchBot) {
		t.Errorf("remove again: %v", err)
	}
	if bots, err := server.ListBots(ctx, dir); len(bots) != 0 || err != nil {
		t.Errorf("bots at the end: %v %v", bots, err)
	}
}
