package talk_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/confab-go/confab/talk"
	"github.com/confab-go/confab/talktest"
)

// outbox opens an outbox that ends with the test.
func outbox(t *testing.T, c *talk.Client, options *talk.OutboxOptions) *talk.Outbox {
	t.Helper()
	o := must(c.OpenOutbox(options))(t)
	t.Cleanup(func() { _ = o.Close() })
	return o
}

// results collects what an outbox reports.
type results struct {
	mu  sync.Mutex
	all []talk.OutboxResult
}

func (r *results) add(result talk.OutboxResult) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.all = append(r.all, result)
}

func (r *results) texts() (all []string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, result := range r.all {
		text := result.Text
		if result.Err != nil {
			text += " refused"
		}
		all = append(all, text)
	}
	return all
}

// written gives what people wrote in a conversation, oldest first.
func written(t *testing.T, c *talk.Client, token string) (all []string) {
	t.Helper()
	for m, err := range c.Chat.History(t.Context(), token, nil) {
		if err != nil {
			t.Fatal(err)
		}
		if !m.IsSystem() {
			all = append([]string{m.Message}, all...)
		}
	}
	return all
}

func TestOutboxSendsInOrder(t *testing.T) {
	t.Parallel()
	for name, file := range map[string]string{"memory": "", "file": filepath.Join(t.TempDir(), "outbox")} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := newServer(t)
			alice := srv.Client(t, "alice", impatient)
			one, two := group(t, alice, "One"), group(t, alice, "Two")
			var told results
			o := outbox(t, alice, &talk.OutboxOptions{File: file, Result: told.add})
			want := map[string][]string{}
			for i := range 20 {
				token := []string{one.Token, two.Token}[i%2]
				text := fmt.Sprint(i)
				must(o.Put(t.Context(), token, text, nil))(t)
				want[token] = append(want[token], text)
			}
			if err := o.Flush(t.Context()); err != nil {
				t.Fatal(err)
			}
			for token, texts := range want {
				if diff := cmp.Diff(texts, written(t, alice, token)); diff != "" {
					t.Error(diff)
				}
			}
			if len(told.all) != 20 || len(o.Waiting()) != 0 {
				t.Errorf("%d results, %d wait", len(told.all), len(o.Waiting()))
			}
			for _, r := range told.all {
				if r.Err != nil || r.Sent == nil || r.Sent.ReferenceID != r.Options.ReferenceID || r.Sent.Message != r.Text {
					t.Errorf("told %+v", r)
				}
			}
			if err := o.Close(); err != nil {
				t.Error(err)
			}
			if _, err := o.Put(t.Context(), one.Token, "late", nil); !errors.Is(err, talk.ErrOutboxClosed) {
				t.Errorf("after the end: %v", err)
			}
		})
	}
}

// TestOutboxSurvivesACrash: the process dies before a message is sent, after it, and before that is written down.
func TestOutboxSurvivesACrash(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	die := make(chan struct{}, 1)
	transport := &faulty{Match: isSend}
	alice := srv.Client(t, "alice", impatient, talk.WithHTTPClient(&http.Client{Transport: transport}))
	room := group(t, alice, "Crash")
	options := &talk.OutboxOptions{File: filepath.Join(t.TempDir(), "outbox")}

	first := must(alice.OpenOutbox(options))(t)
	for i := range 5 {
		must(first.Put(t.Context(), room.Token, fmt.Sprint(i), &talk.SendOptions{Silent: i == 4}))(t)
	}
	first.Abandon()

	second := must(alice.OpenOutbox(options))(t)
	pass := func(req *http.Request, next http.RoundTripper) (*http.Response, error) { return next.RoundTrip(req) }
	transport.Faults = []fault{pass, pass, func(req *http.Request, next http.RoundTripper) (*http.Response, error) {
		resp, err := lostAnswer(req, next) // the third arrives, and the process is dead before it knows
		die <- struct{}{}
		<-req.Context().Done()
		return resp, err
	}}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- second.Run(ctx) }()
	<-die
	second.Abandon()
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("it ended with %v", err)
	}

	var told results
	options.Result = told.add
	third := outbox(t, alice, options)
	if err := third.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"0", "1", "2", "3", "4"}, written(t, alice, room.Token)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"2", "3", "4"}, told.texts()); diff != "" {
		t.Error(diff)
	}
	if last := told.all[len(told.all)-1]; !last.Sent.Silent {
		t.Error("the options have not survived")
	}
}

// TestOutboxReportsRefusals: what will never be taken neither waits nor keeps others from being sent.
func TestOutboxReportsRefusals(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	alice := srv.Client(t, "alice", impatient)
	room := group(t, alice, "Refusals")
	var told results
	o := outbox(t, alice, &talk.OutboxOptions{Result: told.add})
	put := func(token, text string, options *talk.SendOptions) {
		t.Helper()
		must(o.Put(t.Context(), token, text, options))(t)
	}
	put(room.Token, "before", nil)
	put(room.Token, "an answer to nothing", &talk.SendOptions{ReplyTo: 999999})
	put(room.Token, strings.Repeat("x", 32001), nil)
	put("gone1234", "to nobody", nil)
	put(room.Token, "after", nil)
	if err := o.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"before", "after"}, written(t, alice, room.Token)); diff != "" {
		t.Error(diff)
	}
	kinds := map[string]error{"an answer to nothing": talk.ErrInvalid, strings.Repeat("x", 32001): talk.ErrTooLarge, "to nobody": talk.ErrNotFound}
	for _, r := range told.all {
		if want := kinds[r.Text]; !errors.Is(r.Err, want) || (want == nil) != (r.Err == nil) {
			t.Errorf("%.20s: %v, want %v", r.Text, r.Err, want)
		}
	}
	if len(told.all) != 5 {
		t.Errorf("%d results", len(told.all))
	}
}

// TestOutboxHoldsWhatIsBehindARefusal, when asked to, until that is discarded.
func TestOutboxHoldsWhatIsBehindARefusal(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	alice := srv.Client(t, "alice", impatient)
	room, other := group(t, alice, "Steps"), group(t, alice, "Other")
	o := outbox(t, alice, &talk.OutboxOptions{HoldRefused: true})
	first := must(o.Put(t.Context(), room.Token, "step one", &talk.SendOptions{ReplyTo: 999999}))(t)
	must(o.Put(t.Context(), room.Token, "step two", nil))(t)
	must(o.Put(t.Context(), other.Token, "elsewhere", nil))(t)
	for range 2 {
		if err := o.Flush(t.Context()); !errors.Is(err, talk.ErrInvalid) {
			t.Errorf("what is held gives %v", err)
		}
	}
	if got := written(t, alice, room.Token); got != nil {
		t.Errorf("in the conversation are %q", got)
	}
	if diff := cmp.Diff([]string{"elsewhere"}, written(t, alice, other.Token)); diff != "" {
		t.Error(diff)
	}
	if len(o.Waiting()) != 2 {
		t.Errorf("%d wait", len(o.Waiting()))
	}
	for want := range 2 {
		if ok, err := o.Discard(room.Token, first); ok != (want == 0) || err != nil {
			t.Errorf("discarded %v, %v", ok, err)
		}
	}
	if err := o.Flush(t.Context()); err != nil {
		t.Error(err)
	}
	if diff := cmp.Diff([]string{"step two"}, written(t, alice, room.Token)); diff != "" {
		t.Error(diff)
	}
}

func TestOutboxStopsWithItsCredentials(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	alice := srv.Client(t, "alice")
	room, other := group(t, alice, "One"), group(t, alice, "Two")
	var asked atomic.Int64
	counting := &faulty{Match: func(*http.Request) bool { asked.Add(1); return false }}
	expired := must(talk.NewClient(srv.URL, talk.WithAppPassword("alice", "expired"), talk.WithHTTPClient(&http.Client{Transport: counting})))(t)
	o := outbox(t, expired, &talk.OutboxOptions{Parallel: 1})
	must(o.Put(t.Context(), room.Token, "one", nil))(t)
	must(o.Put(t.Context(), other.Token, "two", nil))(t)
	if err := o.Run(t.Context()); !errors.Is(err, talk.ErrUnauthorized) {
		t.Errorf("it ended with %v", err)
	}
	if asked.Load() != 1 {
		t.Errorf("the server was asked %d times", asked.Load())
	}
	if len(o.Waiting()) != 2 {
		t.Errorf("%d wait", len(o.Waiting()))
	}
	if err := o.Close(); err == nil || !strings.Contains(err.Error(), "2 messages were not sent") {
		t.Errorf("its end: %v", err)
	}
}

func TestOutboxIsBounded(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	alice := srv.Client(t, "alice", impatient)
	room := group(t, alice, "Bounded")
	refusing := outbox(t, alice, &talk.OutboxOptions{Limit: 2, RefuseWhenFull: true})
	waiting := outbox(t, alice, &talk.OutboxOptions{Limit: 2})
	for _, o := range []*talk.Outbox{refusing, waiting} {
		for _, text := range []string{"1", "2"} {
			must(o.Put(t.Context(), room.Token, text, nil))(t)
		}
	}
	if _, err := refusing.Put(t.Context(), room.Token, "3", nil); !errors.Is(err, talk.ErrOutboxFull) {
		t.Errorf("full: %v", err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := waiting.Put(ended, room.Token, "3", nil); !errors.Is(err, talk.ErrOutboxFull) || !errors.Is(err, context.Canceled) {
		t.Errorf("without time: %v", err)
	}
	put := make(chan error, 1)
	go func() { put <- errOf(waiting.Put(t.Context(), room.Token, "3", nil)) }()
	run, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- waiting.Run(run) }()
	if err := <-put; err != nil {
		t.Error(err)
	}
	if err := waiting.Flush(t.Context()); err != nil { // while it runs
		t.Error(err)
	}
	stop()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("it ended with %v", err)
	}
	if diff := cmp.Diff([]string{"1", "2", "3"}, written(t, alice, room.Token)); diff != "" {
		t.Error(diff)
	}
}

// TestOutboxWaitsForTheServer: a server that is not there, then in maintenance, then without Talk, then there.
func TestOutboxWaitsForTheServer(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	transport := &faulty{Match: isSend}
	var waits atomic.Int64
	alice := srv.Client(t, "alice", talk.WithHTTPClient(&http.Client{Transport: transport}), talk.WithRetry(talk.Retry{Sleep: func(ctx context.Context, _ time.Duration) error {
		waits.Add(1)
		return ctx.Err()
	}}))
	room := group(t, alice, "Down")
	noTalk := func(req *http.Request, next http.RoundTripper) (*http.Response, error) {
		req = req.Clone(req.Context())
		req.URL.Path = strings.Replace(req.URL.Path, "/apps/spreed/", "/apps/none/", 1)
		return next.RoundTrip(req)
	}
	transport.Faults = []fault{
		lostRequest, status(503, "X-Nextcloud-Maintenance-Mode", "1"), noTalk, status(404), status(403), status(500), status(429, "Retry-After", "2"), lostAnswer,
	}
	o := outbox(t, alice, nil)
	must(o.Put(t.Context(), room.Token, "patience", nil))(t)
	if err := o.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"patience"}, written(t, alice, room.Token)); diff != "" {
		t.Error(diff)
	}
	if len(transport.Faults) > 0 || waits.Load() < 7 {
		t.Errorf("%d faults did not happen; it waited %d times", len(transport.Faults), waits.Load())
	}
}

// TestOutboxGivesUpWhatIsTooOld, but not what may have arrived.
func TestOutboxGivesUpWhatIsTooOld(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	transport := &faulty{Match: isSend}
	var mu sync.Mutex
	now := time.Now()
	later := func(d time.Duration) {
		mu.Lock()
		defer mu.Unlock()
		now = now.Add(d)
	}
	alice := srv.Client(t, "alice", talk.WithHTTPClient(&http.Client{Transport: transport}), talk.WithRetry(talk.Retry{
		Sleep: func(ctx context.Context, d time.Duration) error { later(d); return ctx.Err() },
		Now: func() time.Time {
			mu.Lock()
			defer mu.Unlock()
			return now
		},
	}))
	room := group(t, alice, "Late")
	var told results
	o := outbox(t, alice, &talk.OutboxOptions{MaxAge: time.Hour, Result: told.add})
	transport.Faults = []fault{func(req *http.Request, next http.RoundTripper) (*http.Response, error) {
		later(2 * time.Hour)
		return lostAnswer(req, next)
	}}
	must(o.Put(t.Context(), room.Token, "arrived", nil))(t)
	must(o.Put(t.Context(), room.Token, "too old", nil))(t)
	if err := o.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"arrived", "too old refused"}, told.texts()); diff != "" {
		t.Error(diff)
	}
	if err := told.all[1].Err; !errors.Is(err, talk.ErrOutboxExpired) {
		t.Errorf("it was given up because of %v", err)
	}
	if diff := cmp.Diff([]string{"arrived"}, written(t, alice, room.Token)); diff != "" {
		t.Error(diff)
	}
}

// TestOutboxTakesAMessageOnce: a program that does not know whether it has put a message puts it again.
func TestOutboxTakesAMessageOnce(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	alice := srv.Client(t, "alice", impatient)
	room := group(t, alice, "Again")
	file := filepath.Join(t.TempDir(), "outbox")
	for range 3 {
		o := outbox(t, alice, &talk.OutboxOptions{File: file})
		for range 2 {
			if id := must(o.Put(t.Context(), room.Token, "alert", &talk.SendOptions{ReferenceID: "alert-7"}))(t); id != "alert-7" {
				t.Errorf("its reference is %q", id)
			}
		}
		if err := o.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
		must(o.Put(t.Context(), room.Token, "alert", &talk.SendOptions{ReferenceID: "alert-7"}))(t)
		if err := errors.Join(o.Flush(t.Context()), o.Close()); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff([]string{"alert"}, written(t, alice, room.Token)); diff != "" {
		t.Error(diff)
	}
	o := outbox(t, alice, nil)
	must(o.Put(t.Context(), room.Token, "one", &talk.SendOptions{ReferenceID: "same"}))(t)
	if _, err := o.Put(t.Context(), room.Token, "two", &talk.SendOptions{ReferenceID: "same"}); !errors.Is(err, talk.ErrInvalid) {
		t.Errorf("another text with the same reference: %v", err)
	}
}

func TestOutboxRefusesWhatCannotBeSent(t *testing.T) {
	t.Parallel()
	srv := talktest.NewServer(t)
	alice := srv.Client(t, "alice")
	o := outbox(t, alice, nil)
	for name, put := range map[string]struct {
		token, text string
		options     *talk.SendOptions
		field       string
	}{
		"no conversation":      {"", "x", nil, "token"},
		"no token":             {"a/b", "x", nil, "token"},
		"no message":           {"abcd1234", " \n", nil, "message"},
		"no text":              {"abcd1234", "\xff", nil, "message"},
		"more than anything":   {"abcd1234", strings.Repeat("x", 1<<20+1), nil, "message"},
		"no answer":            {"abcd1234", "x", &talk.SendOptions{ReplyTo: -1}, "reply to"},
		"a reference too long": {"abcd1234", "x", &talk.SendOptions{ReferenceID: strings.Repeat("x", 65)}, "reference id"},
	} {
		_, err := o.Put(t.Context(), put.token, put.text, put.options)
		var e *talk.Error
		if !errors.As(err, &e) || e.Field != put.field || !errors.Is(err, talk.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, options := range map[string]talk.OutboxOptions{"limit": {Limit: -1}, "parallel": {Parallel: -1}, "max age": {MaxAge: -1}} {
		var e *talk.Error
		if _, err := alice.OpenOutbox(&options); !errors.As(err, &e) || e.Field != name {
			t.Errorf("%s: %v", name, err)
		}
	}
	if len(o.Waiting()) != 0 {
		t.Errorf("%d wait", len(o.Waiting()))
	}
}
