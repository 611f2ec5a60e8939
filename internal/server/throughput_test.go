package server_test

import (
	"bytes"
	"fmt"
	"io"
	"iter"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"sync/atomic"
	"testing"

	"github.com/confab-go/confab/internal/server"
)

// webBench is a server asked over HTTP, on disk.
type webBench struct {
	*benchServer
	url  string
	http *http.Client
}

func newWebBench(b *testing.B, dir string) *webBench {
	b.Helper()
	s := newBench(b, dir)
	web := httptest.NewServer(s.handler)
	b.Cleanup(web.Close)
	return &webBench{s, web.URL, &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}}}
}

func (s *webBench) fetch(method, path, body string) error {
	req, err := http.NewRequest(method, s.url+path, bytes.NewBufferString(body)) //nolint:noctx // as long as the benchmark
	if err != nil {
		return err
	}
	req.Header.Set("OCS-APIRequest", "true")
	req.Header.Set("Accept", "application/json")
	req.Header.Set("Content-Type", "application/json")
	req.SetBasicAuth("anna", s.tokens["anna"])
	res, err := s.http.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }()
	if _, err := io.Copy(io.Discard, res.Body); err != nil {
		return err
	}
	if res.StatusCode >= 400 {
		return fmt.Errorf("%s %s: %s", method, path, res.Status)
	}
	return nil
}

// BenchmarkRequests asks one endpoint after the other from many connections, client and server on the same processors.
func BenchmarkRequests(b *testing.B) {
	s := newWebBench(b, b.TempDir())
	for i := range 99 {
		s.room(fmt.Sprintf("Room %d", i))
	}
	token := s.room("The hundredth")
	ids := make([]int64, 200)
	for i := range ids {
		ids[i] = lastID(b, s.ask("anna", http.MethodPost, talk+"/v1/chat/"+token, fmt.Sprintf(`{"message":"message %d of the conversation"}`, i)))
	}
	emoji := []string{"👍", "🎉", "❤️", "😀", "🚀", "👀", "🙏", "🔥"}
	var reacted atomic.Int64
	for _, endpoint := range []struct {
		name string
		ask  func() error
	}{
		{"list of 100 conversations", func() error { return s.fetch(http.MethodGet, talk+"/v4/room", "") }},
		{"page of 100 messages", func() error { return s.fetch(http.MethodGet, talk+"/v1/chat/"+token+"?lookIntoFuture=0&limit=100", "") }},
		{"send", func() error { return s.fetch(http.MethodPost, talk+"/v1/chat/"+token, `{"message":"hello there"}`) }},
		{"reaction", func() error { // each is a new one, until all are there; then it is taken back
			n := reacted.Add(1) - 1
			method := http.MethodPost
			if n/int64(len(ids)*len(emoji))%2 == 1 {
				method = http.MethodDelete
			}
			path := talk + "/v1/reaction/" + "" + token + "/" + strconv.FormatInt(ids[n%int64(len(ids))], 10)
			return s.fetch(method, path, `{"reaction":"`+emoji[n/int64(len(ids))%int64(len(emoji))]+`"}`)
		}},
	} {
		b.Run(endpoint.name, func(b *testing.B) {
			b.SetParallelism(8)
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					if err := endpoint.ask(); err != nil {
						b.Error(err)
						return
					}
				}
			})
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "req/s")
		})
	}
}

// BenchmarkDatabase compares a database of a million messages in 1,000 conversations with one that is all but empty.
func BenchmarkDatabase(b *testing.B) {
	for _, size := range []struct {
		name            string
		rooms, messages int
	}{{"empty", 1, 100}, {"a million messages", 1000, 1000}} {
		dir := b.TempDir()
		if err := os.Remove(dir); err != nil {
			b.Fatal(err)
		}
		_, err := server.Import(b.Context(), dir, func(yield func(server.ArchivedConversation, error) bool) {
			for r := range size.rooms {
				room := server.ArchivedConversation{
					Token: fmt.Sprintf("room%04d", r), Type: 2, Name: fmt.Sprintf("Room %d", r), Keeper: server.ArchivedMember{UserID: "anna", Role: 1},
					Messages: past(int64(r), int64(size.rooms), int64(size.messages)),
				}
				if !yield(room, nil) {
					return
				}
			}
		})
		if err != nil {
			b.Fatal(err)
		}
		s := newBench(b, dir)
		middle := fmt.Sprintf("%s/v1/chat/room%04d", talk, size.rooms/2)
		b.Run(size.name+"/page", func(b *testing.B) {
			for b.Loop() {
				s.ask("anna", http.MethodGet, middle+"?lookIntoFuture=0&limit=100", "")
			}
		})
		b.Run(size.name+"/older page", func(b *testing.B) {
			for b.Loop() {
				s.ask("anna", http.MethodGet, middle+"?lookIntoFuture=0&limit=50&lastKnownMessageId="+strconv.Itoa(size.rooms*size.messages*3/4), "")
			}
		})
		b.Run(size.name+"/send", func(b *testing.B) {
			for b.Loop() {
				s.ask("anna", http.MethodPost, middle, `{"message":"hello there"}`)
			}
		})
		b.Run(size.name+"/conversation", func(b *testing.B) {
			for b.Loop() {
				s.ask("anna", http.MethodGet, fmt.Sprintf("%s/v4/room/room%04d", talk, size.rooms/2), "")
			}
		})
	}
}

// past makes the messages of one of many conversations that were written to in turn.
func past(room, rooms, count int64) iter.Seq2[server.ArchivedMessage, error] {
	return func(yield func(server.ArchivedMessage, error) bool) {
		for i := range count {
			id := i*rooms + room + 1
			m := server.ArchivedMessage{MessageView: server.ArchivedView{
				ID: id, ActorType: "users", ActorID: "anna", ActorName: "Anna", Timestamp: 1_780_000_000 + id, MessageType: "comment",
				Text: fmt.Sprintf("Message %d of conversation %d, as long as people write.", i, room), Markdown: true, Replyable: true,
			}}
			if !yield(m, nil) {
				return
			}
		}
	}
}
