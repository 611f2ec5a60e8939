//go:build unix

package main

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/confab-go/confab/talk"
)

func readme(t *testing.T) string {
	t.Helper()
	page, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(page)
}

// terminals gives the commands of each console block of a text.
func terminals(text string) (blocks [][]string) {
	for _, block := range regexp.MustCompile("(?s)```console\n(.*?)```").FindAllStringSubmatch(text, -1) {
		var commands []string
		for line := range strings.Lines(block[1]) {
			if command, ok := strings.CutPrefix(strings.TrimSpace(line), "$ "); ok {
				commands = append(commands, command)
			}
		}
		blocks = append(blocks, commands)
	}
	return blocks
}

// part is the README below one of its titles.
func part(t *testing.T, title string) string {
	t.Helper()
	_, rest, found := strings.Cut(readme(t), "\n## "+title+"\n")
	if !found {
		t.Fatalf("the README has no part %q", title)
	}
	text, _, _ := strings.Cut(rest, "\n## ")
	return text
}

// TestTourOfTheREADME types the README's commands for a shell into shells, each block into one of its own. What differs: the
// port; 'make' is a stand-in that prints what a build may print; and somebody answers the question.
func TestTourOfTheREADME(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	program, address, work, bin := build(t), freeAddress(t), t.TempDir(), t.TempDir()
	for path, text := range map[string]string{
		filepath.Join(bin, "make"): "#!/bin/sh\necho ok\n", filepath.Join(work, "build.log"): "all is well\n",
	} {
		if err := os.WriteFile(path, []byte(text), 0o700); err != nil { //nolint:gosec // it is run
			t.Fatal(err)
		}
	}
	shell := func(command string, exports []string) *exec.Cmd {
		typed := strings.ReplaceAll(strings.Join(append(slices.Clone(exports), command), "\n"), "127.0.0.1:8080", address)
		cmd := exec.CommandContext(ctx, "sh", "-c", typed)
		cmd.Dir = work
		cmd.Env = []string{
			"PATH=" + filepath.Dir(program) + ":" + bin + ":" + os.Getenv("PATH"), "CONFAB_CONFIG_DIR=" + filepath.Join(work, "settings"), "ID=42",
		}
		cmd.Stderr = t.Output()
		cmd.WaitDelay = time.Second
		return cmd
	}
	var heard *os.File
	var last []string // what the terminal of the last block exports
	printed := map[string]string{}
	for _, block := range terminals(part(t, "In a shell")) {
		exports := last
		for _, command := range block {
			words := strings.Fields(command)
			switch {
			case words[0] == "export":
				if len(exports) > 0 { // another terminal
					exports = nil
				}
				exports = append(exports, command)
			case words[0] == "confab" && words[1] == "serve":
				serve := shell("exec "+command+" --addr "+address, exports)
				if err := serve.Start(); err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() { end(t, serve) })
				awaitListener(ctx, t, address)
				bob := client(t, address, "bob")
				room, err := client(t, address, "alice").Conversations.Create(ctx, talk.ConversationGroup, &talk.CreateOptions{Name: "Deploys"})
				if err != nil {
					t.Fatal(err)
				}
				if _, err := client(t, address, "alice").Participants.Add(ctx, room.Token, talk.ActorUser, "bob"); err != nil {
					t.Fatal(err)
				}
				go answer(ctx, bob, room.Token)
			case words[0] == "confab" && words[1] == "follow":
				out, err := os.Create(filepath.Join(work, "heard"))
				if err != nil {
					t.Fatal(err)
				}
				defer out.Close()
				follow := shell("exec "+command, exports)
				follow.Stdout, heard = out, out
				if err := follow.Start(); err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() { end(t, follow) })
				await(ctx, t, "bob follows alice", func() bool {
					for room, err := range client(t, address, "bob").Conversations.All(ctx, nil) {
						if err == nil && room.Type == talk.ConversationOneToOne {
							return true
						}
					}
					return false
				})
			case strings.HasPrefix(command, "confab ") || strings.HasPrefix(command, "make "):
				out, err := shell(command, exports).Output()
				if err != nil || len(out) == 0 && !strings.Contains(command, " export ") {
					t.Errorf("%s: %v, %q", command, err, out)
				}
				printed[command] = string(out)
			default:
				t.Errorf("this test cannot do %q", command)
			}
		}
		last = exports
	}
	for begin, want := range map[string]string{
		"confab read ": "\tv1.4 is live\n", "confab conversation list": `"displayName":"Bob"`, `confab send Deploys "May build`: "Yes\n",
		"confab export": "messages.html", "confab doctor": "credentials\tok", "confab api GET room": `"displayName":"Deploys"`,
	} {
		found := false
		for command, out := range printed {
			found = found || strings.HasPrefix(command, begin) && strings.Contains(out, want)
		}
		if !found {
			t.Errorf("no %q prints %q: %q", begin, want, printed)
		}
	}
	await(ctx, t, "bob hears what make prints", func() bool {
		text, err := os.ReadFile(heard.Name())
		return err == nil && bytes.Contains(text, []byte("\tok\n"))
	})
	if stored, err := filepath.Glob(filepath.Join(work, "archive", "*", "messages.*")); err != nil || len(stored) < 4 {
		t.Errorf("the archive holds %q, %v", stored, err)
	}
}

// await returns when something is so.
func await(ctx context.Context, t *testing.T, what string, so func() bool) {
	t.Helper()
	ticker := time.NewTicker(5 * time.Millisecond)
	defer ticker.Stop()
	for !so() {
		select {
		case <-ticker.C:
		case <-ctx.Done():
			t.Fatalf("%s: %v", what, ctx.Err())
		}
	}
}

// client speaks for a user of the tour, whose password is of the README.
func client(t *testing.T, address, user string) *talk.Client {
	t.Helper()
	c, err := talk.NewClient("http://"+address, talk.WithAppPassword(user, strings.ToUpper(user[:1])+user[1:]+"-Passw0rd"))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// answer says yes to every question.
func answer(ctx context.Context, bob *talk.Client, token string) {
	for m, err := range bob.Chat.Follow(ctx, token, nil) {
		if err != nil {
			return
		}
		if strings.HasSuffix(m.Message, "?") {
			_, _ = bob.Chat.Send(ctx, token, "Yes", &talk.SendOptions{ReplyTo: m.ID})
		}
	}
}

// TestEveryCommandOfTheREADMEIsRun: in its console blocks by the tests of their parts, or here; and in its sentences here.
func TestEveryCommandOfTheREADMEIsRun(t *testing.T) {
	t.Parallel()
	run := map[string]bool{}
	for _, title := range []string{"In a bot", "In a shell"} { // TestBotOfTheREADME, TestTourOfTheREADME
		for _, block := range terminals(part(t, title)) {
			for _, command := range block {
				run[command] = true
			}
		}
	}
	gate, err := os.ReadFile("../../.ci/run")
	if err != nil {
		t.Fatal(err)
	}
	var first []string
	for _, block := range terminals(readme(t)) {
		for _, command := range block {
			if run[command] {
				continue
			}
			command, _, _ = strings.Cut(command, " #")
			first = append(first, strings.TrimSpace(command))
		}
	}
	// The gate runs these two; one of them would run this test in itself.
	if want := []string{"go run ./cmd/confab demo", "go test ./..."}; !slices.Equal(first, want) {
		t.Errorf("the README begins with %q, want %q: a command elsewhere needs a test", first, want)
	}
	for _, command := range first {
		if !bytes.Contains(gate, []byte("\n"+command+"\n")) && !bytes.Contains(gate, []byte(" "+command+"\n")) {
			t.Errorf("the gate does not run %q", command)
		}
	}

	program := build(t)
	said := regexp.MustCompile("`((?:confab|go) [^`]+)`").FindAllStringSubmatch(regexp.MustCompile("(?s)```.*?```").ReplaceAllString(readme(t), ""), -1)
	for _, m := range said {
		words := strings.Fields(m[1])
		cmd := exec.CommandContext(t.Context(), program, append(words[1:], "--help")...) // what it is for is told elsewhere
		switch words[0] + " " + words[1] {
		case "confab help":
			cmd = exec.CommandContext(t.Context(), program, words[1:]...)
		case "go get", "go install": // this module, from here and not from the network
			path, _, _ := strings.Cut(words[2], "@")
			cmd = exec.CommandContext(t.Context(), "go", "list", "-find", path)
		case "confab auth":
			if words[len(words)-1] != "https://cloud.example.com" {
				t.Errorf("%q does not log in at the example", m[1])
			}
			args := slices.Concat(words[1:len(words)-1], []string{nextcloud(t, "alice", loginPassword), "--no-browser", "--insecure-storage"})
			login := exec.CommandContext(t.Context(), program, args...)
			login.Env = []string{"CONFAB_CONFIG_DIR=" + t.TempDir()}
			if stdout, stderr, code := loginInBrowser(t, login, "alice", loginPassword); code != 0 {
				t.Errorf("%s: exit code %d, %s%s", m[1], code, stdout, stderr)
			}
			continue
		}
		if out, err := cmd.CombinedOutput(); err != nil || len(out) == 0 {
			t.Errorf("%s: %v\n%s", m[1], err, out)
		}
	}
	if len(said) < 8 {
		t.Errorf("its sentences name %d commands", len(said))
	}
}
