package core

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/confab-go/confab/internal/server/store"
)

// hiddenWords are the system messages that neither are a conversation's last message nor an activity in it.
var hiddenWords = []string{wordEdited, wordDeleted, verbReaction, verbReactionDeleted, wordRevoked}

// keptView is how a message was shown to the keeper of an archive: it is shown like that to everybody, because what its
// placeholders stand for is known to another server only. It is stored as the message's parameters.
type keptView struct {
	Type       string      `json:"type"`
	System     string      `json:"system,omitempty"`
	Parameters []Parameter `json:"parameters,omitempty"`
	Plain      bool        `json:"plain,omitempty"` // no Markdown
	Final      bool        `json:"final,omitempty"` // not to be answered
}

const keptPrefix = `{"kept":`

func isArchived(m *store.Message) bool { return strings.HasPrefix(m.Parameters, keptPrefix) }

// renderArchived makes the view of a message that was imported, and reports whether it is one.
func renderArchived(m *store.Message, v *MessageView) bool {
	if !isArchived(m) {
		return false
	}
	var stored struct {
		Kept keptView `json:"kept"`
	}
	// What an import did not write renders as a text without parameters.
	_ = json.Unmarshal([]byte(m.Parameters), &stored)
	k := stored.Kept
	v.ActorType, v.ActorID, v.ActorName = m.ActorType, m.ActorID, m.ActorName
	v.Text, v.Parameters, v.MessageType, v.SystemMessage = m.Body, k.Parameters, k.Type, k.System
	v.Markdown, v.Replyable, v.Deleted = !k.Plain, !k.Final, m.Verb == verbDeleted
	v.Reactions = reactionCounts(m)
	if m.Edited != 0 {
		v.LastEdit = &Edit{ActorType: m.EditActorType, ActorID: m.EditActorID, ActorName: m.EditActorName, Timestamp: m.Edited}
	}
	return true
}

// messages brings in what is new, and what has changed since.
func (i *importer) messages() error {
	last, before := int64(0), i.newest
	for m, err := range i.archive.Messages {
		if err != nil {
			return err
		}
		if m.ID <= last {
			return badArchive("message %d comes after %d", m.ID, last)
		}
		last = m.ID
		if m.ID <= before {
			err = i.update(&m)
		} else {
			i.newest = m.ID
			err = i.add(&m)
		}
		if err != nil {
			return fmt.Errorf("message %d: %w", m.ID, err)
		}
	}
	return nil
}

// stored makes the row of a message.
func (i *importer) stored(m *ArchivedMessage) (store.Message, error) {
	k := keptView{Type: m.MessageType, System: m.SystemMessage, Parameters: m.Parameters, Plain: !m.Markdown, Final: !m.Replyable}
	shown, err := json.Marshal(map[string]keptView{"kept": k})
	if err != nil {
		return store.Message{}, err
	}
	row := store.Message{
		ID: m.ID, RoomID: i.room.ID, ActorType: m.ActorType, ActorID: m.ActorID, ActorName: m.ActorName, Created: m.Timestamp,
		Verb: verbComment, Body: m.Text, Parameters: string(shown), ParentID: m.ParentID,
		ReferenceID: cut(m.ReferenceID, maxReferenceID), Silent: m.Silent,
	}
	switch {
	case m.Deleted:
		row.Verb = verbDeleted
	case m.SystemMessage != "":
		row.Verb = verbSystem
	case m.attachmentKind() != "":
		row.Verb = verbObject
	}
	if m.LastEdit != nil {
		row.EditActorType, row.EditActorID, row.EditActorName, row.Edited = m.LastEdit.ActorType, m.LastEdit.ActorID, m.LastEdit.ActorName, m.LastEdit.Timestamp
	}
	if len(m.Reactions) > 0 {
		pairs := make([][2]any, 0, len(m.Reactions))
		for _, r := range m.Reactions {
			pairs = append(pairs, [2]any{r.Reaction, r.Count})
		}
		reactions, err := json.Marshal(pairs)
		if err != nil {
			return row, err
		}
		row.Reactions = string(reactions)
	}
	return row, nil
}

func (i *importer) add(m *ArchivedMessage) error {
	row, err := i.stored(m)
	if err != nil {
		return err
	}
	if m.ActorType == ActorUsers && i.archive.Members == nil {
		if err := i.member(ArchivedMember{UserID: m.ActorID, DisplayName: m.ActorName}); err != nil {
			return err
		}
	}
	kind := ""
	switch {
	case row.Verb != verbObject:
	case m.File != nil:
		kind, err = i.addFile(m, &row)
	default:
		kind = m.attachmentKind()
	}
	if err != nil {
		return err
	}
	err = i.tx.InsertArchived(&row, isCounted(&row), !slices.Contains(hiddenWords, m.SystemMessage))
	if errors.Is(err, store.ErrTaken) {
		return badArchive("another message has its id: archives of different servers need a directory each")
	}
	if err == nil && kind != "" {
		err = i.tx.InsertAttachment(&row, kind)
	}
	i.done.New++
	return err
}

// update brings a message that is there already to what has become of it.
func (i *importer) update(m *ArchivedMessage) error {
	old, err := i.tx.Message(i.room.ID, m.ID)
	if isNotFound(err) { // it was left out then, or has been removed here
		return nil
	}
	if err != nil {
		return err
	}
	row, err := i.stored(m)
	if err != nil {
		return err
	}
	if _, ok := sharedFile(&old); ok && !m.Deleted {
		row.Body, row.Parameters = old.Body, old.Parameters
		if m.Text != "{file}" {
			row.Body = m.Text
		}
	}
	same := old.Body == row.Body && old.Parameters == row.Parameters && old.Reactions == row.Reactions && old.Edited == row.Edited
	switch {
	case same:
		return nil
	case m.Deleted && old.Verb != verbDeleted:
		if err := i.unshareMessage(&old); err != nil {
			return err
		}
		counted := isCounted(&old)
		old.Verb, old.Body, old.Parameters = row.Verb, row.Body, row.Parameters
		err = i.tx.EraseMessage(&old, counted)
	default:
		err = i.tx.ReplaceArchived(&row)
	}
	i.done.Changed++
	return err
}

// attachmentKind tells the kind of what the message has to look at, "" for nothing.
func (m *ArchivedMessage) attachmentKind() string {
	switch {
	case m.field("file", "id") != "":
		return attachmentKind(m.MessageType, m.field("file", "mimetype"))
	case m.field("object", "id") != "":
		return objectKind(m.field("object", "type"))
	}
	return ""
}

// field returns a field of a rich object that the message shows, "" without.
func (m *ArchivedMessage) field(parameter, key string) string {
	for _, p := range m.Parameters {
		for _, f := range p.Fields {
			if p.Name == parameter && f.Key == key {
				return f.Value
			}
		}
	}
	return ""
}

// addFile gives the file of a message to its author, or else to the keeper, and shares it with the conversation. It
// returns the kind of attachment that it is.
func (i *importer) addFile(m *ArchivedMessage, row *store.Message) (kind string, err error) {
	name := m.field("file", "name")
	if nameProblem(name) != "" {
		name = fmt.Sprintf("file %d", m.ID)
	}
	owner := i.archive.Keeper.UserID
	if _, ok := i.c.dir.user(m.ActorID); ok && m.ActorType == ActorUsers {
		owner = m.ActorID
	}
	content, err := i.readFile(m, name)
	if err != nil {
		return "", err
	}
	tree, err := i.c.prepare(i.tx, owner)
	if err != nil {
		return "", err
	}
	folder, err := tree.mkdirAll(SplitPath(i.c.Preferences(owner).AttachmentFolder))
	if err != nil {
		return "", err
	}
	free := name
	for n := 2; ; n++ {
		_, err := i.tx.Child(folder.ID, free)
		if isNotFound(err) {
			break
		}
		if err != nil {
			return "", err
		}
		free = numbered(name, n)
	}
	node, _, err := tree.write(NewFile{Path: folder.below(free), Modified: m.Timestamp}, content)
	if err != nil {
		return "", err
	}
	by := i.scope
	by.caller = Caller{UserID: owner}
	shared, err := by.share(node, NewShare{})
	if err != nil {
		return "", err
	}
	parameters := fileParams{Share: shared.Share.ID}
	if m.MessageType != verbComment {
		parameters.Type = m.MessageType
	}
	for _, p := range m.Parameters {
		if p.Name != "actor" && p.Name != "file" { // which are made anew
			parameters.Kept = append(parameters.Kept, p)
		}
	}
	stored, err := json.Marshal(parameters)
	if err != nil {
		return "", err
	}
	row.Parameters = string(stored)
	if row.Body == "{file}" {
		row.Body = ""
	}
	i.done.Files++
	return attachmentKind(parameters.Type, node.MimeType), nil
}

// readFile copies the content of a message's file to where contents are.
func (i *importer) readFile(m *ArchivedMessage, name string) (n store.Node, err error) {
	file, err := m.File()
	if err != nil {
		return n, err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	w, err := i.c.store.Blobs().Create()
	if err != nil {
		return n, err
	}
	defer w.Abort()
	if _, err := io.Copy(w, file); err != nil {
		return n, err
	}
	blob, err := w.Commit()
	if err != nil {
		return n, err
	}
	i.blobs = append(i.blobs, blob)
	n = store.Node{Size: w.Size(), Blob: blob, MimeType: mimeType(name)}
	n.Width, n.Height = i.c.pictureSize(blob, n.MimeType)
	return n, nil
}
