package talktest_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/confab-go/confab/talk"
	"github.com/confab-go/confab/talktest"
)

func TestSnapshotsAreTheirServers(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	srv, other := talktest.NewServer(t), talktest.NewServer(t)
	snapshot, err := srv.Snapshot(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for name, err := range map[string]error{
		"restore elsewhere": other.Restore(ctx, snapshot),
		"forget elsewhere":  other.Forget(ctx, snapshot),
		"restore nothing":   srv.Restore(ctx, talktest.Snapshot{}),
	} {
		if !errors.Is(err, talktest.ErrNoSuchSnapshot) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := srv.Forget(ctx, snapshot); err != nil {
		t.Error(err)
	}
	if err := srv.Restore(ctx, snapshot); !errors.Is(err, talktest.ErrNoSuchSnapshot) {
		t.Errorf("restore what is forgotten: %v", err)
	}
}

func TestClock(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	begin := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	srv := talktest.NewServer(t, talktest.WithClock(func() time.Time { return begin }))
	if err := srv.AdvanceClock(ctx, 90*time.Minute); err != nil || !srv.Now().Equal(begin.Add(90*time.Minute)) {
		t.Errorf("advanced, it shows %v, %v", srv.Now(), err)
	}
	if err := srv.SetClock(ctx, begin.Add(-time.Hour)); err != nil || !srv.Now().Equal(begin.Add(-time.Hour)) {
		t.Errorf("set back, it shows %v, %v", srv.Now(), err)
	}
	for name, err := range map[string]error{
		"a step back": srv.AdvanceClock(ctx, -time.Second), "year 1": srv.SetClock(ctx, time.Time{}), "far away": srv.AdvanceClock(ctx, 1<<63-1),
	} {
		if !errors.Is(err, talktest.ErrBadClock) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := srv.Reset(ctx); err != nil || !srv.Now().Equal(begin) {
		t.Errorf("reset, it shows %v, %v", srv.Now(), err)
	}
}

func TestFaults(t *testing.T) {
	t.Parallel()
	srv := talktest.NewServer(t, talktest.WithBasePath("nextcloud"))
	atOnce := func(context.Context, time.Duration) error { return nil } // a client waits as long as it was told to
	alice := srv.Client(t, "alice", talk.WithRetry(talk.Retry{Attempts: 1, Sleep: atOnce}))
	room, err := alice.Conversations.Create(t.Context(), talk.ConversationGroup, &talk.CreateOptions{Name: "Room"})
	if err != nil {
		t.Fatal(err)
	}
	send := func() error {
		_, err := alice.Chat.Send(t.Context(), room.Token, "hi", nil)
		return err
	}
	const chat = "/ocs/v2.php/apps/spreed/api/v1/chat/*" // without the base path
	for name, tt := range map[string]struct {
		fault talktest.Fault
		want  error
	}{
		"status":      {talktest.Fault{Path: chat, Status: http.StatusTooManyRequests, RetryAfter: time.Minute}, talk.ErrRateLimited},
		"maintenance": {talktest.Fault{Path: chat, Maintenance: true}, talk.ErrMaintenance},
		"cut":         {talktest.Fault{Path: chat, Method: http.MethodPost, Cut: talktest.CutBefore}, talk.ErrConnection},
		"truncated":   {talktest.Fault{Path: "*/room/*", Method: http.MethodGet, Truncate: 10}, nil},
	} {
		id, err := srv.InjectFault(tt.fault)
		if err != nil {
			t.Fatal(err)
		}
		if tt.want != nil {
			if err := send(); !errors.Is(err, tt.want) {
				t.Errorf("%s: %v", name, err)
			}
		} else if _, err := alice.Conversations.Get(t.Context(), room.Token); err == nil {
			t.Errorf("%s: no error", name)
		}
		want := []talktest.InjectedFault{{Fault: tt.fault, ID: id, Hits: 1}}
		if diff := cmp.Diff(want, srv.Faults()); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		if !srv.RemoveFault(id) || srv.RemoveFault(id) {
			t.Errorf("%s: not removed, or twice", name)
		}
		if err := send(); err != nil {
			t.Errorf("after %s: %v", name, err)
		}
	}
	if _, err := srv.InjectFault(talktest.Fault{Maintenance: true}); err != nil {
		t.Fatal(err)
	}
	srv.ClearFaults()
	if err := send(); err != nil || len(srv.Faults()) > 0 {
		t.Errorf("cleared: %v, %v", err, srv.Faults())
	}
	if _, err := srv.InjectFault(talktest.Fault{Status: 200}); !errors.Is(err, talktest.ErrBadFault) || !strings.Contains(err.Error(), "status") {
		t.Errorf("a bad fault: %v", err)
	}
}

func TestRequestsAreNotedWithoutSecrets(t *testing.T) {
	t.Parallel()
	srv := talktest.NewServer(t)
	alice := srv.Client(t, "alice")
	if _, err := alice.Do(t.Context(), http.MethodGet, "/ocs/v2.php/cloud/user", map[string][]string{"password": {"wonderland"}, "plain": {"x"}}, nil, nil); err != nil {
		t.Fatal(err)
	}
	all := srv.Requests(0)
	if len(all) == 0 || len(srv.Requests(1)) != 1 {
		t.Fatalf("noted: %v", all)
	}
	last := all[len(all)-1]
	if last.User != "alice" || last.Status != http.StatusOK || last.Query != "password=***&plain=x" || last.Duration <= 0 || last.Time.IsZero() {
		t.Errorf("noted: %+v", last)
	}
}

func TestGroups(t *testing.T) {
	t.Parallel()
	srv := talktest.NewServer(t)
	for _, members := range [][]string{nil, {"bob"}, {"bob", "carol"}} {
		if err := srv.AddGroup(t.Context(), "crew", members...); err != nil {
			t.Fatal(err)
		}
	}
	if err := srv.AddGroup(t.Context(), ""); err == nil {
		t.Error("a group without a name")
	}
	if err := srv.Reset(context.WithoutCancel(t.Context())); err != nil {
		t.Fatal(err)
	}
	alice := srv.Client(t, "alice")
	room, err := alice.Conversations.Create(t.Context(), talk.ConversationGroup, &talk.CreateOptions{Name: "Room"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := alice.Participants.Add(t.Context(), room.Token, talk.ActorGroup, "crew"); err != nil {
		t.Errorf("after a reset: %v", err)
	}
}
