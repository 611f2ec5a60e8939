package cli

import (
	"bytes"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
)

func TestExport(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	room := s.room("Deploys", "bob")
	quiet := s.room("Quiet", "bob")
	s.send("alice", room.Token, "Look, @bob", nil)
	s.as("alice").ok(t, "file", "send", "Deploys", file(t, "plan <1>.txt", "first, second"), "--caption", "The plan")
	s.as("alice").stdin(png).ok(t, "file", "send", "Deploys", "-", "--name", "square.png")
	before := s.view("bob", room.Token)
	if before.UnreadMessages == 0 || !before.UnreadMention {
		t.Fatalf("there is nothing unread: %+v", before)
	}

	dir := filepath.Join(t.TempDir(), "kept")
	folder := filepath.Join(dir, "deploys-"+room.Token)
	count := strings.TrimSpace(s.as("bob").ok(t, "read", "Deploys", "--all", "--jq", "length"))
	same(t, s.as("bob").ok(t, "export", "Deploys", "--output", dir, "--format", "jsonl,html", "--attachments"), fmt.Sprintf(
		"%[1]s\tjsonl\t%[2]s/messages.jsonl\t%[3]s\t%[3]s\n%[1]s\thtml\t%[2]s/messages.html\t%[3]s\t%[3]s\n", room.Token, folder, count))
	after := s.view("bob", room.Token)
	if after.UnreadMessages != before.UnreadMessages || after.LastReadMessage != before.LastReadMessage || !after.UnreadMention {
		t.Errorf("it marked messages as read: %d unread before, %d after", before.UnreadMessages, after.UnreadMessages)
	}

	kept, err := filepath.Glob(filepath.Join(folder, "files", "*"))
	if err != nil || len(kept) != 2 || !strings.HasSuffix(kept[0]+kept[1], ".txt") && !strings.HasSuffix(kept[0]+kept[1], "square.png") {
		t.Fatalf("the files are %q, %v", kept, err)
	}
	page, err := os.ReadFile(filepath.Join(folder, "messages.html"))
	if err != nil || !strings.Contains(string(page), "plan &lt;1&gt;.txt</a> (13 B)") || !strings.Contains(string(page), "data:image/png;base64,iVBOR") {
		t.Errorf("the page is %q, %v", page, err)
	}

	s.send("alice", room.Token, "And now?", nil)
	same(t, s.as("bob").ok(t, "export", "--all", "--output", dir, "--json=token,new", "--jq", "sort_by(.new) | .[].new"), "1\n2\n")
	same(t, s.as("bob").ok(t, "export", quiet.Token, "--output", dir, "--jq", ".[0].new"), "0\n")
	same(t, s.as("bob").tty(80).ok(t, "export", "Quiet", "--output", dir, "--full"), fmt.Sprintf("✓ Quiet: 2 new of 2 messages in %s/quiet-%s/messages.jsonl\n", dir, quiet.Token))
	if described, err := os.ReadFile(filepath.Join(folder, "conversation.json")); err != nil || !strings.Contains(string(described), `"displayName": "Deploys"`) {
		t.Errorf("the conversation is described as %q, %v", described, err)
	}
	if lines := s.as("bob").ok(t, "export", "Deploys"); lines != exportedLines(t, folder) {
		t.Errorf("standard output gets %q", lines)
	}
	if text := s.as("bob").ok(t, "export", "Deploys", "--format", "text"); !strings.HasPrefix(text, "Deploys\n=======\n") || !strings.HasSuffix(text, "    And now?\n\n") {
		t.Errorf("standard output gets %q", text)
	}
}

// exportedLines gives the lines that were exported.
func exportedLines(t *testing.T, folder string) string {
	t.Helper()
	lines, err := os.ReadFile(filepath.Join(folder, "messages.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	return string(lines)
}

func TestExportOfWhatIsGone(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	room := s.room("Deploys", "bob")
	s.as("alice").ok(t, "file", "send", "Deploys", file(t, "plan.txt", "first"))
	s.as("alice").ok(t, "file", "send", "Deploys", file(t, "other.txt", "second"))
	c := s.as("bob")
	c.app.Transport = roundTrip(func(req *http.Request) (*http.Response, error) {
		if strings.HasSuffix(req.URL.Path, "/plan.txt") { // moved away between the message and now
			req = req.Clone(req.Context())
			req.URL.Path += "-gone"
		}
		return http.DefaultTransport.RoundTrip(req)
	})
	dir := t.TempDir()
	r := c.run(t, "export", "Deploys", "--output", dir, "--attachments")
	if r.code != exitOK || !strings.Contains(r.err, "warning:") || !strings.Contains(r.err, "plan.txt cannot be fetched") {
		t.Errorf("%+v", r)
	}
	if kept, err := filepath.Glob(filepath.Join(dir, "deploys-"+room.Token, "files", "*-other.txt")); err != nil || len(kept) != 1 {
		t.Errorf("the files are %q, %v", kept, err)
	}
}

func TestExportStreams(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	room := s.room("Deploys")
	const count = 500
	for range count {
		s.send("alice", room.Token, strings.Repeat("long ", 40), nil)
	}
	var out bytes.Buffer
	var pages, early atomic.Int64
	c := s.as("alice")
	c.app.Transport = roundTrip(func(req *http.Request) (*http.Response, error) {
		if strings.Contains(req.URL.Path, "/chat/") && pages.Add(1) == 3 {
			early.Store(int64(out.Len()))
		}
		return http.DefaultTransport.RoundTrip(req)
	})
	c.app.Out, c.app.Err = &out, &out
	if code := Main(t.Context(), []string{"export", "Deploys"}, c.app); code != exitOK {
		t.Fatalf("exit code %d: %s", code, out.String())
	}
	if pages.Load() < 3 || early.Load() < int64(out.Len())/2 {
		t.Errorf("%d pages; of %d bytes %d were written when the third was asked for", pages.Load(), out.Len(), early.Load())
	}
}

func TestExportRefuses(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.room("Deploys", "bob")
	dir := t.TempDir()
	for _, tt := range []struct {
		words []string
		args  []string
	}{
		{[]string{"CONVERSATION is missing", "--all"}, nil},
		{[]string{"--all and conversations"}, []string{"Deploys", "--all"}},
		{[]string{"--format", `"pdf"`, "html"}, []string{"Deploys", "--format", "pdf"}},
		{[]string{"no format"}, []string{"Deploys", "--format", ""}},
		{[]string{"need --output"}, []string{"--all"}},
		{[]string{"need --output"}, []string{"Deploys", "Other"}},
		{[]string{"need --output"}, []string{"Deploys", "--format", "text,html"}},
		{[]string{"--attachments needs --output"}, []string{"Deploys", "--attachments"}},
		{[]string{"--full needs --output"}, []string{"Deploys", "--full"}},
		{[]string{"--json", "confab read"}, []string{"Deploys", "--json"}},
	} {
		s.as("alice").fails(t, exitUsage, tt.words, append([]string{"export"}, tt.args...)...)
	}
	s.as("alice").fails(t, exitNotFound, []string{`"Nothing"`}, "export", "Deploys", "Nothing", "--output", dir)
	s.as("alice").fails(t, exitNotFound, []string{"one-to-one"}, "export", "@bob") // and makes none
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 0 {
		t.Errorf("there is %v, %v", entries, err)
	}
	s.as("alice").fails(t, exitFailed, []string{"export Deploys", "not a directory"}, "export", "Deploys", "--output", file(t, "file", ""))
}

func TestExportOfOneThatFails(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	broken, room := s.room("Broken"), s.room("Deploys")
	c := s.as("alice")
	c.app.Transport = roundTrip(func(req *http.Request) (*http.Response, error) {
		if strings.HasSuffix(req.URL.Path, "/chat/"+broken.Token) {
			req = req.Clone(req.Context())
			req.URL.Path = strings.Replace(req.URL.Path, broken.Token, "nothere1", 1)
		}
		return http.DefaultTransport.RoundTrip(req)
	})
	r := c.run(t, "export", "--all", "--output", t.TempDir())
	if r.code != exitNotFound || !strings.HasPrefix(r.out, room.Token+"\tjsonl\t") || !strings.Contains(r.err, "export Broken: ") {
		t.Errorf("%+v", r)
	}
}
