package talk_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/confab-go/confab/internal/race"
	"github.com/confab-go/confab/talk"
)

// impatient retries at once, so that tests need no time.
var impatient = talk.WithRetry(talk.Retry{Sleep: func(ctx context.Context, _ time.Duration) error { return ctx.Err() }})

func clientOf(t *testing.T, handler http.HandlerFunc, options ...talk.Option) *talk.Client {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	c, err := talk.NewClient(server.URL, append([]talk.Option{impatient, talk.WithAppPassword("alice", "s3cret-Passw0rd")}, options...)...)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestAddressesWithATypo: an address that cannot work is refused at once, by name.
func TestAddressesWithATypo(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ address, part string }{
		{"", "empty"},
		{"cloud.example.com", "scheme"},
		{"htps://cloud.example.com", "htps"},
		{"https:/cloud.example.com", "https://"},
		{"https://", "host"},
		{"https://alice:s3cret@cloud.example.com", "user"},
		{"https://cloud.example.com?x=1", "query"},
		{"https://cloud example.com", ""},
		{"https://cloud.example.com:port", ""},
	} {
		_, err := talk.NewClient(tt.address)
		var e *talk.Error
		if !errors.Is(err, talk.ErrInvalid) || !errors.As(err, &e) || e.Field == "" {
			t.Errorf("%q: %v", tt.address, err)
			continue
		}
		if !strings.Contains(err.Error(), tt.part) || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%q: %v; want %q in it, and no secret", tt.address, err, tt.part)
		}
	}
	for _, address := range []string{"https://cloud.example.com/", "https://cloud.example.com/nextcloud/", "http://127.0.0.1:8080", "https://cloud.example.com/index.php"} {
		if _, err := talk.NewClient(address); err != nil {
			t.Errorf("%q: %v", address, err)
		}
	}
}

// TestAnswersThatAreNone: whatever stands where a Nextcloud should, the error says what it is, and nothing panics or hangs.
func TestAnswersThatAreNone(t *testing.T) {
	t.Parallel()
	const room = `{"ocs":{"meta":{"status":"ok","statuscode":200,"message":"OK"},"data":{"id":1,"token":"abcd1234","type":2}}}`
	for _, tt := range []struct {
		name    string
		handler http.HandlerFunc
		kind    error
		part    string
	}{
		{"a proxy's error page", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			fmt.Fprint(w, "<!DOCTYPE html><title>Welcome to nginx</title>")
		}, talk.ErrBadResponse, "Nextcloud"},
		{"a proxy's 502 page", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			w.WriteHeader(http.StatusBadGateway)
			fmt.Fprint(w, "<html><h1>502 Bad Gateway</h1></html>")
		}, talk.ErrUnavailable, "502"},
		{"malformed JSON", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `{"ocs":{"meta":{},"data":{"id":1,}}}`) }, talk.ErrBadResponse, ""},
		{"a body cut off by the server", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", fmt.Sprint(len(room)))
			fmt.Fprint(w, room[:len(room)/2])
		}, talk.ErrBadResponse, ""},
		{"JSON that ends too early", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, room[:len(room)-4]) }, io.ErrUnexpectedEOF, ""},
		{"an id that is no number", func(w http.ResponseWriter, _ *http.Request) {
			fmt.Fprint(w, strings.Replace(room, `"id":1`, `"id":{"a":1}`, 1))
		}, talk.ErrBadResponse, "id"},
		{"a list instead of a conversation", func(w http.ResponseWriter, _ *http.Request) {
			fmt.Fprint(w, `{"ocs":{"meta":{"status":"ok","statuscode":200},"data":[1,2]}}`)
		}, talk.ErrBadResponse, "want an object"},
		{"nothing at all", func(http.ResponseWriter, *http.Request) {}, talk.ErrBadResponse, ""},
		{"JSON of something else", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `{"hello":"world"}`) }, talk.ErrBadResponse, ""},
		{"maintenance", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("X-Nextcloud-Maintenance-Mode", "1")
			w.WriteHeader(http.StatusServiceUnavailable)
		}, talk.ErrMaintenance, "maintenance"},
		{"a rate limit that is too long to wait for", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "86400")
			w.WriteHeader(http.StatusTooManyRequests)
		}, talk.ErrRateLimited, "24h"},
		{"a connection that breaks", func(w http.ResponseWriter, _ *http.Request) {
			conn, _, err := http.NewResponseController(w).Hijack()
			if err != nil {
				panic(err)
			}
			conn.Close()
		}, talk.ErrConnection, "tried 4 times"},
		{"an XML error", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/xml")
			w.WriteHeader(http.StatusForbidden)
			fmt.Fprint(w, `<?xml version="1.0"?><ocs><meta><status>failure</status><statuscode>403</statuscode><message>No way</message></meta><data/></ocs>`)
		}, talk.ErrForbidden, "No way"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c := clientOf(t, tt.handler)
			calls := map[string]func() error{
				"get": func() error { _, err := c.Conversations.Get(t.Context(), "abcd1234"); return err },
				"all": func() error {
					for _, err := range c.Conversations.All(t.Context(), nil) {
						if err != nil {
							return err
						}
					}
					return nil
				},
			}
			for name, call := range calls {
				err := call()
				var e *talk.Error
				if !errors.As(err, &e) || e.Op == "" || e.Path == "" {
					t.Fatalf("%s: error is %v, not one that says what was tried", name, err)
				}
				if name == "all" { // a stream tells what is wrong in words of its own
					continue
				}
				if !errors.Is(err, tt.kind) || !strings.Contains(err.Error(), tt.part) {
					t.Errorf("%s: %v; want %v, and %q in it", name, err, tt.kind, tt.part)
				}
				if strings.Contains(err.Error(), "s3cret") {
					t.Errorf("%s: a secret in %v", name, err)
				}
			}
		})
	}
}

// TestABodyThatNeverEnds: neither memory nor patience is without limit.
func TestABodyThatNeverEnds(t *testing.T) {
	race.Skip(t)
	t.Parallel()
	c := clientOf(t, func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, `{"ocs":{"meta":{},"data":"`)
		chunk := strings.Repeat("x", 1<<20)
		for r.Context().Err() == nil {
			if _, err := io.WriteString(w, chunk); err != nil {
				return
			}
		}
	})
	if _, err := c.Conversations.Get(t.Context(), "abcd1234"); !errors.Is(err, talk.ErrBadResponse) {
		t.Errorf("without an end: %v", err)
	}
	started := make(chan struct{})
	slow := clientOf(t, func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, `{"ocs":`)
		_ = http.NewResponseController(w).Flush()
		close(started)
		<-r.Context().Done()
	})
	ctx, cancel := context.WithCancel(t.Context())
	go func() { <-started; cancel() }()
	if _, err := slow.Conversations.Get(ctx, "abcd1234"); !errors.Is(err, context.Canceled) {
		t.Errorf("without progress: %v", err)
	}
}

// TestCredentialsStayOnTheirHost: a redirect to another host is refused before anything is sent there.
func TestCredentialsStayOnTheirHost(t *testing.T) {
	t.Parallel()
	var visits atomic.Int32
	thief := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { visits.Add(1) }))
	defer thief.Close()
	c := clientOf(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, thief.URL+"/?token=hidden", http.StatusTemporaryRedirect)
	})
	_, err := c.Conversations.Get(t.Context(), "abcd1234")
	if !errors.Is(err, talk.ErrRedirect) || strings.Contains(err.Error(), "hidden") {
		t.Errorf("read: %v", err)
	}
	if _, err = c.Chat.Send(t.Context(), "abcd1234", "hello", nil); !errors.Is(err, talk.ErrRedirect) {
		t.Errorf("write: %v", err)
	}
	if n := visits.Load(); n != 0 {
		t.Errorf("%d requests reached the other host", n)
	}
}

// TestAClockFarOff: only the server's clock counts, however wrong one of them is.
func TestAClockFarOff(t *testing.T) {
	t.Parallel()
	for _, year := range []int{1971, 2100} {
		now := time.Date(year, 5, 1, 12, 0, 0, 0, time.UTC)
		var waited []time.Duration
		var calls atomic.Int32
		c := clientOf(t, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Date", now.Format(http.TimeFormat))
			w.Header().Set("X-Nextcloud-Talk-Modified-Before", fmt.Sprint(now.Unix()))
			if since := r.URL.Query().Get("modifiedSince"); since != "" && since != fmt.Sprint(now.Unix()) {
				t.Errorf("modifiedSince is %s", since)
			}
			if calls.Add(1) == 1 {
				w.Header().Set("Retry-After", now.Add(7*time.Second).Format(http.TimeFormat))
				w.WriteHeader(http.StatusTooManyRequests)
				return
			}
			fmt.Fprintf(w, `{"ocs":{"meta":{"status":"ok","statuscode":200},"data":[{"id":1,"token":"abcd1234","lastActivity":%d}]}}`, now.Unix())
		}, talk.WithRetry(talk.Retry{Sleep: func(_ context.Context, d time.Duration) error { waited = append(waited, d); return nil }}))
		list, err := c.Conversations.List(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		if len(waited) != 1 || waited[0] != 7*time.Second {
			t.Errorf("%d: waited %v, not 7s", year, waited)
		}
		if !list.ModifiedBefore.Equal(now) || !list.Conversations[0].LastActivity.Equal(now) {
			t.Errorf("%d: %v, %v", year, list.ModifiedBefore, list.Conversations[0].LastActivity)
		}
		if _, err := c.Conversations.List(t.Context(), &talk.ListOptions{ModifiedSince: list.ModifiedBefore}); err != nil {
			t.Error(err)
		}
	}
}

// TestArgumentsThatCannotBeRight are refused by name before anything is sent.
func TestArgumentsThatCannotBeRight(t *testing.T) {
	t.Parallel()
	c := clientOf(t, func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/cloud/capabilities") {
			fmt.Fprint(w, `{"ocs":{"meta":{"status":"ok","statuscode":200},"data":{"capabilities":{"spreed":{"features":["chat-get-context"],"config":{"chat":{"max-length":32000}}}}}}}`)
			return
		}
		t.Errorf("%s %s was sent", r.Method, r.URL)
	})
	ctx := t.Context()
	discard := func(_ any, err error) error { return err }
	for name, tt := range map[string]struct {
		err   error
		field string
		kind  error
	}{
		"no token":             {discard(c.Conversations.Get(ctx, "")), "token", talk.ErrInvalid},
		"a path for a token":   {discard(c.Conversations.Get(ctx, "../../cloud/user")), "token", talk.ErrInvalid},
		"a link for a token":   {c.Conversations.Leave(ctx, "https://cloud.example.com/call/abcd1234"), "token", talk.ErrInvalid},
		"an empty message":     {discard(c.Chat.Send(ctx, "abcd1234", " \n", nil)), "message", talk.ErrInvalid},
		"too long a message":   {discard(c.Chat.Send(ctx, "abcd1234", strings.Repeat("ü", 32001), nil)), "message", talk.ErrTooLarge},
		"a reply to nothing":   {discard(c.Chat.Send(ctx, "abcd1234", "x", &talk.SendOptions{ReplyTo: -1})), "reply to", talk.ErrInvalid},
		"too long a reference": {discard(c.Chat.Send(ctx, "abcd1234", "x", &talk.SendOptions{ReferenceID: strings.Repeat("r", 65)})), "reference id", talk.ErrInvalid},
		"an empty name":        {discard(c.Conversations.Rename(ctx, "abcd1234", "")), "name", talk.ErrInvalid},
		"too long a name":      {discard(c.Conversations.Create(ctx, talk.ConversationGroup, &talk.CreateOptions{Name: strings.Repeat("n", 256)})), "name", talk.ErrInvalid},
		"talking to nobody":    {discard(c.Conversations.Create(ctx, talk.ConversationOneToOne, nil)), "invite", talk.ErrInvalid},
		"too large a page":     {discard(c.Chat.Page(ctx, "abcd1234", &talk.PageOptions{Limit: 201})), "limit", talk.ErrInvalid},
		"a negative message":   {discard(c.Chat.MarkRead(ctx, "abcd1234", -3)), "message id", talk.ErrInvalid},
		"context of nothing":   {discard(c.Chat.Context(ctx, "abcd1234", 0, nil)), "message id", talk.ErrInvalid},
		"adding nobody":        {discard(c.Participants.Add(ctx, "abcd1234", talk.ActorUser, "")), "id", talk.ErrInvalid},
	} {
		var e *talk.Error
		if !errors.As(tt.err, &e) || !errors.Is(tt.err, tt.kind) || !errors.Is(tt.err, talk.ErrInvalid) || e.Field != tt.field {
			t.Errorf("%s: %v; want field %q", name, tt.err, tt.field)
		}
	}
	if _, err := c.Chat.Send(ctx, "abcd1234", "x", &talk.SendOptions{Silent: true}); !errors.Is(err, talk.ErrUnsupported) || !strings.Contains(err.Error(), "silent-send") {
		t.Errorf("a feature that the server lacks: %v", err)
	}
}
