package server_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"testing"
)

// TestManyPollersMissNothing has 5 writers write while 50 pollers follow: each
// poller gets every message once, in the same order.
func TestManyPollersMissNothing(t *testing.T) {
	t.Parallel()
	const pollers, writers, each = 50, 5, 10
	h := newHarness(t, nil)
	anna := h.as("anna")
	token := anna.room("Busy", "ben", "cleo")
	start := anna.do("POST", talk+"/v1/chat/"+token, `{"message":"start"}`).at("id").(json.Number).String()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()

	var wg sync.WaitGroup
	seen := make([][]string, pollers)
	for i := range pollers {
		reader := h.as([]string{"anna", "ben", "cleo"}[i%3])
		wg.Go(func() {
			last := start
			for len(seen[i]) < writers*each {
				a, err := reader.try(ctx, "GET", talk+"/v1/chat/"+token+"?lookIntoFuture=1&timeout=30&limit=7&lastKnownMessageId="+last, "")
				if err != nil || a.status != http.StatusOK {
					t.Errorf("poll: %d, %v", a.status, err)
					cancel()
					return
				}
				for _, m := range a.data.([]any) {
					seen[i] = append(seen[i], m.(map[string]any)["message"].(string))
				}
				last = a.header.Get("X-Chat-Last-Given")
			}
		})
	}
	h.srv.AwaitPolls(token, 1)
	for i := range writers {
		writer := h.as([]string{"anna", "ben"}[i%2])
		wg.Go(func() {
			for n := range each {
				a, err := writer.try(ctx, "POST", talk+"/v1/chat/"+token, fmt.Sprintf(`{"message":"writer %d, message %d"}`, i, n))
				if err != nil || a.status != http.StatusCreated {
					t.Errorf("send: %d, %v", a.status, err)
					cancel()
					return
				}
			}
		})
	}
	wg.Wait()
	for i := range seen {
		if len(seen[i]) != writers*each || fmt.Sprint(seen[i]) != fmt.Sprint(seen[0]) {
			t.Errorf("poller %d got %d messages, or others than poller 0", i, len(seen[i]))
		}
	}
	next := make([]int, writers)
	for _, text := range seen[0] {
		var w, n int
		if _, err := fmt.Sscanf(text, "writer %d, message %d", &w, &n); err != nil || n != next[w] {
			t.Errorf("%q is out of its writer's order, want message %d", text, next[w])
			break
		}
		next[w]++
	}
}

// TestServersLiveSideBySide has two servers in one process know nothing of each other.
func TestServersLiveSideBySide(t *testing.T) {
	t.Parallel()
	a, b := newHarness(t, nil), newHarness(t, nil)
	token := a.as("anna").room("Here")
	if got := b.as("anna").do("GET", talk+"/v4/room/"+token, ""); got.status != http.StatusNotFound {
		t.Errorf("the other server knows the conversation: %d", got.status)
	}
}

// TestStateSurvivesARestart has the same directory opened again know everything, cookies included.
func TestStateSurvivesARestart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	h := newHarnessIn(t, dir)
	anna := h.as("anna")
	token := anna.room("Kept", "ben")
	sent := anna.do("POST", talk+"/v1/chat/"+token, `{"message":"kept"}`)
	joined := anna.do("POST", talk+"/v4/room/"+token+"/participants/active", `{}`)
	if err := h.srv.Close(); err != nil {
		t.Fatal(err)
	}

	again := newHarnessIn(t, dir)
	room := again.as("ben").do("GET", talk+"/v4/room/"+token, "")
	if got := room.at("lastMessage", "id"); got != sent.at("id") {
		t.Errorf("last message %v, want %v", got, sent.at("id"))
	}
	if n, err := strconv.Atoi(string(room.at("unreadMessages").(json.Number))); err != nil || n != 1 {
		t.Errorf("unread: %v", room.at("unreadMessages"))
	}
	list := again.as("ben").do("GET", talk+"/v4/room/"+token+"/participants", "").data.([]any)
	if got := list[0].(map[string]any)["sessionIds"].([]any); len(got) != 1 || got[0] != joined.at("sessionId") {
		t.Errorf("anna's sessions: %v", got)
	}
}
