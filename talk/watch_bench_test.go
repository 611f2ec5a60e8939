package talk_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"testing"
	"time"

	"github.com/confab-go/confab/internal/cputime"
	"github.com/confab-go/confab/talk"
)

// busyServer has conversations of which some get a message each second, in a time that passes as fast as it is waited for.
type busyServer struct {
	b             *testing.B
	conversations []talk.Conversation
	perSecond     int
	now           time.Duration
	told          time.Duration // up to when messages have come
	next          int
	id            int64
	requests      int
	sent          int
}

func newBusyServer(b *testing.B, conversations, perSecond int) *busyServer {
	b.Helper()
	s := &busyServer{b: b, perSecond: perSecond, conversations: make([]talk.Conversation, conversations), id: 1_000_000}
	a := list(b, 1, "/api/v4/room")
	var like talk.Conversation
	for _, element := range a.elements {
		if err := json.Unmarshal(element, &like); err != nil {
			b.Fatal(err)
		}
		if like.LastMessage != nil && !like.LastMessage.IsSystem() {
			break
		}
	}
	if like.LastMessage == nil {
		b.Fatal("no recorded conversation has a message")
	}
	for i := range s.conversations {
		c := &s.conversations[i]
		*c = like
		c.Token, c.Name, c.DisplayName = fmt.Sprintf("token%05d", i), fmt.Sprintf("Conversation %d", i), fmt.Sprintf("Conversation %d", i)
		m := *like.LastMessage
		m.Token, m.SystemMessage = c.Token, ""
		c.LastMessage = &m
	}
	return s
}

func (s *busyServer) sleep(ctx context.Context, d time.Duration) error {
	s.now += d
	return ctx.Err()
}

func (s *busyServer) RoundTrip(req *http.Request) (*http.Response, error) {
	s.requests++
	if req.URL.Path != "/ocs/v2.php/apps/spreed/api/v4/room" {
		s.b.Errorf("asked for %s", req.URL.Path)
	}
	changed := s.conversations
	if req.URL.Query().Has("modifiedSince") {
		n := int((s.now - s.told).Seconds()) * s.perSecond
		changed = make([]talk.Conversation, 0, n)
		for range n {
			c := &s.conversations[s.next%len(s.conversations)]
			s.next += 7919 // another one each time
			s.id++
			m := *c.LastMessage
			m.ID, m.Message = s.id, "The build is green."
			c.LastMessage, c.UnreadMessages = &m, c.UnreadMessages+1
			s.sent++
			changed = append(changed, *c)
		}
	}
	s.told = s.now
	var body bytes.Buffer
	body.WriteString(`{"ocs":{"meta":{"status":"ok","statuscode":200,"message":"OK"},"data":`)
	if err := json.NewEncoder(&body).Encode(changed); err != nil {
		return nil, err
	}
	body.WriteString(`}}`)
	header := http.Header{"Content-Type": {"application/json; charset=utf-8"}, "X-Nextcloud-Talk-Modified-Before": {strconv.Itoa(1_780_000_000 + int(s.now.Seconds()))}}
	return &http.Response{Status: "200 OK", StatusCode: http.StatusOK, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Request: req, Header: header, Body: io.NopCloser(&body), ContentLength: int64(body.Len())}, nil
}

// BenchmarkWatch watches 10,000 conversations of which 5 get a message each second, for half an hour of their time: with the
// looks at all of them, and with what the stand-in for a server costs.
func BenchmarkWatch(b *testing.B) {
	const conversations, perSecond, lasts = 10_000, 5, 30 * time.Minute
	for b.Loop() {
		s := newBusyServer(b, conversations, perSecond)
		c, err := talk.NewClient("https://cloud.example.com", talk.WithAppPassword("alice", "secret"), talk.WithHTTPClient(&http.Client{Transport: s}),
			talk.WithRetry(talk.Retry{Sleep: s.sleep}))
		if err != nil {
			b.Fatal(err)
		}
		ctx, cancel := context.WithCancel(b.Context())
		before, heard := cputime.Used(), 0
		for e, err := range c.Watch(ctx, nil) {
			if err != nil {
				b.Fatal(err)
			}
			if e.Type != talk.EventMessage {
				b.Fatalf("told of %v", e.Type)
			}
			if heard++; s.now >= lasts && heard == s.sent {
				break
			}
		}
		cancel()
		used := cputime.Used() - before
		b.ReportMetric(float64(s.requests)/s.now.Seconds(), "requests/s")
		b.ReportMetric(100*used.Seconds()/s.now.Seconds(), "%-of-a-core")
		b.ReportMetric(float64(heard)/s.now.Seconds(), "messages/s")
	}
}
