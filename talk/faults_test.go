package talk_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/confab-go/confab/internal/faultproxy"
	"github.com/confab-go/confab/talk"
	"github.com/confab-go/confab/talktest"
)

// newServer starts an embedded server below a path, as many real ones are, so that no request may forget it.
func newServer(t *testing.T) *talktest.Server {
	t.Helper()
	return talktest.NewServer(t, talktest.WithBasePath("/nextcloud"))
}

// group makes a group conversation of alice's with others in it.
func group(t *testing.T, alice *talk.Client, name string, others ...string) *talk.Conversation {
	t.Helper()
	room := must(alice.Conversations.Create(t.Context(), talk.ConversationGroup, &talk.CreateOptions{Name: name}))(t)
	for _, other := range others {
		must(alice.Participants.Add(t.Context(), room.Token, talk.ActorUser, other))(t)
	}
	return room
}

type (
	fault  = faultproxy.Fault
	faulty = faultproxy.Transport
)

var (
	status                 = faultproxy.Status
	lostRequest, cutAnswer = fault(faultproxy.LostRequest), fault(faultproxy.CutAnswer)
	lostAnswer             = fault(faultproxy.LostAnswer)
)

func TestASendIsNeitherLostNorDoubled(t *testing.T) {
	t.Parallel()
	for name, faults := range map[string][]fault{
		"the request is lost":         {lostRequest},
		"the answer is lost":          {lostAnswer},
		"the answer is cut off":       {cutAnswer},
		"a proxy gives up":            {status(http.StatusBadGateway), status(http.StatusGatewayTimeout)},
		"the server is busy":          {status(http.StatusTooManyRequests, "Retry-After", "3")},
		"one thing after the other":   {lostRequest, status(http.StatusInternalServerError), lostAnswer},
		"lost after it was throttled": {status(http.StatusTooManyRequests), cutAnswer},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := newServer(t)
			transport := &faulty{Match: isSend}
			alice := srv.Client(t, "alice", impatient, talk.WithHTTPClient(&http.Client{Transport: transport}))
			room := group(t, alice, "Faults")
			transport.Faults = faults
			m, err := alice.Chat.Send(t.Context(), room.Token, "only once", nil)
			if err != nil {
				t.Fatal(err)
			}
			if m.Message != "only once" {
				t.Errorf("sent %q", m.Message)
			}
			if diff := cmp.Diff([]string{"only once", "You created the conversation"}, texts(t, alice.Chat.History(t.Context(), room.Token, nil), -1)); diff != "" {
				t.Error(diff)
			}
			if len(transport.Faults) > 0 {
				t.Errorf("%d faults did not happen", len(transport.Faults))
			}
		})
	}
}

func TestASendThatFailsSaysWhatIsKnown(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	transport := &faulty{Match: func(req *http.Request) bool { return strings.Contains(req.URL.Path, "/chat/") }}
	alice := srv.Client(t, "alice", impatient, talk.WithHTTPClient(&http.Client{Transport: transport}))
	room := group(t, alice, "Faults")

	transport.Faults = []fault{status(http.StatusServiceUnavailable, "X-Nextcloud-Maintenance-Mode", "1")}
	if _, err := alice.Chat.Send(t.Context(), room.Token, "x", nil); !errors.Is(err, talk.ErrMaintenance) {
		t.Errorf("in maintenance: %v", err)
	}
	transport.Faults = append([]fault{lostAnswer}, slices.Repeat([]fault{lostRequest}, 100)...)
	if _, err := alice.Chat.Send(t.Context(), room.Token, "x", nil); !errors.Is(err, talk.ErrConnection) || !errors.Is(err, talk.ErrUncertain) || !strings.Contains(err.Error(), "whether the message arrived") {
		t.Errorf("with no way to find out: %v", err)
	}
	transport.Faults = nil
	gone, err := talktest.Start()
	if err != nil {
		t.Fatal(err)
	}
	c, err := gone.NewClient(t.Context(), "alice", impatient)
	if err != nil {
		t.Fatal(err)
	}
	if err := gone.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Chat.Send(t.Context(), "abcd1234", "x", nil); !errors.Is(err, talk.ErrConnection) || strings.Contains(err.Error(), "whether") {
		t.Errorf("without a server: %v", err)
	}
}

func TestFollowGoesOnAfterFaults(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	isPoll := func(req *http.Request) bool { return req.URL.Query().Get("lookIntoFuture") == "1" }
	transport := &faulty{Match: isPoll}
	var mu sync.Mutex
	var waits []time.Duration
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	patience := talk.WithRetry(talk.Retry{
		Sleep: func(ctx context.Context, d time.Duration) error {
			mu.Lock()
			defer mu.Unlock()
			waits = append(waits, d)
			now = now.Add(d)
			return ctx.Err()
		},
		Now: func() time.Time {
			mu.Lock()
			defer mu.Unlock()
			return now
		},
		Jitter: func() float64 { return 1 },
	})
	alice := srv.Client(t, "alice")
	bob := srv.Client(t, "bob", patience, talk.WithHTTPClient(&http.Client{Transport: transport}))
	room := group(t, alice, "Night", "bob")
	last := must(bob.Chat.Page(t.Context(), room.Token, nil))(t).Messages[0].ID
	for i := range 5 {
		must(alice.Chat.Send(t.Context(), room.Token, fmt.Sprint(i), nil))(t)
	}
	transport.Faults = []fault{lostRequest, cutAnswer, status(http.StatusBadGateway), status(http.StatusServiceUnavailable, "X-Nextcloud-Maintenance-Mode", "1"), status(http.StatusTooManyRequests, "Retry-After", "9"), lostAnswer}
	if diff := cmp.Diff([]string{"0", "1", "2", "3", "4"}, texts(t, bob.Chat.Follow(t.Context(), room.Token, &talk.FollowOptions{After: last}), 5)); diff != "" {
		t.Error(diff)
	}
	want := []time.Duration{500 * time.Millisecond, time.Second, 2 * time.Second, 4 * time.Second, 9 * time.Second, 16 * time.Second}
	if diff := cmp.Diff(want, waits); diff != "" {
		t.Errorf("waited:\n%s", diff)
	}
	if view := must(bob.Conversations.Get(t.Context(), room.Token))(t); view.UnreadMessages != 5 {
		t.Errorf("following has marked messages as read: %d unread", view.UnreadMessages)
	}
}

// TestFollowOutlivesItsServer: the server is stopped and started again on the same data; nothing is missed.
func TestFollowOutlivesItsServer(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first, err := talktest.Start(talktest.WithDataDir(dir))
	if err != nil {
		t.Fatal(err)
	}
	alice := must(first.NewClient(t.Context(), "alice"))(t)
	room := group(t, alice, "Restart")
	now := must(alice.Chat.Send(t.Context(), room.Token, "before", nil))(t).ID

	// The follower's way to the server: whichever runs at the time.
	way := &detour{to: first.URL}
	down := make(chan struct{}, 100)
	follower := must(first.NewClient(t.Context(), "alice", talk.WithHTTPClient(&http.Client{Transport: way}), talk.WithRetry(talk.Retry{
		Sleep: func(ctx context.Context, _ time.Duration) error {
			select {
			case down <- struct{}{}:
			default:
			}
			return way.changed(ctx)
		},
	})))(t)
	heard := make(chan string, 10)
	go func() {
		defer close(heard)
		for m, err := range follower.Chat.Follow(t.Context(), room.Token, &talk.FollowOptions{After: now}) {
			if err != nil {
				t.Error(err)
				return
			}
			if heard <- m.Message; m.Message == "after" {
				return
			}
		}
	}()
	must(alice.Chat.Send(t.Context(), room.Token, "just before", nil))(t)
	if got := <-heard; got != "just before" {
		t.Errorf("heard %q", got)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	<-down
	second, err := talktest.Start(talktest.WithDataDir(dir))
	if err != nil {
		t.Fatal(err)
	}
	defer second.Close()
	must(must(second.NewClient(t.Context(), "alice"))(t).Chat.Send(t.Context(), room.Token, "after", nil))(t)
	way.set(second.URL)
	if got := <-heard; got != "after" {
		t.Errorf("heard %q", got)
	}
}

// detour sends requests to another server than they ask for.
type detour struct {
	mu   sync.Mutex
	to   string
	wait []chan struct{}
}

func (d *detour) RoundTrip(req *http.Request) (*http.Response, error) {
	d.mu.Lock()
	host := strings.TrimPrefix(d.to, "http://")
	d.mu.Unlock()
	req = req.Clone(req.Context())
	req.URL.Host = host
	return http.DefaultTransport.RoundTrip(req)
}

func (d *detour) set(to string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.to = to
	for _, w := range d.wait {
		close(w)
	}
	d.wait = nil
}

// changed waits until there is another server.
func (d *detour) changed(ctx context.Context) error {
	w := make(chan struct{})
	d.mu.Lock()
	d.wait = append(d.wait, w)
	d.mu.Unlock()
	select {
	case <-w:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func TestCapabilitiesAreAskedForAgainWhenSettingsChange(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	hash, asked := "one", 0
	c := clientOf(t, func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		if strings.HasSuffix(r.URL.Path, "/capabilities") {
			asked++
			fmt.Fprint(w, `{"ocs":{"meta":{"status":"ok","statuscode":200},"data":{"capabilities":{"spreed":{"version":"21.1.7","features":["note-to-self"]}}}}}`)
			return
		}
		w.Header().Set("X-Nextcloud-Talk-Hash", hash)
		fmt.Fprint(w, `{"ocs":{"meta":{"status":"ok","statuscode":200},"data":{"id":1,"token":"abcd1234"}}}`)
	})
	for i, h := range []string{"one", "one", "two", "two", "three"} {
		mu.Lock()
		hash = h
		mu.Unlock()
		must(c.Conversations.Get(t.Context(), "abcd1234"))(t)
		if caps := must(c.Capabilities(t.Context()))(t); !caps.Has(talk.FeatureNoteToSelf) || caps.Version != "21.1.7" {
			t.Errorf("capabilities are %+v", caps)
		}
		if want := []int{1, 1, 2, 2, 3}[i]; asked != want || c.ConfigHash() != h {
			t.Errorf("call %d: asked %d times, want %d; hash %q", i, asked, want, c.ConfigHash())
		}
	}
	without := clientOf(t, func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, `{"ocs":{"meta":{"status":"ok","statuscode":200},"data":{"capabilities":{"core":{}}}}}`)
	})
	if _, err := without.Conversations.NoteToSelf(t.Context()); !errors.Is(err, talk.ErrUnsupported) || !strings.Contains(err.Error(), "spreed") {
		t.Errorf("a server without Talk: %v", err)
	}
}
