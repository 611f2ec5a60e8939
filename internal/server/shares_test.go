package server_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

const sharesPath = "/ocs/v2.php/apps/files_sharing/api/v1/shares"

// share shares a file of the client into a conversation; more is further JSON, beginning with a comma.
func (c *client) share(path, token, more string) answer {
	c.h.t.Helper()
	return c.do("POST", sharesPath, fmt.Sprintf(`{"shareType":10,"shareWith":%q,"path":%q%s}`, token, path, more))
}

// shared shares a file that has to be shared, and returns the share's id.
func (c *client) shared(path, token string) string {
	c.h.t.Helper()
	a := c.share(path, token, "")
	if a.status != http.StatusOK {
		c.h.t.Fatalf("share %s: %d %s", path, a.status, a.raw)
	}
	id, _ := a.at("id").(string)
	return id
}

// newest returns the newest message that the client sees in a conversation.
func (c *client) newest(token string) map[string]any {
	c.h.t.Helper()
	a := c.do("GET", talk+"/v1/chat/"+token+"?lookIntoFuture=0&limit=1&setReadMarker=0", "")
	list, _ := a.data.([]any)
	if len(list) != 1 {
		c.h.t.Fatalf("newest: %d %s", a.status, a.raw)
	}
	m, _ := list[0].(map[string]any)
	return m
}

// file returns a key of the file that a message shows, "" when it shows none.
func file(m map[string]any, key string) string {
	params, _ := m["messageParameters"].(map[string]any)
	f, _ := params["file"].(map[string]any)
	s, _ := f[key].(string)
	return s
}

func TestASharedFileIsEverybodys(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil)
	anna, ben, cleo := h.as("anna"), h.as("ben"), h.as("cleo")
	token := anna.room("Shared", "ben")
	anna.dav("MKCOL", annaFiles+"/Photos", "")
	anna.put("/Photos/a.txt", "shared")
	before := ben.newest(token)
	id := anna.shared("/Photos/a.txt", token)
	if m := anna.newest(token); m["message"] != "{file}" || file(m, "path") != "Photos/a.txt" || file(m, "permissions") != "27" {
		t.Errorf("anna sees %v", m)
	}
	m := ben.newest(token)
	if m["id"] == before["id"] || m["message"] != "{file}" || file(m, "path") != "Talk/a.txt" || file(m, "permissions") != "19" {
		t.Errorf("ben sees %v", m)
	}
	list := ben.dav("PROPFIND", benFiles+"/Talk", `<propfind xmlns="DAV:" xmlns:o="http://owncloud.org/ns"><prop><o:permissions/><o:owner-id/></prop></propfind>`, "Depth", "1")
	for _, want := range []string{"/files/ben/Talk/a.txt", "<oc:permissions>SRGDNVW</oc:permissions>", "<oc:owner-id>anna</oc:owner-id>"} {
		if !strings.Contains(list.body, want) {
			t.Errorf("ben's folder: no %s in %s", want, list.body)
		}
	}
	// What ben changes, anna has.
	ben.put("/Talk/a.txt", "changed by ben")
	if a := anna.dav("GET", annaFiles+"/Photos/a.txt", ""); a.body != "changed by ben" {
		t.Errorf("anna has %+v", a)
	}
	cleo.dav("GET", "/remote.php/dav/files/cleo/Talk/a.txt", "").wants(t, "cleo", 404, "NotFound")

	// Who comes later has it, and who leaves has it no more.
	anna.do("POST", talk+"/v4/room/"+token+"/participants", `{"newParticipant":"cleo"}`)
	if a := cleo.dav("GET", "/remote.php/dav/files/cleo/Talk/a.txt", ""); a.body != "changed by ben" {
		t.Errorf("cleo, having come: %+v", a)
	}
	cleo.do("DELETE", talk+"/v4/room/"+token+"/participants/self", "")
	cleo.dav("GET", "/remote.php/dav/files/cleo/Talk/a.txt", "").wants(t, "cleo, having left", 404, "NotFound")

	if a := anna.do("DELETE", sharesPath+"/"+id, ""); a.status != http.StatusOK {
		t.Errorf("unshare: %s", a.raw)
	}
	ben.dav("GET", benFiles+"/Talk/a.txt", "").wants(t, "ben, when it is unshared", 404, "NotFound")
	anna.dav("GET", annaFiles+"/Photos/a.txt", "").wants(t, "anna, when it is unshared", 200, "")
}

func TestWhatIsSharedCanBeMovedAndLetGo(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil)
	anna, ben := h.as("anna"), h.as("ben")
	token := anna.room("Moved", "ben")
	ben.dav("MKCOL", benFiles+"/Talk", "")
	ben.put("/Talk/a.txt", "ben's own")
	anna.put("/a.txt", "first")
	anna.dav("MKCOL", annaFiles+"/d", "")
	anna.put("/d/a.txt", "second")
	anna.shared("/a.txt", token)
	anna.shared("/d/a.txt", token)
	for path, want := range map[string]string{"/Talk/a.txt": "ben's own", "/Talk/a%20(2).txt": "first", "/Talk/a%20(3).txt": "second"} {
		if a := ben.dav("GET", benFiles+path, ""); a.body != want {
			t.Errorf("%s: %+v, want %q", path, a, want)
		}
	}
	if got := file(ben.newest(token), "path"); got != "Talk/a (3).txt" {
		t.Errorf("ben sees it at %q", got)
	}
	ben.dav("MKCOL", benFiles+"/mine", "")
	ben.dav("MOVE", benFiles+"/Talk/a%20(3).txt", "", "Destination", benFiles+"/mine/b.txt").wants(t, "move", 201, "")
	if a := ben.dav("GET", benFiles+"/mine/b.txt", ""); a.body != "second" || file(ben.newest(token), "path") != "mine/b.txt" {
		t.Errorf("moved: %+v, seen at %q", a, file(ben.newest(token), "path"))
	}
	ben.dav("DELETE", benFiles+"/mine", "").wants(t, "delete the folder it is in", 204, "")
	if got := file(ben.newest(token), "path"); got == "" || strings.HasPrefix(got, "mine") {
		t.Errorf("without its folder ben sees it at %q", got)
	}
	ben.dav("DELETE", benFiles+"/"+(&url.URL{Path: file(ben.newest(token), "path")}).EscapedPath(), "").wants(t, "let go", 204, "")
	if m := ben.newest(token); m["message"] != "*{actor} shared a file which is no longer available*" {
		t.Errorf("let go, ben sees %v", m["message"])
	}
	if a := anna.dav("GET", annaFiles+"/d/a.txt", ""); a.body != "second" {
		t.Errorf("anna still has %+v", a)
	}
}

func TestASharedFolder(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil)
	anna, ben := h.as("anna"), h.as("ben")
	token := anna.room("Folder", "ben")
	anna.dav("MKCOL", annaFiles+"/all", "")
	anna.dav("MKCOL", annaFiles+"/read", "")
	anna.put("/read/a.txt", "read me")
	anna.shared("/all", token)
	if a := anna.share("/read", token, `,"permissions":1`); a.status != http.StatusOK {
		t.Fatal(a.raw)
	}
	ben.put("/Talk/all/by-ben.txt", "from ben")
	if a := anna.dav("GET", annaFiles+"/all/by-ben.txt", ""); a.body != "from ben" {
		t.Errorf("anna has %+v", a)
	}
	for _, tt := range []struct {
		method, path string
		header       []string
		status       int
	}{
		{"GET", "/Talk/read/a.txt", nil, 200},
		{"PUT", "/Talk/read/a.txt", nil, 403},
		{"PUT", "/Talk/read/b.txt", nil, 403},
		{"MKCOL", "/Talk/read/d", nil, 403},
		{"DELETE", "/Talk/read/a.txt", nil, 403},
		{"MOVE", "/Talk/read/a.txt", []string{"Destination", benFiles + "/stolen.txt"}, 403},
		{"COPY", "/Talk/read/a.txt", []string{"Destination", benFiles + "/copied.txt"}, 201},
		{"MOVE", "/copied.txt", []string{"Destination", benFiles + "/Talk/read/c.txt"}, 403},
		{"MOVE", "/copied.txt", []string{"Destination", benFiles + "/Talk/all/given.txt"}, 201},
		{"MOVE", "/Talk/read", []string{"Destination", benFiles + "/Talk/all/read"}, 403},
	} {
		ben.dav(tt.method, benFiles+tt.path, "", tt.header...).wants(t, tt.method+" "+tt.path, tt.status, "")
	}
	if a := anna.dav("PROPFIND", annaFiles+"/all/given.txt", `<propfind xmlns="DAV:" xmlns:o="http://owncloud.org/ns"><prop><o:owner-id/></prop></propfind>`, "Depth", "0"); !strings.Contains(a.body, "<oc:owner-id>anna<") {
		t.Errorf("given to anna: %s", a.body)
	}
}

func TestSharesThatAreRefused(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil)
	anna, ben := h.as("anna"), h.as("ben")
	anna.put("/a.txt", "x")
	token, others := anna.room("Mine"), ben.room("Ben's")
	locked := anna.room("Locked")
	anna.do("PUT", talk+"/v4/room/"+locked+"/read-only", `{"state":1}`)
	for name, tt := range map[string]struct {
		body    string
		status  int
		message string
	}{
		"no path":          {`{"shareType":10,"shareWith":"` + token + `"}`, 404, "Please specify a file or folder path"},
		"a path absent":    {`{"shareType":10,"shareWith":"` + token + `","path":"/absent"}`, 404, "Wrong path, file/folder does not exist"},
		"a path upwards":   {`{"shareType":10,"shareWith":"` + token + `","path":"/../ben/x"}`, 404, "Wrong path, file/folder does not exist"},
		"the root":         {`{"shareType":10,"shareWith":"` + token + `","path":"/"}`, 403, "You cannot share your root folder"},
		"another type":     {`{"shareType":0,"shareWith":"ben","path":"/a.txt"}`, 400, "Unknown share type"},
		"no type":          {`{"shareWith":"` + token + `","path":"/a.txt"}`, 400, "Unknown share type"},
		"no conversation":  {`{"shareType":10,"path":"/a.txt"}`, 404, "Conversation not found"},
		"somebody else's":  {`{"shareType":10,"shareWith":"` + others + `","path":"/a.txt"}`, 404, "Conversation not found"},
		"one that is shut": {`{"shareType":10,"shareWith":"` + locked + `","path":"/a.txt"}`, 404, "Conversation not found"},
		"permissions":      {`{"shareType":10,"shareWith":"` + token + `","path":"/a.txt","permissions":99}`, 404, "Invalid permissions"},
	} {
		a := anna.do("POST", sharesPath, tt.body)
		if a.status != tt.status || a.message != tt.message {
			t.Errorf("%s: %d %q, want %d %q", name, a.status, a.message, tt.status, tt.message)
		}
	}
	id := anna.shared("/a.txt", token)
	for _, method := range []string{"GET", "DELETE"} {
		if a := ben.do(method, sharesPath+"/"+id, ""); a.status != 404 || a.message != "Wrong share ID, share does not exist" {
			t.Errorf("%s by a stranger: %d %s", method, a.status, a.raw)
		}
	}
	if a := h.as("").do("GET", sharesPath, ""); a.status != http.StatusUnauthorized {
		t.Errorf("without an account: %d", a.status)
	}
}

func TestHowAFileIsAnnounced(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil)
	anna, ben := h.as("anna"), h.as("ben")
	token := anna.room("Announced", "ben")
	question := ben.do("POST", talk+"/v1/chat/"+token, `{"message":"where is it?"}`).at("id").(json.Number).String()
	for i, tt := range []struct {
		name, meta, message, kind string
		parent                    bool
	}{
		{"v.mp3", `{"messageType":"voice-message"}`, "{file}", "voice-message", false},
		{"v.txt", `{"messageType":"voice-message"}`, "{file}", "comment", false},
		{"r.mp4", `{"messageType":"record-video"}`, "{file}", "record-video", false},
		{"c.txt", `{"caption":"  for @ben  "}`, "for {mention-user1}", "comment", false},
		{"p.txt", `{"replyTo":` + question + `}`, "{file}", "comment", true},
		{"q.txt", `{"replyTo":99999999,"caption":7}`, "{file}", "comment", false},
		{"n.txt", `no JSON`, "{file}", "comment", false},
	} {
		anna.put("/"+tt.name, "x")
		reference := fmt.Sprintf("reference-%d", i)
		if a := anna.share("/"+tt.name, token, fmt.Sprintf(`,"talkMetaData":%q,"referenceId":%q`, tt.meta, reference)); a.status != http.StatusOK {
			t.Fatalf("%s: %s", tt.meta, a.raw)
		}
		m := ben.newest(token)
		if m["message"] != tt.message || m["messageType"] != tt.kind || m["referenceId"] != reference || (m["parent"] != nil) != tt.parent || file(m, "name") != tt.name {
			t.Errorf("%s: %v", tt.meta, m)
		}
	}
	room := ben.do("GET", talk+"/v4/room/"+token, "")
	if room.at("unreadMessages").(json.Number) != "7" || room.at("unreadMentionDirect") != true {
		t.Errorf("unread: %v, mention %v", room.at("unreadMessages"), room.at("unreadMentionDirect"))
	}
}

func TestADeletedMessageUnshares(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil)
	anna, ben := h.as("anna"), h.as("ben")
	token := anna.room("Deleted", "ben")
	anna.put("/a.txt", "x")
	anna.shared("/a.txt", token)
	id := anna.newest(token)["id"].(json.Number).String()
	if a := anna.do("DELETE", talk+"/v1/chat/"+token+"/"+id, ""); a.status != http.StatusOK {
		t.Fatal(a.raw)
	}
	ben.dav("GET", benFiles+"/Talk/a.txt", "").wants(t, "ben", 404, "NotFound")
	if a := ben.do("GET", talk+"/v1/chat/"+token+"/share?objectType=file", ""); len(a.data.([]any)) != 0 {
		t.Errorf("still listed: %s", a.raw)
	}
}

func TestASharePassedOnEndsWithTheFirst(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil)
	anna, ben, cleo := h.as("anna"), h.as("ben"), h.as("cleo")
	first, second := anna.room("First", "ben"), ben.room("Second", "cleo")
	anna.put("/a.txt", "passed on")
	id := anna.shared("/a.txt", first)
	ben.shared("/Talk/a.txt", second)
	cleosFile := "/remote.php/dav/files/cleo/Talk/a.txt"
	if a := cleo.dav("GET", cleosFile, ""); a.body != "passed on" {
		t.Fatalf("cleo: %+v", a)
	}
	if a := ben.do("GET", sharesPath, ""); !strings.Contains(a.raw, `"uid_owner":"ben"`) || !strings.Contains(a.raw, `"uid_file_owner":"anna"`) {
		t.Errorf("ben's shares: %s", a.raw)
	}
	if a := ben.do("GET", sharesPath+"?shared_with_me=true", ""); !strings.Contains(a.raw, `"uid_owner":"anna"`) {
		t.Errorf("shared with ben: %s", a.raw)
	}
	anna.do("DELETE", sharesPath+"/"+id, "")
	cleo.dav("GET", cleosFile, "").wants(t, "cleo, when anna has ended it", 404, "NotFound")
}

func TestGuestsHaveALink(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil)
	anna, guest := h.as("anna"), h.as("")
	token := anna.room("Open")
	anna.do("POST", talk+"/v4/room/"+token+"/public", "{}")
	anna.put("/d.txt", "for guests")
	anna.shared("/d.txt", token)
	if a := guest.do("POST", talk+"/v4/room/"+token+"/participants/active", "{}"); a.status != http.StatusOK {
		t.Fatal(a.raw)
	}
	m := guest.newest(token)
	if file(m, "path") != "d.txt" {
		t.Errorf("a guest sees %v", m)
	}
	link := strings.TrimPrefix(file(m, "link"), h.url)
	if a := guest.dav("GET", link+"/download", ""); a.status != 200 || a.body != "for guests" || a.header.Get("Content-Security-Policy") == "" {
		t.Errorf("%s: %+v", link, a)
	}
	guest.dav("GET", "/index.php/s/AAAAAAAAAAAAAAA/download", "").wants(t, "a link that never was", 404, "")
}
