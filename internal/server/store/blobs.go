package store

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
)

// FilesName is the name of the directory inside the data directory that holds the contents of files.
const FilesName = "files"

// incoming is where contents are while they are written.
const incoming = "incoming"

// Blobs keeps the contents of files on disk, each under a random name that is
// given once and never again. A store in memory keeps them in a temporary
// directory, made when first needed: a large upload must not fill the memory of
// the program under test.
type Blobs struct {
	sync   func(*os.File) error
	rename func(from, to string) error

	mu     sync.Mutex
	pinned map[string]int // how many snapshots refer to a content
	dir    string         // "" until it is made
	closed bool
	// temporary says that the directory goes with the store.
	temporary bool
}

// newBlobs keeps contents under the data directory, "" for a temporary one.
func newBlobs(dataDir string) *Blobs {
	b := &Blobs{sync: (*os.File).Sync, rename: os.Rename, temporary: dataDir == ""}
	if dataDir != "" {
		b.dir = filepath.Join(dataDir, FilesName)
	}
	return b
}

// root returns the directory of the contents, which it makes in memory's case.
func (b *Blobs) root() (string, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return "", ErrClosed
	}
	if b.dir == "" {
		dir, err := os.MkdirTemp("", "confab-files-")
		if err != nil {
			return "", fmt.Errorf("make directory for files: %w", err)
		}
		b.dir = dir
	}
	return b.dir, nil
}

// blobPath is where a content is, in one of 256 directories so that none grows large.
func blobPath(root, name string) string { return filepath.Join(root, name[:2], name) }

// BlobWriter writes one content. It is nobody's until Commit.
type BlobWriter struct {
	b    *Blobs
	f    *os.File
	root string
	name string
	size int64
	done bool
}

// Create begins a content. Call Commit or Abort in the end; both is fine.
func (b *Blobs) Create() (*BlobWriter, error) {
	root, err := b.root()
	if err != nil {
		return nil, err
	}
	var random [16]byte
	_, _ = rand.Read(random[:]) // never fails
	w := &BlobWriter{b: b, root: root, name: hex.EncodeToString(random[:])}
	dir := filepath.Join(root, incoming)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make directory for files: %w", err)
	}
	w.f, err = os.OpenFile(filepath.Join(dir, w.name), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("create file: %w", err)
	}
	return w, nil
}

// Write adds to the content.
func (w *BlobWriter) Write(p []byte) (int, error) {
	n, err := w.f.Write(p)
	w.size += int64(n)
	if err != nil {
		return n, fmt.Errorf("write file: %w", err)
	}
	return n, nil
}

// Size returns the number of bytes written so far.
func (w *BlobWriter) Size() int64 { return w.size }

// Commit brings the content to the disk, whatever happens to the process or
// the machine afterwards, and returns its name.
func (w *BlobWriter) Commit() (name string, err error) {
	defer w.Abort()
	if err := w.b.sync(w.f); err != nil {
		return "", fmt.Errorf("sync file: %w", err)
	}
	if err := w.f.Close(); err != nil {
		return "", fmt.Errorf("close file: %w", err)
	}
	to := blobPath(w.root, w.name)
	if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
		return "", fmt.Errorf("make directory for files: %w", err)
	}
	if err := w.b.rename(w.f.Name(), to); err != nil {
		return "", fmt.Errorf("rename file: %w", err)
	}
	w.done = true
	for _, dir := range []string{filepath.Dir(to), w.root} {
		if err := syncDir(dir); err != nil {
			_ = os.Remove(to)
			return "", fmt.Errorf("sync directory of files: %w", err)
		}
	}
	return w.name, nil
}

// Abort removes what was written, unless Commit has succeeded.
func (w *BlobWriter) Abort() {
	_ = w.f.Close()
	if !w.done {
		w.done = true
		_ = os.Remove(w.f.Name()) // the next start tries again
	}
}

// Open opens a content to read it, or returns ErrNotFound.
func (b *Blobs) Open(name string) (io.ReadSeekCloser, error) {
	root, err := b.root()
	if err != nil {
		return nil, err
	}
	f, err := os.Open(blobPath(root, name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("open file: %w", ErrNotFound)
	}
	if err != nil {
		return nil, fmt.Errorf("open file: %w", err)
	}
	return f, nil
}

// Remove removes contents that no snapshot refers to. Who reads one goes on.
// What cannot be removed is when the store is opened again.
func (b *Blobs) Remove(names ...string) {
	root, err := b.root()
	if err != nil {
		return
	}
	for _, name := range names {
		if name != "" && !b.isPinned(name) {
			_ = os.Remove(blobPath(root, name))
		}
	}
}

// pin counts how many snapshots refer to contents: n more, or -n less.
func (b *Blobs) pin(names []string, n int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.pinned == nil {
		b.pinned = map[string]int{}
	}
	for _, name := range names {
		if b.pinned[name] += n; b.pinned[name] == 0 {
			delete(b.pinned, name)
		}
	}
}

func (b *Blobs) isPinned(name string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.pinned[name] > 0
}

// sweep removes what no row refers to: contents whose transaction was never
// committed, and those that a process was about to remove when it ended.
func (b *Blobs) sweep(used map[string]bool) error {
	if b.temporary {
		return nil
	}
	var unused []string
	err := filepath.WalkDir(b.dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() && (filepath.Base(filepath.Dir(path)) == incoming || !used[d.Name()]) {
			unused = append(unused, path)
		}
		return err
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("read directory of files: %w", err)
	}
	for _, path := range unused {
		if err := os.Remove(path); err != nil {
			return fmt.Errorf("clean directory of files: %w", err)
		}
	}
	return nil
}

func (b *Blobs) close() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.closed = true
	if !b.temporary || b.dir == "" {
		return nil
	}
	return os.RemoveAll(b.dir)
}
