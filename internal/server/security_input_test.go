package server_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/confab-go/confab/internal/race"
)

// hostile are texts that mean something to a database, a shell, a header, a page or a path.
var hostile = []string{
	`'; DROP TABLE messages; --`,
	`" OR ""="' UNION SELECT password_hash FROM users -- 1); DELETE FROM rooms; -- \'; ATTACH DATABASE 'x' AS y; -- %' OR 1=1 --`,
	"a\x00b\r\nSet-Cookie: evil=1\r\n\r\n<script>alert(1)</script>\u2028\u202e\ufeff\U000e0001" + `{{.}}${jndi:ldap://x}<%= 1 %>`,
	`../../../../etc/passwd` + strings.Repeat("𝔘", 500),
}

// TestHostileTextsHarmNothing gives every endpoint hostile texts for all that it takes texts for.
func TestHostileTextsHarmNothing(t *testing.T) {
	race.Skip(t)
	t.Parallel()
	v := newVault(t, 2)
	schema := v.column(`SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name`)
	var template map[string]any
	if err := json.Unmarshal(fmt.Appendf(nil, arguments, v.ids["attendeeId"]), &template); err != nil {
		t.Fatal(err)
	}
	kept := map[string]string{}
	for _, table := range []string{"users", "messages"} {
		kept[table] = v.rows(table)[0]
	}
	anna := identity{user: "anna", password: v.secrets["anna"]}
	for _, evil := range hostile {
		body, query := map[string]any{}, url.Values{}
		for key, value := range template {
			switch value.(type) {
			case string:
				body[key], value = evil, evil
			case []any:
				body[key] = []string{evil, evil}
			default:
				body[key] = value
			}
			query.Set(key, fmt.Sprint(value))
		}
		body["participants"] = map[string]any{"users": []string{evil}, "emails": []string{evil}, evil: []string{evil}}
		text, err := json.Marshal(body)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range v.endpoints() {
			if takesAway(e.Method, e.Path) {
				continue
			}
			got := v.ask(anna, e.Method, v.path(e)+"?"+query.Encode(), "application/json", string(text))
			if got.status >= 500 && got.status != http.StatusNotImplemented {
				t.Errorf("%s %s with %q: %d %.200s", e.Method, e.Path, evil, got.status, got.body)
			}
			if got.header.Get("Set-Cookie") != "" && strings.Contains(strings.Join(got.header.Values("Set-Cookie"), " "), "evil") {
				t.Errorf("%s %s with %q sets a cookie: %q", e.Method, e.Path, evil, got.header)
			}
			if strings.HasPrefix(got.header.Get("Content-Type"), "application/json") && got.body != "" && !json.Valid([]byte(got.body)) {
				t.Errorf("%s %s with %q: %.200s", e.Method, e.Path, evil, got.body)
			}
		}
	}
	if after := v.column(`SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name`); fmt.Sprint(after) != fmt.Sprint(schema) {
		t.Errorf("the schema has changed: %v", after)
	}
	if said := v.column(`SELECT integrity_check FROM pragma_integrity_check`); fmt.Sprint(said) != "[ok]" {
		t.Errorf("the database says %v", said)
	}
	for table, row := range kept {
		if !strings.Contains(strings.Join(v.rows(table), "\n"), strings.SplitN(row, "|", 2)[0]) {
			t.Errorf("%s has lost %s", table, row)
		}
	}
}

// takesAway reports whether an endpoint, asked by its owner, ends what the requests after it need.
func takesAway(method, path string) bool {
	switch path {
	case "/ocs/apps/spreed/api/v4/room/{token}/participants/self", "/ocs/core/apppassword", "/ocs/core/apppassword/rotate":
		return true
	case "/ocs/apps/spreed/api/v4/room/{token}", "/ocs/apps/spreed/api/v1/chat/{token}":
		return method == http.MethodDelete
	}
	return false
}

// TestSearchesTakeTextsAsTheyAre has no character mean another one than itself.
func TestSearchesTakeTextsAsTheyAre(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil)
	anna := h.as("anna")
	token := anna.room("Search")
	for _, text := range []string{"100% sure", "snake_case", `back\slash`, "plain"} {
		anna.send(token, fmt.Sprintf(`{"message":%q}`, text))
	}
	for term, want := range map[string]int{"%": 1, "_": 1, `\`: 1, "%%": 0, "a_n": 0, "pl%n": 0, "' OR 1=1 --": 0, "*": 0, "plain": 1} {
		a := anna.do("GET", "/ocs/v2.php/search/providers/talk-message/search?limit=50&term="+url.QueryEscape(term), "")
		found, _ := a.at("entries").([]any)
		if a.status != http.StatusOK || len(found) != want {
			t.Errorf("%q finds %d messages, want %d: %d %s", term, len(found), want, a.status, a.raw)
		}
	}
}

// TestFilesAreServedAsFiles has no uploaded page run as one of the server's, whatever it and its name say.
func TestFilesAreServedAsFiles(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil)
	anna := h.as("anna")
	for _, name := range []string{`page.html`, `picture.svg`, `quote".html`, `semi;filename=x.html`, `ünï.html`, `a%0d%0ab.html`, `<b>.html`} {
		path := annaFiles + "/" + url.PathEscape(name)
		if a := anna.dav("PUT", path, "<script>alert(1)</script>"); a.status >= 300 {
			t.Fatalf("PUT %s: %d %s", name, a.status, a.body)
		}
		a := anna.dav("GET", path, "")
		disposition := a.header.Get("Content-Disposition")
		if a.status != http.StatusOK || !strings.HasPrefix(disposition, "attachment;") || strings.Count(disposition, `"`) != 2 || strings.Count(disposition, ";") != 2 {
			t.Errorf("%s: %d, Content-Disposition %q", name, a.status, disposition)
		}
		if a.header.Get("X-Content-Type-Options") != "nosniff" || !strings.Contains(a.header.Get("Content-Security-Policy"), "default-src 'none'") {
			t.Errorf("%s: %v", name, a.header)
		}
	}
	for _, name := range []string{"a%0d%0aX-Evil:1", "a%00b", "a%0ab", "a%7fb", "%2e%2e", "..%2fx", "a%5cb", "%c3%28"} {
		if a := anna.dav("PUT", annaFiles+"/"+name, "x"); a.status < 400 || a.status >= 500 || a.header.Get("X-Evil") != "" {
			t.Errorf("PUT %s: %d %v", name, a.status, a.header)
		}
	}
}

// TestNoPathLeadsToOthersFiles tries every way to write a path that leads out of one's own files.
func TestNoPathLeadsToOthersFiles(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil)
	anna, ben := h.as("anna"), h.as("ben")
	anna.dav("PUT", annaFiles+"/secret.txt", canary)
	ben.dav("PUT", benFiles+"/own.txt", "ben's")
	ben.dav("MKCOL", benFiles+"/dir", "")
	ups := []string{"..", "%2e%2e", ".%2e", "%2E.", "..%2f", "%2e%2e%2f", "..%5c", "..%252f", "%252e%252e", "..;", "..%00", "%c0%ae%c0%ae", "．．"}
	for _, up := range ups {
		for _, path := range []string{
			benFiles + "/" + up + "/anna/secret.txt", benFiles + "/dir/" + up + "/" + up + "/anna/secret.txt", "/remote.php/dav/" + up + "/dav/files/anna/secret.txt",
			"/remote.php/webdav/" + up + "/anna/secret.txt", "/remote.php/dav/uploads/ben/" + up + "/" + up + "/files/anna/secret.txt", benFiles + "//" + up + "//anna//secret.txt",
		} {
			for _, method := range []string{"GET", "PROPFIND", "DELETE", "PUT", "COPY", "MOVE"} {
				got := ben.dav(method, path, "overwritten", "Destination", benFiles+"/stolen.txt", "Depth", "0")
				if strings.Contains(got.body, canary) || got.status >= 500 && got.status != http.StatusNotImplemented {
					t.Errorf("%s %s: %d %.200s", method, path, got.status, got.body)
				}
			}
		}
	}
	for _, destination := range []string{
		annaFiles + "/planted.txt", h.url + annaFiles + "/planted.txt", "http://evil.example" + annaFiles + "/x.txt", benFiles + "/../anna/planted.txt",
		benFiles + "/%2e%2e/anna/planted.txt", "/remote.php/dav/uploads/anna/x/1", "//evil.example/x", "file:///etc/passwd", "\\\\x\\y", "",
	} {
		for _, method := range []string{"COPY", "MOVE"} {
			if got := ben.dav(method, benFiles+"/own.txt", "", "Destination", destination); got.status < 400 || got.status >= 500 && got.status != http.StatusNotImplemented && got.status != http.StatusBadGateway {
				t.Errorf("%s to %q: %d %.200s", method, destination, got.status, got.body)
			}
		}
	}
	if got := anna.dav("GET", annaFiles+"/secret.txt", ""); got.body != canary {
		t.Errorf("anna's file is %d %q", got.status, got.body)
	}
	if got := anna.dav("PROPFIND", annaFiles, "", "Depth", "1"); strings.Contains(got.body, "planted") {
		t.Errorf("anna has got a file: %s", got.body)
	}
	if got := ben.dav("GET", benFiles+"/stolen.txt", ""); strings.Contains(got.body, canary) {
		t.Errorf("ben has got anna's file")
	}
}

// TestThePageOfALoginShowsTextsAsTexts has a program's name be a name, whatever is in it.
func TestThePageOfALoginShowsTextsAsTexts(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, h.url+"/index.php/login/v2", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("User-Agent", `<script>alert(1)</script>" onload="x`)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	var flow struct{ Login string }
	if err := json.NewDecoder(res.Body).Decode(&flow); err != nil {
		t.Fatal(err)
	}
	page := (&vault{harness: h}).ask(identity{}, http.MethodGet, strings.TrimPrefix(flow.Login, h.url), "", "")
	if page.status != http.StatusOK || strings.Contains(page.body, "<script>") || !strings.Contains(page.body, "&lt;script&gt;") {
		t.Errorf("%d %s", page.status, page.body)
	}
	if policy := page.header.Get("Content-Security-Policy"); !strings.Contains(policy, "default-src 'none'") || !strings.Contains(policy, "frame-ancestors 'none'") {
		t.Errorf("Content-Security-Policy is %q", policy)
	}
}

// TestCookiesAloneAreNotEnough has no page of another site act for somebody who is logged in.
func TestCookiesAloneAreNotEnough(t *testing.T) {
	t.Parallel()
	v := newVault(t, 2)
	who := identity{user: "anna", password: v.secrets["anna"], cookies: jar(t)}
	v.ask(who, http.MethodGet, "/ocs/v2.php/cloud/user", "", "")
	before := v.state()
	for _, e := range v.endpoints() {
		if e.Who == "anybody" {
			continue
		}
		req, err := http.NewRequestWithContext(t.Context(), e.Method, v.url+v.path(e), strings.NewReader(fmt.Sprintf(arguments, v.ids["attendeeId"])))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/json")
		res, err := (&http.Client{Jar: who.cookies}).Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		want := http.StatusPreconditionFailed
		switch {
		case e.Who == "admin":
			want = http.StatusForbidden
		case e.Method == http.MethodGet && (strings.Contains(e.Path, "/avatar") || strings.HasSuffix(e.Path, "/download")):
			continue // what pages show and link to
		}
		if strings.HasPrefix(e.Path, "/ocs/") && res.StatusCode != want {
			t.Errorf("%s %s: %d", e.Method, e.Path, res.StatusCode)
		}
	}
	if names := changed(before, v.state()); len(names) > 0 {
		t.Errorf("it has changed %v", names)
	}
}
