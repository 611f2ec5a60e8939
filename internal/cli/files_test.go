package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// file makes a file of this machine.
func file(t *testing.T, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// holds checks what a file of this machine holds, and that nothing else is in its folder.
func holds(t *testing.T, path, want string) {
	t.Helper()
	got, err := os.ReadFile(path)
	if err != nil || string(got) != want {
		t.Errorf("%s holds %q, %v; want %q", filepath.Base(path), got, err, want)
	}
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(entries) != 1 {
		t.Errorf("beside it are %v, %v", entries, err)
	}
}

func TestFileSend(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.room("Deploys", "bob")
	plan := file(t, "plan.txt", "first, second, third")

	id := strings.TrimSpace(s.as("alice").ok(t, "file", "send", "Deploys", plan, "--caption", "The plan", "--silent"))
	same(t, s.as("bob").ok(t, "message", "download", "Deploys", id, "-o", "-"), "first, second, third")
	same(t, s.as("bob").ok(t, "read", "Deploys", "-n1", "--jq", ".[0] | .message, .messageParameters.file.name"), "The plan\nplan.txt\n")

	id = strings.TrimSpace(s.as("alice").stdin("from a pipe").ok(t, "file", "send", "Deploys", "-", "--name", "dump.sql"))
	target := filepath.Join(t.TempDir(), "dump")
	same(t, s.as("bob").tty(80).run(t, "message", "download", "Deploys", "#"+id, "-o", target).out, "✓ Stored "+target+"\n")
	holds(t, target, "from a pipe")

	r := s.as("alice").tty(80).run(t, "file", "send", "Deploys", plan)
	if r.code != exitOK || !strings.HasPrefix(r.out, "✓ Sent "+plan+" to Deploys as message ") {
		t.Errorf("at a terminal: %+v", r)
	}
	if !strings.Contains(r.err, "plan.txt  ████████████████████ 100%  20 B of 20 B") || !strings.HasSuffix(r.err, "\r\x1b[K") {
		t.Errorf("the progress is %q", r.err)
	}
	same(t, s.as("alice").ok(t, "file", "send", "Deploys", plan, plan, "--jq", ".[].messageParameters.file.name"), "plan (3).txt\nplan (4).txt\n")

	id = strings.TrimSpace(s.as("alice").ok(t, "send", "Deploys", "no file"))
	s.as("bob").fails(t, exitFailed, []string{"shows no file"}, "message", "download", "Deploys", id)
	s.as("bob").fails(t, exitNotFound, []string{"no message 4711"}, "message", "download", "Deploys", "4711")
	s.as("alice").fails(t, exitUsage, []string{"--name"}, "file", "send", "Deploys", "-")
	s.as("alice").fails(t, exitUsage, []string{"single file"}, "file", "send", "Deploys", plan, plan, "--caption", "x")
	s.as("alice").fails(t, exitUsage, []string{"--reply-to"}, "file", "send", "Deploys", plan, "--reply-to", "0")
	s.as("alice").fails(t, exitFailed, []string{"no such file"}, "file", "send", "Deploys", plan, plan+"x")
	s.as("alice").fails(t, exitFailed, []string{"is a directory"}, "file", "send", "Deploys", filepath.Dir(plan))
	same(t, s.as("alice").ok(t, "read", "Deploys", "-n1", "--jq", ".[].message"), "no file\n") // what failed sent nothing
}

func TestFileStore(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.room("Deploys", "bob")
	plan := file(t, "plan.txt", "first")
	alice := func(args ...string) string { return s.as("alice").ok(t, append([]string{"file"}, args...)...) }

	same(t, alice("upload", plan, "Plans/2026/plan.txt"), "")
	s.as("alice").fails(t, exitFailed, []string{"exists already"}, "file", "upload", plan, "Plans/2026/plan.txt")
	same(t, alice("upload", plan, "Plans/2026/plan.txt", "--force", "--json=path,size"), `{"path":"/Plans/2026/plan.txt","size":5}`+"\n")
	same(t, alice("copy", "Plans/2026/plan.txt", "Plans/copy.txt"), "")
	same(t, alice("mv", "Plans/copy.txt", "Plans/moved.txt"), "")
	same(t, alice("mkdir", "Plans/a/b"), "")
	same(t, s.as("alice").tty(80).ok(t, "file", "ls", "Plans"), `NAME       SIZE  CHANGED  TYPE
2026/       5 B  5m ago
a/          0 B  5m ago
moved.txt   5 B  5m ago   text/plain
`)
	same(t, alice("list", "Plans", "--jq", ".[] | [.path, .isDir, .modified] | @tsv"), "/Plans/2026\ttrue\t1772366400\n/Plans/a\ttrue\t1772366400\n/Plans/moved.txt\tfalse\t1772366400\n")
	if line := strings.Split(alice("list", "Plans"), "\n")[2]; !strings.HasPrefix(line, "/Plans/moved.txt\tfile\t5\t2026-03-01T12:00:00Z\ttext/plain\t") {
		t.Errorf("a pipe gets %q", line)
	}
	if out := alice("view", "Plans/moved.txt"); !strings.HasPrefix(out, "path\t/Plans/moved.txt\nkind\tfile\nsize\t5\ntype\ttext/plain\n") {
		t.Errorf("a pipe gets %q", out)
	}
	if out := s.as("alice").tty(80).ok(t, "file", "view", "Plans/moved.txt"); !strings.Contains(out, "size:        5 B\n") {
		t.Errorf("a terminal gets %q", out)
	}

	id := strings.TrimSpace(alice("share", "Deploys", "Plans/moved.txt"))
	same(t, s.as("bob").ok(t, "message", "download", "Deploys", id, "-o", "-"), "first")
	share := strings.Split(alice("shares", "Plans/moved.txt"), "\t")
	if len(share) != 5 || share[1] != "10" || share[3] != "Deploys" {
		t.Errorf("the share is %q", share)
	}
	same(t, alice("unshare", share[0]), "")
	same(t, alice("shares", "Plans/moved.txt", "--json"), "[]\n")

	s.as("alice").fails(t, exitUsage, []string{"--yes"}, "file", "delete", "Plans")
	same(t, s.as("alice").tty(80).stdin("y\n").ok(t, "file", "rm", "Plans"), "✓ Deleted Plans\n")
	s.as("alice").fails(t, exitNotFound, []string{`no file "Plans"`, "file list"}, "file", "list", "Plans")
	s.as("alice").fails(t, exitNotFound, []string{`no file "x"`}, "file", "share", "Deploys", "x")
	s.as("alice").fails(t, exitUsage, []string{"id of a share"}, "file", "unshare", "x")
	s.as("alice").fails(t, exitFailed, []string{"path"}, "file", "view", "../etc/passwd")
}

func TestFileDownload(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.as("alice").stdin(strings.Repeat("x", 100_000)).ok(t, "file", "upload", "-", "Plans/plan.txt")
	target := filepath.Join(t.TempDir(), "plan.txt")
	same(t, s.as("alice").ok(t, "file", "download", "Plans/plan.txt", "--output", target), "")
	holds(t, target, strings.Repeat("x", 100_000))
	s.as("alice").fails(t, exitFailed, []string{"is there already", "--force"}, "file", "download", "Plans/plan.txt", "--output", target)
	s.as("alice").ok(t, "file", "download", "Plans/plan.txt", "--output", target, "--force")
	s.as("alice").fails(t, exitUsage, []string{"is a directory"}, "file", "download", "Plans/plan.txt", "--output", filepath.Dir(target), "--force")
	s.as("alice").fails(t, exitNotFound, []string{"no file"}, "file", "download", "Plans/none.txt", "-o", filepath.Join(t.TempDir(), "none"))
	s.as("alice").tty(80).fails(t, exitUsage, []string{"--output"}, "file", "download", "Plans/plan.txt", "-o", "-")
	s.as("alice").fails(t, exitUsage, []string{"cannot be the name"}, "file", "download", "/")
}

func TestAvatar(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.room("Deploys", "bob")
	drawn := s.as("bob").ok(t, "avatar", "get", "Deploys")
	if drawn == "" {
		t.Fatal("there is no picture")
	}
	same(t, s.as("alice").tty(80).ok(t, "avatar", "set-emoji", "Deploys", "🚀", "--color", "4466AA"), "✓ Gave Deploys an emoji\n")
	emoji := s.as("bob").ok(t, "avatar", "get", "Deploys")
	if !strings.Contains(emoji, "🚀") {
		t.Errorf("the picture is %.200q", emoji)
	}
	target := filepath.Join(t.TempDir(), "deploys")
	if out := s.as("bob").tty(80).ok(t, "avatar", "get", "Deploys", "-o", target); !strings.HasPrefix(out, "✓ Stored the picture of Deploys (image/svg+xml) as ") {
		t.Errorf("a terminal gets %q", out)
	}
	holds(t, target, emoji)

	square := file(t, "square.png", png)
	same(t, s.as("alice").ok(t, "avatar", "set", "Deploys", square, "--json=isCustomAvatar"), `{"isCustomAvatar":true}`+"\n")
	if got := s.as("bob").ok(t, "avatar", "get", "Deploys"); !strings.HasPrefix(got, "\x89PNG") {
		t.Errorf("the picture is %.20q", got)
	}
	same(t, s.as("alice").stdin(png).ok(t, "avatar", "set", "Deploys", "-"), "")
	same(t, s.as("alice").ok(t, "avatar", "delete", "Deploys"), "")
	same(t, s.as("bob").ok(t, "avatar", "get", "Deploys"), drawn)

	s.as("bob").fails(t, exitFailed, []string{"does not permit"}, "avatar", "delete", "Deploys")
	s.as("alice").stdin("no picture").fails(t, exitFailed, []string{"400"}, "avatar", "set", "Deploys", "-")
	s.as("alice").fails(t, exitFailed, []string{"color", "blue"}, "avatar", "set-emoji", "Deploys", "🚀", "--color", "blue")
	s.as("alice").fails(t, exitFailed, []string{"no such file"}, "avatar", "set", "Deploys", square+"x")
	s.as("alice").tty(80).fails(t, exitUsage, []string{"--output"}, "avatar", "get", "Deploys")
}
