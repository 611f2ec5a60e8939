package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/confab-go/confab/internal/cli/render"
	"github.com/confab-go/confab/talk"
)

// finding is what one check found, as JSON shows it.
type finding struct {
	Check  string `json:"check"`
	State  string `json:"state"` // "ok", "warning" or "failed"
	Detail string `json:"detail"`
	Next   string `json:"next"` // what to do about it
}

func newDoctor(f *factory) *cobra.Command {
	return shows[finding](f, &cobra.Command{
		Use:   "doctor",
		Short: "Find out why it does not work",
		Long: `Look at the account, the connection, the server and its Talk, one after the other, and say what is wrong and what
helps. Nothing is changed. The exit code is that of the first check that fails.

A pipe gets a line for each check: its name, "ok", "warning" or "failed", what was found, what to do about it.`,
		Args: want(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			d := &doctor{f: f}
			d.examine(cmd.Context())
			return errors.Join(d.report(cmd.Context()), d.failure())
		},
	})
}

// doctor looks at one thing after the other, as long as that makes sense.
type doctor struct {
	f        *factory
	findings []finding
	failed   []error
}

func (d *doctor) ok(check, format string, args ...any) {
	d.findings = append(d.findings, finding{check, "ok", fmt.Sprintf(format, args...), ""})
}

func (d *doctor) warn(check, next, format string, args ...any) {
	d.findings = append(d.findings, finding{check, "warning", fmt.Sprintf(format, args...), next})
}

func (d *doctor) fail(ctx context.Context, check string, err error, next string) {
	if next == "" {
		next = nextStep(ctx, err, "confab doctor", d.f.target())
	}
	d.findings = append(d.findings, finding{check, "failed", inWords(err), next})
	d.failed = append(d.failed, err)
}

// failure gives the error of the command, nil when all is well.
func (d *doctor) failure() error {
	switch len(d.failed) {
	case 0:
		return nil
	case 1:
		return &ailment{"a check failed", d.failed[0]}
	}
	return &ailment{fmt.Sprintf("%d checks failed", len(d.failed)), d.failed[0]}
}

// ailment is the error of a check whose text has been told already.
type ailment struct {
	text string
	err  error
}

func (e *ailment) Error() string { return e.text }
func (e *ailment) Unwrap() error { return e.err }

func (d *doctor) examine(ctx context.Context) {
	c, err := d.f.credentials(ctx)
	if err != nil {
		d.fail(ctx, "account", err, "log in by 'confab auth login URL'")
		return
	}
	client, err := d.f.clientOf(c)
	if err != nil {
		d.fail(ctx, "account", err, "")
		return
	}
	from := "of the environment"
	if c.stored {
		from = "stored by 'confab auth login'"
	}
	d.ok("account", "%s, %s", accountOf(c).name(), from)
	if base := client.BaseURL(); base.Scheme == "http" && !isLoopback(base.Hostname()) {
		d.warn("address", "use its https address if it has one", "%s is not encrypted", base.Redacted())
	} else {
		d.ok("address", "%s", base.Redacted())
	}
	if !d.server(ctx, client.BaseURL()) {
		return
	}
	name, err := whoami(ctx, client)
	if err != nil {
		d.fail(ctx, "credentials", err, "")
		return
	}
	d.ok("credentials", "the server knows you as %s", name)
	d.talk(ctx, client)
}

// server looks at the server without any credentials, and reports whether it makes sense to go on.
func (d *doctor) server(ctx context.Context, base *url.URL) bool {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, base.JoinPath("status.php").String(), nil)
	if err != nil {
		d.fail(ctx, "connection", err, "")
		return false
	}
	resp, err := (&http.Client{Transport: d.f.app.Transport}).Do(req)
	if err != nil {
		d.fail(ctx, "connection", &talk.Error{Op: "connect", Err: errors.Unwrap(err)}, "")
		return false
	}
	defer resp.Body.Close()
	d.connection(resp)
	d.clock(resp)
	var status struct {
		Installed     bool   `json:"installed"`
		Maintenance   bool   `json:"maintenance"`
		NeedsUpgrade  bool   `json:"needsDbUpgrade"`
		VersionString string `json:"versionstring"`
		ProductName   string `json:"productname"`
	}
	const next = "is it the address of a Nextcloud, with the folder that it may be in?"
	err = json.NewDecoder(io.LimitReader(resp.Body, 1<<16)).Decode(&status)
	switch {
	case err != nil || status.VersionString == "":
		d.fail(ctx, "server", fmt.Errorf("%s answers %s, and no status of a Nextcloud", req.URL.Redacted(), resp.Status), next)
		return false
	case !status.Installed:
		d.fail(ctx, "server", errors.New("the Nextcloud there is not set up yet"), "its administrator must do so")
		return false
	case status.Maintenance, status.NeedsUpgrade:
		d.fail(ctx, "server", errors.New("it is in maintenance mode, or waits for an upgrade"), "try again later")
		return false
	}
	d.ok("server", "Nextcloud %s", status.VersionString)
	return true
}

// soon is how close to its end a certificate is worth a warning.
const soon = 14 * 24 * time.Hour

func (d *doctor) connection(resp *http.Response) {
	if resp.TLS == nil || len(resp.TLS.PeerCertificates) == 0 {
		d.ok("connection", "%s answers, without TLS", resp.Request.URL.Host)
		return
	}
	ends := resp.TLS.PeerCertificates[0].NotAfter
	if left := ends.Sub(d.f.now()); left < soon {
		d.warn("connection", "its administrator should renew it", "the certificate of %s ends on %s", resp.Request.URL.Host, ends.Format(time.DateOnly))
		return
	}
	d.ok("connection", "%s answers by TLS; its certificate is good until %s", resp.Request.URL.Host, ends.Format(time.DateOnly))
}

// maxSkew is how far two clocks may differ without anybody noticing.
const maxSkew = 30 * time.Second

func (d *doctor) clock(resp *http.Response) {
	theirs, err := http.ParseTime(resp.Header.Get("Date"))
	if err != nil {
		d.warn("clock", "", "the server does not tell its time")
		return
	}
	skew := d.f.now().Sub(theirs).Round(time.Second)
	switch {
	case skew > maxSkew:
		d.warn("clock", "set the clocks right: times are shown wrong, and what depends on them fails", "this machine is %v ahead of the server", skew)
	case -skew > maxSkew:
		d.warn("clock", "set the clocks right: times are shown wrong, and what depends on them fails", "this machine is %v behind the server", -skew)
	default:
		d.ok("clock", "it agrees with the server's")
	}
}

// oldest is the first version of Talk whose API is what the commands expect; knownTalk is the one that they were made for.
const (
	oldestTalk = 17
	knownTalk  = 21
)

func (d *doctor) talk(ctx context.Context, client *talk.Client) {
	capabilities, err := client.Capabilities(ctx)
	if errors.Is(err, talk.ErrUnsupported) {
		d.fail(ctx, "talk", errors.New("it is not installed there, or not for this account"), "the administrator can install and permit it")
		return
	}
	if err != nil {
		d.fail(ctx, "talk", err, "")
		return
	}
	major, _, _ := strings.Cut(capabilities.Version, ".")
	version, err := strconv.Atoi(major)
	switch {
	case err != nil:
		d.warn("talk", "", "its version is %q", capabilities.Version)
	case version < oldestTalk:
		d.warn("talk", "the administrator can update it", "Talk %s is older than %d: expect failures", capabilities.Version, oldestTalk)
	default:
		d.ok("talk", "Talk %s; confab was made for %d", capabilities.Version, knownTalk)
	}
	var lacking []string
	for _, feature := range needed {
		if !capabilities.Has(feature) {
			lacking = append(lacking, string(feature))
		}
	}
	if lacking != nil {
		d.warn("features", "commands that need them say so", "the server lacks %s", strings.Join(lacking, ", "))
		return
	}
	d.ok("features", "the server has all that the commands need")
}

// needed are the features that commands build on.
var needed = []talk.Feature{
	talk.FeatureChatV2, talk.FeatureConversationV4, talk.FeatureChatReferenceID, talk.FeatureChatReadMarker, talk.FeatureChatUnread,
	talk.FeatureChatGetContext, talk.FeatureReactions, talk.FeatureTalkPolls, talk.FeatureAvatar, talk.FeatureBots, talk.FeatureMediaCaption,
	talk.FeatureEditMessages, talk.FeatureDeleteMessages, talk.FeatureSilentSend, talk.FeatureNoteToSelf,
}

func (d *doctor) report(ctx context.Context) error {
	f := d.f
	if f.json {
		return f.show(ctx, d.findings)
	}
	form := f.form()
	rows := make([][]string, len(d.findings))
	for i, found := range d.findings {
		rows[i] = []string{found.Check, found.State, found.Detail, found.Next}
	}
	if !form.Terminal {
		return form.Table(f.out, nil, rows)
	}
	for _, found := range d.findings {
		mark := map[string]string{"ok": form.Good("✓"), "warning": form.Notable("!"), "failed": form.Bad("✗")}[found.State]
		name := found.Check + strings.Repeat(" ", len("credentials")-len(found.Check))
		fmt.Fprintln(f.out, mark+" "+form.Strong(name)+"  "+form.Value(found.Detail))
		if found.Next != "" {
			fmt.Fprintln(f.out, form.Faint(render.Indent(form.Value(found.Next), strings.Repeat(" ", len("✗ credentials")), form.Width)))
		}
	}
	return nil
}
