// Package export keeps conversations in files: as lines of JSON, Markdown, plain text or a page of HTML. What was exported
// once is not asked for again.
package export

import (
	"context"
	"encoding/json"
	"io"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/confab-go/confab/internal/cli/safefile"
	"github.com/confab-go/confab/talk"
)

// Source gives the messages of a conversation after one, or all for 0, oldest first.
type Source func(ctx context.Context, after int64) iter.Seq2[*talk.Message, error]

// Attach fetches what a message shows, if it does, into the folder of a conversation; nil attaches nothing.
type Attach func(ctx context.Context, folder string, m *talk.Message) (*Attachment, error)

// Attachment is a file that was fetched.
type Attachment struct {
	// Path leads to it from the folder of its conversation.
	Path     string
	Name     string
	MimeType string
	Size     int64 // bytes
}

// Result says what an export did.
type Result struct {
	// Path is the file.
	Path string
	// New counts the messages that were not there before, Messages all of them.
	New, Messages int
}

// Folder gives the folder of a conversation below dir, and makes it. It is named after the conversation, and stays when that
// gets another name.
func Folder(dir string, room *talk.Conversation) (string, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", err
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return "", err
	}
	for _, entry := range entries {
		if entry.IsDir() && (entry.Name() == room.Token || strings.HasSuffix(entry.Name(), "-"+room.Token)) {
			return filepath.Join(dir, entry.Name()), nil
		}
	}
	name := room.Token
	if s := slug(room.DisplayName); s != "" {
		name = s + "-" + name
	}
	folder := filepath.Join(dir, name)
	return folder, os.Mkdir(folder, 0o700)
}

// slug makes of a name what every file system takes.
func slug(name string) string {
	words := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	return strings.Trim(cut(strings.Join(words, "-"), 60), "-")
}

// cut shortens a text to so many bytes, between characters.
func cut(s string, size int) string {
	if len(s) <= size {
		return s
	}
	for size > 0 && !utf8.RuneStart(s[size]) {
		size--
	}
	return s[:size]
}

// Stream writes a whole conversation.
func Stream(ctx context.Context, w io.Writer, room *talk.Conversation, format Format, source Source) (int, error) {
	e := exporter{w: &counter{w: w}, format: format}
	if err := format.begin(e.w, room); err != nil {
		return 0, err
	}
	count := 0
	for m, err := range source(ctx, 0) {
		if err != nil {
			return count, err
		}
		if err := e.add(ctx, m); err != nil {
			return count, err
		}
		count++
	}
	return count, format.end(e.w)
}

// Describe writes what is known of the conversation beside its messages: itself, and who takes part unless that is nil.
func Describe(folder string, room *talk.Conversation, participants []*talk.Participant) error {
	if err := writeJSON(filepath.Join(folder, describedFile), room); err != nil || participants == nil {
		return err
	}
	return writeJSON(filepath.Join(folder, participantsFile), participants)
}

// exporter writes one file.
type exporter struct {
	w      *counter
	format Format
	folder string
	attach Attach
}

func (e *exporter) add(ctx context.Context, m *talk.Message) error {
	var attached *Attachment
	if e.attach != nil {
		var err error
		if attached, err = e.attach(ctx, e.folder, m); err != nil {
			return err
		}
	}
	return e.format.message(e.w, e.folder, m, attached)
}

// counter counts what is written.
type counter struct {
	w io.Writer
	n int64
}

func (c *counter) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	c.n += int64(n)
	return n, err
}

func writeJSON(path string, v any) error {
	return safefile.Write(path, 0o600, func(w io.Writer) error {
		enc := json.NewEncoder(w)
		enc.SetIndent("", "  ")
		return enc.Encode(v)
	})
}

// FileName gives the name under which an attachment is kept, below the folder of its conversation.
func FileName(id, name string) string {
	name = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || strings.ContainsRune(`/\:*?"<>|`, r) || r == utf8.RuneError {
			return '_'
		}
		return r
	}, name)
	ext := filepath.Ext(name)
	if len(ext) > 16 {
		ext = ""
	}
	digits := strings.Map(func(r rune) rune {
		if !slices.Contains([]rune("0123456789"), r) {
			return -1
		}
		return r
	}, id)
	return filepath.Join("files", digits+"-"+cut(strings.TrimSuffix(name, ext), 120)+ext)
}
