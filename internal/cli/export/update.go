package export

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"

	"github.com/confab-go/confab/internal/cli/safefile"
	"github.com/confab-go/confab/talk"
)

// cursors is the file in which the cursors of a conversation are, by format.
const cursors = ".export.json"

// checkpoint is after how many messages an export makes sure that it need not begin anew.
const checkpoint = 5000

// reach says how far a file goes.
type reach struct {
	LastMessage int64 `json:"lastMessage"`
	Messages    int   `json:"messages"`
	Size        int64 `json:"size"` // of the file without its end, in bytes
}

// cursor says how far the file of a format goes. It is written after the file: when it is behind, because that was all there
// was time for, the file is cut to what the cursor knows, and no message is doubled.
type cursor struct {
	reach

	// Partial is what an export that did not come to its end has left.
	Partial *partial `json:"partial,omitempty"`
}

type partial struct {
	reach

	File string `json:"file"` // beside the file that it was to replace
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

// update is a file that is being brought up to date.
type update struct {
	folder, path string
	format       Format
	known        map[Format]cursor
	file         *safefile.File
	buffer       *bufio.Writer
	exporter     exporter
	at           reach
	safe         bool // what is written up to a checkpoint will be found again
}

// Update brings the file of a format in the folder of a conversation up to date, or with full makes it anew. The file changes
// as a whole or not at all, and memory does not grow with it. When it cannot be finished, the next Update goes on from the
// last of the checkpoints that are made on the way.
func Update(ctx context.Context, folder string, room *talk.Conversation, format Format, full bool, source Source, attach Attach) (Result, error) {
	u := update{folder: folder, path: filepath.Join(folder, "messages."+format.Extension()), format: format, known: map[Format]cursor{}}
	if err := readCursors(folder, u.known); err != nil {
		return Result{}, err
	}
	before := u.known[format].reach
	if full || !holds(u.path, before) {
		before = reach{}
	}
	result := Result{Path: u.path, Messages: before.Messages}
	from, left := u.path, u.left(full, before)
	u.at = before
	if left != "" {
		from, u.at = left, u.known[format].Partial.reach
	}
	next, stop := iter.Pull2(source(ctx, u.at.LastMessage))
	defer stop()
	first, err, more := next()
	if err != nil || !more && left == "" && u.at.Size > 0 {
		return result, err
	}
	if err := u.begin(from, room, attach); err != nil {
		return result, err
	}
	for m := first; more && err == nil; m, err, more = next() {
		if err = u.add(ctx, m); err != nil {
			break
		}
	}
	if err == nil {
		err = u.end()
	}
	if err != nil {
		return result, errors.Join(err, u.suspend())
	}
	result.Messages, result.New = u.at.Messages, u.at.Messages-before.Messages
	return result, nil
}

// holds reports whether a file has all that a cursor says.
func holds(path string, r reach) bool {
	info, err := os.Stat(path)
	return err == nil && info.Size() >= r.Size
}

// left gives what an earlier update has left to go on from, "" for nothing of use.
func (u *update) left(full bool, before reach) string {
	p := u.known[u.format].Partial
	if p == nil || p.File != filepath.Base(p.File) {
		return ""
	}
	path := filepath.Join(u.folder, p.File)
	if full || p.LastMessage < before.LastMessage || !holds(path, p.reach) {
		return ""
	}
	return path
}

// begin makes the file with what is there already, or the beginning of a new one.
func (u *update) begin(from string, room *talk.Conversation, attach Attach) (err error) {
	stale := ""
	if p := u.known[u.format].Partial; p != nil {
		stale = filepath.Join(u.folder, filepath.Base(p.File))
	}
	if u.file, err = safefile.Create(u.path, 0o600); err != nil {
		return err
	}
	u.buffer = bufio.NewWriterSize(u.file, 64<<10)
	u.exporter = exporter{w: &counter{w: u.buffer}, format: u.format, folder: u.folder, attach: attach}
	if u.at.Size == 0 {
		err = u.format.begin(u.exporter.w, room)
	} else {
		err = copyStart(u.exporter.w, from, u.at.Size)
	}
	if err == nil && stale != "" {
		if err = u.save(); err == nil {
			if err = os.Remove(stale); errors.Is(err, fs.ErrNotExist) {
				err = nil
			}
		}
	}
	if err != nil {
		return errors.Join(err, u.suspend())
	}
	return nil
}

func copyStart(w io.Writer, path string, size int64) error {
	old, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { _ = old.Close() }()
	_, err = io.CopyN(w, old, size)
	return err
}

func (u *update) add(ctx context.Context, m *talk.Message) error {
	if err := u.exporter.add(ctx, m); err != nil {
		return err
	}
	u.at.LastMessage, u.at.Messages, u.at.Size = m.ID, u.at.Messages+1, u.exporter.w.n
	if u.at.Messages%checkpoint != 0 {
		return nil
	}
	return u.save()
}

// save makes sure that what is written so far will be found again.
func (u *update) save() error {
	if err := errors.Join(u.buffer.Flush(), u.file.Sync()); err != nil {
		return err
	}
	u.at.Size = u.exporter.w.n
	c := u.known[u.format]
	c.Partial = &partial{u.at, filepath.Base(u.file.Name())}
	if err := u.keep(c); err != nil {
		return err
	}
	u.safe = true
	return nil
}

func (u *update) keep(c cursor) error {
	u.known[u.format] = c
	return writeJSON(filepath.Join(u.folder, cursors), u.known)
}

// suspend leaves what can be gone on with, and nothing else.
func (u *update) suspend() error {
	switch {
	case u.file == nil: // it has been too late for that
		return nil
	case !u.safe:
		return u.file.Abort()
	}
	return errors.Join(u.file.Truncate(u.known[u.format].Partial.Size), u.file.Close())
}

// end puts the file into its place.
func (u *update) end() error {
	u.at.Size = u.exporter.w.n
	if err := errors.Join(u.format.end(u.exporter.w), u.buffer.Flush()); err != nil {
		return err
	}
	err := u.file.Commit()
	u.file = nil
	if err != nil {
		return err
	}
	return u.keep(cursor{reach: u.at})
}
