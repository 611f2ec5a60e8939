package core

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/confab-go/confab/internal/server/store"
)

// ShareRoom is the only type of share that there is here: into a conversation.
const ShareRoom = 10

// allShare is what a share allows at most; what makes no sense for a file is left out.
const allShare = FileRead | FileUpdate | FileCreate | FileDelete | FileShare

// ShareError says why a file is not shared, in Nextcloud's words.
type ShareError struct {
	Kind    Kind
	Message string
}

func (e *ShareError) Error() string { return e.Message }

func noShare(kind Kind, message string) error { return &ShareError{Kind: kind, Message: message} }

var errWrongShare = &ShareError{Kind: NotFound, Message: "Wrong share ID, share does not exist"}

// NewShare is a file to be shared into a conversation, and the message that says so.
type NewShare struct {
	Path        string // from the user's root
	Token       string // the conversation's
	Permissions int    // 0 for all that makes sense
	ReferenceID string
	MessageType string // voice-message, record-audio, record-video; "" for a plain one
	Caption     string
	ReplyTo     int64 // 0 for none
	Silent      bool
}

// ShareView is a share as one user sees it.
type ShareView struct {
	store.Share
	Node       Node // as and where the user has it
	SharerName string
	OwnerName  string
	RoomToken  string
	RoomName   string
	RootID     int64 // the root of the owner's files
	MayChange  bool  // the user may end it for all
}

// ShareFile shares a file or folder with everybody in a conversation. What is
// shared there already is refused, and announced once more nevertheless, as Talk does.
func (c *Core) ShareFile(ctx context.Context, caller Caller, in NewShare) (v ShareView, err error) {
	if in.Path == "" {
		return v, noShare(NotFound, "Please specify a file or folder path")
	}
	already := false
	err = c.store.Write(ctx, func(tx *store.Tx) error {
		t, err := c.prepare(tx, caller.UserID)
		if err != nil {
			return err
		}
		n, err := t.shareable(in)
		if err != nil {
			return err
		}
		s, err := c.shareRoom(tx, caller, in.Token)
		if err != nil {
			return err
		}
		shared, err := tx.SharedWith(n.ID, s.room.ID)
		switch already = err == nil; {
		case already:
		case isNotFound(err):
			if shared, err = s.share(n, in); err != nil {
				return err
			}
		default:
			return err
		}
		if err := s.announce(shared, in); err != nil {
			return err
		}
		v, err = c.shareView(t, shared)
		return err
	})
	if err != nil {
		return v, err
	}
	c.hub.notify(in.Token)
	if already {
		return v, noShare(Forbidden, "Path is already shared with this conversation")
	}
	return v, nil
}

// shareable finds what is to be shared.
func (t *tree) shareable(in NewShare) (Node, error) {
	n, err := t.find(SplitPath(in.Path))
	var refused *FileError
	switch {
	case errors.As(err, &refused):
		return n, noShare(NotFound, "Wrong path, file/folder does not exist")
	case err != nil:
		return n, err
	case n.ParentID == 0:
		return n, noShare(Forbidden, "You cannot share your root folder")
	case n.Permissions&FileShare == 0:
		return n, noShare(NotFound, "You are not allowed to share "+n.Path[len(n.Path)-1])
	case in.Permissions < 0 || in.Permissions > allShare:
		return n, noShare(NotFound, "Invalid permissions")
	}
	return n, nil
}

// shareRoom finds the conversation to share into. All that is in the way is one and the same refusal.
func (c *Core) shareRoom(tx *store.Tx, caller Caller, token string) (*scope, error) {
	s, err := c.enter(tx, caller, token, needAccount|needWritable|needLobby|needChat)
	if _, ok := errors.AsType[*Error](err); ok {
		return nil, noShare(NotFound, "Conversation not found")
	}
	return s, err
}

func (s *scope) share(n Node, in NewShare) (store.SharedNode, error) {
	allowed := in.Permissions
	if allowed == 0 {
		allowed = allShare
	}
	if !n.Folder {
		allowed &^= FileCreate | FileDelete
	}
	if n.Share != nil {
		allowed &= n.Share.Permissions // not more than one has
	}
	token, err := s.c.randomString(15, alphanumeric)
	if err != nil {
		return store.SharedNode{}, err
	}
	shared := store.SharedNode{Node: n.Node, Share: store.Share{
		NodeID: n.ID, RoomID: s.room.ID, Sharer: s.caller.UserID,
		Permissions: allowed | FileRead, Created: s.now, Token: token,
	}}
	return shared, s.tx.InsertShare(&shared.Share)
}

// announce leaves the message that shows what is shared.
func (s *scope) announce(shared store.SharedNode, in NewShare) error {
	if err := s.fillOneToOne(); err != nil {
		return err
	}
	parameters := fileParams{Share: shared.Share.ID, Type: in.MessageType}
	voice := shared.Node.MimeType == "audio/mpeg" || shared.Node.MimeType == "audio/wav"
	switch {
	case in.MessageType == "voice-message" && voice:
	case in.MessageType == "record-audio", in.MessageType == "record-video":
	default:
		parameters.Type = ""
	}
	stored, err := json.Marshal(parameters)
	if err != nil {
		return err
	}
	m := s.newMessage(verbObject)
	m.ActorType, m.ActorID, m.ActorName = s.self.ActorType, s.self.ActorID, s.self.DisplayName
	m.Body, m.Parameters, m.Silent = strings.Trim(in.Caption, phpSpace), string(stored), in.Silent
	if utf8.RuneCountInString(m.Body) > MaxMessageLength {
		return noShare(Invalid, "The caption is too long")
	}
	m.ReferenceID = cut(strings.Trim(in.ReferenceID, phpSpace), maxReferenceID)
	m.MentionAll = s.room.MentionPermissions == 0 || s.moderator()
	var parent *store.Message
	if in.ReplyTo > 0 {
		if p, err := s.tx.Message(s.room.ID, in.ReplyTo); err == nil && replyable(&p) && !expired(&p, s.now) {
			parent, m.ParentID = &p, p.ID
		} else if err != nil && !isNotFound(err) {
			return err
		}
	}
	if err := s.insert(&m); err != nil {
		return err
	}
	if err := s.tx.InsertAttachment(&m, attachmentKind(parameters.Type, shared.Node.MimeType)); err != nil {
		return err
	}
	if err := s.tx.SetLastRead(s.self, m.ID); err != nil {
		return err
	}
	return s.noteMentions(&m, parent)
}

// shareView shows a share to the user whose files the tree is.
func (c *Core) shareView(t *tree, shared store.SharedNode) (v ShareView, err error) {
	room, err := t.tx.RoomByID(shared.Share.RoomID)
	if err != nil {
		return v, err
	}
	path, ok, err := t.pathOf(&shared.Node)
	if err != nil {
		return v, err
	}
	if !ok {
		return v, errWrongShare
	}
	n, err := t.find(path)
	if err != nil {
		return v, err
	}
	v = ShareView{
		Share: shared.Share, Node: n, RoomToken: room.Token,
		SharerName: c.dir.displayName(shared.Share.Sharer), OwnerName: c.dir.displayName(shared.Node.Owner),
		MayChange: t.mayChange(shared),
	}
	self, err := t.tx.Attendee(room.ID, ActorUsers, t.user)
	if err != nil && !isNotFound(err) {
		return v, err
	}
	v.RoomName = roomDisplayName(c, &room, &self)
	root, err := t.tx.Root(shared.Node.Owner)
	v.RootID = root.ID
	return v, err
}

// mayChange reports whether the user may end a share for all.
func (t *tree) mayChange(shared store.SharedNode) bool {
	return shared.Share.Sharer == t.user || shared.Node.Owner == t.user
}

// Shares returns what the caller has shared: all of it for an empty path,
// otherwise the shares of what is there.
func (c *Core) Shares(ctx context.Context, caller Caller, path string) (out []ShareView, err error) {
	err = c.files(ctx, caller.UserID, func(t *tree) error {
		var nodeID int64
		if path != "" {
			n, err := t.find(SplitPath(path))
			if err != nil {
				return orNoShare(err, "Wrong path, file/folder does not exist")
			}
			nodeID = n.ID
		}
		shared, err := t.tx.SharesBy(t.user, nodeID)
		if err != nil {
			return err
		}
		out = nil
		for _, s := range shared {
			v, err := c.shareView(t, s)
			if errors.Is(err, errWrongShare) {
				continue
			}
			if err != nil {
				return err
			}
			out = append(out, v)
		}
		return nil
	})
	return out, err
}

func orNoShare(err error, message string) error {
	if _, ok := errors.AsType[*FileError](err); ok {
		return noShare(NotFound, message)
	}
	return err
}

// SharedWithMe returns what others share with the caller.
func (c *Core) SharedWithMe(ctx context.Context, caller Caller) (out []ShareView, err error) {
	err = c.files(ctx, caller.UserID, func(t *tree) error {
		if err := t.loadHome(); err != nil {
			return err
		}
		out = nil
		for i := range t.mounts {
			v, err := c.shareView(t, store.SharedNode{Share: t.mounts[i].Share, Node: t.mounts[i].Node})
			if err != nil {
				return err
			}
			out = append(out, v)
		}
		return nil
	})
	return out, err
}

// reach finds a share that the user has made, or that reaches them.
func (t *tree) reach(id int64) (store.SharedNode, error) {
	shared, err := t.tx.Shared(id)
	if isNotFound(err) {
		return shared, errWrongShare
	}
	if err != nil || t.mayChange(shared) {
		return shared, err
	}
	if _, err := t.tx.Attendee(shared.Share.RoomID, ActorUsers, t.user); isNotFound(err) {
		return shared, errWrongShare
	} else if err != nil {
		return shared, err
	}
	return shared, nil
}

// Share returns a share that the caller has made, or that reaches them.
func (c *Core) Share(ctx context.Context, caller Caller, id int64) (v ShareView, err error) {
	err = c.files(ctx, caller.UserID, func(t *tree) error {
		shared, err := t.reach(id)
		if err != nil {
			return err
		}
		v, err = c.shareView(t, shared)
		return err
	})
	return v, err
}

// Unshare ends a share of the caller, or lets go what others share with them.
func (c *Core) Unshare(ctx context.Context, caller Caller, id int64) error {
	return c.changeFiles(ctx, caller.UserID, func(t *tree) error {
		shared, err := t.reach(id)
		if err != nil {
			return err
		}
		if !t.mayChange(shared) {
			return t.tx.SetMount(t.user, store.Mount{Share: shared.Share, Hidden: true})
		}
		return c.endShare(t.tx, shared)
	})
}

// endShare ends a share, and those that hung on it: of users who have no other way to the file any more.
func (c *Core) endShare(tx *store.Tx, shared store.SharedNode) error {
	if err := tx.DeleteShare(shared.Share.ID); err != nil {
		return err
	}
	others, err := tx.SharesOf(shared.Node.ID)
	if err != nil {
		return err
	}
	for _, other := range others {
		if other.Share.Sharer == shared.Node.Owner {
			continue
		}
		t, err := c.prepare(tx, other.Share.Sharer)
		if err != nil {
			return err
		}
		if _, ok, err := t.pathOf(&shared.Node); err != nil {
			return err
		} else if !ok {
			return c.endShare(tx, other)
		}
	}
	return nil
}

// ReadShared opens what is shared with whoever knows the token of the share.
func (c *Core) ReadShared(ctx context.Context, token string) (Node, io.ReadSeekCloser, error) {
	return c.open(func() (n Node, err error) {
		err = c.store.Read(ctx, func(tx *store.Tx) error {
			shared, err := tx.SharedByToken(token)
			if isNotFound(err) || err == nil && shared.Node.Folder {
				return fileError(FileMissing, nil)
			}
			n = Node{Node: shared.Node, Path: []string{shared.Node.Name}, Permissions: shared.Share.Permissions}
			return err
		})
		return n, err
	})
}
