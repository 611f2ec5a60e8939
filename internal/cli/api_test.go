package cli

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
)

func TestAPI(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	room := s.room("Deploys", "bob")
	alice := func(args ...string) string { return s.as("alice").ok(t, append([]string{"api"}, args...)...) }

	same(t, alice("GET", "room", "--jq", ".[].displayName"), "Deploys\n")
	same(t, alice("get", "/ocs/v2.php/apps/spreed/api/v4/room/"+room.Token, "--jq", ".token"), room.Token+"\n")
	same(t, alice("GET", s.url+"/ocs/v2.php/cloud/user?x=y", "--jq", ".id"), "alice\n")
	same(t, alice("GET", "/status.php", "--jq", ".installed"), "true\n") // no envelope there
	id := strings.TrimSpace(alice("POST", "chat/"+room.Token, "-f", "message=12", "-F", "silent=true", "--jq", ".id"))
	same(t, alice("GET", "chat/"+room.Token, "-F", "lookIntoFuture=0", "-F", "limit=1", "--jq", ".[] | .message, .silent"), "12\ntrue\n")
	same(t, s.as("alice").stdin(`{"description":"What goes live"}`).ok(t, "api", "PUT", "room/"+room.Token+"/description", "--input", "-", "--jq", ".description"), "What goes live\n")
	same(t, alice("PUT", "room/"+room.Token+"/description", "-F", "description=@"+file(t, "text", "From a file"), "--jq", ".description"), "From a file\n")
	same(t, alice("GET", "chat/"+room.Token, "-F", "lookIntoFuture=1", "-F", "lastKnownMessageId=99999", "-F", "timeout=0"), "") // 304
	same(t, alice("POST", "reaction/"+room.Token+"/"+id, "-f", "reaction=👍", "--jq", "keys[]"), "👍\n")
	same(t, alice("DELETE", "reaction/"+room.Token+"/"+id, "-f", "reaction=👍"), "{}\n") // in the query

	if out := s.as("alice").tty(80).ok(t, "api", "GET", "room/"+room.Token); !strings.HasPrefix(out, "{\n  \"") {
		t.Errorf("a terminal gets %q", out)
	}
	out := alice("GET", "chat/"+room.Token, "-F", "lookIntoFuture=0", "-F", "limit=1", "--include", "--jq", "length")
	if !strings.HasPrefix(out, "HTTP 200 OK\n") || !strings.Contains(out, "\nX-Chat-Last-Given: ") || !strings.HasSuffix(out, "\n\n1\n") || strings.Contains(out, "Cookie") {
		t.Errorf("--include gives %q", out)
	}
}

func TestAPIPages(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	room := s.room("Deploys")
	var want []string
	for i := range 7 {
		want = append(want, fmt.Sprint("message ", i))
		s.send("alice", room.Token, want[i], nil)
	}
	alice := func(args ...string) string {
		return s.as("alice").ok(t, append([]string{"api", "GET", "--paginate"}, args...)...)
	}
	only := `.[] | select(.messageType == "comment") | .message`
	same(t, alice("chat/"+room.Token, "-F", "lookIntoFuture=1", "-F", "limit=3", "--jq", only), strings.Join(want, "\n")+"\n")
	same(t, alice("chat/"+room.Token+"?lookIntoFuture=0&limit=2", "--jq", "[.[].id] | . == (sort | reverse), (unique | length) == length"), "true\ntrue\n")
	same(t, s.as("admin").ok(t, "api", "GET", "cloud/users", "--paginate", "-F", "limit=2", "--jq", "sort | join(\" \")"), "admin alice bob carol\n")
	same(t, alice("room", "--jq", "length"), "1\n")
	same(t, alice("cloud/user", "--jq", ".[0].id"), "alice\n")
}

func TestAPIRefuses(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	for _, tt := range []struct {
		words []string
		args  []string
	}{
		{[]string{"PATH is missing"}, []string{"GET"}},
		{[]string{"no method"}, []string{"GET room", "room"}},
		{[]string{`"rooms"`, "begin with a slash"}, []string{"GET", "rooms"}},
		{[]string{"path is empty"}, []string{"GET", ""}},
		{[]string{".."}, []string{"GET", "room/../../../x"}},
		{[]string{"..", "path"}, []string{"GET", "/ocs/%2e%2e/x"}},
		{[]string{"two slashes"}, []string{"GET", "//elsewhere.example.com/status.php"}},
		{[]string{"not one of " + s.url}, []string{"GET", "http://elsewhere.example.com/ocs/v2.php/cloud/user"}},
		{[]string{"--field", "KEY=VALUE"}, []string{"GET", "room", "-F", "x"}},
		{[]string{"--raw-field", "KEY=VALUE"}, []string{"GET", "room", "-f", "=x"}},
		{[]string{"lacks a bracket"}, []string{"POST", "room", "-f", "a[b=x"}},
		{[]string{"given twice"}, []string{"POST", "room", "-f", "a=x", "-f", "a=y"}},
		{[]string{"--input", "no JSON"}, []string{"POST", "room", "--input", "-"}},
		{[]string{"--input and fields"}, []string{"POST", "room", "--input", "-", "-f", "a=x"}},
		{[]string{"GET takes no body"}, []string{"GET", "room", "--input", "-"}},
		{[]string{"--paginate"}, []string{"POST", "room", "--paginate"}},
		{[]string{"--paginate and --include"}, []string{"GET", "room", "--paginate", "-i"}},
		{[]string{"no fixed fields"}, []string{"GET", "room", "--fields", "token"}},
	} {
		s.as("alice").fails(t, exitUsage, tt.words, append([]string{"api"}, tt.args...)...)
	}
	s.as("alice").fails(t, exitNotFound, []string{"404"}, "api", "GET", "room/nothere1")
	s.as("alice").fails(t, exitFailed, []string{"400"}, "api", "POST", "chat/"+s.room("Deploys").Token, "-F", "replyTo=4711", "-f", "message=x")
	s.as("alice").set(envPassword, "wrong").fails(t, exitUnauthorized, []string{"401"}, "api", "GET", "room")
	s.as("alice").fails(t, exitFailed, []string{"no such file"}, "api", "PUT", "room", "--input", "/nonexistent")
}

func TestEndpoint(t *testing.T) {
	t.Parallel()
	base, err := url.Parse("https://cloud.example.com/nextcloud")
	if err != nil {
		t.Fatal(err)
	}
	for given, want := range map[string]string{
		"room":                   "/ocs/v2.php/apps/spreed/api/v4/room",
		"room/abc/avatar/emoji":  "/ocs/v2.php/apps/spreed/api/v1/room/abc/avatar/emoji",
		"room/avatar":            "/ocs/v2.php/apps/spreed/api/v4/room/avatar",
		"signaling/settings":     "/ocs/v2.php/apps/spreed/api/v3/signaling/settings",
		"chat/abc/4711":          "/ocs/v2.php/apps/spreed/api/v1/chat/abc/4711",
		"v2/signaling/settings":  "/ocs/v2.php/apps/spreed/api/v2/signaling/settings",
		"apps/files/api/v1/tags": "/ocs/v2.php/apps/files/api/v1/tags",
		"/status.php":            "/status.php",
		"https://cloud.example.com/nextcloud/status.php": "/status.php",
	} {
		if got, _, err := endpoint(base, given); got != want || err != nil {
			t.Errorf("%q means %q, %v; want %q", given, got, err, want)
		}
	}
	var usage *usageError
	if _, _, err := endpoint(base, "https://cloud.example.com/other/status.php"); !errors.As(err, &usage) {
		t.Errorf("beside the base path: %v", err)
	}
}

func TestAPIFields(t *testing.T) {
	t.Parallel()
	f := newFactory(App{})
	o := apiOptions{
		text:  []string{"name=true", "empty=", "list[]=a", "list[]=b", "deep[a][b][]=x"},
		typed: []string{"yes=true", "no=false", "none=null", "n=12", "x=1.5", "big=123456789012345678901", "word=12a", "quoted=\"a\"", "deep[c]=1"},
	}
	fields, err := o.fields(f)
	if err != nil {
		t.Fatal(err)
	}
	body, err := o.body(t.Context(), f, fields)
	if err != nil {
		t.Fatal(err)
	}
	same(t, fmt.Sprint(body), "map[big:123456789012345678901 deep:map[a:map[b:[x]] c:1] empty: list:[a b] n:12 name:true no:false none:<nil> quoted:\"a\" word:12a x:1.5 yes:true]")
	query := url.Values{}
	for _, field := range fields {
		query.Add(field.key, field.inQuery())
	}
	if diff := gocmp.Diff([]string{"a", "b"}, query["list[]"]); diff != "" || query.Get("yes") != "1" || query.Get("none") != "" || query.Get("x") != "1.5" {
		t.Errorf("as a query: %v", query)
	}
	for _, text := range [][]string{{"a[]=1", "a[b]=1"}, {"a[b]=1", "a[]=1"}, {"a=1", "a[b]=1"}} {
		o := apiOptions{text: text}
		fields, err := o.fields(f)
		if err != nil {
			t.Fatal(err)
		}
		if body, err := o.body(t.Context(), f, fields); err == nil {
			t.Errorf("%q make %v", text, body)
		}
	}
}

// FuzzEndpoint has nothing that is written as a path lead out of the server's address.
func FuzzEndpoint(f *testing.F) {
	base, err := url.Parse("https://cloud.example.com/nextcloud")
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range []string{"room", "/a/../b", "//evil.example.com/x", "v4/%2e%2e/x", "https://cloud.example.com/nextcloud/x?a=b", "chat/x#y", "https:x"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, given string) {
		path, _, err := endpoint(base, given)
		if err != nil {
			return
		}
		if u := base.JoinPath(path); u.Host != base.Host || !strings.HasPrefix(u.Path, base.Path+"/") {
			t.Errorf("%q leads to %s", given, u)
		}
		if !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") {
			t.Errorf("%q becomes %q", given, path)
		}
	})
}
