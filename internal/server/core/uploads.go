package core

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/confab-go/confab/internal/server/store"
)

// MaxChunks is how many pieces an upload may have.
const MaxChunks = 10000

// uploadLife is how long an upload in pieces may take, in seconds.
const uploadLife = 24 * 60 * 60

// BeginUpload begins an upload in pieces under a name that its user chooses.
func (c *Core) BeginUpload(ctx context.Context, caller Caller, name string) error {
	path := []string{name}
	if err := checkPath(path); err != nil {
		return err
	}
	return c.store.Write(ctx, func(tx *store.Tx) error {
		if _, err := tx.Upload(caller.UserID, name); err == nil {
			return fileError(FileExists, path)
		} else if !isNotFound(err) {
			return err
		}
		stale, err := tx.UploadsBefore(caller.UserID, c.unix()-uploadLife)
		if err != nil {
			return err
		}
		for _, u := range stale {
			if err := c.endUpload(tx, u.ID); err != nil {
				return err
			}
		}
		return tx.InsertUpload(&store.Upload{Owner: caller.UserID, Name: name, Created: c.unix()})
	})
}

// uploadOf finds a user's upload.
func uploadOf(tx *store.Tx, caller Caller, name string) (store.Upload, error) {
	u, err := tx.Upload(caller.UserID, name)
	if isNotFound(err) {
		return u, fileError(FileMissing, []string{name})
	}
	return u, err
}

// Chunks returns the pieces of an upload that have arrived, in the order of their names.
func (c *Core) Chunks(ctx context.Context, caller Caller, name string) (out []store.Chunk, err error) {
	err = c.store.Read(ctx, func(tx *store.Tx) error {
		u, err := uploadOf(tx, caller, name)
		if err != nil {
			return err
		}
		out, err = tx.Chunks(u.ID)
		return err
	})
	slices.SortStableFunc(out, func(a, b store.Chunk) int { return naturally(a.Name, b.Name) })
	return out, err
}

// naturally orders names as people do: a2 is before a10.
func naturally(a, b string) int {
	for a != "" && b != "" {
		x, y := digits(a), digits(b)
		if x == "" || y == "" {
			if a[0] != b[0] {
				return cmp.Compare(a[0], b[0])
			}
			a, b = a[1:], b[1:]
			continue
		}
		a, b = a[len(x):], b[len(y):]
		x, y = strings.TrimLeft(x, "0"), strings.TrimLeft(y, "0")
		if c := cmp.Or(cmp.Compare(len(x), len(y)), strings.Compare(x, y)); c != 0 {
			return c
		}
	}
	return cmp.Compare(len(a), len(b))
}

// digits returns the number that a text begins with.
func digits(s string) string {
	return s[:len(s)-len(strings.TrimLeft(s, "0123456789"))]
}

// WriteChunk stores a piece of an upload; one with the same name is replaced.
func (c *Core) WriteChunk(ctx context.Context, caller Caller, upload, name string, content io.Reader) error {
	if err := checkPath([]string{name}); err != nil {
		return err
	}
	if _, err := c.Chunks(ctx, caller, upload); err != nil {
		return err
	}
	w, err := c.store.Blobs().Create()
	if err != nil {
		return err
	}
	defer w.Abort()
	if _, err := io.Copy(w, content); err != nil {
		return err
	}
	blob, err := w.Commit()
	if err != nil {
		return err
	}
	err = c.store.Write(ctx, func(tx *store.Tx) error {
		u, err := uploadOf(tx, caller, upload)
		if err != nil {
			return err
		}
		have, err := tx.Chunks(u.ID)
		if err != nil {
			return err
		}
		for _, old := range have {
			if old.Name == name {
				c.removeLater(tx, []string{old.Blob})
			}
		}
		if len(have) >= MaxChunks && !slices.ContainsFunc(have, func(old store.Chunk) bool { return old.Name == name }) {
			return &FileError{Problem: FileBadUpload, Path: []string{upload}, Detail: fmt.Sprintf("more than %d chunks", MaxChunks)}
		}
		return tx.SetChunk(store.Chunk{UploadID: u.ID, Name: name, Size: w.Size(), Modified: c.unix(), Blob: blob})
	})
	if err != nil {
		c.store.Blobs().Remove(blob)
	}
	return err
}

// AbortUpload ends an upload and removes its pieces.
func (c *Core) AbortUpload(ctx context.Context, caller Caller, name string) error {
	return c.store.Write(ctx, func(tx *store.Tx) error {
		u, err := uploadOf(tx, caller, name)
		if err != nil {
			return err
		}
		return c.endUpload(tx, u.ID)
	})
}

func (c *Core) endUpload(tx *store.Tx, id int64) error {
	chunks, err := tx.Chunks(id)
	if err != nil {
		return err
	}
	blobs := make([]string, 0, len(chunks))
	for _, chunk := range chunks {
		blobs = append(blobs, chunk.Blob)
	}
	if err := tx.DeleteUpload(id); err != nil {
		return err
	}
	c.removeLater(tx, blobs)
	return nil
}

// FinishUpload puts the pieces of an upload together. total is how long the
// file must be, negative for any length. The pieces stay when it fails.
func (c *Core) FinishUpload(ctx context.Context, caller Caller, name string, total int64, in NewFile) (n Node, created bool, err error) {
	chunks, err := c.Chunks(ctx, caller, name)
	if err != nil {
		return n, false, err
	}
	var sum int64
	for _, chunk := range chunks {
		sum += chunk.Size
	}
	if total >= 0 && sum != total {
		return n, false, &FileError{
			Problem: FileBadUpload, Path: in.Path,
			Detail: fmt.Sprintf("Chunks on server do not sum up to %d but to %d bytes", total, sum),
		}
	}
	err = c.files(ctx, caller.UserID, func(t *tree) error {
		_, _, err := t.writable(in)
		return err
	})
	if err != nil {
		return n, false, err
	}
	w, err := c.store.Blobs().Create()
	if err != nil {
		return n, false, err
	}
	defer w.Abort()
	for _, chunk := range chunks {
		if err := c.appendChunk(w, chunk); err != nil {
			return n, false, err
		}
	}
	return c.keep(ctx, caller, in, w, func(tx *store.Tx) error {
		u, err := uploadOf(tx, caller, name)
		if err != nil {
			return err
		}
		return c.endUpload(tx, u.ID)
	})
}

func (c *Core) appendChunk(w io.Writer, chunk store.Chunk) error {
	f, err := c.store.Blobs().Open(chunk.Blob)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = io.Copy(w, f)
	return err
}
