package core

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"

	"github.com/confab-go/confab/internal/server/store"
)

// ErrBotUnknown is returned when no bot that may speak in the conversation has
// signed what is said. It does not say whether there is such a conversation.
var ErrBotUnknown = errors.New("signed by no bot of the conversation")

// minBotRandom is the fewest bytes of randomness that a bot's signature may have.
const minBotRandom = 32

// BotProof is how a bot proves who it is: its signature of a random text and what it says.
type BotProof struct {
	Random    string
	Signature string // hex
	BaseURL   string // what links start with, as in Caller
}

// BotSend posts a message of the bot that has signed its text.
func (c *Core) BotSend(ctx context.Context, token string, proof BotProof, in Send) error {
	if strings.Trim(in.Message, phpSpace) == "" { // before anything is proven, as Talk does
		return refuse(Invalid, "")
	}
	return c.asBot(ctx, token, proof, in.Message, func(s *scope) error {
		_, err := s.say(in)
		return err
	})
}

// BotReact reacts to a message for the bot that has signed the reaction; added
// says that it had not done so before.
func (c *Core) BotReact(ctx context.Context, token string, proof BotProof, id int64, reaction string) (added bool, err error) {
	err = c.asBot(ctx, token, proof, reaction, func(s *scope) error {
		added, err = s.addReaction(id, reaction)
		return err
	})
	return added, err
}

// BotUnreact takes a reaction back for the bot that has signed it.
func (c *Core) BotUnreact(ctx context.Context, token string, proof BotProof, id int64, reaction string) error {
	return c.asBot(ctx, token, proof, reaction, func(s *scope) error { return s.removeReaction(id, reaction) })
}

// asBot runs an operation of the bot that has signed what it says.
func (c *Core) asBot(ctx context.Context, token string, proof BotProof, signed string, fn func(*scope) error) error {
	if len(proof.Random) < minBotRandom || proof.Signature == "" {
		return refuse(Invalid, "")
	}
	err := c.store.Write(ctx, func(tx *store.Tx) error {
		room, err := tx.Room(token)
		if isNotFound(err) {
			return ErrBotUnknown
		}
		if err != nil {
			return err
		}
		bots, err := tx.BotsOf(room.ID)
		if err != nil {
			return err
		}
		for i := range bots {
			b := &bots[i]
			if b.State == BotDisabled || b.Features&BotResponse == 0 || !proof.by(b, signed) {
				continue
			}
			self := store.Attendee{RoomID: room.ID, ActorType: ActorBots, ActorID: botActorID(b), DisplayName: b.Name + " (Bot)"}
			return fn(&scope{c: c, tx: tx, caller: Caller{BaseURL: proof.BaseURL}, room: &room, self: &self, now: c.unix()})
		}
		return ErrBotUnknown
	})
	if err == nil {
		c.hub.notify(token)
	}
	return err
}

// by reports whether a bot has signed a text. It takes as long whether it has or not.
func (p BotProof) by(b *store.Bot, text string) bool {
	mac := hmac.New(sha256.New, []byte(b.Secret))
	mac.Write([]byte(p.Random))
	mac.Write([]byte(text))
	return hmac.Equal([]byte(hex.EncodeToString(mac.Sum(nil))), []byte(strings.ToLower(p.Signature)))
}
