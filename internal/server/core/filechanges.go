package core

import (
	"context"
	"io"
	"strings"

	"github.com/confab-go/confab/internal/server/picture"
	"github.com/confab-go/confab/internal/server/store"
)

// NewFile is a file to be written.
type NewFile struct {
	Path     []string
	Content  io.Reader
	Modified int64  // unix seconds, 0 for now
	Checksum string // as the client says, "" for none
	// Allowed says whether the state of what is there is the wanted one; nil wants none.
	Allowed func(etag string, exists bool) bool
}

// WriteFile stores a file in place of what is there. When it returns, the file
// is on the disk; when it fails, what was there still is.
func (c *Core) WriteFile(ctx context.Context, caller Caller, in NewFile) (n Node, created bool, err error) {
	err = c.files(ctx, caller.UserID, func(t *tree) error {
		_, _, err := t.writable(in) // before anything is read
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
	if _, err := io.Copy(w, in.Content); err != nil {
		return n, false, err
	}
	return c.keep(ctx, caller, in, w, nil)
}

// keep gives a written content its name. done runs in the same transaction.
func (c *Core) keep(ctx context.Context, caller Caller, in NewFile, w *store.BlobWriter, done func(*store.Tx) error) (n Node, created bool, err error) {
	blob, err := w.Commit()
	if err != nil {
		return n, false, err
	}
	content := store.Node{Size: w.Size(), Blob: blob, MimeType: mimeType(in.Path[len(in.Path)-1])}
	content.Width, content.Height = c.pictureSize(blob, content.MimeType)
	err = c.changeFiles(ctx, caller.UserID, func(t *tree) error {
		if n, created, err = t.write(in, content); err != nil || done == nil {
			return err
		}
		return done(t.tx)
	})
	if err != nil {
		c.store.Blobs().Remove(blob)
	}
	return n, created, err
}

// pictureSize returns how large a picture is, zeros for what is none.
func (c *Core) pictureSize(blob, kind string) (width, height int) {
	if !strings.HasPrefix(kind, "image/") {
		return 0, 0
	}
	f, err := c.store.Blobs().Open(blob)
	if err != nil {
		return 0, 0
	}
	defer f.Close()
	return picture.Size(f)
}

// writable finds the folder of a file to be written and the file that is there,
// whose ID is 0 when there is none.
func (t *tree) writable(in NewFile) (folder, old Node, err error) {
	if len(in.Path) == 0 {
		return folder, old, fileError(FileExists, in.Path)
	}
	if err := checkPath(in.Path); err != nil {
		return folder, old, err
	}
	last := len(in.Path) - 1
	if folder, err = t.find(in.Path[:last]); err != nil {
		return folder, old, err
	}
	if !folder.Folder {
		return folder, old, fileError(FileNotAFolder, folder.Path)
	}
	old, err = t.child(folder, in.Path[last])
	if err != nil && !isNotFound(err) {
		return folder, old, err
	}
	exists := err == nil
	switch {
	case exists && old.Folder:
		return folder, old, fileError(FileIsAFolder, in.Path)
	case in.Allowed != nil && !in.Allowed(old.ETag, exists):
		return folder, old, fileError(FileChanged, in.Path)
	case exists && old.Permissions&FileUpdate == 0, !exists && folder.Permissions&FileCreate == 0:
		return folder, old, fileError(FileForbidden, in.Path)
	}
	return folder, old, nil
}

func (t *tree) write(in NewFile, content store.Node) (n Node, created bool, err error) {
	folder, old, err := t.writable(in)
	if err != nil {
		return n, false, err
	}
	created = old.ID == 0
	growth := content.Size - old.Size
	previous := old.Blob
	if created {
		n = t.inside(folder, store.Node{Owner: folder.Owner, ParentID: folder.ID, Name: in.Path[len(in.Path)-1]}, in.Path)
	} else {
		n = old
	}
	n.Size, n.Blob, n.MimeType, n.Width, n.Height = content.Size, content.Blob, content.MimeType, content.Width, content.Height
	n.Checksum = in.Checksum
	if n.Modified = in.Modified; n.Modified == 0 {
		n.Modified = t.now
	}
	if n.ETag, err = t.c.fileETag(); err != nil {
		return n, false, err
	}
	if created {
		err = t.tx.InsertNode(&n.Node)
	} else {
		err = t.tx.UpdateNode(&n.Node)
	}
	if err == nil {
		err = t.touch(n.ParentID, growth)
	}
	if err != nil {
		return n, false, err
	}
	return n, created, t.dropOrphans([]string{previous})
}

// dropOrphans removes contents that nothing refers to any more, once that is certain.
func (t *tree) dropOrphans(blobs []string) error {
	orphans, err := t.tx.Orphans(blobs)
	t.c.removeLater(t.tx, orphans)
	return err
}

func (c *Core) removeLater(tx *store.Tx, blobs []string) {
	if len(blobs) > 0 {
		tx.AfterCommit(func() { c.store.Blobs().Remove(blobs...) })
	}
}

// touch notes in a folder, and in all that it is in, that something in it has changed.
func (t *tree) touch(folderID, growth int64) error {
	for folderID != 0 {
		etag, err := t.c.folderETag()
		if err != nil {
			return err
		}
		if err := t.tx.TouchFolder(folderID, growth, t.now, etag); err != nil {
			return err
		}
		folder, err := t.tx.Node(folderID)
		if err != nil {
			return err
		}
		folderID = folder.ParentID
	}
	return nil
}

// MakeFolder makes a folder.
func (c *Core) MakeFolder(ctx context.Context, caller Caller, path []string) (n Node, err error) {
	err = c.changeFiles(ctx, caller.UserID, func(t *tree) error {
		if err := checkPath(path); err != nil {
			return err
		}
		if len(path) == 0 {
			return fileError(FileExists, path)
		}
		folder, err := t.parentOf(path)
		if err != nil {
			return err
		}
		if _, err := t.child(folder, path[len(path)-1]); err == nil {
			return fileError(FileExists, path)
		} else if !isNotFound(err) {
			return err
		}
		n, err = t.mkdir(folder, path[len(path)-1])
		return err
	})
	return n, err
}

// parentOf finds the folder that something new is to be put in.
func (t *tree) parentOf(path []string) (Node, error) {
	folder, err := t.find(path[:len(path)-1])
	if isMissing(err) {
		return folder, fileError(FileParentMissing, path)
	}
	if err != nil {
		return folder, err
	}
	if !folder.Folder {
		return folder, fileError(FileNotAFolder, folder.Path)
	}
	return folder, nil
}

func (t *tree) mkdir(folder Node, name string) (n Node, err error) {
	path := folder.below(name)
	if folder.Permissions&FileCreate == 0 {
		return n, fileError(FileForbidden, path)
	}
	n = t.inside(folder, store.Node{Owner: folder.Owner, ParentID: folder.ID, Name: name, Folder: true, Modified: t.now}, path)
	if n.ETag, err = t.c.folderETag(); err != nil {
		return n, err
	}
	if err := t.tx.InsertNode(&n.Node); err != nil {
		return n, err
	}
	return n, t.touch(folder.ID, 0)
}

// mkdirAll makes the folders of a path that are missing.
func (t *tree) mkdirAll(path []string) (Node, error) {
	if err := checkPath(path); err != nil {
		return Node{}, err
	}
	at := t.rootNode()
	for _, name := range path {
		n, err := t.tx.Child(at.ID, name)
		next := own(n, at.below(name))
		if isNotFound(err) {
			next, err = t.mkdir(at, name)
		}
		if err != nil {
			return next, err
		}
		if !next.Folder {
			return next, fileError(FileNotAFolder, next.Path)
		}
		at = next
	}
	return at, nil
}

// DeleteFile removes a file, or a folder with all that is in it. What others
// have shared is let go: it stays theirs.
func (c *Core) DeleteFile(ctx context.Context, caller Caller, path []string, allowed func(etag string, exists bool) bool) error {
	return c.changeFiles(ctx, caller.UserID, func(t *tree) error {
		n, err := t.find(path)
		if err != nil {
			return err
		}
		if allowed != nil && !allowed(n.ETag, true) {
			return fileError(FileChanged, path)
		}
		return t.remove(n)
	})
}

func (t *tree) remove(n Node) error {
	switch {
	case n.ParentID == 0:
		return fileError(FileForbidden, n.Path)
	case n.Mount:
		return t.letGo(n)
	case n.Permissions&FileDelete == 0:
		return fileError(FileForbidden, n.Path)
	}
	orphans, err := t.tx.DeleteNode(n.ID)
	if err != nil {
		return err
	}
	t.c.removeLater(t.tx, orphans)
	return t.touch(n.ParentID, -n.Size)
}

// letGo hides what others share with the user, on whichever way it came.
func (t *tree) letGo(n Node) error {
	shares, err := t.tx.SharesOf(n.ID)
	if err != nil {
		return err
	}
	for _, s := range shares {
		if err := t.tx.SetMount(t.user, store.Mount{Share: s.Share, Hidden: true}); err != nil {
			return err
		}
	}
	t.loaded = false
	return nil
}

// forgetFiles removes the contents of a user's files, whose rows go with the account.
func (c *Core) forgetFiles(tx *store.Tx, userID string) error {
	blobs, err := tx.BlobsOf(userID)
	if err != nil {
		return err
	}
	tx.AfterCommit(func() { c.store.Blobs().Remove(blobs...) })
	return nil
}
