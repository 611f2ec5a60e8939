package core

import (
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/confab-go/confab/internal/server/store"
)

// mount is where a user has what somebody else shares with them.
type mount struct {
	store.Mount
	parent int64 // the folder, 0 when the attachment folder is not made yet
	name   string
}

// node makes the node of what is shared. It can always be moved and let go.
func (m *mount) node(path []string) Node {
	return Node{Node: m.Node, Path: path, Permissions: m.Share.Permissions, Share: &m.Share, Mount: true}
}

// loadHome knows the mounts and that there is a folder for them.
func (t *tree) loadHome() error {
	if err := t.load(); err != nil {
		return err
	}
	if t.homeless {
		return errUnprepared
	}
	return nil
}

// load finds out what is shared with the user, and where it is: in the
// attachment folder, under a name that is free there, unless they have moved it.
func (t *tree) load() error {
	if t.loaded {
		return nil
	}
	found, err := t.tx.Mounts(t.user)
	if err != nil {
		return err
	}
	t.mounts, t.homeless = mergeMounts(found), false
	home, err := t.attachmentFolder()
	if err != nil && !isNotFound(err) {
		return err
	}
	var names []string
	for i := range t.mounts {
		m := &t.mounts[i]
		m.parent, m.name = m.ParentID, m.Mount.Name
		if m.parent != 0 {
			if folder, err := t.tx.Node(m.parent); isNotFound(err) || err == nil && folder.Owner != t.user {
				m.parent = 0
			} else if err != nil {
				return err
			}
		}
		if m.name == "" {
			m.name = m.Node.Name
		}
		if m.parent == 0 {
			names = append(names, m.name)
			t.homeless = home == 0
		}
	}
	t.loaded = true
	return t.nameMounts(home, names)
}

// attachmentFolder returns the id of the user's attachment folder, ErrNotFound when it is not made yet.
func (t *tree) attachmentFolder() (int64, error) {
	at := t.root
	for _, name := range SplitPath(t.c.Preferences(t.user).AttachmentFolder) {
		next, err := t.tx.Child(at.ID, name)
		if err != nil {
			return 0, err
		}
		if !next.Folder {
			return t.root.ID, nil // somebody has put a file there
		}
		at = next
	}
	return at.ID, nil
}

// mergeMounts makes one mount of what reaches a user on several ways.
func mergeMounts(found []store.Mount) []mount {
	at := map[int64]int{}
	var out []mount
	for _, f := range found {
		if f.Hidden {
			continue
		}
		if i, ok := at[f.Node.ID]; ok {
			out[i].Share.Permissions |= f.Share.Permissions
			continue
		}
		at[f.Node.ID] = len(out)
		out = append(out, mount{Mount: f})
	}
	return out
}

// nameMounts gives those in the attachment folder names that are free there.
func (t *tree) nameMounts(home int64, names []string) error {
	taken := map[string]bool{}
	if home != 0 && len(names) > 0 {
		found, err := t.tx.TakenNames(home, names)
		if err != nil {
			return err
		}
		for _, name := range found {
			taken[name] = true
		}
	}
	for i := range t.mounts {
		if m := &t.mounts[i]; m.parent == home && home != 0 {
			taken[m.name] = true
		}
	}
	for i := range t.mounts {
		m := &t.mounts[i]
		if m.parent != 0 {
			continue
		}
		base := m.name
		for n := 2; taken[m.name]; n++ {
			m.name = numbered(base, n)
			if home == 0 || taken[m.name] {
				continue
			}
			if _, err := t.tx.Child(home, m.name); err == nil {
				taken[m.name] = true
			} else if !isNotFound(err) {
				return err
			}
		}
		taken[m.name], m.parent = true, home
	}
	return nil
}

// numbered makes "a (2).png" of "a.png".
func numbered(name string, n int) string {
	ext := path.Ext(name)
	return strings.TrimSuffix(name, ext) + " (" + strconv.Itoa(n) + ")" + ext
}

// pathOf returns where the user has a file; ok is false when they do not have it.
func (t *tree) pathOf(n *store.Node) (path []string, ok bool, err error) {
	at := *n
	for range maxPathDepth + 1 {
		if at.Owner == t.user {
			if at.ParentID == 0 {
				return reversed(path), true, nil
			}
		} else if m, err := t.mountOf(at.ID); err != nil {
			return nil, false, err
		} else if m != nil {
			path = append(path, m.name)
			if m.parent == 0 { // shown before its folder is made
				home := SplitPath(t.c.Preferences(t.user).AttachmentFolder)
				return append(home, reversed(path)...), true, nil
			}
			folder, err := t.tx.Node(m.parent)
			if err != nil {
				return nil, false, err
			}
			above, ok, err := t.pathOf(&folder)
			return append(above, reversed(path)...), ok, err
		}
		if at.ParentID == 0 {
			return nil, false, nil
		}
		path = append(path, at.Name)
		if at, err = t.tx.Node(at.ParentID); err != nil {
			return nil, false, err
		}
	}
	return nil, false, nil
}

// mountOf returns the mount of a file, nil when it is not shared with the user.
func (t *tree) mountOf(nodeID int64) (*mount, error) {
	if err := t.load(); err != nil {
		return nil, err
	}
	for i := range t.mounts {
		if t.mounts[i].Node.ID == nodeID {
			return &t.mounts[i], nil
		}
	}
	return nil, nil
}

func reversed(path []string) []string {
	out := make([]string, 0, len(path))
	for _, p := range slices.Backward(path) {
		out = append(out, p)
	}
	return out
}
