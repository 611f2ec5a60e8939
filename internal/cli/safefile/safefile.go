// Package safefile writes files that are there as a whole or not at all.
package safefile

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
)

// Write makes a file with what write writes. It appears only once it is complete and on the disk, in place of one that was
// there; when anything fails nothing of it stays.
func Write(path string, mode fs.FileMode, write func(io.Writer) error) error {
	file, err := Create(path, mode)
	if err != nil {
		return err
	}
	if err := write(file); err != nil {
		return errors.Join(err, file.Abort())
	}
	return file.Commit()
}

// File is a file that is not in its place yet.
type File struct {
	*os.File

	path string
}

// Create begins a file that shall replace what is at a path, under a name beside it. It ends with Commit or Abort, or stays
// there under that name.
func Create(path string, mode fs.FileMode) (*File, error) {
	temporary := filepath.Join(filepath.Dir(path), fmt.Sprintf(".%s.%08x", filepath.Base(path), rand.Uint32())) //nolint:gosec // a free name, no secret
	file, err := os.OpenFile(temporary, os.O_RDWR|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return nil, err
	}
	return &File{file, path}, nil
}

// Commit puts the file into its place once it is on the disk. When that fails it is removed.
func (f *File) Commit() error {
	err := errors.Join(f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), f.path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return nil
}

// Abort removes the file.
func (f *File) Abort() error { return errors.Join(f.Close(), os.Remove(f.Name())) }
