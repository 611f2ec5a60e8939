//go:build unix

package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/confab-go/confab/talk"
)

// asked tells when a request begins that waits for messages.
type asked struct {
	next http.RoundTripper
	poll chan struct{}
}

func (a asked) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.URL.Query().Get("lookIntoFuture") == "1" {
		select {
		case a.poll <- struct{}{}:
		default:
		}
	}
	return a.next.RoundTrip(req)
}

// builtIn is where the program is that the tests run, once one of them needs it.
var builtIn string

// built makes that program, once for all of them.
var built = sync.OnceValues(func() (dir string, err error) {
	if dir, err = os.MkdirTemp("", "confab-test"); err != nil {
		return "", err
	}
	builtIn = dir
	out, err := exec.Command("go", "build", "-o", filepath.Join(dir, "confab"), ".").CombinedOutput() //nolint:noctx // it is no test's own
	if err != nil {
		err = fmt.Errorf("build: %w\n%s", err, out)
	}
	return dir, err
})

func TestMain(m *testing.M) {
	code := m.Run()
	if builtIn != "" {
		_ = os.RemoveAll(builtIn)
	}
	os.Exit(code)
}

// build gives the program that a test runs.
func build(t *testing.T) string {
	t.Helper()
	dir, err := built()
	if err != nil {
		t.Fatal(err)
	}
	return filepath.Join(dir, "confab")
}

// TestServeEndsOnSIGTERM stops a server while somebody waits for messages.
func TestServeEndsOnSIGTERM(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	program := build(t)
	serve := exec.CommandContext(ctx, program, "serve", "--addr", "127.0.0.1:0", "--json", "--user", "alice:wonderland")
	var errs strings.Builder
	serve.Stderr = &errs
	stdout, err := serve.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := serve.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(stdout).ReadBytes('\n')
	if err != nil {
		t.Fatalf("the server announces nothing: %v, %s", err, errs.String())
	}
	var announced struct{ URL string }
	if err := json.Unmarshal(line, &announced); err != nil {
		t.Fatal(err)
	}

	wire := asked{&http.Transport{}, make(chan struct{}, 1)}
	alice, err := talk.NewClient(announced.URL, talk.WithAppPassword("alice", "wonderland"), talk.WithHTTPClient(&http.Client{Transport: wire}))
	if err != nil {
		t.Fatal(err)
	}
	room, err := alice.Conversations.Create(ctx, talk.ConversationGroup, &talk.CreateOptions{Name: "Deploys"})
	if err != nil {
		t.Fatal(err)
	}
	following, stopFollowing := context.WithCancel(ctx)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for _, err := range alice.Chat.Follow(following, room.Token, nil) {
			if err == nil {
				t.Error("a message came")
			}
		}
	}()
	<-wire.poll

	begin := time.Now()
	if err := serve.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	err = serve.Wait()
	if took := time.Since(begin); err != nil || took > 5*time.Second {
		t.Errorf("after SIGTERM: %v in %v, want exit code 0 within a second or so; %s", err, took, errs.String())
	}
	stopFollowing()
	<-ended
}

// TestExitCodes sees that the exit code of a command becomes that of the process.
func TestExitCodes(t *testing.T) {
	t.Parallel()
	program := build(t)
	for code, args := range map[int][]string{0: {"version"}, 2: {"frobnicate"}, 4: {"conversation", "list"}} {
		cmd := exec.CommandContext(t.Context(), program, args...)
		cmd.Env = []string{}
		_ = cmd.Run()
		if got := cmd.ProcessState.ExitCode(); got != code {
			t.Errorf("confab %v: exit code %d, want %d", args, got, code)
		}
	}
}
