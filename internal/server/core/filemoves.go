package core

import (
	"context"
	"fmt"
	"slices"

	"github.com/confab-go/confab/internal/server/store"
)

// MoveFile moves or renames a file or folder. overwritten says that something had to go for it.
func (c *Core) MoveFile(ctx context.Context, caller Caller, from, to []string, overwrite bool) (n Node, overwritten bool, err error) {
	return c.relocate(ctx, caller, from, to, overwrite, (*tree).move)
}

// CopyFile copies a file, or a folder with all that is in it.
func (c *Core) CopyFile(ctx context.Context, caller Caller, from, to []string, overwrite bool) (n Node, overwritten bool, err error) {
	return c.relocate(ctx, caller, from, to, overwrite, func(t *tree, n, folder Node, name string) error {
		if folder.Permissions&FileCreate == 0 {
			return fileError(FileForbidden, folder.Path)
		}
		if err := t.copy(n, folder, name); err != nil {
			return err
		}
		return t.touch(folder.ID, n.Size)
	})
}

func (c *Core) relocate(ctx context.Context, caller Caller, from, to []string, overwrite bool,
	act func(t *tree, n, folder Node, name string) error,
) (n Node, overwritten bool, err error) {
	err = c.changeFiles(ctx, caller.UserID, func(t *tree) error {
		if n, err = t.find(from); err != nil {
			return err
		}
		if err := checkPath(to); err != nil {
			return err
		}
		switch {
		case slices.Equal(from, to):
			return fileError(FileSamePath, to)
		case len(from) == 0 || len(to) == 0:
			return fileError(FileForbidden, to)
		case n.Folder && len(to) > len(from) && slices.Equal(from, to[:len(from)]):
			return fileError(FileInsideSelf, to)
		}
		folder, err := t.parentOf(to)
		if err != nil {
			return err
		}
		if err := t.checkDepth(n, to); err != nil {
			return err
		}
		old, err := t.child(folder, to[len(to)-1])
		if err != nil && !isNotFound(err) {
			return err
		}
		if overwritten = err == nil; overwritten {
			switch {
			case !overwrite:
				return fileError(FileChanged, to)
			case old.Folder && len(from) > len(to) && slices.Equal(to, from[:len(to)]):
				return fileError(FileForbidden, to) // it would go with what it is in
			}
			if err := t.remove(old); err != nil {
				return err
			}
		}
		if err := act(t, n, folder, to[len(to)-1]); err != nil {
			return err
		}
		n, err = t.find(to)
		return err
	})
	return n, overwritten, err
}

// checkDepth keeps all files within reach of a path that may be.
func (t *tree) checkDepth(n Node, to []string) error {
	height, err := t.tx.Height(n.ID)
	if err == nil && len(to)+height > maxPathDepth {
		err = &FileError{Problem: FileBadName, Path: to, Detail: fmt.Sprintf("more than %d folders deep", maxPathDepth)}
	}
	return err
}

func (t *tree) move(n, folder Node, name string) error {
	if n.Mount {
		if folder.Share != nil {
			return fileError(FileForbidden, folder.Path) // what is shared cannot be given on like this
		}
		t.loaded = false
		return t.tx.SetMount(t.user, store.Mount{Share: *n.Share, ParentID: folder.ID, Name: name})
	}
	sameFolder := folder.ID == n.ParentID
	if sameFolder && n.Permissions&FileUpdate == 0 ||
		!sameFolder && (n.Permissions&FileDelete == 0 || folder.Permissions&FileCreate == 0) {
		return fileError(FileForbidden, n.Path)
	}
	from := n.ParentID
	n.ParentID, n.Name = folder.ID, name
	if !n.Folder {
		n.MimeType = mimeType(name)
		n.Width, n.Height = t.c.pictureSize(n.Blob, n.MimeType)
	}
	if err := t.tx.UpdateNode(&n.Node); err != nil {
		return err
	}
	if n.Owner != folder.Owner {
		if err := t.tx.SetOwner(n.ID, folder.Owner); err != nil {
			return err
		}
	}
	if err := t.touch(from, -n.Size); err != nil {
		return err
	}
	return t.touch(folder.ID, n.Size)
}

// maxCopied bounds how much is copied at once: everybody else waits for it.
const maxCopied = 10_000

// copy makes new rows for the same contents.
func (t *tree) copy(n, folder Node, name string) error {
	c := n.Node
	c.ID, c.Owner, c.ParentID, c.Name = 0, folder.Owner, folder.ID, name
	if t.copied++; t.copied > maxCopied {
		return &FileError{Problem: FileTooMany, Path: n.Path, Detail: fmt.Sprintf("more than %d files and folders", maxCopied)}
	}
	var err error
	if !c.Folder {
		c.MimeType = mimeType(name)
		c.ETag, err = t.c.fileETag()
	} else {
		c.ETag, err = t.c.folderETag()
	}
	if err != nil {
		return err
	}
	if err := t.tx.InsertNode(&c); err != nil || !c.Folder {
		return err
	}
	children, err := t.tx.Children(n.ID)
	if err != nil {
		return err
	}
	for _, child := range children {
		if child.ID == c.ID {
			continue
		}
		if err := t.copy(Node{Node: child}, Node{Node: c}, child.Name); err != nil {
			return err
		}
	}
	return nil
}
