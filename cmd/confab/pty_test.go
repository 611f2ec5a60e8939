//go:build linux

package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
	"golang.org/x/sys/unix"
)

// session is a command at a terminal.
type session struct {
	t    *testing.T
	cmd  *exec.Cmd
	tty  *os.File
	seen bytes.Buffer
}

// at runs confab at a terminal of 60 columns and some lines.
func at(t *testing.T, lines uint16, env []string, args ...string) *session {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(cancel)
	cmd := exec.CommandContext(ctx, build(t), args...)
	cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "TERM=xterm-256color", "CONFAB_CONFIG_DIR=" + t.TempDir()}, env...)
	tty, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: lines, Cols: 60})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = tty.Close() })
	return &session{t: t, cmd: cmd, tty: tty}
}

// until reads on until something is shown.
func (s *session) until(text string) {
	s.t.Helper()
	part := make([]byte, 4096)
	for !bytes.Contains(s.seen.Bytes(), []byte(text)) {
		n, err := s.tty.Read(part)
		s.seen.Write(part[:n])
		if err != nil {
			s.t.Fatalf("%q is not shown, but %q: %v", text, s.seen.String(), err)
		}
	}
}

// unseen returns when the terminal does not show what is typed.
func (s *session) unseen() {
	s.t.Helper()
	await(s.t.Context(), s.t, "the terminal shows what is typed", func() bool {
		mode, err := unix.IoctlGetTermios(int(s.tty.Fd()), unix.TCGETS)
		return err == nil && mode.Lflag&unix.ECHO == 0
	})
}

func (s *session) keys(text string) {
	s.t.Helper()
	if _, err := io.WriteString(s.tty, text); err != nil {
		s.t.Fatal(err)
	}
}

// end reads to the end, and gives all that was shown and the exit code.
func (s *session) end() (string, int) {
	s.t.Helper()
	_, err := io.Copy(&s.seen, s.tty)
	if err != nil && !errors.Is(err, syscall.EIO) { // which is how a terminal ends
		s.t.Error(err)
	}
	_ = s.cmd.Wait()
	return strings.ReplaceAll(s.seen.String(), "\r\n", "\n"), s.cmd.ProcessState.ExitCode()
}

// TestTerminal runs commands at a real terminal: they see its size, type and person.
func TestTerminal(t *testing.T) {
	t.Parallel()
	address, password := nextcloudWith(t, "alice", loginPassword)
	account := []string{"CONFAB_URL=" + address, "CONFAB_USER=alice", "CONFAB_PASSWORD=" + password}
	plain := append(account, "NO_COLOR=1")

	shown, code := at(t, 24, account, "conversation", "create", "Deploys and everything else that we do on a day").end()
	if code != 0 || !strings.HasPrefix(shown, "\x1b[32m✓\x1b[0m Created ") {
		t.Errorf("exit code %d, %q", code, shown)
	}
	shown, code = at(t, 24, plain, "conversation", "list").end()
	for line := range strings.Lines(shown) {
		if n := len([]rune(strings.TrimSuffix(line, "\n"))); n > 60 {
			t.Errorf("a line of %d columns: %q", n, line)
		}
	}
	if code != 0 || strings.Contains(shown, "\x1b[") || !strings.Contains(shown, "…") {
		t.Errorf("exit code %d, %q", code, shown)
	}

	// A question is asked, and no is an answer.
	s := at(t, 24, plain, "conversation", "delete", "Deploys and everything else that we do on a day")
	s.until("[y/N] ")
	s.keys("n\n")
	if shown, code := s.end(); code != 1 || !strings.Contains(shown, "confab: nothing was deleted") {
		t.Errorf("exit code %d, %q", code, shown)
	}
	s = at(t, 24, plain, "conversation", "delete", "Deploys and everything else that we do on a day")
	s.until("[y/N] ")
	s.keys("y\n")
	if shown, code := s.end(); code != 0 || !strings.Contains(shown, "✓ Deleted ") {
		t.Errorf("exit code %d, %q", code, shown)
	}

	// A password is typed unseen.
	s = at(t, 24, nil, "auth", "login", address, "--user", "alice", "--with-app-password", "--insecure-storage")
	s.until("App password: ")
	s.unseen()
	s.keys(password + "\n")
	if shown, code := s.end(); code != 0 || strings.Contains(shown, password) || !strings.Contains(shown, "Logged in as Alice") {
		t.Errorf("exit code %d, %q", code, shown)
	}
	// Ctrl-C at the prompt ends it, and leaves the terminal as it was.
	s = at(t, 24, nil, "auth", "login", address, "--user", "alice", "--with-app-password", "--insecure-storage")
	s.until("App password: ")
	if err := s.cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if shown, code := s.end(); code != 1 || !strings.Contains(shown, "interrupted") {
		t.Errorf("exit code %d, %q", code, shown)
	}

	// A progress bar, and no trace of it in the end.
	big := filepath.Join(t.TempDir(), "big.bin")
	if err := os.WriteFile(big, make([]byte, 1<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	shown, code = at(t, 24, plain, "file", "upload", big, "big.bin").end()
	if code != 0 || !strings.Contains(shown, "█") || !strings.Contains(shown, "\r\x1b[K✓ ") {
		t.Errorf("exit code %d, %q", code, shown)
	}
}

// TestTerminalPages: what is longer than the terminal goes to the pager, and the rest does not.
func TestTerminalPages(t *testing.T) {
	t.Parallel()
	pager := []string{"PAGER=sed s/^/P:/"}
	shown, code := at(t, 10, pager, "help").end()
	if code != 0 || !strings.HasPrefix(shown, "P:Nextcloud Talk") {
		t.Errorf("exit code %d, %q", code, shown)
	}
	shown, code = at(t, 10, pager, "version").end()
	if code != 0 || !strings.HasPrefix(shown, "confab ") {
		t.Errorf("exit code %d, %q", code, shown)
	}
	shown, code = at(t, 200, pager, "help", "exit-codes").end()
	if code != 0 || strings.Contains(shown, "P:") {
		t.Errorf("exit code %d, %q", code, shown)
	}
}
