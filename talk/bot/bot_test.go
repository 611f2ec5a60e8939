package bot_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/confab-go/confab/talk"
	"github.com/confab-go/confab/talk/bot"
)

// in gives the event of a message in some conversation.
func in(conversation, text string) *bot.Event {
	e := said("anna", text)
	e.Conversation.Token = conversation
	return e
}

func TestOneConversationInOrderDifferentOnesTogether(t *testing.T) {
	t.Parallel()
	b := newBot(t)
	var mu sync.Mutex
	heard := map[string][]string{}
	release := make(chan struct{})
	working := make(chan string)
	b.OnMessage(func(_ context.Context, c *bot.Context) error {
		if c.Text() == "0" {
			working <- c.Conversation.Token
			<-release
		}
		mu.Lock()
		defer mu.Unlock()
		heard[c.Conversation.Token] = append(heard[c.Conversation.Token], c.Text())
		return nil
	})
	want := map[string][]string{}
	for i := range 50 {
		for _, room := range []string{"one", "two", "three"} {
			text := fmt.Sprint(i)
			want[room] = append(want[room], text)
			if got := deliver(t, b, in(room, text)); got != http.StatusOK {
				t.Fatalf("answered %d", got)
			}
		}
	}
	for range 3 { // all three are at work though none has finished
		<-working
	}
	close(release)
	if err := b.Shutdown(t.Context()); err != nil {
		t.Error(err)
	}
	if diff := cmp.Diff(want, heard); diff != "" {
		t.Error(diff)
	}
}

func TestWorkersAreBounded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBot(t, bot.WithQueue(0, 2))
		var mu sync.Mutex
		running, most := 0, 0
		b.OnMessage(func(context.Context, *bot.Context) error {
			mu.Lock()
			running++
			most = max(most, running)
			mu.Unlock()
			<-time.After(time.Second) // of the test's clock
			mu.Lock()
			defer mu.Unlock()
			running--
			return nil
		})
		for i := range 10 {
			deliver(t, b, in(fmt.Sprintf("room%d", i), "hi"))
		}
		start := time.Now()
		if err := b.Shutdown(t.Context()); err != nil {
			t.Error(err)
		}
		if took := time.Since(start); most != 2 || took != 5*time.Second {
			t.Errorf("%d at a time, in %v", most, took)
		}
	})
}

func TestAFullQueueSaysSo(t *testing.T) {
	t.Parallel()
	b := newBot(t, bot.WithQueue(3, 1))
	release := make(chan struct{})
	b.OnMessage(func(context.Context, *bot.Context) error {
		<-release
		return nil
	})
	for range 3 {
		if got := deliver(t, b, said("anna", "hi")); got != http.StatusOK {
			t.Fatalf("answered %d", got)
		}
	}
	late, err := bot.NewDelivery(bot.Server{URL: address, Secret: secret}, said("anna", "hi"))
	if err != nil {
		t.Fatal(err)
	}
	try := func() int {
		r, err := late.Request(t.Context(), "http://127.0.0.1/")
		if err != nil {
			t.Fatal(err)
		}
		return serve(b, r).Code
	}
	if got := try(); got != http.StatusServiceUnavailable {
		t.Errorf("answered %d", got)
	}
	if got := try(); got != http.StatusServiceUnavailable { // and not that it was seen before
		t.Errorf("once more: answered %d", got)
	}
	close(release)
	if err := b.Shutdown(t.Context()); err != nil {
		t.Error(err)
	}
	if got := try(); got != http.StatusServiceUnavailable {
		t.Errorf("after the end: answered %d", got)
	}
}

func TestHandlersThatFail(t *testing.T) {
	t.Parallel()
	failure := errors.New("no luck")
	var mu sync.Mutex
	var told []error
	var log strings.Builder
	b := newBot(t, bot.WithLogger(slog.New(slog.NewTextHandler(&log, nil))), bot.WithErrorHandler(func(_ context.Context, e *bot.Event, err error) {
		mu.Lock()
		defer mu.Unlock()
		if e == nil || e.Text() != "fail" && e.Text() != "panic" {
			t.Errorf("event %+v", e)
		}
		told = append(told, err)
	}))
	worked := false
	b.OnMessage(func(_ context.Context, c *bot.Context) error {
		switch c.Text() {
		case "fail":
			return failure
		case "panic":
			panic("oh no")
		}
		worked = true
		return nil
	})
	for _, text := range []string{"panic", "fail", "work"} {
		deliver(t, b, said("anna", text))
	}
	if err := b.Shutdown(t.Context()); err != nil {
		t.Error(err)
	}
	if len(told) != 2 || !errors.Is(told[0], bot.ErrPanic) || !errors.Is(told[1], failure) || !worked {
		t.Errorf("told %v, the last one worked: %v", told, worked)
	}
	if !strings.Contains(told[0].Error(), "oh no") || !strings.Contains(log.String(), "bot_test.go") {
		t.Errorf("error %v, log %s", told[0], log.String())
	}
}

func TestShutdownInTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b, err := bot.New(bot.WithServer(bot.Server{URL: address, Secret: secret}))
		if err != nil {
			t.Fatal(err)
		}
		b.OnMessage(func(ctx context.Context, _ *bot.Context) error {
			<-ctx.Done() // works until it is told to stop
			return ctx.Err()
		})
		deliver(t, b, said("anna", "one"))
		deliver(t, b, said("anna", "two"))
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		start := time.Now()
		err = b.Shutdown(ctx)
		if !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "2 events") || time.Since(start) != time.Minute {
			t.Errorf("%v after %v", err, time.Since(start))
		}
		synctest.Wait()
		if err := b.Shutdown(t.Context()); err != nil { // they have stopped
			t.Error(err)
		}
	})
}

func TestServe(t *testing.T) {
	t.Parallel()
	b := newBot(t)
	heard := make(chan string, 1)
	b.OnMessage(func(_ context.Context, c *bot.Context) error {
		heard <- c.Text()
		return nil
	})
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- b.Serve(ctx, listener) }()
	d, err := bot.NewDelivery(bot.Server{URL: address, Secret: secret}, said("anna", "over the wire"))
	if err != nil {
		t.Fatal(err)
	}
	r, err := d.Request(t.Context(), "http://"+listener.Addr().String()+"/any/path")
	if err != nil {
		t.Fatal(err)
	}
	w, err := new(http.Client).Do(r)
	if err != nil {
		t.Fatal(err)
	}
	w.Body.Close()
	if got := <-heard; w.StatusCode != http.StatusOK || got != "over the wire" {
		t.Errorf("answered %d, heard %q", w.StatusCode, got)
	}
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func TestListenAndServe(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	_, port, _ := net.SplitHostPort(taken.Addr().String())
	for name, addr := range map[string]string{"no port": "127.0.0.1", "a port that is taken, on loopback by default": ":" + port} {
		if err := newBot(t).ListenAndServe(t.Context(), addr); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	b := newBot(t)
	go func() { ended <- b.ListenAndServe(ctx, ":0") }()
	cancel()
	if err := <-ended; err != nil && !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestEventMessage(t *testing.T) {
	t.Parallel()
	account, err := talk.NewClient(address, talk.WithHTTPClient(&http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
		text := `{"capabilities":{"spreed":{"features":["chat-get-context"]}}}`
		if strings.Contains(r.URL.Path, "/context") {
			text = `[{"id":6,"token":"abcd1234"},{"id":7,"token":"abcd1234","message":"the whole","referenceId":"ref"}]`
		}
		return &http.Response{StatusCode: http.StatusOK, Body: bodyOf(`{"ocs":{"meta":{"statuscode":200},"data":` + text + `}}`), Request: r}, nil
	})}))
	if err != nil {
		t.Fatal(err)
	}
	e := said("anna", "hi")
	e.Note.ID = 7
	if m, err := e.Message(t.Context(), account); err != nil || m.ReferenceID != "ref" {
		t.Errorf("%+v, %v", m, err)
	}
	e.Note.ID = 8
	if _, err := e.Message(t.Context(), account); !errors.Is(err, talk.ErrNotFound) {
		t.Error(err)
	}
	e = &bot.Event{Type: bot.EventJoined, Conversation: e.Conversation}
	if _, err := e.Message(t.Context(), account); !errors.Is(err, talk.ErrNotFound) {
		t.Error(err)
	}
}

func TestNote(t *testing.T) {
	t.Parallel()
	n := bot.Note{Content: "{file} for {mention-user1}", Parameters: map[string]talk.RichObject{
		"file": {Type: "file", ID: "9", Name: "a.pdf"}, "mention-user1": {Type: "user", ID: "ben", Name: "Ben"},
	}}
	file, ok := n.File()
	if n.Text() != "a.pdf for @Ben" || !ok || file.ID != "9" || len(n.Mentions()) != 1 || n.Mentions()[0].ID != "ben" {
		t.Errorf("%q, %+v, %v, %v", n.Text(), file, ok, n.Mentions())
	}
	if _, ok := (&bot.Note{}).File(); ok {
		t.Error("a file in nothing")
	}
}

func TestDeliveriesThatNoServerSends(t *testing.T) {
	t.Parallel()
	good := said("anna", "hi")
	for name, change := range map[string]func(*bot.Event){
		"no type":         func(e *bot.Event) { e.Type = "" },
		"no conversation": func(e *bot.Event) { e.Conversation = bot.Conversation{} },
		"no actor":        func(e *bot.Event) { e.Actor = bot.Actor{} },
		"no message":      func(e *bot.Event) { e.Note = bot.Note{} },
		"reply to none":   func(e *bot.Event) { e.Type = bot.EventReply },
		"no emoji":        func(e *bot.Event) { e.Type = bot.EventReactionAdded },
	} {
		e := *good
		change(&e)
		if _, err := bot.NewDelivery(bot.Server{URL: address, Secret: secret}, &e); !errors.Is(err, talk.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := bot.NewDelivery(bot.Server{URL: address, Secret: secret}, nil); !errors.Is(err, talk.ErrInvalid) {
		t.Error(err)
	}
}
