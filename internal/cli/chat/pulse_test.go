package chat

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"
)

// carrier answers requests as a test says.
type carrier func(*http.Request) (*http.Response, error)

func (c carrier) RoundTrip(req *http.Request) (*http.Response, error) { return c(req) }

const (
	listPath = "/nextcloud/ocs/v2.php/apps/spreed/api/v4/room"
	waitPath = "/ocs/v2.php/apps/spreed/api/v1/chat/abcd1234?lookIntoFuture=1&timeout=30"
)

func answer(status int) carrier {
	return func(*http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: status, Header: http.Header{}, Body: http.NoBody}, nil
	}
}

func failure(err error) carrier {
	return func(*http.Request) (*http.Response, error) { return nil, err }
}

func TestPulse(t *testing.T) {
	t.Parallel()
	refused := failure(&net.OpError{Op: "dial", Err: syscall.ECONNREFUSED})
	type step struct {
		path string
		with carrier
		want string // what is told; empty for nothing
	}
	tests := []struct {
		name  string
		steps []step
	}{
		{"all is well", []step{{listPath, answer(200), ""}, {waitPath, answer(304), ""}, {listPath, answer(200), ""}}},
		{"refused, and back", []step{{listPath, refused, "lost: connection refused"}, {listPath, refused, ""}, {listPath, answer(200), "back"}}},
		{"an error of the server", []step{{listPath, answer(502), "lost: the server answers 502"}, {listPath, answer(200), "back"}}},
		{"too many requests", []step{{listPath, answer(429), "lost: the server wants a pause"}, {listPath, answer(200), "back"}}},
		{"one of two fails", []step{
			{waitPath, refused, "lost: connection refused"},
			{listPath, answer(200), ""}, // the other one still fails
			{waitPath, answer(200), "back"},
		}},
		{"what is refused is an answer", []step{{listPath, answer(403), ""}, {waitPath, answer(404), ""}}},
		{"other requests tell nothing", []step{{"/ocs/v2.php/apps/spreed/api/v1/poll/x/1", refused, ""}, {strings.Replace(waitPath, "timeout=30", "timeout=0", 1), refused, ""}}},
		{"what nobody waits for any more", []step{{waitPath, failure(context.Canceled), ""}}},
		{"a connection that breaks", []step{{waitPath, failure(fmt.Errorf("read: %w", syscall.ECONNRESET)), "lost: connection closed"}}},
		{"a name that is not found", []step{{listPath, failure(&net.DNSError{Name: "cloud.invalid", Err: "no such host"}), "lost: cloud.invalid is not found"}}},
		{"something else", []step{{listPath, failure(errors.New("out of luck")), "lost: out of luck"}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			told := ""
			p := &Pulse{Now: func() time.Time { return noon }, Tell: func(l Link) {
				if told = "back"; l.Lost {
					told = "lost: " + l.Why
				}
			}}
			for i, s := range tt.steps {
				told, p.Base = "", s.with
				req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://127.0.0.1"+s.path, nil)
				if err != nil {
					t.Fatal(err)
				}
				resp, err := p.RoundTrip(req)
				if err == nil {
					resp.Body.Close()
				}
				if told != s.want {
					t.Errorf("step %d tells %q, want %q", i+1, told, s.want)
				}
			}
		})
	}
}

// A wait that is on its way again may take long: the connection is back as soon as the other requests say so.
func TestPulseDoesNotWaitForTheWait(t *testing.T) {
	t.Parallel()
	var told []string
	waiting, answered := make(chan struct{}), make(chan struct{})
	ended := make(chan struct{})
	p := &Pulse{Now: func() time.Time { return noon }, Tell: func(l Link) { told = append(told, fmt.Sprint(l.Lost)) }}
	do := func(path string) {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://127.0.0.1"+path, nil)
		if err != nil {
			t.Error(err)
			return
		}
		if resp, err := p.RoundTrip(req); err == nil {
			resp.Body.Close()
		}
	}
	p.Base = failure(syscall.ECONNRESET)
	do(waitPath)
	p.Base = carrier(func(req *http.Request) (*http.Response, error) {
		if strings.HasSuffix(req.URL.Path, "room") {
			return answer(200)(req)
		}
		close(waiting)
		<-answered
		return answer(304)(req)
	})
	go func() { defer close(ended); do(waitPath) }()
	<-waiting
	do(listPath)
	if got := strings.Join(told, " "); got != "true false" {
		t.Errorf("told %q, want lost and back", got)
	}
	close(answered)
	<-ended
}
