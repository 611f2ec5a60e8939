package core

import (
	"context"
	"math"
	"strings"

	"github.com/confab-go/confab/internal/server/store"
)

// AttachmentKinds are the kinds of what messages have to look at, in the order of Talk's overview.
var AttachmentKinds = []string{"audio", "deckcard", "file", "location", "media", "other", "poll", "recording", "voice"}

// maxOverview is how many of each kind an overview has, at most.
const maxOverview = 20

// attachmentKind tells the kind of a file by how it is to be shown and its type.
func attachmentKind(messageType, mimeType string) string {
	main, _, _ := strings.Cut(mimeType, "/")
	switch {
	case messageType == "voice-message":
		return "voice"
	case messageType == "record-audio" || messageType == "record-video":
		return "recording"
	case main == "audio":
		return "audio"
	case main == "image" || main == "video":
		return "media"
	default:
		return "file"
	}
}

// SharedObjects returns the messages of a kind of attachment, newest first:
// those before an id, 0 for the newest.
func (c *Core) SharedObjects(ctx context.Context, caller Caller, token, kind string, before int64, limit int) (out []*MessageView, err error) {
	limit = pageLimit(limit, maxPage)
	err = c.read(ctx, caller, token, needLobby, func(s *scope) error {
		if before <= 0 {
			before = math.MaxInt64
		}
		out, err = s.attachments(kind, before, limit)
		return err
	})
	return out, err
}

// SharedOverview returns the newest messages of every kind of attachment.
func (c *Core) SharedOverview(ctx context.Context, caller Caller, token string, limit int) (out map[string][]*MessageView, err error) {
	limit = pageLimit(limit, maxOverview)
	out = make(map[string][]*MessageView, len(AttachmentKinds))
	err = c.read(ctx, caller, token, needLobby, func(s *scope) error {
		for _, kind := range AttachmentKinds {
			if out[kind], err = s.attachments(kind, math.MaxInt64, limit); err != nil {
				return err
			}
		}
		return nil
	})
	return out, err
}

func (s *scope) attachments(kind string, before int64, limit int) ([]*MessageView, error) {
	messages, err := s.tx.Attachments(s.room.ID, kind, before, limit)
	if err != nil {
		return nil, err
	}
	return s.views(messages)
}

// unshareMessage ends what a message shares, when the message itself is deleted.
func (s *scope) unshareMessage(m *store.Message) error {
	if err := s.tx.DeleteAttachment(m.ID); err != nil {
		return err
	}
	p, ok := sharedFile(m)
	if !ok {
		return nil
	}
	shared, err := s.tx.Shared(p.Share)
	if isNotFound(err) {
		return nil
	}
	if err != nil {
		return err
	}
	return s.c.endShare(s.tx, shared)
}
