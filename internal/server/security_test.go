package server_test

import (
	"cmp"
	"database/sql"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	_ "modernc.org/sqlite" // to look into the database from outside

	"github.com/confab-go/confab/internal/server/api"
	"github.com/confab-go/confab/internal/server/store"
)

// canary is in every text of what nobody but its owner may see.
const canary = "Canary7391"

// vault is a server with a conversation that is nobody's business but anna's and cleo's.
type vault struct {
	*harness
	dir   string
	token string
	db    *sql.DB
	ids   map[string]string // by the name of a parameter in a path

	version string            // of the database when its state was read last
	tables  map[string]string // its state then
}

// newVault fills a conversation with everything that there is.
func newVault(t *testing.T, kind int) *vault {
	t.Helper()
	dir := t.TempDir()
	v := &vault{harness: newHarnessIn(t, dir), dir: dir}
	v.db = openDatabase(t, dir)
	v.fill(t, kind)
	return v
}

// openDatabase opens the database of a server to look into it.
func openDatabase(t *testing.T, dir string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(dir, store.FileName)+"?mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	db.SetMaxOpenConns(1) // which knows whether others have written
	return db
}

// fill makes a conversation of the kind with all that a conversation may have.
func (v *vault) fill(t *testing.T, kind int) {
	t.Helper()
	v.ids = map[string]string{}
	anna := v.as("anna")
	made := anna.do("POST", talk+"/v4/room", fmt.Sprintf(`{"roomType":%d,"roomName":"%s room","description":"%s"}`, kind, canary, canary)).want(t, http.StatusCreated, "")
	v.token, _ = made.at("token").(string)
	room, chat := talk+"/v4/room/"+v.token, talk+"/v1/chat/"+v.token
	anna.do("PUT", room+"/description", `{"description":"`+canary+`"}`).want(t, http.StatusOK, "")
	anna.do("POST", room+"/participants", `{"newParticipant":"cleo"}`).want(t, http.StatusOK, "")
	v.ids["attendeeId"] = v.attendee("cleo")
	said := anna.do("POST", chat, `{"message":"`+canary+` words"}`).want(t, http.StatusCreated, "")
	v.ids["messageId"] = said.id()
	anna.do("POST", talk+"/v1/reaction/"+v.token+"/"+said.id(), `{"reaction":"👍"}`).want(t, http.StatusCreated, "")
	anna.do("POST", chat+"/"+said.id()+"/reminder", `{"timestamp":4102444800}`).want(t, http.StatusCreated, "")
	poll := anna.do("POST", talk+"/v1/poll/"+v.token, `{"question":"`+canary+`?","options":["`+canary+` a","b"],"resultMode":0,"maxVotes":1}`).want(t, http.StatusCreated, "")
	v.ids["pollId"] = poll.id()
	ban := anna.do("POST", talk+"/v1/ban/"+v.token, `{"actorType":"guests","actorId":"0123456789abcdef","internalNote":"`+canary+`"}`)
	v.ids["banId"] = cmp.Or(ban.id(), "1")
	anna.davAs(v, "PUT", annaFiles+"/"+canary+".txt", canary+" content")
	share := anna.do("POST", "/ocs/v2.php/apps/files_sharing/api/v1/shares", `{"path":"/`+canary+`.txt","shareType":10,"shareWith":"`+v.token+`"}`).want(t, http.StatusOK, "")
	v.ids["shareId"] = fmt.Sprint(share.at("id"))
	v.ids["shareToken"], _ = share.at("token").(string)
	for name, value := range map[string]string{
		"token": v.token, "userId": "anna", "groupId": "crew", "size": "64", "name": "x", "botId": "1", "invitationId": "1", "serverId": "1",
		"app": "spreed", "flow": strings.Repeat("f", 64), "id": "1", "fileId": "1", "state": "1", "provider": "talk-message", "shareToken": "x", "pin": "1234",
	} {
		if v.ids[name] == "" {
			v.ids[name] = value
		}
	}
}

func (v *vault) attendee(user string) string {
	v.t.Helper()
	for _, p := range v.as("anna").do("GET", talk+"/v4/room/"+v.token+"/participants", "").list() {
		if p["actorId"] == user {
			return fmt.Sprint(p["attendeeId"])
		}
	}
	v.t.Fatalf("%s does not take part", user)
	return ""
}

// davAs asks over WebDAV with an app password.
func (c *client) davAs(v *vault, method, path, body string) {
	v.t.Helper()
	res := v.ask(identity{user: c.user, password: cmp.Or(v.secrets[c.user], "secret-"+c.user)}, method, path, "text/plain", body)
	if res.status >= 300 {
		v.t.Fatalf("%s %s: %d %s", method, path, res.status, res.body)
	}
}

// identity is who a request says that it comes from.
type identity struct {
	name           string
	user, password string
	cookies        http.CookieJar
}

// reaction is what came back.
type reaction struct {
	status int
	header http.Header
	body   string
}

func (v *vault) ask(who identity, method, path, kind, body string) reaction {
	v.t.Helper()
	req, err := http.NewRequestWithContext(v.t.Context(), method, v.url+path, strings.NewReader(body))
	if err != nil {
		v.t.Fatal(err)
	}
	req.Header.Set("OCS-APIRequest", "true")
	req.Header.Set("Accept", "application/json")
	if body != "" {
		req.Header.Set("Content-Type", kind)
	}
	if who.user != "" {
		req.SetBasicAuth(who.user, who.password)
	}
	c := &http.Client{Jar: who.cookies, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := c.Do(req)
	if err != nil {
		v.t.Fatalf("%s %s: %v", method, path, err)
	}
	defer func() { _ = res.Body.Close() }()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		v.t.Fatal(err)
	}
	return reaction{res.StatusCode, res.Header, string(raw)}
}

// path fills the parameters of an endpoint's path in.
func (v *vault) path(e api.Endpoint) string {
	v.t.Helper()
	parts := strings.Split(e.Path, "/")
	for i, p := range parts {
		if !strings.HasPrefix(p, "{") {
			continue
		}
		value, ok := v.ids[strings.Trim(p, "{}")]
		if !ok {
			v.t.Fatalf("%s %s: say what %s is to be", e.Method, e.Path, p)
		}
		parts[i] = value
	}
	path := strings.Join(parts, "/")
	if rest, ok := strings.CutPrefix(path, "/ocs/"); ok {
		path = "/ocs/v2.php/" + rest
	}
	return path
}

// endpoints lists them in a stable order.
func (v *vault) endpoints() []api.Endpoint {
	list := v.srv.Endpoints()
	slices.SortFunc(list, func(a, b api.Endpoint) int {
		return cmp.Or(strings.Compare(a.Path, b.Path), strings.Compare(a.Method, b.Method))
	})
	if len(list) < 150 {
		v.t.Fatalf("there are %d endpoints only", len(list))
	}
	return list
}

// arguments has, for every endpoint, what makes sense to it: what is refused is refused for who asks.
const arguments = `{"message":"x","roomName":"x","roomType":2,"description":"x","newParticipant":"ben","source":"users","participant":"ben",
	"attendeeId":%s,"reaction":"👍","reactions":"👍","question":"q","options":["a","b"],"resultMode":0,"maxVotes":1,"optionIds":[0],"state":1,
	"scope":2,"password":"Passw0rd-12345","level":1,"seconds":60,"timestamp":4102444800,"lastReadMessage":0,"emoji":"🏠","color":"ff0000",
	"actorType":"users","actorId":"cleo","internalNote":"x","flags":3,"permissions":15,"method":"set","mode":"add","amount":2,
	"objectType":"geo-location","objectId":"geo:1,2","metaData":"{\"name\":\"x\",\"latitude\":\"1\",\"longitude\":\"2\"}","displayName":"x",
	"key":"read_status_privacy","value":1,"term":"Canary","search":"","shareType":10,"path":"/x","shareWith":"x","mentionPermissions":1,"limit":50}`

// state gives all rows of all tables, but for what every request may leave: when somebody was last seen.
func (v *vault) state() map[string]string {
	v.t.Helper()
	version := v.column(`PRAGMA data_version`)[0]
	if version == v.version {
		return v.tables
	}
	tables := map[string]string{}
	for _, name := range v.column(`SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'`) {
		tables[name] = strings.Join(v.rows(name), "\n")
	}
	v.version, v.tables = version, tables
	return tables
}

func (v *vault) column(query string) (out []string) {
	v.t.Helper()
	rows, err := v.db.QueryContext(v.t.Context(), query)
	if err != nil {
		v.t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			v.t.Fatal(err)
		}
		out = append(out, s)
	}
	if err := rows.Err(); err != nil {
		v.t.Fatal(err)
	}
	return out
}

func (v *vault) rows(table string) []string {
	v.t.Helper()
	var names []string
	for _, name := range v.column(`SELECT name FROM pragma_table_info('` + table + `')`) {
		if name != "last_login" && name != "first_login" {
			names = append(names, `quote("`+name+`")`)
		}
	}
	return v.column(`SELECT ` + strings.Join(names, ` || '|' || `) + ` FROM "` + table + `" ORDER BY 1`)
}

// changed names the tables that differ.
func changed(before, after map[string]string) (names []string) {
	for name, rows := range after {
		if before[name] != rows {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// jar is a client's cookies.
func jar(t *testing.T) http.CookieJar {
	t.Helper()
	j, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return j
}
