package talk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
)

// CursorStore keeps how far conversations were followed, so that following goes on there after the program was stopped.
// [ChatService.Follow] and [Client.Watch] name a conversation by its link, "https://cloud.example.com/call/abcd1234".
//
// A cursor is saved when the loop asks for the next message: what was given before is handled then. A message in whose
// handling the program dies is given again; its ID is the same, and whoever must not handle it twice compares that.
type CursorStore interface {
	// Load gives the id of the last message that was handled, 0 when nothing was saved.
	Load(ctx context.Context, conversation string) (int64, error)
	// Save keeps the id of the last message that was handled.
	Save(ctx context.Context, conversation string, messageID int64) error
}

// MemoryCursors keeps cursors for as long as the program runs. Its zero value is ready, for many goroutines.
type MemoryCursors struct {
	mu      sync.Mutex
	cursors map[string]int64
}

// Load gives a cursor, 0 for none.
func (m *MemoryCursors) Load(_ context.Context, conversation string) (int64, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.cursors[conversation], nil
}

// Save keeps a cursor.
func (m *MemoryCursors) Save(_ context.Context, conversation string, messageID int64) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.cursors == nil {
		m.cursors = map[string]int64{}
	}
	m.cursors[conversation] = messageID
	return nil
}

// FileCursors keeps cursors in a file, one for all conversations, which is on the disk when Save returns and changes as a
// whole. It is for many goroutines of one program; two programs need a file each.
type FileCursors struct {
	path    string
	mu      sync.Mutex
	cursors map[string]int64
}

// cursorFile is what the file holds.
type cursorFile struct {
	Version int              `json:"version"`
	Cursors map[string]int64 `json:"cursors"`
}

const cursorVersion = 1

// OpenFileCursors reads the cursors in a file; one that does not exist is made by the first Save. A file that is no such
// one, or of a later version, is an error: to begin anew is to remove it.
func OpenFileCursors(path string) (*FileCursors, error) {
	f := &FileCursors{path: path, cursors: map[string]int64{}}
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return f, nil
	}
	if err == nil {
		f.cursors, err = readCursors(data)
	}
	if err != nil {
		return nil, fmt.Errorf("talk: cursors in %s: %w", path, err)
	}
	return f, nil
}

func readCursors(data []byte) (map[string]int64, error) {
	var file cursorFile
	if err := json.Unmarshal(data, &file); err != nil {
		return nil, err
	}
	if file.Version != cursorVersion {
		return nil, fmt.Errorf("version %d is not the %d that this program knows", file.Version, cursorVersion)
	}
	for conversation, id := range file.Cursors {
		if id < 0 {
			return nil, fmt.Errorf("%q: %d is not a message's id", conversation, id)
		}
	}
	if file.Cursors == nil {
		file.Cursors = map[string]int64{}
	}
	return file.Cursors, nil
}

// Load gives a cursor, 0 for none.
func (f *FileCursors) Load(_ context.Context, conversation string) (int64, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.cursors[conversation], nil
}

// Save keeps a cursor. When that fails, the file holds what it held before.
func (f *FileCursors) Save(_ context.Context, conversation string, messageID int64) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.cursors[conversation] == messageID {
		return nil
	}
	cursors := maps.Clone(f.cursors)
	cursors[conversation] = messageID
	data, err := json.Marshal(cursorFile{cursorVersion, cursors})
	if err == nil {
		err = replaceFile(f.path, append(data, '\n'))
	}
	if err != nil {
		return fmt.Errorf("talk: save cursor: %w", err)
	}
	f.cursors = cursors
	return nil
}

// replaceFile puts a file in place of another one, as a whole.
func replaceFile(path string, data []byte) (err error) {
	temporary := filepath.Join(filepath.Dir(path), fmt.Sprintf(".%s.%08x", filepath.Base(path), rand.Uint32())) //nolint:gosec // a free name, no secret
	file, err := os.OpenFile(temporary, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(temporary))
		}
	}()
	_, err = file.Write(data)
	if err == nil {
		err = file.Sync()
	}
	if err = errors.Join(err, file.Close()); err != nil {
		return err
	}
	return os.Rename(temporary, path)
}

// link names a conversation beyond its server.
func (c *Client) link(token string) string {
	return strings.TrimSuffix(c.BaseURL().String(), "/") + "/call/" + token
}
