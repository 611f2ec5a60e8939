package talk_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net/http"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/confab-go/confab/internal/playback"
	"github.com/confab-go/confab/talk"
	"github.com/confab-go/confab/talktest"
)

// player gives a client of one of a recorded story's users.
func player(t *testing.T, s *playback.Server, user string) *talk.Client {
	t.Helper()
	return must(talk.NewClient(s.URL, talk.WithAppPassword(user, "Pw-9-"+user), impatient))(t)
}

// played begins a recorded story, of which all that is newer than Talk 21 must be played.
func played(t *testing.T, story string) *playback.Server {
	t.Helper()
	return playback.New(t, story, "/threads", "/schedule", "/pin", "/tags", "/presets", "/preserve")
}

// newerCalls makes each method of what Talk 22 to 25 added call the server once, and gives its error.
func newerCalls(ctx context.Context, c *talk.Client) map[string]func() error {
	const token, id = "abcd1234", int64(7)
	later := time.Unix(1<<32, 0)
	return map[string]func() error{
		"ThreadsService.Get":    func() error { return errOf(c.Threads.Get(ctx, token, id)) },
		"ThreadsService.Recent": func() error { return errOf(c.Threads.Recent(ctx, token, nil)) },
		"ThreadsService.Subscribed": func() error {
			for _, err := range c.Threads.Subscribed(ctx, nil) {
				return err
			}
			return nil
		},
		"ThreadsService.Rename": func() error { return errOf(c.Threads.Rename(ctx, token, id, "x")) },
		"ThreadsService.SetNotificationLevel": func() error {
			return errOf(c.Threads.SetNotificationLevel(ctx, token, id, talk.NotifyAlways))
		},
		"ScheduledService.List":   func() error { return errOf(c.Scheduled.List(ctx, token)) },
		"ScheduledService.Create": func() error { return errOf(c.Scheduled.Create(ctx, token, "x", later, nil)) },
		"ScheduledService.Edit":   func() error { return errOf(c.Scheduled.Edit(ctx, token, "7", "x", later, nil)) },
		"ScheduledService.Delete": func() error { return c.Scheduled.Delete(ctx, token, "7") },
		"ChatService.Pin":         func() error { return errOf(c.Chat.Pin(ctx, token, id, nil)) },
		"ChatService.Unpin":       func() error { return errOf(c.Chat.Unpin(ctx, token, id)) },
		"ChatService.HidePin":     func() error { return c.Chat.HidePin(ctx, token, id) },
		"ChatService.Pinned":      func() error { return errOf(c.Chat.Pinned(ctx, token)) },
		"ChatService.AttachmentFolder": func() error {
			return errOf(c.Chat.AttachmentFolder(ctx, token, nil))
		},
		"ChatService.PostAttachment": func() error {
			return errOf(c.Chat.PostAttachment(ctx, token, "/Talk/Draft/a.txt", nil))
		},
		"TagsService.List":               func() error { return errOf(c.Tags.List(ctx)) },
		"TagsService.Create":             func() error { return errOf(c.Tags.Create(ctx, "x")) },
		"TagsService.Rename":             func() error { return errOf(c.Tags.Rename(ctx, "7", "x")) },
		"TagsService.Reorder":            func() error { return errOf(c.Tags.Reorder(ctx, "7")) },
		"TagsService.SetCollapsed":       func() error { return errOf(c.Tags.SetCollapsed(ctx, "7", true)) },
		"TagsService.Delete":             func() error { return c.Tags.Delete(ctx, "7") },
		"ConversationsService.SetTags":   func() error { return errOf(c.Conversations.SetTags(ctx, token, "7")) },
		"ConversationsService.Presets":   func() error { return errOf(c.Conversations.Presets(ctx)) },
		"ParticipantsService.PromoteTo":  func() error { return c.Participants.PromoteTo(ctx, token, id, talk.ParticipantOwner) },
		"ParticipantsService.DemoteTo":   func() error { return c.Participants.DemoteTo(ctx, token, id, talk.ParticipantUser) },
		"TranscriptionService.Start":     func() error { return c.Transcription.Start(ctx, token) },
		"TranscriptionService.Stop":      func() error { return c.Transcription.Stop(ctx, token) },
		"TranscriptionService.Languages": func() error { return errOf(c.Transcription.Languages(ctx)) },
		"TranscriptionService.SetLanguage": func() error {
			return c.Transcription.SetLanguage(ctx, token, "de")
		},
		"TranscriptionService.TranslationLanguages": func() error { return errOf(c.Transcription.TranslationLanguages(ctx)) },
		"TranscriptionService.SetTargetLanguage": func() error {
			return c.Transcription.SetTargetLanguage(ctx, token, "de")
		},
		"ConversationsService.SetPreserved": func() error {
			return errors.Join(errOf(c.Conversations.SetPreserved(ctx, token, true)), errOf(c.Conversations.SetPreserved(ctx, token, false)))
		},
		"PollsService.Export": func() error {
			export, err := c.Polls.Export(ctx, token, id, talk.PollCSV)
			if err == nil {
				err = export.Body.Close()
			}
			return err
		},
	}
}

// TestNewerFeaturesAreNotAskedOfOlderServers: what Talk 21 does not have fails by name before anything is sent.
func TestNewerFeaturesAreNotAskedOfOlderServers(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	srv := talktest.NewServer(t)
	base := must(srv.NewClient(ctx, "alice"))(t)
	room := must(base.Conversations.Create(ctx, talk.ConversationGroup, &talk.CreateOptions{Name: "Deploys"}))(t)
	var sent atomic.Int32
	carry := roundTrip(func(req *http.Request) (*http.Response, error) {
		if !strings.HasSuffix(req.URL.Path, "/cloud/capabilities") {
			sent.Add(1)
			t.Errorf("%s %s was sent", req.Method, req.URL.Path)
		}
		return http.DefaultTransport.RoundTrip(req)
	})
	c := must(talk.NewClient(srv.URL, talk.WithHTTPClient(&http.Client{Transport: carry})))(t)
	later := time.Unix(1<<32, 0)
	all := newerCalls(ctx, c)
	maps.Copy(all, map[string]func() error{
		"a thread by its title": func() error { return errOf(c.Chat.Send(ctx, room.Token, "x", &talk.SendOptions{ThreadTitle: "Plans"})) },
		"into a thread":         func() error { return errOf(c.Chat.Send(ctx, room.Token, "x", &talk.SendOptions{ThreadID: 7})) },
		"a private reply": func() error {
			return errOf(c.Chat.Send(ctx, room.Token, "x", &talk.SendOptions{ReplyTo: 7, ReplyToToken: "efgh5678"}))
		},
		"a page of a thread":      func() error { return errOf(c.Chat.Page(ctx, room.Token, &talk.PageOptions{ThreadID: 7})) },
		"the context in a thread": func() error { return errOf(c.Chat.Context(ctx, room.Token, 7, &talk.ContextOptions{ThreadID: 7})) },
		"the past of a thread": func() error {
			for _, err := range c.Chat.History(ctx, room.Token, &talk.HistoryOptions{ThreadID: 7}) {
				return err
			}
			return nil
		},
		"following a thread": func() error {
			for _, err := range c.Chat.Follow(ctx, room.Token, &talk.FollowOptions{After: 1, ThreadID: 7}) {
				return err
			}
			return nil
		},
		"a file in a thread": func() error {
			return errOf(c.Chat.ShareFile(ctx, room.Token, "/a.txt", &talk.FileOptions{ThreadID: 7}))
		},
		"a poll in a thread": func() error {
			return errOf(c.Polls.Create(ctx, room.Token, "x", []string{"a", "b"}, &talk.PollOptions{ThreadID: 7}))
		},
		"a scheduled thread": func() error {
			return errOf(c.Scheduled.Create(ctx, room.Token, "x", later, &talk.ScheduleOptions{ThreadTitle: "Plans"}))
		},
		"a preset": func() error {
			return errOf(c.Conversations.Create(ctx, talk.ConversationGroup, &talk.CreateOptions{Preset: talk.PresetWebinar}))
		},
	})
	for name, call := range all {
		err := call()
		var e *talk.Error
		if !errors.Is(err, talk.ErrUnsupported) || !errors.As(err, &e) || e.Reason == "" || e.Op == "" || !e.Unsent() {
			t.Errorf("%s: %v", name, err)
		}
	}
	if n := sent.Load(); n != 0 {
		t.Errorf("%d requests were sent", n)
	}
	// Nothing that is newer is forgotten here.
	newer := map[operation]bool{}
	for _, line := range lines(t, "testdata/operations.txt") {
		if fields := strings.Fields(line); len(fields) == 3 && fields[0] == "25" {
			newer[operation(fields[1]+" "+fields[2])] = true
		}
	}
	for name, operations := range directives(t, ".") {
		for _, op := range operations {
			if newer[op] && all[name] == nil && name != "ConversationsService.Create" && name != "ChatService.SendFile" { // which need it only at times
				t.Errorf("%s calls %s, and is not held here", name, op)
			}
		}
	}
}

// newerClient gives a client of a server of Talk 25 that answers as a test wants.
func newerClient(t *testing.T, handler http.HandlerFunc) *talk.Client {
	t.Helper()
	capabilities := recordedCapabilities(t, "talk-25-alpha")
	return clientOf(t, func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/cloud/capabilities") {
			_, _ = w.Write(capabilities)
			return
		}
		handler(w, r)
	})
}

// recordedCapabilities gives the answer that a real server gave about its capabilities.
func recordedCapabilities(t *testing.T, version string) []byte {
	t.Helper()
	story, _, err := playback.Story(version + "/server")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range story {
		if e.As != nil && e.Status == http.StatusOK && strings.HasSuffix(e.Path, "/v2.php/cloud/capabilities") {
			return e.Response
		}
	}
	t.Fatalf("no capabilities of %s", version)
	return nil
}

// refusedHere checks that an argument was refused by its name before anything was sent.
func refusedHere(t *testing.T, what string, err error, field string) {
	t.Helper()
	var e *talk.Error
	if !errors.Is(err, talk.ErrInvalid) || !errors.As(err, &e) || e.Field != field || !e.Unsent() {
		t.Errorf("%s: %v; want field %q", what, err, field)
	}
}

// decodeBody reads the JSON that was sent.
func decodeBody(t *testing.T, r *http.Request, v any) {
	t.Helper()
	data, err := io.ReadAll(r.Body)
	if err == nil && len(data) > 0 {
		err = json.Unmarshal(data, v)
	}
	if err != nil {
		t.Errorf("%s %s: %v", r.Method, r.URL.Path, err)
	}
}

// TestNewerIsDocumented: docs/newer.md names every method that calls what Talk 22 to 25 added, every operation that there is no
// method for, and nothing that does not exist.
func TestNewerIsDocumented(t *testing.T) {
	t.Parallel()
	text := strings.Join(lines(t, "../docs/newer.md"), "\n")
	names := goNames(t, "talk", ".")
	for name := range goNames(t, "bot", "bot") {
		names[name] = true
	}
	for _, row := range regexp.MustCompile(`(?m)^\| 2\d .*$`).FindAllString(text, -1) {
		columns := strings.Split(row, "|")
		for _, m := range regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(columns[4], -1) {
			service, method, _ := strings.Cut(m[1], ".")
			if !names["talk."+m[1]] && !names[m[1]] && !names["talk."+service+"Service."+method] {
				t.Errorf("there is no %s", m[1])
			}
		}
	}
	called := map[operation]bool{}
	newer := map[operation]bool{}
	for _, line := range lines(t, "testdata/operations.txt") {
		if fields := strings.Fields(line); len(fields) == 3 && fields[0] == "25" {
			newer[operation(fields[1]+" "+fields[2])] = true
		}
	}
	for dir, pkg := range map[string]string{".": "", "bot": "bot."} {
		for name, operations := range directives(t, dir) {
			for _, op := range operations {
				called[op] = true
				if short := pkg + strings.Replace(name, "Service.", ".", 1); newer[op] && !strings.Contains(text, "`"+short+"`") && name != "ConversationsService.Create" {
					t.Errorf("%s is not told of", short)
				}
			}
		}
	}
	for op := range newer {
		if told := strings.Contains(text, "`"+string(op)+"`"); told == called[op] {
			t.Errorf("%s: called %v, told that it is not called %v", op, called[op], told)
		}
	}
}

// TestNewerOverBrokenConnections: what may be done twice is tried again when its answer is lost; what would be there twice is not.
func TestNewerOverBrokenConnections(t *testing.T) {
	t.Parallel()
	later := time.Unix(1<<32, 0)
	for name, tt := range map[string]struct {
		call  func(ctx context.Context, c *talk.Client) error
		again bool
	}{
		"schedule": {func(ctx context.Context, c *talk.Client) error {
			return errOf(c.Scheduled.Create(ctx, "abcd1234", "x", later, nil))
		}, false},
		"a tag":        {func(ctx context.Context, c *talk.Client) error { return errOf(c.Tags.Create(ctx, "x")) }, false},
		"delete a tag": {func(ctx context.Context, c *talk.Client) error { return c.Tags.Delete(ctx, "7") }, false},
		"edit": {func(ctx context.Context, c *talk.Client) error {
			return errOf(c.Scheduled.Edit(ctx, "abcd1234", "7", "x", later, nil))
		}, true},
		"pin":  {func(ctx context.Context, c *talk.Client) error { return errOf(c.Chat.Pin(ctx, "abcd1234", 7, nil)) }, true},
		"hide": {func(ctx context.Context, c *talk.Client) error { return c.Chat.HidePin(ctx, "abcd1234", 7) }, true},
		"rename": {func(ctx context.Context, c *talk.Client) error {
			return errOf(c.Threads.Rename(ctx, "abcd1234", 7, "x"))
		}, true},
		"reorder": {func(ctx context.Context, c *talk.Client) error { return errOf(c.Tags.Reorder(ctx, "7")) }, true},
		"a list":  {func(ctx context.Context, c *talk.Client) error { return errOf(c.Threads.Recent(ctx, "abcd1234", nil)) }, true},
		"a folder": {func(ctx context.Context, c *talk.Client) error {
			return errOf(c.Chat.AttachmentFolder(ctx, "abcd1234", nil))
		}, true},
		"results": {func(ctx context.Context, c *talk.Client) error {
			return errOf(c.Polls.Export(ctx, "abcd1234", 7, talk.PollODS))
		}, true},
		"presets": {func(ctx context.Context, c *talk.Client) error { return errOf(c.Conversations.Presets(ctx)) }, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var asked atomic.Int32
			c := newerClient(t, func(http.ResponseWriter, *http.Request) {
				asked.Add(1)
				panic(http.ErrAbortHandler)
			})
			if err := tt.call(t.Context(), c); !errors.Is(err, talk.ErrConnection) {
				t.Errorf("%v", err)
			}
			if n := asked.Load(); tt.again != (n >= 4) || !tt.again && n != 1 {
				t.Errorf("asked %d times; again: %v", n, tt.again)
			}
		})
	}
}
