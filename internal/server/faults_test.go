package server_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/confab-go/confab/internal/server"
	"github.com/confab-go/confab/internal/server/api"
)

// outcome is how a request ends that may not end well.
type outcome struct {
	status int
	header http.Header
	body   string
	cut    bool // the body is not all there
	lost   bool // there is no answer
}

// suffer asks, without trying again.
func (c *client) suffer(method, path, body string) outcome {
	c.h.t.Helper()
	ctx, cancel := context.WithTimeout(c.h.t.Context(), 10*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, c.h.url+path, strings.NewReader(body))
	if err != nil {
		c.h.t.Fatal(err)
	}
	req.Header.Set("OCS-APIRequest", "true")
	req.Header.Set("Accept", "application/json")
	req.Header.Set("Content-Type", "application/json")
	req.SetBasicAuth(c.user, "secret-"+c.user)
	// A connection of its own: on one that was used before, net/http asks again when it ends.
	transport := &http.Transport{DisableKeepAlives: true}
	defer transport.CloseIdleConnections()
	res, err := (&http.Client{Transport: transport}).Do(req)
	if err != nil {
		return outcome{lost: true}
	}
	defer func() { _ = res.Body.Close() }()
	raw, err := io.ReadAll(res.Body)
	return outcome{res.StatusCode, res.Header, string(raw), errors.Is(err, io.ErrUnexpectedEOF), false}
}

// sent returns how many messages with a text are in a conversation.
func (c *client) sent(token, text string) int {
	c.h.t.Helper()
	return strings.Count(c.do("GET", talk+"/v1/chat/"+token+"?lookIntoFuture=0&limit=200", "").raw, `"message":"`+text+`"`)
}

func TestFaults(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		fault   string
		path    string // asked for; "" sends a message
		want    outcome
		header  map[string]string
		arrived int // whether the message did
	}{
		"a status": {
			fault: `{"status":500}`, want: outcome{status: 500, body: `{"ocs":{"meta":{"status":"failure","statuscode":500,"message":"Internal Server Error"},"data":[]}}`},
		},
		"too many requests": {
			fault:  `{"status":429,"retryAfter":"1500ms"}`,
			want:   outcome{status: 429, body: `{"ocs":{"meta":{"status":"failure","statuscode":429,"message":"Too Many Requests"},"data":[]}}`},
			header: map[string]string{"Retry-After": "2"},
		},
		"maintenance": {
			fault:  `{"maintenance":true}`,
			want:   outcome{status: 503, body: `{"ocs":{"meta":{"status":"failure","statuscode":503,"message":"Service unavailable"},"data":[]}}`},
			header: map[string]string{"X-Nextcloud-Maintenance-Mode": "1", "Retry-After": "120"},
		},
		"the page that tells of maintenance": {
			fault: `{"maintenance":true}`, path: "/status.php",
			want: outcome{status: 200, body: `{"installed":true,"maintenance":true,`},
		},
		"files under maintenance": {
			fault: `{"maintenance":true,"retryAfter":5}`, path: "/remote.php/dav/files/anna/",
			want:   outcome{status: 503, body: `Sabre\DAV\Exception\ServiceUnavailable`},
			header: map[string]string{"X-Nextcloud-Maintenance-Mode": "1", "Retry-After": "5"},
		},
		"cut before":          {fault: `{"cut":"before"}`, want: outcome{lost: true}},
		"the answer lost":     {fault: `{"cut":"headers"}`, want: outcome{lost: true}, arrived: 1},
		"cut in the body":     {fault: `{"cut":"body"}`, want: outcome{status: 201, body: `{"ocs":{"meta"`, cut: true}, arrived: 1},
		"truncated":           {fault: `{"truncate":10}`, want: outcome{status: 201, body: `{"ocs":{"m`, cut: true}, arrived: 1},
		"truncated after all": {fault: `{"truncate":100000}`, want: outcome{status: 201, body: `{"ocs":{"meta"`}, arrived: 1},
		"late":                {fault: `{"delay":"1ms"}`, want: outcome{status: 201, body: `{"ocs":{"meta"`}, arrived: 1},
		"late, and then cut":  {fault: `{"delay":0.001,"cut":"before"}`, want: outcome{lost: true}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newTestingHarness(t)
			admin, anna := h.as("admin"), h.as("anna")
			token := anna.room("Faults")
			method, path := "POST", talk+"/v1/chat/"+token
			if tt.path != "" {
				method, path = "GET", tt.path
			}
			admin.aid("POST", "faults", strings.Replace(tt.fault, "{", `{"count":1,`, 1), "id")
			got := anna.suffer(method, path, `{"message":"through"}`)
			if got.status != tt.want.status || got.lost != tt.want.lost || got.cut != tt.want.cut || !strings.Contains(got.body, tt.want.body) {
				t.Errorf("%+v, want %+v", got, tt.want)
			}
			if tt.want.cut && strings.Contains(tt.fault, "truncate") && got.body != tt.want.body {
				t.Errorf("%d bytes: %s", len(got.body), got.body)
			}
			for k, v := range tt.header {
				if got.header.Get(k) != v {
					t.Errorf("%s: %q, want %q", k, got.header.Get(k), v)
				}
			}
			if n := anna.sent(token, "through"); n != tt.arrived { // the fault has done its work
				t.Errorf("%d messages arrived, want %d", n, tt.arrived)
			}
			var status int
			for _, r := range h.srv.Requests(0) {
				if r.Path == path && r.Method == method {
					status = r.Status
				}
			}
			if status != tt.want.status {
				t.Errorf("status %d is kept, want %d", status, tt.want.status)
			}
		})
	}
}

func TestFaultsConcernWhatTheySay(t *testing.T) {
	t.Parallel()
	h := newTestingHarness(t)
	admin, anna := h.as("admin"), h.as("anna")
	token := anna.room("Faults")
	chat, room := talk+"/v1/chat/"+token, talk+"/v4/room/"+token
	id := admin.aid("POST", "faults", `{"path":"/ocs/*/chat/*","method":"post","status":503,"count":2}`, "id")
	forever, err := h.srv.InjectFault(server.Fault{Path: room, Status: 500})
	if err != nil {
		t.Fatal(err)
	}
	ask := func(method, path string, want int) {
		t.Helper()
		if got := anna.suffer(method, path, `{"message":"x"}`).status; got != want {
			t.Errorf("%s %s: %d, want %d", method, path, got, want)
		}
	}
	ask("GET", chat+"?lookIntoFuture=0", 200)
	ask("POST", chat, 503)
	ask("POST", chat, 503)
	ask("POST", chat, 201)
	for range 3 {
		ask("GET", room, 500)
	}
	ask("GET", room+"/participants", 200)
	_, list, err := admin.plain("GET", "/_confab/faults", "")
	if want := `{"id":` + id + `,"hits":2,"path":"\/ocs\/*\/chat\/*","method":"post","count":2,"delay":"0s","status":503,`; err != nil || !strings.Contains(list, want) {
		t.Errorf("faults: %s", list)
	}
	admin.aid("DELETE", "faults/"+strconv.FormatInt(forever, 10), "", "")
	ask("GET", room, 200)
	admin.aid("POST", "faults", `{"status":500}`, "id")
	ask("GET", room, 500)
	admin.aid("DELETE", "faults", "", "") // which no fault keeps from its work
	ask("GET", room, 200)
	if h.srv.RemoveFault(forever) {
		t.Error("a fault is removed twice")
	}
	if _, err := h.srv.InjectFault(server.Fault{Cut: "somewhere"}); !errors.Is(err, api.ErrBadFault) {
		t.Errorf("a bad fault: %v", err)
	}
}

func TestADelayEndsWithItsRequest(t *testing.T) {
	t.Parallel()
	h := newTestingHarness(t)
	if _, err := h.srv.InjectFault(server.Fault{Delay: time.Hour, Path: "/status.php", Count: 1}); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, h.url+"/status.php", nil)
		if err != nil {
			t.Error(err)
		}
		res, err := http.DefaultClient.Do(req)
		if err == nil {
			_ = res.Body.Close()
		}
		ended <- err
	}()
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("the request: %v", err)
	}
	// The harness closes its web server, which waits for all requests.
}
