package talk_test

import (
	"bytes"
	"context"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/confab-go/confab/talk"
)

// calls makes each method of the SDK that calls the server do so once.
func calls(ctx context.Context, c *talk.Client) map[string]func() {
	const token, id = "abcd1234", int64(7)
	rooms := func(seq func(yield func(*talk.Conversation, error) bool)) {
		for range seq {
			break
		}
	}
	messages := func(seq func(yield func(*talk.Message, error) bool)) {
		for range seq {
			break
		}
	}
	all := map[string]func(){
		"Client.Capabilities":       func() { _, _ = c.Capabilities(ctx) },
		"Client.Supports":           func() { _, _ = c.Supports(ctx, talk.FeatureBots) },
		"Client.Available":          func() { _, _ = c.Available(ctx) },
		"Client.BotsAvailable":      func() { _, _ = c.BotsAvailable(ctx) },
		"ConversationsService.List": func() { _, _ = c.Conversations.List(ctx, nil) },
		"ConversationsService.All":  func() { rooms(c.Conversations.All(ctx, nil)) },
		"ConversationsService.Changes": func() {
			rooms(c.Conversations.Changes(ctx, &talk.ChangesOptions{Since: time.Unix(1, 0)}))
		},
		"ConversationsService.Get":        func() { _, _ = c.Conversations.Get(ctx, token) },
		"ConversationsService.NoteToSelf": func() { _, _ = c.Conversations.NoteToSelf(ctx) },
		"ConversationsService.Create": func() {
			_, _ = c.Conversations.Create(ctx, talk.ConversationGroup, nil)
			_, _ = c.Conversations.Create(ctx, 0, &talk.CreateOptions{Preset: talk.PresetWebinar})
		},
		"ConversationsService.Rename":                func() { _, _ = c.Conversations.Rename(ctx, token, "x") },
		"ConversationsService.SetDescription":        func() { _, _ = c.Conversations.SetDescription(ctx, token, "x") },
		"ConversationsService.Delete":                func() { _ = c.Conversations.Delete(ctx, token) },
		"ConversationsService.Join":                  func() { _, _ = c.Conversations.Join(ctx, token, nil) },
		"ConversationsService.LeaveSession":          func() { _ = c.Conversations.LeaveSession(ctx, token) },
		"ConversationsService.Leave":                 func() { _ = c.Conversations.Leave(ctx, token) },
		"ConversationsService.SetReadOnly":           func() { _, _ = c.Conversations.SetReadOnly(ctx, token, true) },
		"ConversationsService.MakePublic":            func() { _, _ = c.Conversations.MakePublic(ctx, token, nil) },
		"ConversationsService.MakePrivate":           func() { _, _ = c.Conversations.MakePrivate(ctx, token) },
		"ConversationsService.SetPassword":           func() { _, _ = c.Conversations.SetPassword(ctx, token, "x") },
		"ConversationsService.SetFavorite":           both(func(on bool) { _, _ = c.Conversations.SetFavorite(ctx, token, on) }),
		"ConversationsService.SetNotificationLevel":  func() { _, _ = c.Conversations.SetNotificationLevel(ctx, token, talk.NotifyAlways) },
		"ConversationsService.SetCallNotifications":  func() { _, _ = c.Conversations.SetCallNotifications(ctx, token, talk.NotifyCallsOn) },
		"ConversationsService.SetListable":           func() { _, _ = c.Conversations.SetListable(ctx, token, talk.ListableUsers) },
		"ConversationsService.SetDefaultPermissions": func() { _, _ = c.Conversations.SetDefaultPermissions(ctx, token, talk.PermissionChat) },
		"ConversationsService.SetMentionPermissions": func() { _, _ = c.Conversations.SetMentionPermissions(ctx, token, talk.MentionModerators) },
		"ConversationsService.SetMessageExpiration":  func() { _, _ = c.Conversations.SetMessageExpiration(ctx, token, time.Hour) },
		"ConversationsService.SetLobby":              func() { _, _ = c.Conversations.SetLobby(ctx, token, talk.LobbyNonModerators, time.Time{}) },
		"ConversationsService.SetArchived":           both(func(on bool) { _, _ = c.Conversations.SetArchived(ctx, token, on) }),
		"ConversationsService.SetImportant":          both(func(on bool) { _, _ = c.Conversations.SetImportant(ctx, token, on) }),
		"ConversationsService.SetSensitive":          both(func(on bool) { _, _ = c.Conversations.SetSensitive(ctx, token, on) }),
		"ConversationsService.Listed":                func() { _, _ = c.Conversations.Listed(ctx, "x") },
		"ParticipantsService.List":                   func() { _, _ = c.Participants.List(ctx, token, nil) },
		"ParticipantsService.Add":                    func() { _, _ = c.Participants.Add(ctx, token, talk.ActorUser, "bob") },
		"ParticipantsService.Remove":                 func() { _ = c.Participants.Remove(ctx, token, id) },
		"ParticipantsService.Promote":                func() { _ = c.Participants.Promote(ctx, token, id) },
		"ParticipantsService.Demote":                 func() { _ = c.Participants.Demote(ctx, token, id) },
		"ParticipantsService.SetPermissions": func() {
			_, _ = c.Participants.SetPermissions(ctx, token, id, talk.PermissionsSet, talk.PermissionChat)
		},
		"ChatService.Page":    func() { _, _ = c.Chat.Page(ctx, token, nil) },
		"ChatService.History": func() { messages(c.Chat.History(ctx, token, nil)) },
		"ChatService.Follow":  func() { messages(c.Chat.Follow(ctx, token, &talk.FollowOptions{After: 1})) },
		"ChatService.Events": func() {
			for _, err := range c.Chat.Events(ctx, token, &talk.FollowOptions{After: 1}) {
				_ = err
				break
			}
		},
		"ChatService.Context":      func() { _, _ = c.Chat.Context(ctx, token, id, nil) },
		"ChatService.Send":         func() { _, _ = c.Chat.Send(ctx, token, "x", nil) },
		"ChatService.Edit":         func() { _, _ = c.Chat.Edit(ctx, token, id, "x") },
		"ChatService.Delete":       func() { _, _ = c.Chat.Delete(ctx, token, id) },
		"ChatService.ClearHistory": func() { _, _ = c.Chat.ClearHistory(ctx, token) },
		"ChatService.ShareFile":    func() { _, _ = c.Chat.ShareFile(ctx, token, "/a.txt", nil) },
		"ChatService.SendFile": func() {
			_, _ = c.Chat.SendFile(ctx, token, "a.txt", strings.NewReader("a"), &talk.SendFileOptions{Size: 1, Folder: "/"})
			_, _ = c.Chat.SendFile(ctx, token, "a.txt", strings.NewReader("a"), &talk.SendFileOptions{Size: 1})
		},
		"ChatService.MarkRead":    func() { _, _ = c.Chat.MarkRead(ctx, token, id) },
		"ChatService.MarkUnread":  func() { _, _ = c.Chat.MarkUnread(ctx, token) },
		"ReactionsService.Add":    func() { _, _ = c.Reactions.Add(ctx, token, id, "👍") },
		"ReactionsService.Remove": func() { _, _ = c.Reactions.Remove(ctx, token, id, "👍") },
		"ReactionsService.List":   func() { _, _ = c.Reactions.List(ctx, token, id, nil) },
		"PollsService.Create":     func() { _, _ = c.Polls.Create(ctx, token, "x", []string{"a", "b"}, nil) },
		"PollsService.Get":        func() { _, _ = c.Polls.Get(ctx, token, id) },
		"PollsService.Vote":       func() { _, _ = c.Polls.Vote(ctx, token, id, 0) },
		"PollsService.Close":      func() { _, _ = c.Polls.Close(ctx, token, id) },
		"PollsService.Drafts":     func() { _, _ = c.Polls.Drafts(ctx, token) },
		"PollsService.EditDraft":  func() { _, _ = c.Polls.EditDraft(ctx, token, id, "x", []string{"a", "b"}, nil) },
		"BotsService.ListAll":     func() { _, _ = c.Bots.ListAll(ctx) },
		"BotsService.List":        func() { _, _ = c.Bots.List(ctx, token) },
		"BotsService.Enable":      func() { _, _ = c.Bots.Enable(ctx, token, id) },
		"BotsService.Disable":     func() { _, _ = c.Bots.Disable(ctx, token, id) },
		"AvatarsService.Get": func() {
			_, _ = c.Avatars.Get(ctx, token, nil)
			_, _ = c.Avatars.Get(ctx, token, &talk.AvatarOptions{Dark: true})
		},
		"AvatarsService.Set":      func() { _, _ = c.Avatars.Set(ctx, token, strings.NewReader("a picture")) },
		"AvatarsService.SetEmoji": func() { _, _ = c.Avatars.SetEmoji(ctx, token, "🚀", "") },
		"AvatarsService.Delete":   func() { _, _ = c.Avatars.Delete(ctx, token) },
	}
	for _, more := range []map[string]func() error{newerCalls(ctx, c), moreCalls(ctx, c), serviceCalls(ctx, c)} {
		for name, call := range more {
			all[name] = func() { _ = call() }
		}
	}
	return all
}

// both calls a setter with on and off.
func both(set func(on bool)) func() { return func() { set(true); set(false) } }

// operation is a method and a path as Talk's description of its API has them.
type operation string

var directive = regexp.MustCompile(`^//talk:operation (GET|POST|PUT|DELETE|MOVE|MKCOL|PROPFIND|COPY) (\S+)$`)

// directives gives the operations that the doc comments of a package's methods name.
func directives(t *testing.T, dir string) map[string][]operation {
	t.Helper()
	found := map[string][]operation{}
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no sources: %v", err)
	}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		for _, decl := range parsed.Decls {
			f, ok := decl.(*ast.FuncDecl)
			if !ok || f.Doc == nil || f.Recv == nil || !f.Name.IsExported() {
				continue
			}
			receiver := f.Recv.List[0].Type
			if star, ok := receiver.(*ast.StarExpr); ok {
				receiver = star.X
			}
			name := fmt.Sprint(receiver.(*ast.Ident).Name, ".", f.Name.Name)
			documented := strings.Contains(f.Doc.Text(), "https://")
			for _, line := range f.Doc.List {
				if m := directive.FindStringSubmatch(line.Text); m != nil {
					found[name] = append(found[name], operation(m[1]+" "+m[2]))
				} else if strings.HasPrefix(line.Text, "//talk:") {
					t.Errorf("%s: malformed %q", name, line.Text)
				}
			}
			if len(found[name]) > 0 && !documented {
				t.Errorf("%s: no link to Talk's documentation", name)
			}
		}
	}
	return found
}

// TestMethodsCallWhatTheySay holds each directive against the requests that really go out.
func TestMethodsCallWhatTheySay(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	capabilities := string(recordedCapabilities(t, "talk-25-alpha"))
	for _, setting := range []string{"live-transcription", "live-translation"} { // which need more than a server
		off := regexp.MustCompile(`"` + setting + `":\s*false`)
		if !off.MatchString(capabilities) {
			t.Fatalf("no setting %s", setting)
		}
		capabilities = off.ReplaceAllString(capabilities, `"`+setting+`":true`)
	}
	const provided = `"chat-get-context"`
	if !strings.Contains(capabilities, provided) {
		t.Fatal("no features")
	}
	capabilities = strings.Replace(capabilities, provided, provided+`,"`+string(talk.FeatureChatSummary)+`"`, 1) // which needs a provider
	var mu sync.Mutex
	var seen []operation
	var current string
	var dav fakeDAV
	transport := roundTrip(func(req *http.Request) (*http.Response, error) {
		op := operationOf(req)
		mu.Lock()
		ownAccount := current == "UsersService.Own" // which package files asks for, too
		mu.Unlock()
		if answer := dav.answer(req); answer != nil && !ownAccount { // what package files sends is held by its own tests
			return answer, nil
		}
		mu.Lock()
		seen = append(seen, op)
		mu.Unlock()
		body := `{"ocs":{"meta":{"status":"ok","statuscode":200},"data":{"id":1,"token":"abcd1234"}}}`
		switch {
		case op == "GET /ocs/v2.php/cloud/capabilities":
			body = capabilities
		case strings.HasSuffix(req.URL.Path, "/presets/room"):
			body = `{"ocs":{"meta":{"status":"ok","statuscode":200},"data":[{"identifier":"webinar"}]}}`
		case strings.HasSuffix(req.URL.Path, "/attachment/folder"):
			body = `{"ocs":{"meta":{"status":"ok","statuscode":200},"data":{"folder":"Talk/Draft","renames":[]}}}`
		case listed.MatchString(string(op)):
			body = `{"ocs":{"meta":{"status":"ok","statuscode":200},"data":[]}}`
		case req.Method == http.MethodGet && (strings.HasSuffix(req.URL.Path, "/room") || strings.Contains(req.URL.Path, "/chat/")):
			body = `{"ocs":{"meta":{"status":"ok","statuscode":200},"data":[{"id":9,"token":"abcd1234"}]}}`
		}
		return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body)), Request: req}, nil
	})
	said := directives(t, ".")
	todo := calls(ctx, nil)
	for name := range said {
		if todo[name] == nil {
			t.Errorf("%s calls the server, and is not called by this test", name)
		}
	}
	known := knownOperations(t)
	for name := range todo {
		c, err := talk.NewClient("https://cloud.example.com/nextcloud", talk.WithHTTPClient(&http.Client{Transport: transport}))
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(name, "Client.") {
			if _, err := c.Capabilities(ctx); err != nil {
				t.Fatal(err)
			}
		}
		mu.Lock()
		seen, current = nil, name
		mu.Unlock()
		calls(ctx, c)[name]()
		mu.Lock()
		got := slices.Clone(seen)
		mu.Unlock()
		want := slices.Clone(said[name])
		slices.Sort(got)
		slices.Sort(want)
		if diff := cmp.Diff(slices.Compact(want), slices.Compact(got)); diff != "" {
			t.Errorf("%s: -said +sent:\n%s", name, diff)
		}
		for _, op := range want {
			if !known[op] && !strings.Contains(string(op), " /ocs/") {
				t.Errorf("%s: Talk has no operation %q", name, op)
			}
		}
	}
}

// fakeDAV answers as WebDAV does: nothing is there until something was stored.
type fakeDAV struct{ stored atomic.Bool }

func (d *fakeDAV) answer(req *http.Request) *http.Response {
	path := strings.TrimPrefix(req.URL.Path, "/nextcloud")
	status, body := http.StatusCreated, ""
	switch {
	case path == "/ocs/v2.php/cloud/user":
		status, body = http.StatusOK, `{"ocs":{"meta":{"status":"ok","statuscode":200},"data":{"id":"alice"}}}`
	case !strings.HasPrefix(path, "/remote.php/"):
		return nil
	case req.Method == http.MethodPut:
		d.stored.Store(true)
	case req.Method == "PROPFIND" && d.stored.Load():
		status, body = http.StatusMultiStatus, `<?xml version="1.0"?><d:multistatus xmlns:d="DAV:" xmlns:oc="http://owncloud.org/ns"><d:response><d:href>`+path+
			`</d:href><d:propstat><d:prop><d:resourcetype/><oc:fileid>1</oc:fileid><oc:size>1</oc:size></d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response></d:multistatus>`
	case req.Method == "PROPFIND":
		status = http.StatusNotFound
	}
	if req.Body != nil {
		_, _ = io.Copy(io.Discard, req.Body)
	}
	header := http.Header{"Oc-Fileid": {"00000001x"}, "Etag": {`"e"`}, "Content-Type": {"application/xml"}}
	return &http.Response{StatusCode: status, Header: header, Body: io.NopCloser(strings.NewReader(body)), Request: req}
}

// listed are the operations whose answers are lists, of nothing here.
var listed = regexp.MustCompile(`/chat/subscribed-threads$|/upcoming-reminders$|/mentions$|/autocomplete/get$|/statuses$|^GET /ban/|^GET /call/|/dashboard/events$|/mutual-events$|^GET /federation/|/breakout-rooms(/participants)?$|` +
	`^(POST|DELETE) /breakout-rooms/{token}/rooms$|^POST /breakout-rooms/{token}(/broadcast|/attendees)?$|^GET /signaling/{token}$`)

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

// operationOf gives the operation that a request is.
func operationOf(req *http.Request) operation {
	path := strings.TrimPrefix(req.URL.Path, "/nextcloud")
	path = strings.Replace(path, "/statuses/bob", "/statuses/{userId}", 1)
	path = strings.Replace(path, "/cloud/users/bob", "/cloud/users/{userId}", 1)
	path = strings.Replace(path, "/cloud/groups/crew", "/cloud/groups/{groupId}", 1)
	path = strings.TrimPrefix(path, "/ocs/v2.php/apps/spreed/temp-user-avatar")
	if path == "" {
		return operation(req.Method + " /temp-user-avatar")
	}
	if m := regexp.MustCompile(`^/ocs/v2\.php/apps/spreed/api/v[134](/.*)$`).FindStringSubmatch(path); m != nil {
		path = strings.Replace(m[1], "abcd1234", "{token}", 1)
		id := "{messageId}"
		switch {
		case strings.HasPrefix(path, "/ban"):
			id = "{banId}"
		case strings.HasPrefix(path, "/file"):
			id = "{fileId}"
		case strings.HasPrefix(path, "/poll"):
			id = "{pollId}"
		case strings.HasPrefix(path, "/bot"):
			id = "{botId}"
		case strings.HasPrefix(path, "/tags"):
			id = "{tagId}"
		case strings.Contains(path, "/welcome/"):
			id = "{serverId}"
		case strings.HasPrefix(path, "/call"):
			id = "{attendeeId}"
		case strings.HasPrefix(path, "/federation"):
			id = "{id}"
		case strings.HasSuffix(path, "/threads/7"):
			id = "{threadId}"
		}
		path = strings.NewReplacer("/export/csv", "/export/{format}", "/publicshare/s3cr3t", "/publicshare/{shareToken}", "/user-avatar/512", "/user-avatar/{size}").Replace(path)
		path = regexp.MustCompile(`/7\b`).ReplaceAllString(path, "/"+id)
	}
	return operation(req.Method + " " + path)
}

// knownOperations reads what Talk's own description of its API has.
func knownOperations(t *testing.T) map[operation]bool {
	t.Helper()
	data, err := os.ReadFile("testdata/operations.txt")
	if err != nil {
		t.Fatal(err)
	}
	known := map[operation]bool{}
	for line := range bytes.Lines(data) {
		if fields := strings.Fields(string(line)); len(fields) == 3 {
			known[operation(strings.ReplaceAll(fields[1]+" "+fields[2], "{mode}", "default"))] = true
		}
	}
	return known
}
