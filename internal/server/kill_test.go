package server_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/confab-go/confab/internal/server"
)

const killDir = "CONFAB_TEST_KILL_DIR"

// TestKilledServer is no test: it is the server process of the one that kills it.
func TestKilledServer(t *testing.T) { //nolint:paralleltest // it never ends
	dir := os.Getenv(killDir)
	if dir == "" {
		t.Skip("only as a process of another test")
	}
	go func() { // the parent holds the other end, however it ends
		_, _ = io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}()
	srv, err := server.Open(context.Background(), server.Config{DataDir: dir, Users: []server.User{{ID: "anna", Password: "secret-anna"}}})
	if err != nil {
		t.Fatal(err)
	}
	ln, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	fmt.Println("listening on", ln.Addr())
	t.Fatal(srv.Serve(context.Background(), ln))
}

func TestAnAnsweredUploadOutlivesAKill(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	cmd := exec.Command(os.Args[0], "-test.run=^TestKilledServer$", "-test.v")
	cmd.Env = append(os.Environ(), killDir+"="+dir)
	if _, err := cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	killed := false
	defer func() {
		if !killed {
			_ = cmd.Process.Kill()
			_ = cmd.Wait()
		}
	}()
	addr := ""
	for lines := bufio.NewScanner(out); addr == "" && lines.Scan(); {
		addr, _ = strings.CutPrefix(lines.Text(), "listening on ")
		if !strings.Contains(addr, ":") {
			addr = ""
		}
	}
	if addr == "" {
		t.Fatal("the server did not start")
	}
	anna := (&harness{t: t, url: "http://" + addr}).as("anna")
	for i := range 5 {
		anna.put(fmt.Sprintf("/%d.txt", i), strings.Repeat("whole ", 1000*i))
	}
	// One more has begun to arrive when the process ends.
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	fmt.Fprint(conn, "PUT /remote.php/dav/files/anna/4.txt HTTP/1.1\r\nHost: x\r\nAuthorization: Basic YW5uYTpzZWNyZXQtYW5uYQ==\r\n"+
		"Expect: 100-continue\r\nContent-Length: 100\r\n\r\n")
	if line, err := bufio.NewReader(conn).ReadString('\n'); err != nil || !strings.Contains(line, "100") {
		t.Fatalf("%q %v", line, err)
	}
	fmt.Fprint(conn, "half")
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	killed = true

	h := newHarness(t, func(cfg *server.Config) { cfg.DataDir = dir })
	anna = h.as("anna")
	for i := range 5 {
		if a := anna.dav("GET", fmt.Sprintf("%s/%d.txt", annaFiles, i), ""); a.body != strings.Repeat("whole ", 1000*i) {
			t.Errorf("%d.txt: %d, %d bytes", i, a.status, len(a.body))
		}
	}
	if left := blobs(t, dir); len(left) != 5 {
		t.Errorf("on disk: %v", left)
	}
}
