package cli

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"github.com/confab-go/confab/talk"
)

// maxLooked is among how many of the latest messages one that was sent before is looked for.
const maxLooked = 1000

// referenceID makes of a key the reference id that marks its message in a conversation. Others see that id, and cannot tell
// the key by it.
func referenceID(key, token string) string {
	sum := sha256.Sum256([]byte("confab\x00" + token + "\x00" + key))
	return hex.EncodeToString(sum[:])
}

// sentBefore finds the account's message with a reference id, if it is among the latest.
func sentBefore(ctx context.Context, client *talk.Client, room *talk.Conversation, reference string) (*talk.Message, error) {
	looked := 0
	for m, err := range client.Chat.History(ctx, room.Token, &talk.HistoryOptions{PageSize: maxPage}) {
		switch {
		case err != nil:
			return nil, fmt.Errorf("look whether the message was sent before: %w", err)
		case m.ReferenceID == reference && m.ActorType == room.ActorType && m.ActorID == room.ActorID:
			return m, nil
		}
		if looked++; looked == maxLooked {
			break
		}
	}
	return nil, nil
}

// silenceError says that nobody answered in time.
type silenceError struct {
	id   int64
	wait time.Duration
}

func (e *silenceError) Error() string {
	return fmt.Sprintf("nobody answered message %d within %v", e.id, e.wait)
}

// waitReply prints the first answer to a message.
func (f *factory) waitReply(ctx context.Context, client *talk.Client, room *talk.Conversation, sent *talk.Message, wait time.Duration) error {
	f.hint("Sent to %s as message %d; waiting for an answer.", room.DisplayName, sent.ID)
	patience, stop := context.WithTimeoutCause(ctx, wait, &silenceError{sent.ID, wait})
	defer stop()
	for m, err := range client.Chat.Follow(patience, room.Token, &talk.FollowOptions{After: sent.ID}) {
		if silence, ok := errors.AsType[*silenceError](context.Cause(patience)); ok && err != nil {
			return silence
		}
		if err != nil {
			return fmt.Errorf("wait for an answer to message %d: %w", sent.ID, err)
		}
		if answers(room, sent, m) {
			return f.printLive(ctx, m)
		}
	}
	return nil
}

// answers reports whether a message is an answer: it quotes what was sent, or is the other's next word in a one-to-one.
func answers(room *talk.Conversation, sent, m *talk.Message) bool {
	own := m.ActorType == sent.ActorType && m.ActorID == sent.ActorID
	if m.IsSystem() || own {
		return false
	}
	return room.Type == talk.ConversationOneToOne || m.Parent != nil && m.Parent.ID == sent.ID
}
