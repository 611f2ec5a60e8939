package core

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/confab-go/confab/internal/server/store"
)

// What may be done with a file.
const (
	FileRead   = 1
	FileUpdate = 2
	FileCreate = 4 // in a folder
	FileDelete = 8
	FileShare  = 16

	ownFile   = FileRead | FileUpdate | FileDelete | FileShare
	ownFolder = ownFile | FileCreate
)

// The limits of names and paths, as bytes and as folders inside folders.
const (
	maxFileName  = 250
	maxPathDepth = 100
)

// Node is a file or folder as one user sees it.
type Node struct {
	store.Node
	Path        []string // from the user's root
	Permissions int
	// Share is what gives the user the file, nil for one of their own.
	Share *store.Share
	// Mount says that it is the shared file or folder itself, not something in it.
	Mount bool
}

// below returns the path of what a folder has under a name.
func (n *Node) below(name string) []string { return append(slices.Clone(n.Path), name) }

// FileProblem says why something could not be done with a file.
type FileProblem int

// The problems with files.
const (
	FileMissing FileProblem = iota + 1
	FileExists
	FileParentMissing // there is no such folder to put it in
	FileNotAFolder
	FileIsAFolder
	FileForbidden
	FileChanged // what the caller wanted of its state is not so
	FileBadName
	FileSamePath   // it is there already
	FileInsideSelf // a folder cannot be in itself
	FileBadUpload
	FileTooMany // too much for one operation
)

// FileError says what could not be done with which file.
type FileError struct {
	Problem FileProblem
	Path    []string // as the caller sees it
	Detail  string
}

func (e *FileError) Error() string {
	text := map[FileProblem]string{
		FileMissing: "does not exist", FileExists: "exists already", FileParentMissing: "has no parent folder",
		FileNotAFolder: "is not a folder", FileIsAFolder: "is a folder", FileForbidden: "may not be changed", FileChanged: "has changed",
		FileBadName: "has a name that cannot be", FileSamePath: "is there already", FileInsideSelf: "cannot be inside itself",
		FileBadUpload: "was not uploaded whole", FileTooMany: "is too much",
	}[e.Problem]
	if e.Detail != "" {
		text += ": " + e.Detail
	}
	return fmt.Sprintf("file %q %s", JoinPath(e.Path), text)
}

func fileError(p FileProblem, path []string) error { return &FileError{Problem: p, Path: path} }

// checkPath refuses what cannot be the path of a file.
func checkPath(path []string) error {
	if len(path) > maxPathDepth {
		return &FileError{Problem: FileBadName, Path: path[:1], Detail: fmt.Sprintf("more than %d folders deep", maxPathDepth)}
	}
	for i, name := range path {
		if problem := nameProblem(name); problem != "" {
			return &FileError{Problem: FileBadName, Path: path[:i+1], Detail: problem}
		}
	}
	return nil
}

func nameProblem(name string) string {
	lower := strings.ToLower(name)
	switch {
	case name == "." || name == "..":
		return "Dot files are not allowed"
	case !utf8.ValidString(name):
		return "File name is not valid UTF-8"
	case strings.TrimSpace(name) == "":
		return "Empty filename is not allowed"
	case len(name) > maxFileName:
		return "File name is too long"
	case strings.ContainsAny(name, `/\`) || strings.IndexFunc(name, func(r rune) bool { return r < 0x20 || r == 0x7f }) >= 0:
		return "File name contains at least one invalid character"
	case lower == ".htaccess":
		return "\"" + name + "\" is a forbidden file or folder name."
	case strings.HasSuffix(lower, ".part") || strings.HasSuffix(lower, ".filepart"):
		return "\"" + name[strings.LastIndexByte(name, '.'):] + "\" is a forbidden file type."
	}
	return ""
}

// tree is the files of one user inside a transaction.
type tree struct {
	c      *Core
	tx     *store.Tx
	user   string
	root   store.Node
	now    int64
	mounts []mount
	loaded bool // mounts are known
	copied int  // files and folders so far
	// homeless says that there is no attachment folder for what is shared yet.
	homeless bool
}

// errUnprepared says that folders have to be made before the user's files can be read.
var errUnprepared = errors.New("the user's folders are not made yet")

// files looks at a user's files. Their folders are made when they are missing.
func (c *Core) files(ctx context.Context, userID string, fn func(*tree) error) error {
	for range 2 {
		err := c.store.Read(ctx, func(tx *store.Tx) error {
			t, err := c.tree(tx, userID)
			if err != nil {
				return err
			}
			return fn(t)
		})
		if !errors.Is(err, errUnprepared) {
			return err
		}
		if err := c.changeFiles(ctx, userID, func(t *tree) error { return nil }); err != nil {
			return err
		}
	}
	return errUnprepared
}

// changeFiles changes a user's files.
func (c *Core) changeFiles(ctx context.Context, userID string, fn func(*tree) error) error {
	return c.store.Write(ctx, func(tx *store.Tx) error {
		t, err := c.prepare(tx, userID)
		if err != nil {
			return err
		}
		return fn(t)
	})
}

// tree returns the files of a user, errUnprepared when there are none yet.
func (c *Core) tree(tx *store.Tx, userID string) (*tree, error) {
	u, ok := c.dir.user(userID)
	if !ok {
		return nil, fileError(FileMissing, nil)
	}
	root, err := tx.Root(u.ID)
	if isNotFound(err) {
		return nil, errUnprepared
	}
	return &tree{c: c, tx: tx, user: u.ID, root: root, now: c.unix()}, err
}

// prepare returns the files of a user, for whom it makes a root, and a folder
// for what others share when somebody does.
func (c *Core) prepare(tx *store.Tx, userID string) (*tree, error) {
	t, err := c.tree(tx, userID)
	if errors.Is(err, errUnprepared) {
		u, _ := c.dir.user(userID)
		root := store.Node{Owner: u.ID, Folder: true, Modified: c.unix()}
		if root.ETag, err = c.folderETag(); err != nil {
			return nil, err
		}
		if err := tx.InsertNode(&root); err != nil {
			return nil, err
		}
		t, err = c.tree(tx, userID)
	}
	if err != nil {
		return nil, err
	}
	if err := t.load(); err != nil {
		return nil, err
	}
	if t.homeless {
		if _, err := t.mkdirAll(SplitPath(c.Preferences(t.user).AttachmentFolder)); err != nil {
			return nil, err
		}
		t.loaded = false
	}
	return t, nil
}

// ensureFolder makes a folder of a user, with those it is in, unless it is there.
func (c *Core) ensureFolder(tx *store.Tx, userID string, path []string) (Node, error) {
	t, err := c.prepare(tx, userID)
	if err != nil {
		return Node{}, err
	}
	return t.mkdirAll(path)
}

func (t *tree) rootNode() Node { return Node{Node: t.root, Permissions: ownFolder} }

// own makes a node of the user's own.
func own(n store.Node, path []string) Node {
	if n.Folder {
		return Node{Node: n, Path: path, Permissions: ownFolder}
	}
	return Node{Node: n, Path: path, Permissions: ownFile}
}

// find follows a path. A *FileError names the first part of it that is missing.
func (t *tree) find(path []string) (Node, error) {
	if err := checkPath(path); err != nil {
		return Node{}, err
	}
	at := t.rootNode()
	for i, name := range path {
		next, err := t.child(at, name)
		if isNotFound(err) {
			return Node{}, fileError(FileMissing, path[:i+1])
		}
		if err != nil {
			return Node{}, err
		}
		at = next
	}
	return at, nil
}

// child finds what a folder has under a name: the user's own, or what is shared with them.
func (t *tree) child(folder Node, name string) (Node, error) {
	path := folder.below(name)
	n, err := t.tx.Child(folder.ID, name)
	if err == nil {
		return t.inside(folder, n, path), nil
	}
	if !isNotFound(err) || folder.Share != nil {
		return Node{}, err
	}
	if err := t.loadHome(); err != nil {
		return Node{}, err
	}
	for i := range t.mounts {
		if m := &t.mounts[i]; m.parent == folder.ID && m.name == name {
			return m.node(path), nil
		}
	}
	return Node{}, err
}

// inside makes the node of something in a folder.
func (t *tree) inside(folder Node, n store.Node, path []string) Node {
	if folder.Share == nil {
		return own(n, path)
	}
	allowed := folder.Share.Permissions
	if !n.Folder {
		allowed &^= FileCreate
	}
	return Node{Node: n, Path: path, Permissions: allowed, Share: folder.Share}
}

// children returns what is in a folder.
func (t *tree) children(folder Node) ([]Node, error) {
	found, err := t.tx.Children(folder.ID)
	if err != nil {
		return nil, err
	}
	out := make([]Node, 0, len(found))
	for _, n := range found {
		out = append(out, t.inside(folder, n, folder.below(n.Name)))
	}
	if folder.Share != nil {
		return out, nil
	}
	if err := t.loadHome(); err != nil {
		return nil, err
	}
	for i := range t.mounts {
		if m := &t.mounts[i]; m.parent == folder.ID {
			out = append(out, m.node(folder.below(m.name)))
		}
	}
	return out, nil
}

// Stat returns a file or folder of the caller.
func (c *Core) Stat(ctx context.Context, caller Caller, path []string) (n Node, err error) {
	err = c.files(ctx, caller.UserID, func(t *tree) error {
		n, err = t.find(path)
		return err
	})
	return n, err
}

// List returns a file or folder of the caller, and what is in it.
func (c *Core) List(ctx context.Context, caller Caller, path []string) (n Node, children []Node, err error) {
	err = c.files(ctx, caller.UserID, func(t *tree) error {
		if n, err = t.find(path); err != nil || !n.Folder {
			return err
		}
		children, err = t.children(n)
		return err
	})
	return n, children, err
}

// ReadFile opens a file of the caller. What is read is one state of it, whatever happens meanwhile.
func (c *Core) ReadFile(ctx context.Context, caller Caller, path []string) (Node, io.ReadSeekCloser, error) {
	return c.open(func() (Node, error) {
		n, err := c.Stat(ctx, caller, path)
		if err == nil && n.Folder {
			err = fileError(FileIsAFolder, path)
		}
		return n, err
	})
}

// open finds and opens a file. Between the two it may be overwritten: then its old content is gone, and it is found anew.
func (c *Core) open(find func() (Node, error)) (n Node, f io.ReadSeekCloser, err error) {
	for range 5 {
		if n, err = find(); err != nil {
			return n, nil, err
		}
		if n.Blob == "" {
			return n, emptyFile{strings.NewReader("")}, nil
		}
		if f, err = c.store.Blobs().Open(n.Blob); !isNotFound(err) {
			return n, f, err
		}
	}
	return n, nil, fmt.Errorf("open %q: %w", JoinPath(n.Path), err)
}

type emptyFile struct{ *strings.Reader }

func (emptyFile) Close() error { return nil }

// FileByID returns a file or folder of the caller by its id.
func (c *Core) FileByID(ctx context.Context, caller Caller, id int64) (n Node, err error) {
	err = c.files(ctx, caller.UserID, func(t *tree) error {
		n, err = t.byID(id)
		return err
	})
	return n, err
}

// ReadFileByID opens a file of the caller by its id.
func (c *Core) ReadFileByID(ctx context.Context, caller Caller, id int64) (Node, io.ReadSeekCloser, error) {
	return c.open(func() (Node, error) {
		n, err := c.FileByID(ctx, caller, id)
		if err == nil && n.Folder {
			err = fileError(FileIsAFolder, n.Path)
		}
		return n, err
	})
}

// byID finds where the user has a file.
func (t *tree) byID(id int64) (Node, error) {
	n, err := t.tx.Node(id)
	if isNotFound(err) {
		return Node{}, fileError(FileMissing, nil)
	}
	if err != nil {
		return Node{}, err
	}
	path, ok, err := t.pathOf(&n)
	if err != nil {
		return Node{}, err
	}
	if !ok {
		return Node{}, fileError(FileMissing, nil)
	}
	return t.find(path)
}

// InstanceID tells this server's files from those of others.
func (c *Core) InstanceID() string { return c.instance }

func (c *Core) loadInstance(tx *store.Tx) error {
	id, err := tx.Setting("instance")
	if isNotFound(err) {
		var random string
		if random, err = c.randomString(10, "0123456789abcdefghijklmnopqrstuvwxyz"); err != nil {
			return err
		}
		id = []byte("oc" + random)
		err = tx.SetSetting("instance", id)
	}
	c.instance = string(id)
	return err
}

const hexAlphabet = "0123456789abcdef"

func (c *Core) fileETag() (string, error) { return c.randomString(32, hexAlphabet) }

func (c *Core) folderETag() (string, error) { return c.randomString(13, hexAlphabet) }

func isMissing(err error) bool {
	var e *FileError
	return errors.As(err, &e) && e.Problem == FileMissing
}
