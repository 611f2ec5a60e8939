// Package victim runs a Talk server in a process of its own, for tests that
// kill it. The process is the test program itself, which has a test for it:
//
//	func TestServe(t *testing.T) { victim.Serve(t) }
package victim

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/confab-go/confab/internal/server"
)

const (
	serveDir  = "CONFAB_TEST_SERVE_DIR"
	serveAddr = "CONFAB_TEST_SERVE_ADDR"
)

// User and Password are those of the one account that the server begins with,
// an administrator's.
const (
	User     = "alice"
	Password = "Alice-Passw0rd"
)

// Serve is the server, in its process. In all others it is skipped.
func Serve(t *testing.T) {
	t.Helper()
	dir := os.Getenv(serveDir)
	if dir == "" {
		t.Skip("only as a process of another test")
	}
	go func() { // the parent holds the other end, however it ends
		_, _ = io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}()
	s, err := server.Open(context.Background(), server.Config{DataDir: dir, Users: []server.User{{ID: User, Password: Password, Admin: true}}})
	if err != nil {
		t.Fatal(err)
	}
	listener, err := new(net.ListenConfig).Listen(context.Background(), "tcp", os.Getenv(serveAddr))
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprintln(os.Stdout, "listening on", listener.Addr())
	t.Fatal(s.Serve(context.Background(), listener))
}

// Process is a server process that can be killed and started again, on the
// same data and address.
type Process struct {
	dir, addr string
	cmd       *exec.Cmd

	mu sync.Mutex
	up chan struct{} // closed while the server runs
}

// Start starts a server on a directory. It ends with the test.
func Start(t *testing.T, dir string) *Process {
	t.Helper()
	p := &Process{dir: dir, addr: "127.0.0.1:0", up: make(chan struct{})}
	p.Start(t)
	t.Cleanup(func() { p.Kill(t) })
	return p
}

// URL is the server's address, the same after each start.
func (p *Process) URL() string { return "http://" + p.addr }

// Start starts the server that was killed.
func (p *Process) Start(t *testing.T) {
	t.Helper()
	p.cmd = exec.Command(os.Args[0], "-test.run=^TestServe$", "-test.v") //nolint:gosec,noctx // the test program itself, killed by hand
	p.cmd.Env = append(os.Environ(), serveDir+"="+p.dir, serveAddr+"="+p.addr)
	p.cmd.Stderr = os.Stderr
	if _, err := p.cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if addr, ok := strings.CutPrefix(lines.Text(), "listening on "); ok {
			p.addr = addr
			p.mu.Lock()
			close(p.up)
			p.mu.Unlock()
			return
		}
	}
	t.Fatalf("the server did not start: %v", p.cmd.Wait())
}

// Kill ends the process as a power cut ends a program.
func (p *Process) Kill(t *testing.T) {
	t.Helper()
	p.mu.Lock()
	p.up = make(chan struct{})
	p.mu.Unlock()
	if err := p.cmd.Process.Kill(); err != nil {
		t.Error(err)
	}
	_ = p.cmd.Wait() // says that it was killed
}

// Wait stands in for the time between a client's attempts: it ends when the
// server runs.
func (p *Process) Wait(ctx context.Context, _ time.Duration) error {
	p.mu.Lock()
	up := p.up
	p.mu.Unlock()
	select {
	case <-up:
		return ctx.Err()
	case <-ctx.Done():
		return ctx.Err()
	}
}
