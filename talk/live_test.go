package talk_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"iter"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/confab-go/confab/talk"
	"github.com/confab-go/confab/talktest"
)

// The tests whose names begin with TestLive are stories that run anywhere: on an embedded server of their own, or, when
// these say where, on a real Nextcloud, with the same assertions. They make their accounts through the provisioning API,
// and remove them in the end.
const (
	liveURL   = "CONFAB_LIVE_URL"   // https://cloud.example.com
	liveAdmin = "CONFAB_LIVE_ADMIN" // user:password
)

// world is a server with the people of one story.
type world struct {
	t        *testing.T
	url      string
	admin    *talk.Client
	suffix   string           // makes the ids of this story's people different from all others
	embedded *talktest.Server // nil on a real server

	mu        sync.Mutex
	passwords map[string]string // by user id
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, url: os.Getenv(liveURL), passwords: map[string]string{}}
	user, password, ok := strings.Cut(os.Getenv(liveAdmin), ":")
	switch {
	case w.url == "":
		// Below a path, as many real ones are, so that no request may forget it.
		w.embedded = talktest.NewServer(t, talktest.WithBasePath("/nextcloud"))
		w.url, user, password = w.embedded.URL, "admin", "Admin-"+rand.Text()
		if err := w.embedded.AddUser(t.Context(), talktest.User{ID: user, Password: password, Admin: true}); err != nil {
			t.Fatal(err)
		}
	case !ok:
		t.Fatalf("%s is set, but %s is not user:password", liveURL, liveAdmin)
	default:
		w.suffix = "-" + strings.ToLower(rand.Text()[:8])
	}
	w.admin = must(talk.NewClient(w.url, talk.WithAppPassword(user, password)))(t)
	return w
}

// id gives the user id of one of the story's people.
func (w *world) id(name string) string { return name + w.suffix }

// client gives a client for one of the story's people, who are called by their names with a capital letter.
func (w *world) client(name string, options ...talk.Option) *talk.Client {
	w.t.Helper()
	id := w.id(name)
	w.mu.Lock()
	password := w.passwords[id]
	w.mu.Unlock()
	if password == "" {
		password = "Pw-9-" + rand.Text()
		w.done(w.admin.Users.Create(w.t.Context(), id, &talk.CreateUserOptions{Password: password, DisplayName: strings.ToUpper(name[:1]) + name[1:]}))
		w.remove(w.admin.Users.Delete, id)
		w.mu.Lock()
		w.passwords[id] = password
		w.mu.Unlock()
	}
	return must(talk.NewClient(w.url, append([]talk.Option{talk.WithAppPassword(id, password)}, options...)...))(w.t)
}

// group makes a group of some of the story's people, and gives its id.
func (w *world) group(name string, members ...string) string {
	w.t.Helper()
	id := w.id(name)
	w.done(w.admin.Groups.Create(w.t.Context(), id))
	w.remove(w.admin.Groups.Delete, id)
	for _, member := range members {
		w.done(w.admin.Users.AddToGroup(w.t.Context(), w.id(member), id))
	}
	return id
}

// done ends the story when what it needs could not be made.
func (w *world) done(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// remove has something removed when the story ends.
func (w *world) remove(do func(ctx context.Context, id string) error, id string) {
	if w.embedded != nil {
		return // all of it ends with the test
	}
	ctx := context.WithoutCancel(w.t.Context()) // which ends before the clean-up
	w.t.Cleanup(func() {
		if err := do(ctx, id); err != nil {
			w.t.Errorf("clean up: %v", err)
		}
	})
}

// installBot gives an embedded server a bot; on a real one only its administrator can.
func (w *world) installBot() {
	w.t.Helper()
	if w.embedded == nil {
		return
	}
	bot := talktest.Bot{Name: "Echo", Secret: rand.Text() + rand.Text(), URL: "http://127.0.0.1:1/echo", Description: "says it again"}
	if _, err := w.embedded.AddBot(w.t.Context(), bot); err != nil {
		w.t.Fatal(err)
	}
}

// need skips a story that the server is not able to play, naming what it lacks.
func (w *world) need(features ...talk.Feature) {
	w.t.Helper()
	caps := must(w.admin.Capabilities(w.t.Context()))(w.t)
	for _, feature := range features {
		switch {
		case caps.Has(feature):
		case w.embedded != nil:
			w.t.Fatalf("the embedded server lacks %q", feature)
		default:
			w.t.Skipf("the server (Talk %s) lacks %q", caps.Version, feature)
		}
	}
}

// room makes a group conversation of a client's, with others of the story's people in it.
func (w *world) room(owner *talk.Client, name string, others ...string) *talk.Conversation {
	w.t.Helper()
	room := must(owner.Conversations.Create(w.t.Context(), talk.ConversationGroup, &talk.CreateOptions{Name: name}))(w.t)
	for _, other := range others {
		must(owner.Participants.Add(w.t.Context(), room.Token, talk.ActorUser, w.id(other)))(w.t)
	}
	return room
}

// attendee gives one of the story's people as they take part in a conversation.
func (w *world) attendee(c *talk.Client, room, name string) *talk.Participant {
	w.t.Helper()
	for _, p := range must(c.Participants.List(w.t.Context(), room, nil))(w.t) {
		if p.ActorType == talk.ActorUser && p.ActorID == w.id(name) {
			return p
		}
	}
	w.t.Fatalf("%s does not take part", name)
	return nil
}

// newest gives the id of the newest message of a conversation.
func (w *world) newest(c *talk.Client, room string) int64 {
	w.t.Helper()
	return must(c.Chat.Page(w.t.Context(), room, &talk.PageOptions{Limit: 1}))(w.t).LastGiven
}

// must gives a value, or ends the test: must(f())(t).
func must[T any](v T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// errOf gives the error of a call whose value does not matter.
func errOf[T any](_ T, err error) error { return err }

// texts gives what people would read, up to n messages.
func texts(t *testing.T, messages iter.Seq2[*talk.Message, error], n int) (all []string) {
	t.Helper()
	for m, err := range messages {
		if err != nil {
			t.Fatal(err)
		}
		if all = append(all, m.Text()); len(all) == n {
			break
		}
	}
	return all
}

// refused checks that the server refused a call: in a certain way, for a certain reason, if these are given.
func refused(t *testing.T, what string, err, kind error, reason string) {
	t.Helper()
	var e *talk.Error
	if !errors.As(err, &e) || e.StatusCode < 400 || e.StatusCode > 499 || kind != nil && !errors.Is(err, kind) || reason != "" && e.Reason != reason {
		t.Errorf("%s: %v; want %v, reason %q", what, err, kind, reason)
	}
	if strings.Contains(fmt.Sprintf("%+v", err), "Pw-9-") {
		t.Errorf("%s: a password in %v", what, err)
	}
}
