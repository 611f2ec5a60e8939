package talk_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/confab-go/confab/internal/faultproxy"
	"github.com/confab-go/confab/internal/faultproxy/victim"
	"github.com/confab-go/confab/talk"
)

// TestServe is no test: it is the server process of the tests that kill one.
func TestServe(t *testing.T) { victim.Serve(t) }

// storm is many senders and followers with everything that can fail between them and their server.
type storm struct {
	seed                                       uint64
	senders, followers, rooms, messages, kills int
	late                                       time.Duration // of long polls
	accounts                                   bool          // one for each sender and follower
	app                                        string        // alice's app password
	proxy                                      *faultproxy.Proxy
	server                                     *victim.Process
	dir                                        string
	tokens                                     []string
	begin                                      []int64 // the newest message of each conversation before the storm
	sent, crashes, resumed, repeated           atomic.Int64
}

// TestStorm: whatever fails, of all messages none is lost, none is there twice or heard twice, and all are in order. Some senders
// put their messages into an outbox that is abandoned again and again, as by a process that is killed; some followers stop and go on
// from their cursors; the server is killed and started again.
//
// With CONFAB_STORM=1,2,3 it is 20 senders, 20 followers and 100,000 messages for each of these seeds.
func TestStorm(t *testing.T) {
	t.Parallel()
	if os.Getenv("CONFAB_STORM") == "" {
		s := &storm{seed: 1, senders: 6, followers: 6, rooms: 2, messages: 300, kills: 1, late: 20 * time.Millisecond}
		s.run(t, 5*time.Minute)
		return
	}
	for seed := range strings.SplitSeq(os.Getenv("CONFAB_STORM"), ",") {
		n, err := strconv.ParseUint(seed, 10, 64)
		if err != nil {
			t.Fatalf("CONFAB_STORM: %q is no seed", seed)
		}
		t.Run("seed "+seed, func(t *testing.T) {
			s := &storm{seed: n, senders: 20, followers: 20, rooms: 5, messages: 100_000, kills: 10, accounts: true, late: 400 * time.Millisecond}
			s.run(t, 30*time.Minute)
		})
	}
}

func (s *storm) run(t *testing.T, limit time.Duration) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	start := time.Now()
	s.dir = t.TempDir()
	s.server = victim.Start(t, filepath.Join(s.dir, "server"))
	s.proxy = must(faultproxy.NewProxy(ctx, s.server.URL(), faultproxy.Plan{Seed: s.seed, Every: 25, HalfOpenEvery: 10, MaxDelay: 50 * time.Millisecond}))(t)
	defer s.proxy.Close()
	s.app = s.appPassword(t, victim.User, victim.Password)
	alice := must(talk.NewClient(s.server.URL(), talk.WithAppPassword(victim.User, s.app), talk.WithRetry(talk.Retry{Attempts: 1000})))(t)
	for i := range s.rooms {
		room := group(t, alice, fmt.Sprint("Storm ", i))
		s.tokens = append(s.tokens, room.Token)
	}
	var people [2][]*talk.Client
	for kind, count := range []int{s.senders, s.followers} {
		for i := range count {
			people[kind] = append(people[kind], s.client(t, alice, fmt.Sprintf("%s%d", []string{"sender", "follower"}[kind], i)))
		}
	}
	for _, token := range s.tokens {
		s.begin = append(s.begin, must(alice.Chat.Page(ctx, token, &talk.PageOptions{Limit: 1}))(t).Messages[0].ID)
	}

	all, ctx := errgroup.WithContext(ctx)
	var watching sync.WaitGroup
	for i, c := range people[1] {
		ready := func() {}
		if i%3 == 2 {
			watching.Add(1)
			ready = sync.OnceFunc(watching.Done)
		}
		all.Go(func() error { return s.follow(ctx, c, i, ready) })
	}
	watching.Wait()
	for i, c := range people[0] {
		all.Go(func() error {
			if i%4 == 0 {
				return s.outbox(ctx, c, i)
			}
			return s.send(ctx, c, i)
		})
	}
	done := make(chan error, 1)
	go func() { done <- all.Wait() }()
	killed := 0
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for ended := false; !ended; {
		select {
		case err := <-done:
			if err != nil {
				t.Fatalf("%v; %v", err, s.proxy)
			}
			ended = true
		case <-tick.C:
			if killed < s.kills && int(s.sent.Load()) > s.messages*(killed+1)/(s.kills+1) {
				killed++
				s.server.Kill(t)
				s.server.Start(t)
			}
		}
	}
	s.verify(t, alice)
	t.Logf("seed %d: %d messages by %d senders in %d conversations, heard by %d followers: 0 lost, 0 doubled, in order, in %v", s.seed, s.messages, s.senders, s.rooms, s.followers, time.Since(start).Round(time.Second))
	t.Logf("%v", s.proxy)
	t.Logf("the server was killed %d times, outboxes were abandoned %d times, followers stopped and resumed %d times, and were given %d messages again", killed, s.crashes.Load(), s.resumed.Load(), s.repeated.Load())
	for kind, count := range s.proxy.Faults() {
		if count == 0 && s.messages >= 100_000 {
			t.Errorf("there were no %v", kind)
		}
	}
}

// appPassword gives one of a user's, whose own password costs the server much time.
func (s *storm) appPassword(t *testing.T, user, password string) string {
	t.Helper()
	slow := must(talk.NewClient(s.server.URL(), talk.WithAppPassword(user, password)))(t)
	var app struct {
		Password string `json:"apppassword"`
	}
	if _, err := slow.Do(t.Context(), http.MethodGet, "/ocs/v2.php/core/getapppassword", nil, nil, &app); err != nil {
		t.Fatal(err)
	}
	return app.Password
}

// client gives a client that goes through the proxy, and waits two seconds at most. In a large storm each has an account of its own.
func (s *storm) client(t *testing.T, alice *talk.Client, name string) *talk.Client {
	t.Helper()
	user, app := victim.User, s.app
	if s.accounts {
		const password = "Storm-Passw0rd"
		if _, err := alice.Do(t.Context(), http.MethodPost, "/ocs/v2.php/cloud/users", nil, map[string]any{"userid": name, "password": password}, nil); err != nil {
			t.Fatal(err)
		}
		for _, token := range s.tokens {
			must(alice.Participants.Add(t.Context(), token, talk.ActorUser, name))(t)
		}
		user, app = name, s.appPassword(t, name, password)
	}
	return must(talk.NewClient(s.proxy.URL(), talk.WithAppPassword(user, app), talk.WithIdleTimeout(10*time.Second),
		talk.WithHTTPClient(&http.Client{Transport: pollsFromAfar{http.DefaultTransport.(*http.Transport).Clone(), s.late}}),
		talk.WithRetry(talk.Retry{
			Attempts: 1000,
			Sleep:    func(ctx context.Context, d time.Duration) error { return sleep(ctx, min(d, 2*time.Second)) },
		})))(t)
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// pollsFromAfar makes long polls a little late, so that they bring several messages, as they do where many are sent.
type pollsFromAfar struct {
	next http.RoundTripper
	late time.Duration
}

func (p pollsFromAfar) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.URL.Query().Get("timeout") > "0" {
		if err := sleep(req.Context(), p.late); err != nil {
			return nil, err
		}
	}
	return p.next.RoundTrip(req)
}

// each is how many messages a sender sends.
func (s *storm) each() int { return s.messages / s.senders }

func (s *storm) token(sender int) string { return s.tokens[sender%s.rooms] }

func (s *storm) send(ctx context.Context, c *talk.Client, sender int) error {
	for n := 0; n < s.each(); {
		text := fmt.Sprintf("%d/%d", sender, n)
		_, err := c.Chat.Send(ctx, s.token(sender), text, &talk.SendOptions{ReferenceID: "storm-" + text})
		switch {
		case err == nil:
			n++
			s.sent.Add(1)
		case errors.Is(err, talk.ErrMaintenance) && !errors.Is(err, talk.ErrUncertain): // nothing was sent
		default:
			return fmt.Errorf("sender %d: %w", sender, err)
		}
	}
	return nil
}

// outbox sends through an outbox in a file, which is abandoned again and again. The last message that was put is put once more then,
// as by a program that does not know whether it has put it.
func (s *storm) outbox(ctx context.Context, c *talk.Client, sender int) error {
	chance := rand.New(rand.NewPCG(s.seed, uint64(1000+sender)))
	told := func(r talk.OutboxResult) {
		if r.Err == nil {
			s.sent.Add(1)
		}
	}
	for n := 0; ; n = max(n-1, 0) {
		o, err := c.OpenOutbox(&talk.OutboxOptions{File: filepath.Join(s.dir, fmt.Sprint("outbox", sender)), Limit: 50, Result: told})
		if err != nil {
			return err
		}
		running, stop := context.WithCancel(ctx)
		ended := make(chan error, 1)
		go func() { ended <- o.Run(running) }()
		for life := 1 + chance.IntN(max(s.each()/4, 1)); life > 0 && n < s.each(); life-- {
			text := fmt.Sprintf("%d/%d", sender, n)
			if _, err := o.Put(ctx, s.token(sender), text, &talk.SendOptions{ReferenceID: "storm-" + text}); err != nil {
				stop()
				return fmt.Errorf("outbox of sender %d: %w", sender, err)
			}
			n++
		}
		if n == s.each() {
			err := o.Flush(ctx)
			stop()
			<-ended
			return errors.Join(err, o.Close())
		}
		o.Abandon()
		stop()
		if err := <-ended; !errors.Is(err, context.Canceled) && ctx.Err() == nil && !strings.Contains(err.Error(), "killed") {
			return fmt.Errorf("outbox of sender %d ended: %w", sender, err)
		}
		s.crashes.Add(1)
	}
}

// heard is what a follower has heard.
type heard struct {
	next  map[string]int // of each sender
	last  map[string]int64
	count int
}

// hear notes a message. Again says that it is the one that was being handled when following stopped.
func (h *heard) hear(m *talk.Message) (again bool, err error) {
	if m.IsSystem() {
		return false, nil
	}
	if m.ID == h.last[m.Token] {
		return true, nil
	}
	if m.ID < h.last[m.Token] {
		return false, fmt.Errorf("%q, %d, after %d", m.Message, m.ID, h.last[m.Token])
	}
	sender, number, _ := strings.Cut(m.Message, "/")
	if n, err := strconv.Atoi(number); err != nil || n != h.next[sender] {
		return false, fmt.Errorf("%q where %s/%d comes next", m.Message, sender, h.next[sender])
	}
	h.next[sender]++
	h.last[m.Token] = m.ID
	h.count++
	return false, nil
}

// follow hears all messages of a conversation, or, every third follower, of all conversations. Two of three stop now and then, in
// the middle of a message.
func (s *storm) follow(ctx context.Context, c *talk.Client, follower int, ready func()) error {
	defer ready()
	h := heard{next: map[string]int{}, last: map[string]int64{}}
	var cursors talk.CursorStore = &talk.MemoryCursors{}
	if follower == 0 {
		var err error
		if cursors, err = talk.OpenFileCursors(filepath.Join(s.dir, "cursors")); err != nil {
			return err
		}
	}
	chance := rand.New(rand.NewPCG(s.seed, uint64(2000+follower)))
	room := follower % s.rooms
	want := s.each() * ((s.senders - room + s.rooms - 1) / s.rooms)
	watch := follower%3 == 2
	if watch {
		want = s.each() * s.senders
	}
	for h.count < want {
		life := 1 + chance.IntN(want/3)
		if follower%3 == 1 {
			life = want
		}
		handle := func(m *talk.Message) (bool, error) {
			again, err := h.hear(m)
			if again {
				s.repeated.Add(1)
			}
			life--
			return err == nil && life > 0 && h.count < want, err
		}
		var err error
		if watch {
			err = s.watch(ctx, c, cursors, ready, handle)
		} else {
			err = s.followOne(ctx, c, room, cursors, handle)
		}
		if err != nil {
			return fmt.Errorf("follower %d after %d of %d messages: %w", follower, h.count, want, err)
		}
		if h.count < want {
			s.resumed.Add(1)
		}
	}
	return nil
}

func (s *storm) followOne(ctx context.Context, c *talk.Client, room int, cursors talk.CursorStore, handle func(*talk.Message) (bool, error)) error {
	for m, err := range c.Chat.Follow(ctx, s.tokens[room], &talk.FollowOptions{After: s.begin[room], Wait: 2 * time.Second, Cursors: cursors}) {
		if err != nil {
			return err
		}
		if more, err := handle(m); err != nil || !more {
			return err
		}
	}
	return nil
}

func (s *storm) watch(ctx context.Context, c *talk.Client, cursors talk.CursorStore, ready func(), handle func(*talk.Message) (bool, error)) error {
	seen := 0
	for e, err := range c.Watch(ctx, &talk.WatchOptions{Cursors: cursors, Existing: true, Interval: 20 * s.late}) {
		if err != nil {
			return err
		}
		switch e.Type {
		case talk.EventConversationAdded:
			if seen++; seen == s.rooms {
				ready()
			}
		case talk.EventMessage:
			if more, err := handle(e.Message); err != nil || !more {
				return err
			}
		}
	}
	return nil
}

// verify reads what is there in the end, from the server itself.
func (s *storm) verify(t *testing.T, alice *talk.Client) {
	t.Helper()
	for room, token := range s.tokens {
		left := map[string]int{}
		for sender := room; sender < s.senders; sender += s.rooms {
			left[strconv.Itoa(sender)] = s.each()
		}
		for m, err := range alice.Chat.History(t.Context(), token, &talk.HistoryOptions{PageSize: 200}) {
			if err != nil {
				t.Fatal(err)
			}
			if m.IsSystem() {
				continue
			}
			sender, number, _ := strings.Cut(m.Message, "/")
			left[sender]--
			if number != strconv.Itoa(left[sender]) {
				t.Fatalf("in the end there is %q where %s/%d should be", m.Message, sender, left[sender])
			}
		}
		for sender, n := range left {
			if n != 0 {
				t.Errorf("%d messages of sender %s are missing", n, sender)
			}
		}
	}
}
