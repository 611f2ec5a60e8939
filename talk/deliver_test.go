package talk_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/confab-go/confab/talk"
	"github.com/confab-go/confab/talktest"
)

func isSend(req *http.Request) bool {
	return req.Method == http.MethodPost && strings.Contains(req.URL.Path, "/chat/")
}

// TestASendIsFoundBehindOthers: between a send and the look for it, more messages come than a page holds.
func TestASendIsFoundBehindOthers(t *testing.T) {
	t.Parallel()
	const others = 450
	srv := newServer(t)
	transport := &faulty{Match: isSend}
	alice := srv.Client(t, "alice", impatient, talk.WithHTTPClient(&http.Client{Transport: transport}))
	bob := srv.Client(t, "bob")
	room := group(t, alice, "Busy", "bob")
	transport.Faults = []fault{func(req *http.Request, next http.RoundTripper) (*http.Response, error) {
		resp, err := lostAnswer(req, next)
		for i := range others {
			must(bob.Chat.Send(t.Context(), room.Token, fmt.Sprint(i), nil))(t)
		}
		return resp, err
	}}
	m := must(alice.Chat.Send(t.Context(), room.Token, "only once", nil))(t)
	count := 0
	for other, err := range alice.Chat.History(t.Context(), room.Token, nil) {
		if err != nil {
			t.Fatal(err)
		}
		if other.Message == "only once" {
			if count++; other.ID != m.ID {
				t.Errorf("it is %d, and was told as %d", other.ID, m.ID)
			}
		}
	}
	if count != 1 {
		t.Errorf("it is there %d times", count)
	}
}

// TestALookEndsWhereTheMessageCannotBe: what was written long before the first attempt is not read.
func TestALookEndsWhereTheMessageCannotBe(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	ago := time.Hour
	srv := talktest.NewServer(t, talktest.WithClock(func() time.Time {
		mu.Lock()
		defer mu.Unlock()
		return time.Now().Add(-ago)
	}))
	looks := 0
	transport := &faulty{Match: func(req *http.Request) bool {
		if req.Method == http.MethodGet && strings.Contains(req.URL.Path, "/chat/") {
			mu.Lock()
			looks++
			mu.Unlock()
		}
		return isSend(req)
	}}
	alice := srv.Client(t, "alice", impatient, talk.WithHTTPClient(&http.Client{Transport: transport}))
	room := group(t, alice, "Old")
	for i := range 450 {
		must(alice.Chat.Send(t.Context(), room.Token, fmt.Sprint(i), nil))(t)
	}
	mu.Lock()
	ago = 0
	mu.Unlock()
	transport.Faults = []fault{lostRequest}
	must(alice.Chat.Send(t.Context(), room.Token, "new", nil))(t)
	if looks != 2 { // at once, and before it is sent again
		t.Errorf("it took %d requests to find that it is not there", looks)
	}
}

func TestReferenceIDsThatTheServerWouldChange(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	alice := srv.Client(t, "alice")
	room := group(t, alice, "References")
	for name, id := range map[string]string{"too long": strings.Repeat("ä", 65), "blank": " ", "a line": "deploy-7\n", "a tab before": "\tdeploy-7", "not UTF-8": "\xff"} {
		_, err := alice.Chat.Send(t.Context(), room.Token, "x", &talk.SendOptions{ReferenceID: id})
		var e *talk.Error
		if !errors.As(err, &e) || e.Field != "reference id" || !errors.Is(err, talk.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, id := range []string{strings.Repeat("ä", 64), "deploy 7"} {
		if m := must(alice.Chat.Send(t.Context(), room.Token, "x", &talk.SendOptions{ReferenceID: id}))(t); m.ReferenceID != id {
			t.Errorf("%q has become %q", id, m.ReferenceID)
		}
	}
}
