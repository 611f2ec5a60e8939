// Package export keeps conversations in files: as lines of JSON, Markdown, plain text or a page of HTML. What was exported
// once is not asked for again.
package export

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
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

// cursor says how far a file goes. It is written after the file: when it is behind, because that was all there was time
// for, the file is cut to what the cursor knows, and no message is doubled.
type cursor struct {
	LastMessage int64 `json:"lastMessage"`
	Messages    int   `json:"messages"`
	Size        int64 `json:"size"` // of the file without its end, in bytes
}

// cursors is the file in which the cursors of a conversation are, by format.
const cursors = ".export.json"

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

// Update brings the file of a format in the folder of a conversation up to date, or with full makes it anew. The file changes
// as a whole or not at all, and memory does not grow with it.
func Update(ctx context.Context, folder string, room *talk.Conversation, format Format, full bool, source Source, attach Attach) (Result, error) {
	known := map[Format]cursor{}
	if err := readCursors(folder, known); err != nil {
		return Result{}, err
	}
	result := Result{Path: filepath.Join(folder, "messages."+format.Extension())}
	at := known[format]
	if info, err := os.Stat(result.Path); full || err != nil || info.Size() < at.Size {
		at = cursor{}
	}
	result.Messages = at.Messages
	next, stop := iter.Pull2(source(ctx, at.LastMessage))
	defer stop()
	first, err, more := next()
	if err != nil {
		return result, err
	}
	if !more && at.Size > 0 {
		return result, nil
	}
	err = safefile.Write(result.Path, 0o600, func(file io.Writer) error {
		e := exporter{w: &counter{w: file}, format: format, folder: folder, attach: attach}
		if err := e.begin(result.Path, room, at.Size); err != nil {
			return err
		}
		for m := first; more; m, err, more = next() {
			if err != nil {
				return err
			}
			if err := e.add(ctx, m); err != nil {
				return err
			}
			at.LastMessage = m.ID
			result.New++
		}
		at.Size, at.Messages = e.w.n, at.Messages+result.New
		return format.end(e.w)
	})
	if err != nil {
		return result, err
	}
	result.Messages = at.Messages
	known[format] = at
	return result, writeJSON(filepath.Join(folder, cursors), known)
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

// Describe writes what is known of the conversation beside its messages.
func Describe(folder string, room *talk.Conversation) error {
	return writeJSON(filepath.Join(folder, "conversation.json"), room)
}

// exporter writes one file.
type exporter struct {
	w      *counter
	format Format
	folder string
	attach Attach
}

// begin writes what was there already, or the beginning of a new file.
func (e *exporter) begin(path string, room *talk.Conversation, size int64) error {
	if size == 0 {
		return e.format.begin(e.w, room)
	}
	old, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { _ = old.Close() }()
	_, err = io.CopyN(e.w, old, size)
	return err
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

func readCursors(folder string, known map[Format]cursor) error {
	data, err := os.ReadFile(filepath.Join(folder, cursors))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil {
		err = json.Unmarshal(data, &known)
	}
	if err != nil {
		return fmt.Errorf("how far the export in %s goes cannot be read: %w", folder, err)
	}
	return nil
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
