package talk_test

import (
	"bytes"
	"errors"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/confab-go/confab/talk"
)

// journalOf writes a file with some messages that wait in two conversations, and gives its path.
func journalOf(t *testing.T, c *talk.Client, texts ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "outbox")
	o := must(c.OpenOutbox(&talk.OutboxOptions{File: path}))(t)
	for i, text := range texts {
		must(o.Put(t.Context(), []string{"abcd1234", "efgh5678"}[i%2], text, &talk.SendOptions{ReferenceID: fmt.Sprint("id-", i)}))(t)
	}
	o.Abandon()
	return path
}

func offline(t *testing.T) *talk.Client {
	t.Helper()
	return must(talk.NewClient("http://127.0.0.1:1", talk.WithAppPassword("alice", "secret")))(t)
}

func waitingTexts(messages []talk.OutboxMessage) (all []string) {
	for _, m := range messages {
		all = append(all, m.Text)
	}
	return all
}

func TestOutboxFileIsTheOwners(t *testing.T) {
	t.Parallel()
	c := offline(t)
	path := journalOf(t, c, "one")
	for _, name := range []string{path, path + ".lock"} {
		if info := must(os.Stat(name))(t); info.Mode() != 0o600 {
			t.Errorf("%s: its mode is %v", filepath.Base(name), info.Mode())
		}
	}
	if text := must(os.ReadFile(path))(t); bytes.Contains(text, []byte("secret")) {
		t.Errorf("the file holds the password: %s", text)
	}
	o := outbox(t, c, &talk.OutboxOptions{File: path})
	if _, err := c.OpenOutbox(&talk.OutboxOptions{File: path}); !errors.Is(err, talk.ErrOutboxInUse) || !strings.Contains(err.Error(), path) {
		t.Errorf("a second time: %v", err)
	}
	if err := o.Close(); err != nil {
		t.Error(err)
	}
	for name, c := range map[string]*talk.Client{
		"another server":  must(talk.NewClient("http://127.0.0.1:2", talk.WithAppPassword("alice", "secret")))(t),
		"another account": must(talk.NewClient("http://127.0.0.1:1", talk.WithAppPassword("bob", "secret")))(t),
	} {
		var e *talk.Error
		if _, err := c.OpenOutbox(&talk.OutboxOptions{File: path}); !errors.As(err, &e) || e.Field != "file" {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := outbox(t, c, &talk.OutboxOptions{File: path}).Close(); err != nil { // which has the lock only if those who were refused gave it back
		t.Error(err)
	}
	if _, err := c.OpenOutbox(&talk.OutboxOptions{File: filepath.Join(path, "none", "outbox")}); err == nil {
		t.Error("a file in no folder was opened")
	}
	empty := filepath.Join(t.TempDir(), "empty")
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	must(outbox(t, c, &talk.OutboxOptions{File: empty}).Put(t.Context(), "abcd1234", "one", nil))(t)
}

// TestOutboxFileCutAnywhere: what a crash leaves of a file is its beginning. Of the messages whose line is whole none is lost.
func TestOutboxFileCutAnywhere(t *testing.T) {
	t.Parallel()
	c := offline(t)
	texts := []string{"one", "two\nlines", "drei ä", "4"}
	whole := must(os.ReadFile(journalOf(t, c, texts...)))(t)
	for n := range len(whole) + 1 {
		waiting, _, damage, torn, err := talk.ReplayOutbox(c, bytes.NewReader(whole[:n]))
		if damage != nil || err != nil {
			t.Fatalf("cut after %d of %d bytes: %v, %v", n, len(whole), damage, err)
		}
		lines := bytes.Count(whole[:n], []byte("\n"))
		if diff := cmp.Diff(texts[:max(lines-1, 0)], append([]string{}, waitingTexts(waiting)...)); diff != "" {
			t.Errorf("cut after %d of %d bytes:\n%s", n, len(whole), diff)
		}
		if want := n > 0 && whole[n-1] != '\n'; torn != want {
			t.Errorf("cut after %d of %d bytes: torn %v, want %v", n, len(whole), torn, want)
		}
	}
}

// TestOutboxFileSpoiltAnywhere: a byte that is another one is noticed, wherever it is, and is never a message less without a word.
func TestOutboxFileSpoiltAnywhere(t *testing.T) {
	t.Parallel()
	c := offline(t)
	path := journalOf(t, c, "one", "two", "three")
	whole := must(os.ReadFile(path))(t)
	for n := range whole {
		spoilt := bytes.Clone(whole)
		spoilt[n] ^= 0x10
		waiting, _, damage, torn, err := talk.ReplayOutbox(c, bytes.NewReader(spoilt))
		if damage == nil && err == nil && !(torn && n == len(whole)-1) {
			t.Fatalf("byte %d is spoilt, and %q wait without a word", n, waitingTexts(waiting))
		}
	}

	second := bytes.Index(whole, []byte("two"))
	spoilt := bytes.Clone(whole)
	spoilt[second] = 'T'
	if err := os.WriteFile(path, spoilt, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := c.OpenOutbox(&talk.OutboxOptions{File: path})
	if !errors.Is(err, talk.ErrOutboxDamaged) || !strings.Contains(err.Error(), "line 3") {
		t.Errorf("it gives %v", err)
	}
	if diff := cmp.Diff(spoilt, must(os.ReadFile(path))(t)); diff != "" {
		t.Errorf("to refuse it has changed it:\n%s", diff)
	}
	o := outbox(t, c, &talk.OutboxOptions{File: path, Salvage: true})
	if diff := cmp.Diff([]string{"one", "three"}, waitingTexts(o.Waiting())); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(spoilt, must(os.ReadFile(path+".damaged"))(t)); diff != "" {
		t.Errorf("the copy:\n%s", diff)
	}
	if err := o.Close(); err != nil {
		t.Error(err)
	}
	if diff := cmp.Diff([]string{"one", "three"}, waitingTexts(outbox(t, c, &talk.OutboxOptions{File: path}).Waiting())); diff != "" {
		t.Error(diff)
	}
}

// TestOutboxFileStaysSmall: what is over is left out in the end, and beside the file nothing remains.
func TestOutboxFileStaysSmall(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	alice := srv.Client(t, "alice", impatient)
	room := group(t, alice, "Small")
	path := filepath.Join(t.TempDir(), "outbox")
	o := outbox(t, alice, &talk.OutboxOptions{File: path})
	largest := int64(0)
	for i := range 100 {
		must(o.Put(t.Context(), room.Token, strings.Repeat("x", 30000)+fmt.Sprint(i), nil))(t)
		if i%10 == 9 {
			if err := o.Flush(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		largest = max(largest, must(os.Stat(path))(t).Size())
	}
	if largest > 2<<20 {
		t.Errorf("the file grew to %d bytes", largest)
	}
	if err := o.Close(); err != nil {
		t.Error(err)
	}
	if len(written(t, alice, room.Token)) != 100 {
		t.Error("not all have arrived")
	}
	again := outbox(t, alice, &talk.OutboxOptions{File: path})
	if n := len(again.Waiting()); n != 0 {
		t.Errorf("%d wait", n)
	}
	var names []string
	for _, entry := range must(os.ReadDir(filepath.Dir(path)))(t) {
		names = append(names, entry.Name())
	}
	if diff := cmp.Diff([]string{"outbox", "outbox.lock"}, names); diff != "" {
		t.Error(diff)
	}
	if size := must(os.Stat(path))(t).Size(); size > 32<<10 {
		t.Errorf("without messages the file has %d bytes", size)
	}
}

func TestOutboxFileThatIsNone(t *testing.T) {
	t.Parallel()
	c := offline(t)
	for name, text := range map[string]string{"text": "hello\nworld\n", "JSON": "{}\n", "one line": strings.Repeat("x", 1<<20) + "\n"} {
		path := filepath.Join(t.TempDir(), "outbox")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := c.OpenOutbox(&talk.OutboxOptions{File: path}); !errors.Is(err, talk.ErrOutboxDamaged) {
			t.Errorf("%s: %v", name, err)
		}
		if got := must(os.ReadFile(path))(t); string(got) != text {
			t.Errorf("%s: it was changed to %.100q", name, got)
		}
	}
}

func FuzzOutboxFile(f *testing.F) {
	c, err := talk.NewClient("http://127.0.0.1:1", talk.WithAppPassword("alice", "secret"))
	if err != nil {
		f.Fatal(err)
	}
	sums := func(lines string) (journal []byte) {
		for line := range strings.Lines(lines) {
			journal = fmt.Appendf(journal, "%08x %s", crc32.Checksum([]byte(strings.TrimSuffix(line, "\n")), crc32.MakeTable(crc32.Castagnoli)), line)
		}
		return journal
	}
	const header = `{"outbox":{"version":1,"server":"http://127.0.0.1:1","account":"alice"}}` + "\n"
	for _, lines := range []string{
		"", `{"put":{"token":"abcd1234","put":"2026-03-01T12:00:00Z","message":{"message":"one","referenceId":"id-0"}}}` + "\n",
		`{"base":{"token":"abcd1234","after":7}}` + "\n" + `{"end":{"token":"abcd1234","referenceId":"id-0","id":8}}` + "\n", `{"put":{}}` + "\n", "{}\n", "x",
	} {
		f.Add(lines, true)
		f.Add(header+lines, true)
		f.Add(header+lines, false)
	}
	f.Fuzz(func(t *testing.T, lines string, whole bool) {
		journal := []byte(lines)
		if whole {
			journal = sums(lines)
		}
		waiting, anew, _, _, err := talk.ReplayOutbox(c, bytes.NewReader(journal))
		if err != nil {
			return
		}
		again, _, damage, torn, err := talk.ReplayOutbox(c, bytes.NewReader(anew))
		if damage != nil || torn || err != nil {
			t.Fatalf("what was written anew cannot be read: %v, %v, %v", damage, torn, err)
		}
		if diff := cmp.Diff(waiting, again); diff != "" {
			t.Error(diff)
		}
	})
}
