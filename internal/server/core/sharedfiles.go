package core

import (
	"encoding/json"
	"strconv"
	"strings"

	"github.com/confab-go/confab/internal/server/store"
)

// fileParams are the parameters of a message that shares a file, as they are stored. Its caption is the message's body.
type fileParams struct {
	Share int64  `json:"share,omitempty"`
	Type  string `json:"type,omitempty"` // how it is to be shown: voice-message and the like
	// Kept are the parameters of a caption that was imported.
	Kept []Parameter `json:"kept,omitempty"`
}

// sharedFile returns the parameters of a message that shares a file; ok is false for any other.
func sharedFile(m *store.Message) (p fileParams, ok bool) {
	if m.Verb != verbObject || !strings.Contains(m.Parameters, `"share"`) {
		return p, false
	}
	err := json.Unmarshal([]byte(m.Parameters), &p)
	return p, err == nil && p.Share != 0
}

// preloadFiles reads what messages share at once.
func (r *reader) preloadFiles(messages ...[]store.Message) error {
	var ids []int64
	for _, list := range messages {
		for i := range list {
			if p, ok := sharedFile(&list[i]); ok {
				ids = append(ids, p.Share)
			}
		}
	}
	if len(ids) == 0 {
		return nil
	}
	found, err := r.tx.SharedByIDs(ids)
	if err != nil {
		return err
	}
	r.shared = make(map[int64]*store.SharedNode, len(ids))
	for _, id := range ids {
		r.shared[id] = nil
	}
	for i := range found {
		r.shared[found[i].Share.ID] = &found[i]
	}
	return nil
}

// sharedNode returns what is shared, nil when it is gone.
func (r *reader) sharedNode(id int64) *store.SharedNode {
	if s, ok := r.shared[id]; ok {
		return s
	}
	s, err := r.tx.Shared(id)
	if err != nil {
		return nil
	}
	return &s
}

// renderFile makes the text and parameters of a message that shares a file.
func (r *reader) renderFile(m *store.Message, p fileParams, v *MessageView) {
	v.Parameters = append(v.Parameters, r.actorParameter("actor", m.ActorType, m.ActorID, m.ActorName))
	fields, ok := r.fileFields(p)
	switch {
	case ok:
		if p.Type != "" {
			v.MessageType = p.Type
		}
		v.Parameters = append(append(v.Parameters, Parameter{Name: "file", Fields: fields}), p.Kept...)
		if v.Text == "" {
			v.Text = "{file}"
		}
		return
	case r.is(m.ActorType, m.ActorID):
		v.Text = strings.TrimSpace("*You shared a file which is no longer available*\n\n" + v.Text)
	default:
		v.Text = strings.TrimSpace("*{actor} shared a file which is no longer available*\n\n" + v.Text)
	}
}

// fileFields is the rich object of a file; ok is false when the reader does not have it any more.
func (r *reader) fileFields(p fileParams) (fields []Field, ok bool) {
	shared := r.sharedNode(p.Share)
	if shared == nil {
		return nil, false
	}
	n := &shared.Node
	path, allowed, link := n.Name, shared.Share.Permissions, r.baseURL+"/index.php/s/"+shared.Share.Token
	if r.self != nil && r.self.ActorType == ActorUsers {
		link = r.baseURL + "/index.php/f/" + strconv.FormatInt(n.ID, 10)
		if n.Owner == r.self.ActorID {
			allowed = own(*n, nil).Permissions
		}
		if !r.brief {
			if path, ok = r.filePath(n); !ok {
				return nil, false
			}
		}
	}
	kind, preview := n.MimeType, "no"
	if n.Folder {
		kind = "httpd/unix-directory"
	}
	if hasPreview(n.MimeType, n.Width) {
		preview = "yes"
	}
	fields = []Field{
		{"type", "file"},
		{"id", strconv.FormatInt(n.ID, 10)},
		{"name", n.Name},
		{"size", strconv.FormatInt(n.Size, 10)},
		{"path", path},
		{"link", link},
		{"etag", n.ETag},
		{"permissions", strconv.Itoa(allowed)},
		{"mimetype", kind},
		{"preview-available", preview},
		{"hide-download", "no"},
	}
	if n.Width > 0 {
		fields = append(fields, Field{"width", strconv.Itoa(n.Width)}, Field{"height", strconv.Itoa(n.Height)})
	}
	return fields, true
}

// filePath returns where the reader has a file.
func (r *reader) filePath(n *store.Node) (path string, ok bool) {
	if r.files == nil {
		r.files = &tree{c: r.c, tx: r.tx, user: r.self.ActorID, now: r.c.unix()}
		// Somebody without files of their own has not been given a place for those of others yet.
		if root, err := r.tx.Root(r.self.ActorID); err == nil {
			r.files.root = root
		}
	}
	segments, ok, err := r.files.pathOf(n)
	return strings.Join(segments, "/"), ok && err == nil
}
