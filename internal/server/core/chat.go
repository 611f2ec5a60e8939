package core

import (
	"context"
	"math"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/confab-go/confab/internal/server/store"
)

// MaxMessageLength is the longest message, in characters.
const MaxMessageLength = 32000

const (
	maxReferenceID = 64
	maxPage        = 200
	maxContext     = 100
	// maxAll bounds a history that was asked for without a limit. The reader goes on from the last id it was given.
	maxAll = 20000
)

// phpSpace is what PHP's trim takes away.
const phpSpace = " \t\n\r\x00\x0b"

// Send is a message to be sent.
type Send struct {
	Message     string
	ReplyTo     int64 // 0 for none
	ReferenceID string
	Silent      bool
}

// Posted is an answer to what changed a chat: a message, and how far everybody has read.
type Posted struct {
	Message    *MessageView
	CommonRead *int64 // nil when the caller hides how far they have read
	// Heard says that a bot is told of it too.
	Heard bool
}

// SendMessage posts a message.
func (c *Core) SendMessage(ctx context.Context, caller Caller, token string, in Send) (out Posted, err error) {
	err = c.write(ctx, caller, token, needWritable|needLobby|needChat, func(s *scope) error {
		m, err := s.say(in)
		if err != nil {
			return err
		}
		if err := s.tx.SetLastRead(s.self, m.ID); err != nil {
			return err
		}
		return s.posted(m, &out)
	})
	return out, err
}

// say stores a message of the scope's actor.
func (s *scope) say(in Send) (m store.Message, err error) {
	text := strings.Trim(in.Message, phpSpace)
	if text == "" {
		return m, refuse(Invalid, "message")
	}
	var parent *store.Message
	if in.ReplyTo != 0 {
		p, err := s.tx.Message(s.room.ID, in.ReplyTo)
		if err != nil {
			return m, orRefuse(err, Invalid, "reply-to")
		}
		if !replyable(&p) || expired(&p, s.now) {
			return m, refuse(Invalid, "reply-to")
		}
		parent = &p
	}
	if utf8.RuneCountInString(text) > MaxMessageLength {
		return m, refuse(TooLarge, "message")
	}
	if err := s.fillOneToOne(); err != nil {
		return m, err
	}
	m = s.newMessage(verbComment)
	m.ActorType, m.ActorID, m.ActorName = s.self.ActorType, s.self.ActorID, s.self.DisplayName
	m.Body, m.Silent, m.ParentID = text, in.Silent, in.ReplyTo
	m.ReferenceID = cut(strings.Trim(in.ReferenceID, phpSpace), maxReferenceID)
	m.MentionAll = s.room.MentionPermissions == 0 || s.moderator()
	if err := s.insert(&m); err != nil {
		return m, err
	}
	return m, s.noteMentions(&m, parent)
}

// cut shortens a text to n characters.
func cut(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	return string([]rune(s)[:n])
}

func (s *scope) posted(m store.Message, out *Posted) error {
	views, err := s.views([]store.Message{m})
	if err != nil {
		return err
	}
	if len(views) > 0 {
		out.Message = views[0]
	}
	out.CommonRead, err = s.commonRead()
	return err
}

// commonRead returns how far everybody has read, nil for callers who hide how far they have.
func (s *scope) commonRead() (*int64, error) {
	if s.self.ReadPrivate {
		return nil, nil
	}
	id, err := s.tx.CommonRead(s.room.ID)
	return &id, err
}

// ClearHistory removes all messages of a conversation.
func (c *Core) ClearHistory(ctx context.Context, caller Caller, token string) (out Posted, err error) {
	err = c.write(ctx, caller, token, needLoggedInModerator|needWritable, func(s *scope) error {
		if s.room.Type == OneToOne || s.room.Type == FormerOneToOne {
			return refuse(Forbidden, "")
		}
		if err := s.tx.DeleteSharesIn(s.room.ID); err != nil {
			return err
		}
		if err := s.tx.ClearMessages(s.room.ID, unreadFirst); err != nil {
			return err
		}
		if err := s.tx.DeletePolls(s.room.ID); err != nil {
			return err
		}
		s.room.ChatCount, s.room.LastMessageID = 0, 0
		if err := s.system("history_cleared", systemParams{}); err != nil {
			return err
		}
		m, err := s.tx.Message(s.room.ID, s.room.LastMessageID)
		if err != nil {
			return err
		}
		if out.Heard, err = s.heard(); err != nil {
			return err
		}
		return s.posted(m, &out)
	})
	return out, err
}

// Query says which messages are wanted.
type Query struct {
	Future           bool  // newer than LastKnown, oldest first; otherwise older, newest first
	Limit            int   // at most 200; 0 or less for all
	LastKnown        int64 // exclusive
	IncludeLastKnown bool
	Timeout          time.Duration // how long to wait for something newer
	SetReadMarker    bool
	LastCommonRead   int64 // what the caller knows, 0 for not asked
}

// Page is a page of messages. It is empty when there was nothing to give,
// not even a reader's marker that moved.
type Page struct {
	Messages   []*MessageView
	Given      bool  // whether there were messages, even if all of them have expired
	LastGiven  int64 // id to go on from
	CommonRead *int64
	// CommonMoved says that the common marker is not what the caller knows.
	CommonMoved bool
}

func (q Query) limit() int { return pageLimit(q.Limit, maxPage) }

// pageLimit is how many a page has: as many as are wanted but no more than at
// most, and all when 0 or less are wanted.
func pageLimit(wanted, atMost int) int {
	if wanted <= 0 {
		return maxAll
	}
	return min(wanted, atMost)
}

// Messages returns a page of messages, and waits for one when the query says so.
func (c *Core) Messages(ctx context.Context, caller Caller, token string, q Query) (Page, error) {
	if q.Future && q.SetReadMarker {
		if err := c.markOnRead(ctx, caller, token, q.LastKnown); err != nil {
			return Page{}, err
		}
	}
	if !q.Future || q.Timeout <= 0 {
		return c.page(ctx, caller, token, q)
	}
	timer := time.NewTimer(min(q.Timeout, c.longPollMax))
	defer timer.Stop()
	for {
		page, again, err := c.waitOnce(ctx, caller, token, q, timer.C)
		if err != nil || !again {
			return page, err
		}
	}
}

// waitOnce looks once, and when there is nothing waits for a change.
func (c *Core) waitOnce(ctx context.Context, caller Caller, token string, q Query, timeout <-chan time.Time) (page Page, again bool, err error) {
	changed, release := c.hub.watch(token)
	defer release()
	page, err = c.page(ctx, caller, token, q)
	if err != nil || page.Given {
		return page, false, err
	}
	select {
	case <-changed:
		return page, true, nil
	case <-timeout:
		page, err = c.page(ctx, caller, token, q)
		return page, false, err
	case <-c.hub.done:
		return page, false, nil
	case <-ctx.Done():
		return page, false, ctx.Err()
	}
}

func (c *Core) page(ctx context.Context, caller Caller, token string, q Query) (page Page, err error) {
	err = c.read(ctx, caller, token, needLobby, func(s *scope) error {
		var messages []store.Message
		switch {
		case q.Future:
			from := q.LastKnown
			if q.IncludeLastKnown {
				from--
			}
			messages, err = s.tx.MessagesAfter(s.room.ID, from, q.limit())
		default:
			before := q.LastKnown
			if before <= 0 {
				before = math.MaxInt64
			} else if q.IncludeLastKnown {
				before++
			}
			messages, err = s.tx.MessagesBefore(s.room.ID, before, q.limit())
		}
		if err != nil {
			return err
		}
		return s.fillPage(&page, messages, q.LastCommonRead)
	})
	return page, err
}

func (s *scope) fillPage(page *Page, messages []store.Message, known int64) (err error) {
	if page.CommonRead, err = s.commonRead(); err != nil {
		return err
	}
	page.CommonMoved = known > 0 && page.CommonRead != nil && *page.CommonRead != known
	if len(messages) == 0 {
		return nil
	}
	page.Given, page.LastGiven = true, messages[len(messages)-1].ID
	page.Messages, err = s.views(messages)
	return err
}

// Context returns the messages around one, oldest first: up to limit of them
// before it, itself included, and up to limit after it; limit is as in Query.
func (c *Core) Context(ctx context.Context, caller Caller, token string, id int64, limit int) (page Page, err error) {
	limit = pageLimit(limit, maxContext)
	err = c.read(ctx, caller, token, needLobby, func(s *scope) error {
		messages, err := s.tx.MessagesBefore(s.room.ID, min(id, math.MaxInt64-1)+1, limit)
		if err != nil {
			return err
		}
		slices.Reverse(messages)
		after, err := s.tx.MessagesAfter(s.room.ID, id, limit)
		if err != nil {
			return err
		}
		return s.fillPage(&page, append(messages, after...), 0)
	})
	return page, err
}
