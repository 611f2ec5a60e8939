package core

import (
	"context"
	"strings"

	"github.com/confab-go/confab/internal/server/store"
)

// appBotURL begins the address of a bot that is an app of the server's.
const appBotURL = "nextcloudapp://"

// BotDeliveryKind says what has happened that bots are told of, in the words of ActivityStreams.
type BotDeliveryKind string

// The kinds of what bots are told.
const (
	BotToldMessage    BotDeliveryKind = "Create"
	BotToldActivity   BotDeliveryKind = "Activity" // a system message, or something shared
	BotToldReaction   BotDeliveryKind = "Like"
	BotToldUnreaction BotDeliveryKind = "Undo"
	BotToldEnabled    BotDeliveryKind = "Join"
	BotToldDisabled   BotDeliveryKind = "Leave"
)

// BotActor is somebody in what bots are told.
type BotActor struct {
	Type            string
	ID              string
	Name            string
	ParticipantType int // 0 when bots are not told
}

// BotNote is a message in what bots are told.
type BotNote struct {
	ID         int64
	Name       string // "message", or what kind of system message it is
	Text       string
	Parameters []Parameter
}

// BotReply is the message that another one answers to.
type BotReply struct {
	Actor BotActor
	Note  BotNote
}

// BotDelivery is something that bots of a conversation are told.
type BotDelivery struct {
	Kind      BotDeliveryKind
	Actor     BotActor // of a reaction: the author of the message, as Talk has it
	Note      BotNote  // unless a bot was enabled or disabled
	ReplyTo   *BotReply
	Reaction  string // of a reaction: the emoji
	RoomToken string
	RoomName  string // as it is stored: of a one-to-one conversation the JSON list of both ids
	BaseURL   string // of the request that did it, "" when time did
}

// BotListener is a bot that is told something. The secret signs it, and is nobody's to see.
type BotListener struct {
	ID     int64
	Name   string
	URL    string
	Secret string
}

// OnBotDelivery sets what tells bots. It is called after the commit of what
// happened, in that order, while others wait to write: it must not block. Set
// it before the first request.
func (c *Core) OnBotDelivery(tell func(BotListener, *BotDelivery)) { c.tellBot = tell }

// NoteBotError keeps that a bot could not be told something.
func (c *Core) NoteBotError(ctx context.Context, botID int64, message string) error {
	err := c.store.Write(ctx, func(tx *store.Tx) error { return tx.NoteBotError(botID, c.unix(), message) })
	if isNotFound(err) {
		return nil // it has been removed meanwhile
	}
	return err
}

// BotNonce makes the random text that goes into a delivery's signature.
func (c *Core) BotNonce() (string, error) { return c.randomString(64, base64Chars) }

// listeners returns the bots of the conversation that have a feature and are told over HTTP.
func (s *scope) listeners(feature int) ([]store.Bot, error) {
	if s.c.tellBot == nil {
		return nil, nil
	}
	bots, err := s.tx.BotsOf(s.room.ID)
	if err != nil {
		return nil, err
	}
	var out []store.Bot
	for i := range bots {
		if b := &bots[i]; b.State != BotDisabled && b.Features&feature != 0 && hasWebhook(b) {
			out = append(out, *b)
		}
	}
	return out, nil
}

// hasWebhook reports whether a bot is told over HTTP, and not as an app inside the server.
func hasWebhook(b *store.Bot) bool {
	return b.Features&BotEvent == 0 && !strings.HasPrefix(b.URL, appBotURL)
}

// tell has bots told of an event when the transaction is committed.
func (s *scope) tell(bots []store.Bot, d *BotDelivery) {
	d.RoomToken, d.RoomName, d.BaseURL = s.room.Token, s.room.Name, s.caller.BaseURL
	tell := s.c.tellBot
	s.tx.AfterCommit(func() {
		for i := range bots {
			b := &bots[i]
			tell(BotListener{ID: b.ID, Name: b.Name, URL: b.URL, Secret: b.Secret}, d)
		}
	})
}

// outsider is nobody in particular: bots read as such.
func (s *scope) outsider() *reader {
	r := s.reader()
	r.self = nil
	return r
}

// tellMessage tells bots of a message that was stored. What bots write, other bots are not told.
func (s *scope) tellMessage(m *store.Message) error {
	if m.Verb == verbComment && m.ActorType == ActorBots {
		return nil
	}
	bots, err := s.listeners(BotWebhook)
	if err != nil || len(bots) == 0 {
		return err
	}
	if m.Verb != verbComment {
		r := s.outsider()
		s.tell(bots, &BotDelivery{Kind: BotToldActivity, Actor: r.botActor(m), Note: r.botNote(m, activityName(m))})
		return nil
	}
	r := s.reader()
	d := &BotDelivery{Kind: BotToldMessage, Actor: r.botActor(m), Note: r.botNote(m, "message")}
	d.Actor.ParticipantType = s.self.ParticipantType
	if m.ParentID != 0 {
		parent, err := s.tx.Message(s.room.ID, m.ParentID)
		if err != nil {
			return err
		}
		d.ReplyTo = &BotReply{Actor: r.botActor(&parent), Note: r.botNote(&parent, "message")}
	}
	s.tell(bots, d)
	return nil
}

// tellReaction tells bots that a reaction to a message came or went.
func (s *scope) tellReaction(kind BotDeliveryKind, parent *store.Message, reaction string) error {
	bots, err := s.listeners(BotReaction)
	if err != nil || len(bots) == 0 {
		return err
	}
	r := s.outsider()
	s.tell(bots, &BotDelivery{Kind: kind, Actor: r.botActor(parent), Note: r.botNote(parent, ""), Reaction: reaction})
	return nil
}

// tellEnabled tells a bot that it was enabled or disabled in the conversation.
func (s *scope) tellEnabled(kind BotDeliveryKind, b *store.Bot) {
	if s.c.tellBot == nil || b.Features&BotWebhook == 0 || !hasWebhook(b) {
		return
	}
	s.tell([]store.Bot{*b}, &BotDelivery{Kind: kind, Actor: BotActor{Type: ActorBots, ID: botActorID(b), Name: b.Name}})
}

// activityName is what kind of activity a stored message is.
func activityName(m *store.Message) string {
	if m.Verb != verbObject {
		return m.Body
	}
	if _, ok := sharedFile(m); ok {
		return "file_shared"
	}
	return verbObject
}

func (r *reader) botActor(m *store.Message) (a BotActor) {
	a.Type, a.ID, a.Name = r.actor(m.ActorType, m.ActorID, m.ActorName)
	return a
}

func (r *reader) botNote(m *store.Message, name string) BotNote {
	v := r.view(m)
	return BotNote{ID: m.ID, Name: name, Text: v.Text, Parameters: v.Parameters}
}

// BotActorID is how a bot is named as an actor, by the SHA-1 of its URL.
func BotActorID(urlHash string) string { return botPrefix + urlHash }

// botPrefix begins the actor ids of bots, but those that are part of the server.
const botPrefix = "bot-"

func botActorID(b *store.Bot) string { return BotActorID(b.URLHash) }

// botName is what a bot is called as an actor: a name that only those have who may speak in the conversation now.
func (r *reader) botName(actorID string) string {
	if r.bots == nil {
		r.bots = map[string]string{}
		if bots, err := r.tx.BotsOf(r.room.ID); err == nil {
			for i := range bots {
				if b := &bots[i]; b.State != BotDisabled {
					r.bots[botActorID(b)] = b.Name + " (Bot)"
				}
			}
		}
	}
	if name, ok := r.bots[actorID]; ok {
		return name
	}
	return actorID + "-bot"
}
