package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/confab-go/confab/talk"
)

// The texts of the demo.
const (
	textGreeting = "Soup or pizza today?"
	textDetail   = "The soup is pumpkin 🎃"
	textMention  = "Your turn to choose, @alice"
	textReply    = "Soup, then!"
)

// tell is the demo's conversation, step by step.
func (s *story) tell(ctx context.Context) error {
	fmt.Fprintf(s.f.out, "A Talk server at %s, in memory, with the users alice and bob.\n", s.f.form().Strong(s.url))

	var room *talk.Conversation
	err := s.step(`alice creates the group conversation "Lunch"`, func() (string, error) {
		var err error
		room, err = s.alice.client.Conversations.Create(ctx, talk.ConversationGroup, &talk.CreateOptions{Name: "Lunch"})
		if err != nil {
			return "", err
		}
		return fmt.Sprintf("%s is a %v conversation with the token %s, alice its %v", room.DisplayName, room.Type, room.Token, room.ParticipantType), cmp.Or(
			expect("its name", room.DisplayName, "Lunch"),
			expect("its type", room.Type, talk.ConversationGroup),
			expect("alice's role", room.ParticipantType, talk.ParticipantOwner))
	})
	if err != nil {
		return err
	}

	err = s.step("alice adds bob", func() (string, error) {
		if _, err := s.alice.client.Participants.Add(ctx, room.Token, talk.ActorUser, "bob"); err != nil {
			return "", err
		}
		people, err := s.alice.client.Participants.List(ctx, room.Token, nil)
		if err != nil {
			return "", err
		}
		ids := make(map[string]talk.ParticipantType, len(people))
		var told []string
		for _, p := range people {
			ids[p.ActorID] = p.ParticipantType
			told = append(told, fmt.Sprintf("%s (%v)", p.DisplayName, p.ParticipantType))
		}
		return "taking part: " + strings.Join(told, ", "), cmp.Or(
			expect("the number of participants", len(people), 2),
			expect("bob's role", ids["bob"], talk.ParticipantUser))
	})
	if err != nil {
		return err
	}
	return s.converse(ctx, room.Token)
}

// converse has bob follow the conversation while both write.
func (s *story) converse(ctx context.Context, token string) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var live *inbox
	err := s.step("bob follows the conversation, live", func() (string, error) {
		live = s.bob.follow(ctx, token, 0)
		select {
		case <-s.bob.trace.polling:
			return "bob's next request waits at the server until there is something new", nil
		case err := <-live.ended:
			return "", err
		case <-ctx.Done():
			return "", ctx.Err()
		}
	})
	if err != nil {
		return err
	}
	defer live.stop()

	texts := []string{textGreeting, textDetail, textMention, textReply}
	ids := make([]int64, len(texts))
	steps := []func() error{
		func() error { return s.write(ctx, live, token, textGreeting, &ids[0]) },
		func() error { return s.write(ctx, live, token, textDetail, &ids[1]) },
		func() error { return s.markRead(ctx, token, ids[1], 2) },
		func() error { return s.mention(ctx, live, token, &ids[2]) },
		func() error { return s.reply(ctx, live, token, ids[2], &ids[3]) },
		func() error { return s.history(ctx, token, ids) },
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	live.stop()
	if err := <-live.ended; !errors.Is(err, context.Canceled) {
		return fmt.Errorf("following ended: %w", err)
	}
	return nil
}

func (s *story) write(ctx context.Context, live *inbox, token, text string, id *int64) error {
	return s.step("alice writes: "+text, func() (string, error) {
		sent, err := s.alice.client.Chat.Send(ctx, token, text, nil)
		if err != nil {
			return "", err
		}
		*id = sent.ID
		got, err := live.next(ctx, sent.ID)
		if err != nil {
			return "", err
		}
		return fmt.Sprintf("bob gets message %d at once, from %s: %s", got.ID, got.ActorDisplayName, got.Text()), cmp.Or(
			expect("its text", got.Text(), text),
			expect("its sender", got.ActorID, "alice"))
	})
}

func (s *story) markRead(ctx context.Context, token string, newest int64, unread int) error {
	return s.step("bob looks at his unread messages, and marks them as read", func() (string, error) {
		before, err := s.bob.client.Conversations.Get(ctx, token)
		if err != nil {
			return "", err
		}
		if _, err := s.bob.client.Chat.MarkRead(ctx, token, newest); err != nil {
			return "", err
		}
		after, err := s.bob.client.Conversations.Get(ctx, token)
		if err != nil {
			return "", err
		}
		return fmt.Sprintf("%d unread before, %d after; the read marker is at message %d", before.UnreadMessages, after.UnreadMessages, after.LastReadMessage), cmp.Or(
			expect("the number of unread messages", before.UnreadMessages, unread),
			expect("the number after that", after.UnreadMessages, 0),
			expect("the read marker", after.LastReadMessage, newest))
	})
}

func (s *story) mention(ctx context.Context, live *inbox, token string, id *int64) error {
	return s.step("bob writes: "+textMention, func() (string, error) {
		sent, err := s.bob.client.Chat.Send(ctx, token, textMention, nil)
		if err != nil {
			return "", err
		}
		*id = sent.ID
		if _, err := live.next(ctx, sent.ID); err != nil {
			return "", err
		}
		room, err := s.alice.client.Conversations.Get(ctx, token)
		if err != nil {
			return "", err
		}
		mentioned := sent.MessageParameters["mention-user1"]
		return fmt.Sprintf("it reads %q to people; alice has %d unread, and is told that she is mentioned", sent.Text(), room.UnreadMessages), cmp.Or(
			expect("its text", sent.Text(), "Your turn to choose, @Alice"),
			expect("who is mentioned", mentioned.Type+"/"+mentioned.ID, "user/alice"),
			expect("alice's number of unread messages", room.UnreadMessages, 1),
			expect("that she is mentioned in person", room.UnreadMentionDirect, true))
	})
}

func (s *story) reply(ctx context.Context, live *inbox, token string, parent int64, id *int64) error {
	return s.step("alice answers that message: "+textReply, func() (string, error) {
		sent, err := s.alice.client.Chat.Send(ctx, token, textReply, &talk.SendOptions{ReplyTo: parent})
		if err != nil {
			return "", err
		}
		*id = sent.ID
		got, err := live.next(ctx, sent.ID)
		if err != nil {
			return "", err
		}
		if got.Parent == nil {
			return "", fmt.Errorf("message %d quotes nothing", got.ID)
		}
		room, err := s.alice.client.Conversations.Get(ctx, token)
		if err != nil {
			return "", err
		}
		return fmt.Sprintf("bob gets it with what it answers: %q; alice, having answered, has %d unread", got.Parent.Text(), room.UnreadMessages), cmp.Or(
			expect("the message that it quotes", got.Parent.ID, parent),
			expect("alice's number of unread messages", room.UnreadMessages, 0),
			expect("that she is mentioned", room.UnreadMention, false))
	})
}

func (s *story) history(ctx context.Context, token string, want []int64) error {
	return s.step("alice reads the history, newest first", func() (string, error) {
		var told []string
		var ids []int64
		for m, err := range s.alice.client.Chat.History(ctx, token, nil) {
			if err != nil {
				return "", err
			}
			if m.IsSystem() {
				told = append([]string{string(m.SystemMessage)}, told...)
				continue
			}
			ids = append([]int64{m.ID}, ids...)
			told = append([]string{fmt.Sprintf("%q", m.Text())}, told...)
		}
		return fmt.Sprintf("%d messages, turned round: %s", len(told), strings.Join(told, ", ")), expectAll("the messages that people wrote", ids, want)
	})
}
