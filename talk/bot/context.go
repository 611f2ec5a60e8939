package bot

import (
	"context"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/confab-go/confab/talk"
)

// Context is what a handler gets: the event, and the means to answer it.
type Context struct {
	*Event

	bot    *Bot
	client *Client
	args   map[string]string // raw
	groups []string
	match  *regexp.Regexp
}

// Client gives the client that speaks as the bot on the event's server.
func (c *Context) Client() *Client { return c.client }

// Account gives the user account on the event's server; nil when the bot has none.
func (c *Context) Account() *talk.Client { return c.client.account }

// Arg gives an argument of a command by its name in the pattern, as a person reads it; empty for an optional one that was left out.
func (c *Context) Arg(name string) string {
	return (&talk.Message{Message: c.args[name], MessageParameters: c.Note.Parameters}).Text()
}

// ArgMention gives whom an argument of a command mentions; ok is false when it is no mention.
func (c *Context) ArgMention(name string) (mention talk.ActorMention, ok bool) {
	raw := c.args[name]
	if !strings.HasPrefix(raw, "{") || !strings.HasSuffix(raw, "}") {
		return talk.ActorMention{}, false
	}
	return c.Note.Parameters[raw[1:len(raw)-1]].Mention()
}

// Match gives what a group of the expression of [Router.Hears] matched, 0 for all of it; empty for a group that is not there.
func (c *Context) Match(group int) string {
	if group < 0 || group >= len(c.groups) {
		return ""
	}
	return c.groups[group]
}

// MatchNamed gives what a named group of the expression of [Router.Hears] matched; empty for a group that is not there.
func (c *Context) MatchNamed(name string) string {
	if c.match == nil || name == "" {
		return ""
	}
	return c.Match(c.match.SubexpIndex(name))
}

// Reply answers the message that was written or reacted to. Events about no message that can be answered get a message that is no reply.
func (c *Context) Reply(ctx context.Context, message string) error {
	o := &SendOptions{ReplyTo: c.replyTo()}
	if o.ReplyTo != 0 && utf8.RuneCountInString(message) > MaxMessage {
		o.ThreadID = c.Note.ThreadID // for the parts that quote nothing
	}
	return c.Send(ctx, message, o)
}

func (c *Context) replyTo() int64 {
	switch c.Type {
	case EventMessage, EventReply, EventReactionAdded, EventReactionRemoved:
		return c.Note.ID
	}
	return 0
}

// Send writes a message into the conversation. See [Client.Send].
func (c *Context) Send(ctx context.Context, message string, options *SendOptions) error {
	_, err := c.client.Send(ctx, c.Conversation.Token, message, options)
	return err
}

// React reacts to the event's message. See [Client.React].
func (c *Context) React(ctx context.Context, emoji string) error {
	return c.client.React(ctx, c.Conversation.Token, c.Note.ID, emoji)
}

// Unreact takes a reaction to the event's message back. See [Client.Unreact].
func (c *Context) Unreact(ctx context.Context, emoji string) error {
	return c.client.Unreact(ctx, c.Conversation.Token, c.Note.ID, emoji)
}

// Ask asks in the conversation, and waits for an answer. See [Bot.Ask]; the question replies to the event's message, unless the options say otherwise.
func (c *Context) Ask(ctx context.Context, question string, choices []string, options *AskOptions) (*Answer, error) {
	o := AskOptions{ReplyTo: c.replyTo()}
	if options != nil {
		o = *options
	}
	return c.bot.ask(ctx, c.client, c.Conversation.Token, question, choices, o)
}
