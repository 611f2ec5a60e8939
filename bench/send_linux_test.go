package bench

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/confab-go/confab/internal/server"
	"github.com/confab-go/confab/talk"
)

// BenchmarkSendProcess sends messages by processes of their own, in turns by confab and by curl, and reports what each took
// of CPU, user and system, its start included, and how many requests confab made for a message. A conversation is given by
// its token, and by its name among a hundred.
func BenchmarkSendProcess(b *testing.B) {
	curl, err := exec.LookPath("curl")
	if err != nil {
		b.Skip("curl is not installed")
	}
	program := filepath.Join(b.TempDir(), "confab")
	build := exec.CommandContext(b.Context(), "go", "build", "-trimpath", "-ldflags", "-s -w", "-o", program, "../cmd/confab")
	build.Env = append(os.Environ(), "CGO_ENABLED=0") // as it is released
	if out, err := build.CombinedOutput(); err != nil {
		b.Fatalf("%v: %s", err, out)
	}
	srv, err := server.Open(b.Context(), server.Config{Users: []server.User{{ID: "alice"}}})
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = srv.Close() }()
	var requests atomic.Int64
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		requests.Add(1)
		srv.Handler().ServeHTTP(w, r)
	}))
	defer web.Close()
	password, err := srv.AppPassword(b.Context(), "alice", "send")
	if err != nil {
		b.Fatal(err)
	}
	alice, err := talk.NewClient(web.URL, talk.WithAppPassword("alice", password))
	if err != nil {
		b.Fatal(err)
	}
	var room *talk.Conversation
	for i := range 100 {
		room, err = alice.Conversations.Create(b.Context(), talk.ConversationGroup, &talk.CreateOptions{Name: fmt.Sprint("Room ", i)})
		if err != nil {
			b.Fatal(err)
		}
	}
	env := append(os.Environ(), "CONFAB_URL="+web.URL, "CONFAB_USER=alice", "CONFAB_PASSWORD="+password)
	const text = "The build is green, and what remains is to tell everybody about it."
	byCurl := []string{
		curl, "--silent", "--fail", "--user", "alice:" + password, "--header", "OCS-APIRequest: true", "--header", "Accept: application/json",
		"--data-urlencode", "message=" + text, web.URL + "/ocs/v2.php/apps/spreed/api/v1/chat/" + room.Token,
	}
	for name, conversation := range map[string]string{"token": room.Token, "name": room.DisplayName} {
		b.Run(name, func(b *testing.B) {
			var confab, other time.Duration
			var made int64
			for b.Loop() {
				before := requests.Load()
				confab += cpu(b, env, "", program, "send", conversation, text)
				made += requests.Load() - before
				other += cpu(b, env, `"statuscode":201`, byCurl...)
			}
			b.ReportMetric(confab.Seconds()*1000/float64(b.N), "confab-cpu-ms")
			b.ReportMetric(other.Seconds()*1000/float64(b.N), "curl-cpu-ms")
			b.ReportMetric(confab.Seconds()/other.Seconds(), "ratio")
			b.ReportMetric(float64(made)/float64(b.N), "requests")
		})
	}
}

// cpu runs a program whose output must have something in it, and tells what the process took of CPU.
func cpu(b *testing.B, env []string, wanted string, args ...string) time.Duration {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Env = env
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil || len(out) == 0 || !strings.Contains(string(out), wanted) {
		b.Fatalf("%v: %s%s", err, out, errs.String())
	}
	return cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
}
