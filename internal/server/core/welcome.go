package core

import (
	"context"
	_ "embed"
	"strings"

	"github.com/confab-go/confab/internal/server/store"
)

// What new users find, in our own words.
var (
	//go:embed welcome/updates.txt
	updateTexts string // one message each line
	//go:embed welcome/sample.txt
	sampleTexts string // messages apart by lines of dashes
)

const (
	changelogName = "Talk updates ✅"
	sampleName    = "Let's get started!"
	sampleText    = "A first conversation to try things out in. Nobody else reads it."
	sampleEmoji   = "👋"
)

// ownBots are the names of those who speak to new users, by their ids.
var ownBots = map[string]string{"changelog": changelogName, "sample": "Nextcloud"}

// welcome makes for new users, when they look for the first time, what Talk
// makes for them: the news, a notebook and a conversation to try things out in.
func (c *Core) welcome(ctx context.Context, caller Caller) error {
	if !c.welcomes || caller.UserID == "" {
		return nil
	}
	known := false
	err := c.store.Read(ctx, func(tx *store.Tx) (err error) {
		known, err = tx.Welcomed(caller.UserID)
		return err
	})
	if err != nil || known {
		return err
	}
	return c.store.Write(ctx, func(tx *store.Tx) error {
		first, err := tx.Welcome(caller.UserID)
		if err != nil || !first {
			return err
		}
		if err := c.makeChangelog(tx, caller); err != nil {
			return err
		}
		if _, err := c.notebook(tx, caller); err != nil {
			return err
		}
		return c.makeSample(tx, caller)
	})
}

func (c *Core) makeChangelog(tx *store.Tx, caller Caller) error {
	s := &scope{c: c, tx: tx, caller: caller, now: c.unix()}
	room := store.Room{Type: Changelog, Name: caller.UserID, UniqueKey: "changelog:" + caller.UserID, ReadOnly: 1}
	if err := s.found(&room, &store.Attendee{}, false); err != nil {
		return err
	}
	s.self.ParticipantType = User // there is nothing to moderate
	if err := s.saveSelf(); err != nil {
		return err
	}
	return s.recite("changelog", strings.Split(strings.TrimSpace(updateTexts), "\n"))
}

func (c *Core) makeSample(tx *store.Tx, caller Caller) error {
	s := &scope{c: c, tx: tx, caller: caller, now: c.unix()}
	room := store.Room{Type: Group, Name: sampleName, Description: sampleText, ObjectType: "sample", ObjectID: caller.UserID}
	if err := s.found(&room, &store.Attendee{}, false); err != nil {
		return err
	}
	avatar, err := emojiAvatar(sampleEmoji, "")
	if err != nil {
		return err
	}
	if err := s.setAvatar(avatar, ""); err != nil {
		return err
	}
	return s.recite("sample", strings.Split(strings.TrimSpace(sampleTexts), "\n---\n"))
}

// recite posts texts as messages of a bot that is part of the server.
func (s *scope) recite(botID string, texts []string) error {
	for _, text := range texts {
		m := s.newMessage(verbComment)
		m.ActorType, m.ActorID, m.ActorName, m.Body = ActorBots, botID, ownBots[botID], text
		if err := s.insert(&m); err != nil {
			return err
		}
	}
	return nil
}
