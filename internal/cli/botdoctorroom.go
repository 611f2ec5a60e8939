package cli

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/confab-go/confab/talk"
	"github.com/confab-go/confab/talk/bot"
)

// enabled looks whether the bot is in the conversation, and whether the server knows it by its secret there.
func (d *botDoctor) enabled(ctx context.Context, client *talk.Client) {
	const check = "enabled"
	if d.room == "" {
		return
	}
	room, err := d.f.existing(ctx, d.room)
	if err != nil {
		d.fail(ctx, check, err, "")
		return
	}
	bots, err := client.Bots.List(ctx, room.Token)
	switch {
	case errors.Is(err, talk.ErrForbidden):
		d.warn(check, "ask a moderator to run this command", "only moderators can see which bots %s has", room.DisplayName)
		return
	case err != nil:
		d.fail(ctx, check, err, "")
		return
	}
	i := slices.IndexFunc(bots, func(b *talk.Bot) bool {
		if d.details != nil {
			return b.ID == d.details.ID
		}
		return b.Name == d.given
	})
	switch {
	case i < 0 && d.details == nil:
		d.warn(check, "give the bot's name in place of its URL, or ask an administrator", "only an administrator can see which of the bots in %s has this URL", room.DisplayName)
	case i < 0:
		d.fail(ctx, check, fmt.Errorf("%s is not in %s, and its moderators cannot let it in", d.details.Name, room.DisplayName),
			fmt.Sprintf("an administrator lets it in: occ talk:bot:setup %d %s", d.details.ID, room.Token))
		return
	case bots[i].State == talk.BotDisabled:
		d.fail(ctx, check, fmt.Errorf("%s is not enabled in %s", bots[i].Name, room.DisplayName), fmt.Sprintf("confab bot enable %s %d", room.Token, bots[i].ID))
		return
	default:
		d.ok(check, "%s is enabled in %s", bots[i].Name, room.DisplayName)
	}
	d.known(ctx, client, room)
}

// noMessage is the id of a message that there will never be. It stays exact in every language.
const noMessage = 1<<53 - 1

// known looks whether the server takes what is signed with the secret, by a reaction to a message that there is not: who signs
// rightly is told so.
func (d *botDoctor) known(ctx context.Context, client *talk.Client, room *talk.Conversation) {
	const check = "secret"
	if d.secret == "" {
		d.warn(check, "give the bot's secret, by --secret-file or "+envBotSecret, "not compared with the server's without it")
		return
	}
	speaker, err := bot.NewClient(bot.Server{
		URL: client.BaseURL().String(), Secret: d.secret, HTTPClient: &http.Client{Transport: d.f.app.Transport},
		Retry: talk.Retry{Attempts: 1}, Logger: d.f.logger(),
	})
	if err == nil {
		err = speaker.React(ctx, room.Token, noMessage, "👍")
	}
	switch {
	case errors.Is(err, talk.ErrNotFound):
		d.ok(check, "the server knows the bot by it")
	case errors.Is(err, talk.ErrUnauthorized):
		d.fail(ctx, check, errors.New("the server does not take what is signed with it"), "it is not the one that the bot was installed with, or the bot has not the feature response: install it anew, or give the bot the right one")
	case err != nil:
		d.fail(ctx, check, err, "")
	default:
		d.warn(check, "", "the server takes a reaction to a message that there is not")
	}
}

// failures tells what the server says of its deliveries.
func (d *botDoctor) failures() {
	b := d.details
	if b.ErrorCount == 0 {
		d.ok("failures", "every delivery has arrived")
		return
	}
	when := ""
	if !b.LastErrorDate.IsZero() {
		when = " on " + b.LastErrorDate.Format(time.DateTime)
	}
	d.warn("failures", "the server counts from when the bot was installed, and never back: look whether the number grows",
		"%d deliveries have failed; the last one%s: %s", b.ErrorCount, when, b.LastErrorMessage)
}
