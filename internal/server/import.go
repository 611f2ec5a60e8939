package server

import (
	"context"
	"iter"

	"github.com/confab-go/confab/internal/server/core"
)

type (
	// ArchivedConversation is a conversation as somebody has kept it.
	ArchivedConversation = core.ArchivedRoom
	// ArchivedMember is a user who takes part in it.
	ArchivedMember = core.ArchivedMember
	// ArchivedMessage is a message of it, with what it needs beside what is seen.
	ArchivedMessage = core.ArchivedMessage
	// ArchivedView is what is seen of a message.
	ArchivedView = core.MessageView
	// ArchivedEdit says who edited a message when.
	ArchivedEdit = core.Edit
	// ArchivedReaction counts the reactions to a message by one emoji.
	ArchivedReaction = core.ReactionCount
	// ArchivedParameter is a rich object in a message.
	ArchivedParameter = core.Parameter
	// ArchivedField is one key of a rich object.
	ArchivedField = core.Field
	// Imported says what an import has done to a conversation.
	Imported = core.Imported
)

// ErrBadArchive says that an archive cannot be imported; the message tells why.
var ErrBadArchive = core.ErrBadArchive

// Import puts archived conversations into a data directory, which is made when
// absent: all of them or, with an error, none. Those that were imported before
// get what is new. It refuses a directory that a server runs on, with ErrInUse.
//
// Everybody who took part gets an account, to which nobody can log in until it
// is given a password.
func Import(ctx context.Context, dataDir string, conversations iter.Seq2[ArchivedConversation, error]) (done []Imported, err error) {
	err = offline(ctx, dataDir, true, func(c *core.Core) error {
		done, err = c.Import(ctx, conversations)
		return err
	})
	return done, err
}
