package talk_test

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/confab-go/confab/talk"
)

// step lets a watcher look again when a test says so, in place of time.
type step struct{ next chan struct{} }

func newStep() *step { return &step{make(chan struct{})} }

func (s *step) retry() talk.Option {
	return talk.WithRetry(talk.Retry{Sleep: func(ctx context.Context, _ time.Duration) error {
		select {
		case <-s.next:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}})
}

// watching collects what a watcher tells.
type watching struct {
	*step
	t      *testing.T
	events chan string
	cancel context.CancelFunc
}

func watch(t *testing.T, c *talk.Client, s *step, options *talk.WatchOptions) *watching {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	w := &watching{step: s, t: t, events: make(chan string, 1000), cancel: cancel}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for e, err := range c.Watch(ctx, options) {
			if err != nil {
				if ctx.Err() == nil {
					w.events <- "error: " + err.Error()
				}
				return
			}
			name := ""
			if e.Conversation != nil {
				name = e.Conversation.DisplayName
			}
			if e.Before != nil && e.Before.DisplayName != name {
				name = e.Before.DisplayName + " → " + name
			}
			w.events <- name + " | " + told(e)
		}
	}()
	t.Cleanup(func() {
		cancel()
		<-done
	})
	return w
}

func TestWatchTellsOfAllConversations(t *testing.T) {
	t.Parallel()
	for _, thorough := range []bool{false, true} {
		t.Run(fmt.Sprintf("thorough %v", thorough), func(t *testing.T) {
			t.Parallel()
			srv := newServer(t)
			alice := srv.Client(t, "alice")
			s := newStep()
			bob := srv.Client(t, "bob", s.retry())
			ctx := t.Context()
			one, two := group(t, alice, "One", "bob"), group(t, alice, "Two", "bob")
			must(alice.Chat.Send(ctx, one.Token, "before", nil))(t)
			w := watch(t, bob, s, &talk.WatchOptions{Thorough: thorough})
			w.next <- struct{}{} // the first look has ended
			collect := func(want ...string) {
				t.Helper()
				w.next <- struct{}{} // this look begins after what was done, and ends before the next can begin
				w.next <- struct{}{}
				var got []string
				for len(w.events) > 0 {
					got = append(got, <-w.events)
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Error(diff)
				}
			}
			collect()
			must(alice.Chat.Send(ctx, one.Token, "hello", nil))(t)
			must(alice.Chat.Send(ctx, two.Token, "hi", nil))(t)
			collect("One | message: hello", "Two | message: hi")
			for i := range 3 {
				must(alice.Chat.Send(ctx, two.Token, fmt.Sprint(i), nil))(t)
			}
			collect("Two | message: 0", "Two | message: 1", "Two | message: 2")
			must(alice.Conversations.Rename(ctx, one.Token, "Uno"))(t)
			collect("One → Uno | conversation changed", `Uno | message: alice renamed the conversation from "One" to "Uno"`)
			three := group(t, alice, "Three", "bob")
			must(alice.Chat.Send(ctx, three.Token, "welcome", nil))(t)
			collect("Three | conversation added", "Three | message: alice added you", "Three | message: welcome")
			must(bob.Chat.Send(ctx, three.Token, "my own", nil))(t)
			collect("Three | message: my own", "Three | conversation read")
			must(bob.Chat.MarkRead(ctx, two.Token, 0))(t)
			must(alice.Chat.Send(ctx, two.Token, "after", nil))(t) // for the server a marker is no news
			collect("Two | message: after", "Two | conversation read")
			collect()
		})
	}
}

// TestWatchNoticesWhatWasRead: reading is no news by which a server lists a conversation again. A look at all of them tells.
func TestWatchNoticesWhatWasRead(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	alice := srv.Client(t, "alice")
	s := newStep()
	bob := srv.Client(t, "bob", s.retry())
	room := group(t, alice, "Read", "bob")
	must(alice.Chat.Send(t.Context(), room.Token, "hello", nil))(t)
	w := watch(t, bob, s, &talk.WatchOptions{Interval: time.Second, Resync: 2 * time.Second})
	w.next <- struct{}{}
	must(bob.Chat.MarkRead(t.Context(), room.Token, 0))(t)
	for range 4 {
		w.next <- struct{}{}
	}
	if got := <-w.events; got != "Read | conversation read" {
		t.Error(got)
	}
}

// TestWatchNoticesWhatIsGone: only a look at all conversations tells.
func TestWatchNoticesWhatIsGone(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	alice := srv.Client(t, "alice")
	s := newStep()
	bob := srv.Client(t, "bob", s.retry())
	gone := group(t, alice, "Gone", "bob")
	w := watch(t, bob, s, &talk.WatchOptions{Existing: true, Interval: time.Second, Resync: 2 * time.Second})
	w.next <- struct{}{}
	if got := <-w.events; got != "Gone | conversation added" {
		t.Error(got)
	}
	if err := alice.Conversations.Delete(t.Context(), gone.Token); err != nil {
		t.Fatal(err)
	}
	for range 4 {
		w.next <- struct{}{}
	}
	if got := <-w.events; got != "Gone →  | conversation removed" {
		t.Error(got)
	}
}

// TestWatchGoesOnWhereItWas: what came while nobody watched is told, in conversations that had a message before and in others.
func TestWatchGoesOnWhereItWas(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	alice := srv.Client(t, "alice")
	srv.Client(t, "bob")
	one, two := group(t, alice, "One", "bob"), group(t, alice, "Two", "bob")
	path := filepath.Join(t.TempDir(), "cursors.json")
	run := func(looks int) (got []string) {
		t.Helper()
		s := newStep()
		w := watch(t, srv.Client(t, "bob", s.retry()), s, &talk.WatchOptions{Cursors: must(talk.OpenFileCursors(path))(t)})
		for range looks {
			w.next <- struct{}{}
		}
		w.cancel()
		for len(w.events) > 0 {
			got = append(got, <-w.events)
		}
		return got
	}
	if got := run(2); got != nil {
		t.Errorf("at first %q", got)
	}
	must(alice.Chat.Send(t.Context(), one.Token, "first", nil))(t)
	if diff := cmp.Diff([]string{"One | message: first"}, run(2)); diff != "" {
		t.Error(diff)
	}
	must(alice.Chat.Send(t.Context(), two.Token, "second", nil))(t)
	must(alice.Chat.Send(t.Context(), one.Token, "third", nil))(t)
	got := run(2)
	if len(got) != 2 || !strings.Contains(strings.Join(got, "\n"), "Two | message: second") || !strings.Contains(strings.Join(got, "\n"), "One | message: third") {
		t.Errorf("then %q", got)
	}
	if got := run(2); got != nil {
		t.Errorf("in the end %q", got)
	}
}

func TestWatchEndsWithItsCredentials(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	c := must(talk.NewClient(srv.URL, talk.WithAppPassword("alice", "wrong")))(t)
	ended := 0
	for _, err := range c.Watch(t.Context(), nil) {
		if err == nil {
			t.Error("it told something")
		}
		ended++
	}
	if ended != 1 {
		t.Errorf("%d errors", ended)
	}
}
