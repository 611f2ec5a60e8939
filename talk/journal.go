package talk

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"sync"
)

// journal is the file of an outbox. It is for many goroutines.
type journal struct {
	path string
	lock *os.File

	syncing sync.Mutex // held while the disk is waited for, before mu

	mu      sync.Mutex
	file    *os.File
	size    int64
	whole   int64 // its size when it was last replaced
	written int64 // how many records were written
	synced  int64 // how many of them are on the disk
	err     error // why nothing more can be written
}

// append writes a record, and gives the number by which sync knows it. When that fails, the file is as before.
func (j *journal) append(r outboxRecord) (number int64, err error) {
	line, err := r.line()
	if err != nil {
		return 0, err
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.err != nil {
		return 0, j.err
	}
	if n, err := j.file.Write(line); err != nil {
		if n > 0 {
			j.err = j.file.Truncate(j.size)
		}
		return 0, errors.Join(err, j.err)
	}
	j.size += int64(len(line))
	j.written++
	return j.written, nil
}

// sync returns when a record is on the disk. Whoever waits for the disk takes with it what others have written meanwhile.
func (j *journal) sync(number int64) error {
	j.syncing.Lock()
	defer j.syncing.Unlock()
	j.mu.Lock()
	file, written, synced, err := j.file, j.written, j.synced, j.err
	j.mu.Unlock()
	if err != nil || synced >= number {
		return err
	}
	err = file.Sync()
	j.mu.Lock()
	defer j.mu.Unlock()
	if err != nil { // what is on the disk now, nobody knows
		j.err = err
		return err
	}
	j.synced = max(j.synced, written)
	return nil
}

func (j *journal) isSynced(number int64) bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.synced >= number
}

// wasteful reports whether most of the file is over.
func (j *journal) wasteful() bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.size > outboxWaste && j.size > 2*j.whole
}

// rewrite replaces the file as a whole.
func (j *journal) rewrite(records []outboxRecord) error {
	var text bytes.Buffer
	for _, r := range records {
		line, err := r.line()
		if err != nil {
			return err
		}
		text.Write(line)
	}
	j.syncing.Lock()
	defer j.syncing.Unlock()
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.err != nil {
		return j.err
	}
	if j.err = j.replace(text.Bytes()); j.err != nil {
		return j.err
	}
	j.size, j.whole, j.synced = int64(text.Len()), int64(text.Len()), j.written
	return nil
}

func (j *journal) replace(text []byte) error {
	if j.file != nil { // some systems replace no file that is open
		if err := j.file.Close(); err != nil {
			return err
		}
	}
	if err := replaceFile(j.path, text); err != nil {
		return err
	}
	if err := syncDir(filepath.Dir(j.path)); err != nil {
		return err
	}
	file, err := os.OpenFile(j.path, os.O_WRONLY|os.O_APPEND, 0)
	j.file = file
	return err
}

func (j *journal) close() error {
	j.syncing.Lock()
	defer j.syncing.Unlock()
	j.mu.Lock()
	defer j.mu.Unlock()
	err := j.err
	if err == nil {
		err = j.file.Sync()
		j.err = ErrOutboxClosed
	}
	return errors.Join(err, j.file.Close(), j.lock.Close())
}
