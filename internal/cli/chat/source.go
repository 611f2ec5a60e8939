package chat

import (
	"context"
	"time"

	"github.com/confab-go/confab/talk"
)

// Source is what the screen needs of a server. Its methods block, and are called off the screen's own goroutine.
type Source interface {
	// Next waits for something to happen, and gives all that has happened since the last call.
	Next(ctx context.Context) (Batch, error)
	// Follow has everything told that becomes of the messages of one conversation, from after one message on; it ends the
	// following of any other one. Empty follows none.
	Follow(token string, after int64)

	// Page gets messages next to one that is known.
	Page(ctx context.Context, token string, o *talk.PageOptions) (*talk.Page, error)
	// Send sends a message. Again says that this was tried before, with the same reference id: it may have arrived.
	Send(ctx context.Context, token string, m Outgoing, again bool) (*talk.Message, error)
	// Edit and Delete give the system message that tells of it.
	Edit(ctx context.Context, token string, id int64, text string) (*talk.Message, error)
	Delete(ctx context.Context, token string, id int64) (*talk.Message, error)
	// React adds a reaction or takes it back, and gives those that there are.
	React(ctx context.Context, token string, id int64, emoji string, add bool) (map[string][]talk.Reaction, error)
	// Poll gets a poll; Vote chooses options by their place; ClosePoll ends it.
	Poll(ctx context.Context, token string, id int64) (*talk.Poll, error)
	Vote(ctx context.Context, token string, id int64, options []int) (*talk.Poll, error)
	ClosePoll(ctx context.Context, token string, id int64) (*talk.Poll, error)
	// Mentions gives whom a message can mention.
	Mentions(ctx context.Context, token, search string) ([]*talk.MentionSuggestion, error)
	// Search finds messages by their text, the newest first: at most limit, in one conversation or, with an empty token, in all.
	Search(ctx context.Context, text, token string, limit int) ([]*talk.SearchEntry, error)
	// MarkRead moves the read marker to a message.
	MarkRead(ctx context.Context, token string, id int64) (*talk.Conversation, error)
	// Complete gives the paths of this machine that begin with what is typed; those of directories end with a slash.
	Complete(typed string) []string
	// WebLink is where a browser opens a conversation.
	WebLink(token string) string
}

// Outgoing is a message to be sent.
type Outgoing struct {
	Reference string
	Text      string // of a file, what is beside it
	ReplyTo   int64
	Path      string // of a file on this machine; empty for a message
	// Progress is told how much of a file is sent, and how much there is.
	Progress func(sent, total int64)
}

// Batch is what has happened.
type Batch struct {
	Events []talk.Event
	// Link is the state of the connection, if that has changed.
	Link *Link
	// Unfollowed says why a conversation is not followed any more.
	Unfollowed map[string]error
	// Progress tells by their reference ids how much of files is sent, from 0 to 1.
	Progress map[string]float64
}

// Link is the state of the connection to the server.
type Link struct {
	Lost  bool
	Why   string // in words, when it is lost
	Since time.Time
}
