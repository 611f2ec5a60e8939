package export

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"

	"github.com/confab-go/confab/talk"
)

// The files of a conversation's folder beside its messages.
const (
	describedFile    = "conversation.json"
	participantsFile = "participants.json"
)

// longestLine is the longest line of an archive that is read, in bytes: many times the longest message.
const longestLine = 16 << 20

// Archive is a conversation that was exported as JSON lines.
type Archive struct {
	Folder       string
	Conversation *talk.Conversation
	// Participants are nil when they were not exported.
	Participants []*talk.Participant
}

// Archives finds the conversations that were exported into a directory, or the one whose folder it is.
func Archives(dir string) ([]*Archive, error) {
	one, err := readArchive(dir)
	if err == nil {
		return []*Archive{one}, nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var found []*Archive
	for _, entry := range entries {
		if !entry.IsDir() {
			continue
		}
		a, err := readArchive(filepath.Join(dir, entry.Name()))
		switch {
		case errors.Is(err, fs.ErrNotExist): // exported in other formats only, or something else
		case err != nil:
			return nil, err
		default:
			found = append(found, a)
		}
	}
	if len(found) == 0 {
		return nil, fmt.Errorf("%s: no conversation was exported there as jsonl", dir)
	}
	return found, nil
}

// readArchive reads what describes a conversation. A folder without its messages is [fs.ErrNotExist].
func readArchive(folder string) (*Archive, error) {
	a := &Archive{Folder: folder}
	if _, err := os.Stat(a.path()); err != nil {
		return nil, err
	}
	if err := readJSON(filepath.Join(folder, describedFile), &a.Conversation); err != nil {
		return nil, err
	}
	if a.Conversation == nil {
		return nil, fmt.Errorf("%s describes no conversation", filepath.Join(folder, describedFile))
	}
	err := readJSON(filepath.Join(folder, participantsFile), &a.Participants)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	return a, nil
}

func readJSON(path string, v any) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(data, v); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}

func (a *Archive) path() string { return filepath.Join(a.Folder, "messages."+JSONL.Extension()) }

// Messages goes through the messages, oldest first. Errors name the line.
func (a *Archive) Messages() iter.Seq2[*talk.Message, error] {
	return func(yield func(*talk.Message, error) bool) {
		file, err := os.Open(a.path())
		if err != nil {
			yield(nil, err)
			return
		}
		defer func() { _ = file.Close() }()
		lines := bufio.NewScanner(file)
		lines.Buffer(make([]byte, 0, 64<<10), longestLine)
		number := 0
		for lines.Scan() {
			number++
			m := new(talk.Message)
			if err := m.UnmarshalJSON(lines.Bytes()); err != nil {
				yield(nil, fmt.Errorf("%s:%d: %w", a.path(), number, err))
				return
			}
			if m.ID <= 0 || m.Token != a.Conversation.Token {
				yield(nil, fmt.Errorf("%s:%d: no message of conversation %s", a.path(), number, a.Conversation.Token))
				return
			}
			if !yield(m, nil) {
				return
			}
		}
		if err := lines.Err(); err != nil {
			yield(nil, fmt.Errorf("%s:%d: %w", a.path(), number+1, err))
		}
	}
}

// File opens what was fetched of the file that a message shows; [fs.ErrNotExist] when nothing was.
func (a *Archive) File(m *talk.Message) (io.ReadCloser, error) {
	node, ok := m.File()
	if !ok || node.IsDir {
		return nil, fmt.Errorf("message %d shows no file: %w", m.ID, fs.ErrNotExist)
	}
	return os.Open(filepath.Join(a.Folder, FileName(node.ID, node.Name)))
}
