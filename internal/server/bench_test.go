package server_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/confab-go/confab/internal/server"
)

// benchServer is a server asked without a network, as a user with an app password.
type benchServer struct {
	b       testing.TB
	srv     *server.Server
	handler http.Handler
	tokens  map[string]string
}

func newBench(b testing.TB, dir string) *benchServer {
	b.Helper()
	srv, err := server.Open(context.Background(), server.Config{DataDir: dir, Users: []server.User{{ID: "anna"}, {ID: "ben"}}})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = srv.Close() })
	s := &benchServer{b: b, srv: srv, handler: srv.Handler(), tokens: map[string]string{}}
	for _, u := range []string{"anna", "ben"} {
		if s.tokens[u], err = srv.AppPassword(context.Background(), u, "benchmark"); err != nil {
			b.Fatal(err)
		}
	}
	return s
}

func (s *benchServer) ask(user, method, path, body string) *httptest.ResponseRecorder {
	req := httptest.NewRequest(method, path, bytes.NewBufferString(body))
	req.Header.Set("OCS-APIRequest", "true")
	req.Header.Set("Accept", "application/json")
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	req.SetBasicAuth(user, s.tokens[user])
	w := httptest.NewRecorder()
	s.handler.ServeHTTP(w, req)
	if w.Code >= 400 {
		s.b.Errorf("%s %s: %d %s", method, path, w.Code, w.Body)
	}
	return w
}

func (s *benchServer) room(name string) string {
	var env struct {
		OCS struct{ Data struct{ Token string } }
	}
	w := s.ask("anna", "POST", talk+"/v4/room", `{"roomType":2,"roomName":"`+name+`"}`)
	if err := json.Unmarshal(w.Body.Bytes(), &env); err != nil {
		s.b.Fatal(err)
	}
	return env.OCS.Data.Token
}

func BenchmarkSend(b *testing.B) {
	for _, where := range []string{"memory", "file"} {
		b.Run(where, func(b *testing.B) {
			dir := ""
			if where == "file" {
				dir = b.TempDir()
			}
			s := newBench(b, dir)
			token := s.room("Bench")
			for b.Loop() {
				s.ask("anna", "POST", talk+"/v1/chat/"+token, `{"message":"hello there"}`)
			}
		})
	}
}

func BenchmarkPageOf200(b *testing.B) {
	s := newBench(b, "")
	token := s.room("Bench")
	for i := range 2000 {
		s.ask("anna", "POST", talk+"/v1/chat/"+token, fmt.Sprintf(`{"message":"message %d"}`, i))
	}
	for b.Loop() {
		s.ask("anna", "GET", talk+"/v1/chat/"+token+"?lookIntoFuture=0&limit=200", "")
	}
}

func BenchmarkRoomListOf10000(b *testing.B) {
	s := newBench(b, b.TempDir())
	for i := range 10000 {
		s.room(fmt.Sprintf("Room %d", i))
	}
	for b.Loop() {
		s.ask("anna", "GET", talk+"/v4/room", "")
	}
}

// BenchmarkWake is the time from a send to the answer of a poll that waits for it, the send included.
func BenchmarkWake(b *testing.B) {
	s := newBench(b, "")
	token := s.room("Bench")
	s.ask("anna", "POST", talk+"/v4/room/"+token+"/participants", `{"newParticipant":"ben"}`)
	last := s.ask("anna", "POST", talk+"/v1/chat/"+token, `{"message":"x"}`)
	id := lastID(b, last)
	for b.Loop() {
		b.StopTimer()
		done := make(chan *httptest.ResponseRecorder)
		go func() {
			done <- s.ask("ben", "GET", fmt.Sprintf("%s/v1/chat/%s?lookIntoFuture=1&lastKnownMessageId=%d&setReadMarker=0", talk, token, id), "")
		}()
		s.srv.AwaitPolls(token, 1)
		b.StartTimer()
		s.ask("anna", "POST", talk+"/v1/chat/"+token, `{"message":"wake up"}`)
		w := <-done
		b.StopTimer()
		if _, err := fmt.Sscan(w.Header().Get("X-Chat-Last-Given"), &id); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
	}
}

func lastID(tb testing.TB, w *httptest.ResponseRecorder) int64 {
	tb.Helper()
	var env struct {
		OCS struct{ Data struct{ ID int64 } }
	}
	if err := json.Unmarshal(w.Body.Bytes(), &env); err != nil {
		tb.Fatal(err)
	}
	return env.OCS.Data.ID
}
