//go:build unix

package main

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// section gives a part of the README: its program, and the commands that it tells to type.
func section(t *testing.T, title string) (program string, commands []string) {
	t.Helper()
	page, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, found := strings.Cut(string(page), "\n## "+title+"\n")
	if !found {
		t.Fatalf("the README has no part %q", title)
	}
	part, _, _ := strings.Cut(rest, "\n## ")
	for _, block := range regexp.MustCompile("(?s)```(go|console)\n(.*?)```").FindAllStringSubmatch(part, -1) {
		if block[1] == "go" {
			program += block[2]
			continue
		}
		for line := range strings.Lines(block[2]) {
			if command, ok := strings.CutPrefix(strings.TrimSpace(line), "$ "); ok {
				commands = append(commands, command)
			}
		}
	}
	return program, commands
}

// buildBot builds the README's program as somebody else's module that imports this one, as it is here. Nothing is downloaded.
func buildBot(t *testing.T, source string) string {
	t.Helper()
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	sums, err := os.ReadFile(filepath.Join(root, "go.sum"))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	module := fmt.Sprintf("module deployer\n\ngo 1.26\n\nrequire github.com/confab-go/confab v0.0.0\n\nreplace github.com/confab-go/confab => %q\n", root)
	for name, text := range map[string]string{"main.go": source, "go.mod": module, "go.sum": string(sums)} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.CommandContext(t.Context(), "go", "build", "-o", "deployer", ".")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOFLAGS=-mod=mod -buildvcs=false", "GOPROXY=off", "GOWORK=off")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("build the README's bot: %v\n%s", err, out)
	}
	return filepath.Join(dir, "deployer")
}

// freeAddress gives an address of this machine that nobody listens at.
func freeAddress(t *testing.T) string {
	t.Helper()
	ln, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	return ln.Addr().String()
}

// awaitListener returns when somebody listens at an address.
func awaitListener(ctx context.Context, t *testing.T, addr string) {
	t.Helper()
	ticker := time.NewTicker(5 * time.Millisecond)
	defer ticker.Stop()
	for {
		conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", addr)
		if err == nil {
			_ = conn.Close()
			return
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			t.Fatalf("nobody listens at %s: %v", addr, err)
		}
	}
}

// shellWords splits a command as a shell does, as far as the README needs it.
func shellWords(command string) (words []string) {
	for _, m := range regexp.MustCompile(`"([^"]*)"|(\S+)`).FindAllStringSubmatch(command, -1) {
		words = append(words, m[1]+m[2])
	}
	return words
}

// TestBotOfTheREADME types the README's bot into a new directory, and its commands into terminals. Only the ports are others.
func TestBotOfTheREADME(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	source, commands := section(t, "In a bot")
	if lines := strings.Count(source, "\n"); lines > 25 || !strings.HasPrefix(source, "package main\n") {
		t.Errorf("the bot is no whole program of at most 25 lines, but of %d", lines)
	}
	program := build(t)
	server, hook := freeAddress(t), freeAddress(t)
	ports := strings.NewReplacer("127.0.0.1:8080", server, "127.0.0.1:8081", hook)
	bot := buildBot(t, ports.Replace(source))

	env := append(os.Environ(), "CONFAB_CONFIG_DIR="+t.TempDir())
	var secret, last string
	for _, command := range commands {
		words := shellWords(ports.Replace(command))
		switch {
		case strings.HasPrefix(command, "confab serve "):
			serve := exec.CommandContext(ctx, program, append(words[1:], "--addr", server)...)
			out, err := serve.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			serve.Stderr = t.Output()
			if err := serve.Start(); err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { end(t, serve) })
			for lines := bufio.NewScanner(out); secret == "" && lines.Scan(); {
				if made, ok := strings.CutPrefix(lines.Text(), "secret\tDeployer\t"); ok {
					secret = made
				}
			}
			if secret == "" {
				t.Fatal("the server prints no secret")
			}
			awaitListener(ctx, t, server)
		case strings.HasPrefix(command, "go mod init "): // buildBot has done it
		case command == "BOT_SECRET=… go run .":
			run := exec.CommandContext(ctx, bot)
			run.Env, run.Stderr = append(os.Environ(), "BOT_SECRET="+secret), t.Output()
			if err := run.Start(); err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { end(t, run) })
			awaitListener(ctx, t, hook)
		case words[0] == "export":
			env = append(env, words[1:]...)
		case words[0] == "confab":
			typed := exec.CommandContext(ctx, program, words[1:]...)
			typed.Env, typed.Stderr = env, t.Output()
			out, err := typed.Output()
			if err != nil {
				t.Fatalf("%s: %v", command, err)
			}
			last = string(out)
		default:
			t.Errorf("this test cannot do %q", command)
		}
	}
	if !strings.Contains(last, "Deploying api") || !strings.Contains(last, "Deployer") {
		t.Errorf("the last command prints %q, and no answer", last)
	}
}

// end ends a program that runs until it is ended.
func end(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	if err := cmd.Process.Kill(); err != nil {
		t.Error(err)
	}
	_ = cmd.Wait() // says that it was killed
}
