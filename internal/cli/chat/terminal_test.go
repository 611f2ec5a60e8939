//go:build unix

package chat_test

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/charmbracelet/x/vt"
	"github.com/creack/pty"
	"github.com/google/go-cmp/cmp"

	"github.com/confab-go/confab/internal/cli"
	"github.com/confab-go/confab/talk"
)

// noon is the time on the servers of the tests; it is five minutes later for who chats.
var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// asCommand in the environment has the test's program be confab, for tests that need a whole process at a terminal.
const asCommand = "CONFAB_TEST_COMMAND"

func TestMain(m *testing.M) {
	if os.Getenv(asCommand) != "" {
		app := cli.System()
		ctx, stop := cli.Interruptible(context.Background())
		defer stop()
		app.ConfigDir, app.Keyring = "", nil
		app.Now = func() time.Time { return noon.Add(5 * time.Minute) }
		os.Exit(cli.Main(ctx, os.Args[1:], app))
	}
	os.Exit(m.Run())
}

// patience is how long a screen is waited for. When all is well it is there at once.
const patience = time.Minute

// terminal is a command at a terminal of its own.
type terminal struct {
	t       *testing.T
	cmd     *exec.Cmd
	tty     *os.File
	ended   chan struct{}
	err     error
	mu      sync.Mutex
	changed chan struct{} // closed when the screen changes
	screen  *vt.Emulator
}

// start runs confab at a terminal.
func start(t *testing.T, width, height int, env []string, args ...string) *terminal {
	t.Helper()
	return startWith(t, width, height, env, nil, args...)
}

// startWith does so with standard error elsewhere, unless that is nil.
func startWith(t *testing.T, width, height int, env []string, stderr *os.File, args ...string) *terminal {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), program, args...)
	cmd.Env = append(env, asCommand+"=1", "TERM=xterm-256color", "TZ=UTC", "HOME="+t.TempDir())
	cmd.Dir = t.TempDir()
	if stderr != nil {
		cmd.Stderr = stderr
	}
	tty, err := pty.StartWithSize(cmd, &pty.Winsize{Cols: uint16(width), Rows: uint16(height)})
	if err != nil {
		t.Fatal(err)
	}
	x := &terminal{t: t, cmd: cmd, tty: tty, ended: make(chan struct{}), changed: make(chan struct{}), screen: vt.NewEmulator(width, height)}
	answered := make(chan struct{})
	go func() { // what the terminal answers
		defer close(answered)
		_, _ = io.Copy(tty, x.screen)
	}()
	go x.show()
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		<-x.ended
		if w, ok := x.screen.InputPipe().(io.Closer); ok {
			_ = w.Close()
		}
		<-answered
		tty.Close()
	})
	return x
}

// show has the screen show what the command writes.
func (x *terminal) show() {
	buffer := make([]byte, 1<<16)
	for {
		n, err := x.tty.Read(buffer)
		x.mu.Lock()
		_, _ = x.screen.Write(buffer[:n])
		close(x.changed)
		x.changed = make(chan struct{})
		x.mu.Unlock()
		if err != nil { // the command has closed it
			x.err = x.cmd.Wait()
			close(x.ended)
			return
		}
	}
}

// text is what is on the screen, and changed is closed when that is another.
func (x *terminal) text() (text string, changed <-chan struct{}) {
	x.mu.Lock()
	defer x.mu.Unlock()
	var b strings.Builder
	for y := range x.screen.Height() {
		var line strings.Builder
		for column := 0; column < x.screen.Width(); {
			cell := x.screen.CellAt(column, y)
			if cell == nil || cell.Content == "" {
				line.WriteByte(' ')
				column++
				continue
			}
			line.WriteString(cell.Content)
			column += max(cell.Width, 1)
		}
		b.WriteString(strings.TrimRight(line.String(), " ") + "\n")
	}
	return b.String(), x.changed
}

// await waits until the screen has all texts, and none of those that begin with an exclamation mark; it gives the screen.
func (x *terminal) await(texts ...string) string {
	x.t.Helper()
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	for {
		screen, changed := x.text()
		missing := ""
		for _, text := range texts {
			unwanted, no := strings.CutPrefix(text, "!")
			if strings.Contains(screen, unwanted) == no {
				missing = text
			}
		}
		if missing == "" {
			return screen
		}
		select {
		case <-changed:
		case <-x.ended:
			x.t.Fatalf("ended with %v before the screen had %q:\n%s", x.err, missing, screen)
		case <-deadline.C:
			x.t.Fatalf("the screen does not get %q:\n%s", missing, screen)
		}
	}
}

// press sends what keys send.
func (x *terminal) press(keys string) {
	x.t.Helper()
	if _, err := io.WriteString(x.tty, keys); err != nil {
		x.t.Fatal(err)
	}
}

// What keys send.
const (
	enter    = "\r"
	escape   = "\x1b"
	up       = "\x1b[A"
	altEnter = "\x1b\r"
	ctrlC    = "\x03"
	ctrlF    = "\x06"
	ctrlK    = "\x0b"
)

// click is what a click of the left button sends.
func click(x, y int) string { return fmt.Sprintf("\x1b[<0;%d;%dM\x1b[<0;%d;%dm", x+1, y+1, x+1, y+1) }

func (x *terminal) resize(width, height int) {
	x.t.Helper()
	x.mu.Lock()
	x.screen.Resize(width, height)
	x.mu.Unlock()
	if err := pty.Setsize(x.tty, &pty.Winsize{Cols: uint16(width), Rows: uint16(height)}); err != nil {
		x.t.Fatal(err)
	}
}

// ends waits until the command has ended, and fails unless that is well.
func (x *terminal) ends() {
	x.t.Helper()
	select {
	case <-x.ended:
	case <-time.After(patience):
		screen, _ := x.text()
		x.t.Fatalf("does not end:\n%s", screen)
	}
	if x.err != nil {
		x.t.Fatalf("ended with %v", x.err)
	}
}

// golden compares a screen with the one that is kept.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name+".txt")
	if flag.Lookup("update").Value.String() == "true" {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
		t.Errorf("the screen is not that of %s (-want +got):\n%s\n%s", path, diff, got)
	}
}

// account is the environment of who chats.
func account(url, user, password string) []string {
	return []string{"CONFAB_URL=" + url, "CONFAB_USER=" + user, "CONFAB_PASSWORD=" + password}
}

// sends sends a message, and fails when it cannot.
func sends(t *testing.T, c *talk.Client, token, text string) *talk.Message {
	t.Helper()
	m, err := c.Chat.Send(t.Context(), token, text, nil)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// written gives the texts that somebody wrote in a conversation, oldest first.
func written(t *testing.T, c *talk.Client, token string) (texts []string) {
	t.Helper()
	for m, err := range c.Chat.History(t.Context(), token, nil) {
		if err != nil {
			t.Fatal(err)
		}
		if !m.IsSystem() {
			texts = append([]string{fmt.Sprintf("%s: %s", m.ActorID, m.Message)}, texts...)
		}
	}
	return texts
}
