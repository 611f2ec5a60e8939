package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/confab-go/confab/talk"
	"github.com/confab-go/confab/talk/bot"
)

// botPatience is how long a server waits for a bot to answer.
const botPatience = 5 * time.Second

func newBotDoctor(f *factory) *cobra.Command {
	d := &botDoctor{doctor: doctor{f: f}}
	var secretFile string
	cmd := &cobra.Command{
		Use:   "doctor BOT [CONVERSATION]",
		Short: "Find out why a bot does not hear or answer",
		Long: `Look at a bot from this machine and through the server, and say what is wrong and what helps: whether it can be
reached, refuses what nobody signed, takes what the server signs, is installed with the features that it needs, is
enabled in the conversation, has the server's secret, and whether deliveries have failed.

BOT is its URL; an administrator can give its name or id, too. The secret comes from --secret-file, standard input or
the variable ` + envBotSecret + `; without it the checks that need one are left out. What only an administrator or a
moderator can see is left out for others. The bot is sent two deliveries about a conversation that does not exist, one
of them with a wrong signature; nothing is written into any conversation.

A pipe gets a line for each check: its name, "ok", "warning" or "failed", what was found, what to do about it. The exit
code is that of the first check that fails.`,
		Example: `  $ confab bot doctor http://127.0.0.1:8081 --secret-file secret
  $ confab bot doctor Deployer Deploys --json`,
		Args: want("BOT", "[CONVERSATION]"),
		RunE: func(cmd *cobra.Command, given []string) error {
			ctx := cmd.Context()
			secret, err := f.botSecret(ctx, secretFile)
			if err != nil {
				return err
			}
			d.secret, d.given = bot.Secret(secret), given[0]
			if len(given) > 1 {
				d.room = given[1]
			}
			if err := d.examine(ctx); err != nil {
				return err
			}
			return errors.Join(d.report(ctx), d.failure())
		},
	}
	secretFlag(cmd, &secretFile)
	cmd.Flags().StringVar(&d.backend, "backend", "", "what the server calls itself to bots, if that is another `URL` than its own")
	return shows[finding](f, cmd)
}

// botDoctor looks at a bot.
type botDoctor struct {
	doctor

	given, room, backend string
	secret               bot.Secret
	url                  *url.URL
	details              *talk.BotDetails // nil unless an administrator asks
}

func (d *botDoctor) examine(ctx context.Context) error {
	client, err := d.f.talk()
	switch _, none := errors.AsType[*accountError](err); {
	case none:
		d.warn("account", "log in by 'confab auth login URL'", "there is none: what the server knows of the bot is left out")
	case err != nil:
		d.fail(ctx, "account", err, "")
	default:
		d.backend = cmp.Or(d.backend, client.BaseURL().String())
		d.installed(ctx, client)
	}
	if err := d.address(); err != nil {
		return err
	}
	d.deliveries(ctx)
	if err == nil {
		d.enabled(ctx, client)
	}
	if d.details != nil {
		d.failures()
	}
	return nil
}

// installed looks for the bot on the server, and at what it may do there.
func (d *botDoctor) installed(ctx context.Context, client *talk.Client) {
	const check = "installed"
	bots, err := client.Bots.ListAll(ctx)
	switch {
	case errors.Is(err, talk.ErrForbidden):
		d.warn(check, "ask an administrator to run this command", "only an administrator can see what is installed on the server, and whether deliveries have failed")
		return
	case err != nil:
		d.fail(ctx, check, err, "")
		return
	}
	i := slices.IndexFunc(bots, func(b *talk.BotDetails) bool {
		return b.URL == d.given || b.Name == d.given || strconv.FormatInt(b.ID, 10) == d.given
	})
	if i < 0 {
		d.missing(check, fmt.Sprintf("the server has no bot %s", d.given),
			"'confab bot install-command' prints what installs it; 'confab bot list --all' shows those there are, by their exact URLs")
		return
	}
	b := bots[i]
	d.details = b
	switch b.State {
	case talk.BotDisabled:
		d.fail(ctx, check, fmt.Errorf("%s is switched off for the whole server", b.Name), fmt.Sprintf("an administrator switches it on: occ talk:bot:state %d 1", b.ID))
	case talk.BotNoSetup:
		d.ok(check, "%s is bot %d of the server; only its administrator says where it is", b.Name, b.ID)
	default:
		d.ok(check, "%s is bot %d of the server", b.Name, b.ID)
	}
	switch {
	case b.Features.Has(talk.BotEvent):
		d.fail(ctx, "features", errors.New("it has the feature event: the server takes it for one of its apps, and sends it nothing"), botStateNext(b))
	case !b.Features.Has(talk.BotWebhook):
		d.fail(ctx, "features", fmt.Errorf("it has %s and not webhook: it is told nothing", b.Features), botStateNext(b))
	case !b.Features.Has(talk.BotResponse):
		d.fail(ctx, "features", fmt.Errorf("it has %s and not response: it may not answer", b.Features), botStateNext(b))
	case !b.Features.Has(talk.BotReaction):
		d.ok("features", "%s; without reaction it is not told of reactions", b.Features)
	default:
		d.ok("features", "%s", b.Features)
	}
}

// missing notes that there is not what a person named.
func (d *botDoctor) missing(check, what, next string) {
	d.findings = append(d.findings, finding{check, "failed", what, next})
	d.failed = append(d.failed, &missingError{what, next})
}

func botStateNext(b *talk.BotDetails) string {
	return fmt.Sprintf("an administrator changes that: occ talk:bot:state --feature webhook --feature response %d %d", b.ID, b.State)
}

// address finds out where the bot listens.
func (d *botDoctor) address() error {
	raw := d.given
	if d.details != nil {
		raw = d.details.URL
	}
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		if d.findings != nil && !strings.Contains(raw, "://") {
			return nil // it was told already why nothing is known of the bot by this name
		}
		return usagef("BOT: %q is not a URL like https://bots.example.com/hook", raw)
	}
	d.url = u
	return nil
}

// doubts are what a delivery that is not taken may come from, by the status of its answer.
var doubts = map[int]string{
	http.StatusUnauthorized:     "it refuses the signature: is this the secret that the bot has?",
	http.StatusForbidden:        "it refuses to speak with this server: does it know the server by the address that --backend has?",
	http.StatusNotFound:         "there is something else at this path: compare it with the one that the bot listens at",
	http.StatusMethodNotAllowed: "there is something else at this path: compare it with the one that the bot listens at",
}

// deliveries sends the bot what a server would send, signed wrongly and rightly.
func (d *botDoctor) deliveries(ctx context.Context) {
	if d.url == nil {
		return
	}
	backend := cmp.Or(d.backend, "https://cloud.example.com")
	forged, err := d.deliver(ctx, bot.Server{URL: backend, Secret: bot.Secret(newBotSecret())})
	if err != nil {
		d.fail(ctx, "address", err, d.unreachable(err))
		return
	}
	if isLoopback(d.url.Hostname()) && !d.local() {
		d.warn("address", "install it with an address that the server reaches", "%s answers, but the server is another machine, and finds itself there", d.url.Redacted())
	} else {
		d.ok("address", "%s answers this machine", d.url.Redacted())
	}
	d.clocks(ctx, forged.header)
	switch code := forged.code; {
	case code < 300:
		d.fail(ctx, "forgery", fmt.Errorf("it answers %s to a delivery that is signed wrongly: anybody can tell it anything", forged.status), "have it verify the signature before anything else")
	case code < 400 || code >= 500:
		d.fail(ctx, "forgery", fmt.Errorf("it answers %s to a delivery that is signed wrongly, and not 401", forged.status), doubts[code])
	default:
		d.ok("forgery", "it refuses a delivery that is signed wrongly, by %s", forged.status)
	}
	switch {
	case d.secret == "":
		d.warn("delivery", "give the bot's secret, by --secret-file or "+envBotSecret, "not tried without the secret")
		return
	case d.backend == "":
		d.warn("delivery", "give the address by --backend, or log in", "not tried without the address of the server")
		return
	}
	taken, err := d.deliver(ctx, bot.Server{URL: d.backend, Secret: d.secret})
	switch {
	case err != nil:
		d.fail(ctx, "delivery", err, d.unreachable(err))
	case taken.code != http.StatusOK && taken.code != http.StatusAccepted:
		d.fail(ctx, "delivery", fmt.Errorf("it answers %s to a delivery that is signed with the secret; the server wants 200", taken.status), doubts[taken.code])
	case taken.took > botPatience/2:
		d.warn("delivery", "have it answer first, and do its work then", "it answers after %v; the server waits %v", taken.took.Round(100*time.Microsecond), botPatience)
	default:
		d.ok("delivery", "it takes one that is signed with the secret, in %v", taken.took.Round(100*time.Microsecond))
	}
}

// botAnswer is how a bot answers a delivery.
type botAnswer struct {
	code   int
	status string
	header http.Header
	took   time.Duration
}

// deliver sends the bot a delivery that no handler has anything to do about.
func (d *botDoctor) deliver(ctx context.Context, server bot.Server) (answer botAnswer, err error) {
	delivery, err := bot.NewDelivery(server, &bot.Event{
		Type:         bot.EventSystem,
		Conversation: bot.Conversation{Token: "doctor00", Name: "confab bot doctor"},
		Actor:        bot.Actor{Type: talk.ActorGuest, ID: "confab-bot-doctor", Name: "confab bot doctor"},
		Note:         bot.Note{ID: 1, Name: "confab_bot_doctor", Content: "confab bot doctor looks whether the bot can be reached"},
	})
	if err != nil {
		return answer, err
	}
	req, err := delivery.Request(ctx, d.url.String())
	if err != nil {
		return answer, err
	}
	client := &http.Client{
		Transport: d.f.app.Transport, Timeout: botPatience,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	begin := time.Now()
	resp, err := client.Do(req)
	if err != nil {
		if asked, ok := errors.AsType[*url.Error](err); ok {
			err = asked.Err // without the address, which may hold a secret
		}
		return answer, fmt.Errorf("%s does not answer: %w", d.url.Redacted(), err)
	}
	_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, 1<<16))
	_ = resp.Body.Close()
	return botAnswer{resp.StatusCode, resp.Status, resp.Header, time.Since(begin)}, nil
}

func (d *botDoctor) unreachable(err error) string {
	var timeout net.Error
	if errors.As(err, &timeout) && timeout.Timeout() {
		return "have it answer first, and do its work then; does a firewall drop what comes?"
	}
	return "does the bot run, and listen at this address?"
}

// local reports whether the server is on this machine, as far as its address tells.
func (d *botDoctor) local() bool {
	u, err := url.Parse(d.f.target().url)
	return err == nil && (u.Host == "" || isLoopback(u.Hostname()))
}

// clocks compares the bot's clock and the server's with this machine's.
func (d *botDoctor) clocks(ctx context.Context, botHeader http.Header) {
	const check, next = "clock", "set the clocks right: a bot may refuse what seems old or from the future"
	heard := map[string]http.Header{"the bot": botHeader}
	if base := d.f.speaksFor.url; base != "" {
		if header, err := d.serverHeader(ctx, base); err == nil { // what is wrong with the server is told elsewhere
			heard["the server"] = header
		}
	}
	known := 0
	for _, who := range []string{"the bot", "the server"} {
		theirs, err := http.ParseTime(heard[who].Get("Date"))
		if err != nil {
			continue
		}
		known++
		if skew := theirs.Sub(d.f.now()).Round(time.Second); skew > maxSkew {
			d.warn(check, next, "%s is %v ahead of this machine", who, skew)
			return
		} else if -skew > maxSkew {
			d.warn(check, next, "%s is %v behind this machine", who, -skew)
			return
		}
	}
	if known > 0 {
		d.ok(check, "it agrees with this machine's")
	}
}

func (d *botDoctor) serverHeader(ctx context.Context, base string) (http.Header, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimRight(base, "/")+"/status.php", nil)
	if err != nil {
		return nil, err
	}
	resp, err := (&http.Client{Transport: d.f.app.Transport, Timeout: botPatience}).Do(req)
	if err != nil {
		return nil, err
	}
	return resp.Header, resp.Body.Close()
}
