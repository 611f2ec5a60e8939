package bot

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/confab-go/confab/internal/ocs"
	"github.com/confab-go/confab/talk"
)

// MaxMessage is the longest message in characters. Longer ones are sent in parts.
const MaxMessage = 32000

// maxThreadTitle is the longest title of a thread in characters.
const maxThreadTitle = 200

// clockMargin is how much the time of a message may differ from the server's clock as its answers tell it.
const clockMargin = 5 * time.Minute

const apiBot = "/ocs/v2.php/apps/spreed/api/v1/bot/"

// Client writes and reacts on one server as the bot. It is safe for use by many goroutines.
//
// What the server refuses gives a [*talk.Error], with what to do about it: [talk.ErrUnauthorized] when it does not accept the bot in the
// conversation, [talk.ErrInvalid], [talk.ErrNotFound], [talk.ErrTooLarge] or [talk.ErrRateLimited].
type Client struct {
	ocs     *ocs.Client
	key     key
	account *talk.Client
	retry   talk.Retry
	backend string
	echoes  echoes
	caps    capabilities
}

// NewClient returns a client for the bot on a server. It sends nothing; a server that cannot be right gives [talk.ErrInvalid].
func NewClient(server Server) (*Client, error) {
	backend, err := server.check("new bot client")
	if err != nil {
		return nil, err
	}
	conn, err := ocs.New(ocs.Config{BaseURL: server.URL, HTTPClient: server.HTTPClient, Logger: server.Logger, Retry: server.Retry})
	if err != nil {
		return nil, err
	}
	return &Client{ocs: conn, key: newKey(server.Secret), account: server.Account, retry: server.Retry, backend: backend}, nil
}

// BaseURL gives the address of the server, without a slash at its end.
func (c *Client) BaseURL() *url.URL { return c.ocs.BaseURL() }

// Account gives the user account of [Server], nil for none.
func (c *Client) Account() *talk.Client { return c.account }

// SendOptions is what a message may have beside its text.
type SendOptions struct {
	// ReplyTo is the id of the message that this one answers.
	ReplyTo int64
	// ThreadID puts the message into a thread without quoting one of its messages; with ReplyTo, the message that is quoted decides.
	// ThreadTitle, of at most 200 characters, begins a thread with the message. Both need "threads", and Talk 24.
	ThreadID    int64
	ThreadTitle string
	// Silent spares everybody a notification.
	Silent bool
	// ReferenceID marks the message so that it is known again: at most 64 characters. Empty lets Send make one.
	ReferenceID string
}

type sendRequest struct {
	Message     string `json:"message"`
	ReplyTo     int64  `json:"replyTo,omitempty"`
	ReferenceID string `json:"referenceId"`
	Silent      bool   `json:"silent,omitempty"`
	ThreadID    int64  `json:"threadId,omitempty"`
	ThreadTitle string `json:"threadTitle,omitempty"`
}

// Send writes a message, and gives the reference id by which it can be found; the server tells bots no other. One of more than [MaxMessage]
// characters becomes several, cut as [Split] does, of which the first is the reply. An error then tells which part failed, and the reference
// ids are those of the parts that arrived.
//
// Send tries again when nothing of the message reached the server, and after 429 when the server says how long to wait. When the
// connection breaks after that, it looks for the message through [Server].Account before it sends again: the message is neither lost nor
// doubled. Without an account it does not send again, and the error is [ErrUncertain]: at most once.
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/bots/
//
//talk:operation POST /bot/{token}/message
func (c *Client) Send(ctx context.Context, token, message string, options *SendOptions) (referenceIDs []string, err error) {
	const op = "send message as bot"
	o := SendOptions{}
	if options != nil {
		o = *options
	}
	switch {
	case !utf8.ValidString(message): // JSON would change it, and the signature would no longer fit
		return nil, ocs.Invalid(op, "message", "not valid UTF-8")
	case strings.TrimSpace(message) == "":
		return nil, ocs.Invalid(op, "message", "blank")
	case o.ReplyTo < 0:
		return nil, ocs.Invalid(op, "reply to", "%d is not a message's id", o.ReplyTo)
	case utf8.RuneCountInString(o.ReferenceID) > 64:
		return nil, ocs.Invalid(op, "reference id", "%d characters, more than 64", utf8.RuneCountInString(o.ReferenceID))
	}
	if err := checkToken(op, token); err != nil {
		return nil, err
	}
	if o.ReferenceID == "" {
		o.ReferenceID = randomHex()
	}
	parts := Split(message, MaxMessage)
	if err := c.checkThread(ctx, op, o, len(parts)); err != nil {
		return nil, err
	}
	for i, part := range parts {
		request := sendRequest{part, o.ReplyTo, o.ReferenceID, o.Silent, o.ThreadID, o.ThreadTitle}
		if i > 0 {
			request.ReplyTo, request.ReferenceID = 0, partReference(o.ReferenceID, i)
		}
		if err := c.send(ctx, op, token, request); err != nil {
			if len(parts) > 1 {
				err = fmt.Errorf("part %d of %d: %w", i+1, len(parts), err)
			}
			return referenceIDs, err
		}
		referenceIDs = append(referenceIDs, request.ReferenceID)
	}
	return referenceIDs, nil
}

// checkThread refuses what a message cannot have of a thread.
func (c *Client) checkThread(ctx context.Context, op string, o SendOptions, parts int) error {
	title := strings.TrimSpace(o.ThreadTitle)
	switch {
	case o.ThreadID == 0 && o.ThreadTitle == "":
		return nil
	case o.ThreadID < 0:
		return ocs.Invalid(op, "thread id", "%d is not a thread's id", o.ThreadID)
	case o.ThreadTitle != "" && o.ThreadID > 0:
		return ocs.Invalid(op, "thread title", "the thread %d has one", o.ThreadID)
	case o.ThreadTitle != "" && o.ReplyTo > 0:
		return ocs.Invalid(op, "thread title", "an answer begins no thread")
	case o.ThreadTitle != "" && parts > 1: // the server does not tell bots which thread the others would belong to
		return ocs.Invalid(op, "thread title", "a message of %d parts begins no thread", parts)
	case o.ThreadTitle != "" && (title == "" || utf8.RuneCountInString(title) > maxThreadTitle):
		return ocs.Invalid(op, "thread title", "not between 1 and %d characters", maxThreadTitle)
	case !utf8.ValidString(o.ThreadTitle):
		return ocs.Invalid(op, "thread title", "not valid UTF-8")
	}
	return c.require(ctx, op, 24, talk.FeatureThreads)
}

// partReference derives the reference id of a further part, so that sending the whole again with the same id gives the same ones.
func partReference(id string, part int) string {
	sum := sha256.Sum256([]byte(id + "/" + strconv.Itoa(part)))
	return hex.EncodeToString(sum[:])
}

func (c *Client) send(ctx context.Context, op, token string, body sendRequest) error {
	attempts := c.retry.Attempts
	if attempts <= 0 {
		attempts = 4
	}
	since := c.ocs.ServerTime().Add(-clockMargin)
	for attempt := 1; ; attempt++ {
		_, err := c.call(ctx, op, http.MethodPost, token+"/message", body.Message, body, false)
		if err == nil || !mayHaveArrived(err) {
			return explain(err)
		}
		if c.account == nil || ctx.Err() != nil {
			return fmt.Errorf("%w: %w", ErrUncertain, err)
		}
		// Most often it can be told at once; what is still on its way then is there before the next attempt.
		for _, wait := range []bool{false, true} {
			if wait && attempt < attempts {
				if err := c.backOff(ctx, attempt, err); err != nil {
					return err
				}
			}
			found, lookErr := c.look(ctx, token, body.ReferenceID, since)
			switch {
			case lookErr != nil:
				return fmt.Errorf("%w: %w: %w", ErrUncertain, err, lookErr)
			case found != nil:
				return nil
			case attempt >= attempts:
				return err
			}
		}
	}
}

// look goes back through a conversation until what was written before a time, and gives the message with a reference id, nil when it is
// not there.
func (c *Client) look(ctx context.Context, token, referenceID string, since time.Time) (*talk.Message, error) {
	for m, err := range c.account.Chat.History(ctx, token, &talk.HistoryOptions{PageSize: 200}) {
		switch {
		case err != nil:
			return nil, err
		case m.ReferenceID == referenceID:
			return m, nil
		case m.Timestamp.Before(since) && !m.Timestamp.IsZero():
			return nil, nil
		}
	}
	return nil, nil
}

// backOff waits after the n-th failure: longer from failure to failure, or as long as the server asks to.
func (c *Client) backOff(ctx context.Context, n int, cause error) error {
	const base, longest = 200 * time.Millisecond, 10 * time.Second
	wait := min(longest, base<<min(n-1, 10))
	if c.retry.Base > 0 {
		wait = c.retry.Base << min(n-1, 10)
	}
	if c.retry.Max > 0 {
		wait = min(wait, c.retry.Max)
	}
	var e *talk.Error
	if errors.As(cause, &e) && e.RetryAfter > wait {
		wait = min(e.RetryAfter, time.Minute)
	}
	if c.retry.Sleep != nil {
		return c.retry.Sleep(ctx, wait)
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return fmt.Errorf("%w: %w", ctx.Err(), cause)
	case <-timer.C:
		return nil
	}
}

// mayHaveArrived reports whether a request that failed could have had its effect all the same.
func mayHaveArrived(err error) bool {
	var e *talk.Error
	if !errors.As(err, &e) || e.Unsent() || errors.Is(err, talk.ErrMaintenance) || errors.Is(err, talk.ErrRedirect) {
		return false
	}
	return errors.Is(err, talk.ErrConnection) || errors.Is(err, talk.ErrBadResponse) || e.StatusCode >= http.StatusInternalServerError ||
		e.StatusCode == 0 && e.Err != nil // the caller gave up
}

// Find looks for a message among the newest of a conversation by the reference id that [Client.Send] gave, through [Server].Account. A
// message that is not there gives [talk.ErrNotFound], a server without an account [ErrNoAccount].
func (c *Client) Find(ctx context.Context, token, referenceID string) (*talk.Message, error) {
	if c.account == nil {
		return nil, ErrNoAccount
	}
	page, err := c.account.Chat.Page(ctx, token, &talk.PageOptions{Limit: 200})
	if err != nil {
		return nil, err
	}
	for _, m := range page.Messages {
		if m.ReferenceID == referenceID {
			return m, nil
		}
	}
	return nil, fmt.Errorf("bot: find message with reference id %.64q: %w", referenceID, talk.ErrNotFound)
}

type reactRequest struct {
	Reaction string `json:"reaction"`
}

// React reacts to a message with one emoji. The same reaction once more changes nothing. What is no single emoji gives [talk.ErrInvalid].
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/bots/
//
//talk:operation POST /bot/{token}/reaction/{messageId}
func (c *Client) React(ctx context.Context, token string, messageID int64, emoji string) error {
	echo := echo{token, messageID, emoji, EventReactionAdded}
	c.echoes.expect(echo) // before it is sent: the delivery may be faster than the answer
	status, err := c.react(ctx, "react as bot", http.MethodPost, token, messageID, emoji)
	if err != nil && !mayHaveArrived(err) || status == http.StatusOK {
		c.echoes.cancel(echo)
	}
	return err
}

// Unreact takes the bot's reaction back. One that is not there gives [talk.ErrNotFound].
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/bots/
//
//talk:operation DELETE /bot/{token}/reaction/{messageId}
func (c *Client) Unreact(ctx context.Context, token string, messageID int64, emoji string) error {
	echo := echo{token, messageID, emoji, EventReactionRemoved}
	c.echoes.expect(echo)
	_, err := c.react(ctx, "take back reaction as bot", http.MethodDelete, token, messageID, emoji)
	if err != nil && !mayHaveArrived(err) {
		c.echoes.cancel(echo)
	}
	return err
}

func (c *Client) react(ctx context.Context, op, method, token string, messageID int64, emoji string) (status int, err error) {
	switch {
	case emoji == "":
		return 0, ocs.Invalid(op, "emoji", "empty")
	case len(emoji) > 64 || !utf8.ValidString(emoji):
		return 0, ocs.Invalid(op, "emoji", "not an emoji")
	case messageID <= 0:
		return 0, ocs.Invalid(op, "message id", "%d is not a message's id", messageID)
	}
	if err := checkToken(op, token); err != nil {
		return 0, err
	}
	path := token + "/reaction/" + strconv.FormatInt(messageID, 10)
	status, err = c.call(ctx, op, method, path, emoji, reactRequest{emoji}, method == http.MethodPost)
	return status, explain(err)
}

// call sends a request that is signed over one of its values, which is all that the server checks.
func (c *Client) call(ctx context.Context, op, method, below, signed string, body any, repeatable bool) (status int, err error) {
	resp, err := c.ask(ctx, op, method, below, signed, body, repeatable)
	if err != nil {
		return 0, err
	}
	return resp.StatusCode, nil
}

// ask does so for the answer.
func (c *Client) ask(ctx context.Context, op, method, below, signed string, body any, repeatable bool) (*ocs.Response, error) {
	random := randomHex()
	header := http.Header{}
	header.Set("X-Nextcloud-Talk-Bot-Random", random)
	header.Set("X-Nextcloud-Talk-Bot-Signature", hex.EncodeToString(mac(c.key.reveal(), random, []byte(signed))))
	return c.ocs.Do(ctx, &ocs.Request{Op: op, Method: method, Path: apiBot + below, Body: body, Header: header, Repeatable: repeatable})
}

func checkToken(op, token string) error {
	if token == "" {
		return ocs.Invalid(op, "token", "empty")
	}
	for _, r := range token {
		if (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') {
			return ocs.Invalid(op, "token", "%.40q is not a conversation's token: letters and digits, as in the link /call/TOKEN", token)
		}
	}
	return nil
}

// randomHex gives 64 characters that nobody can guess.
func randomHex() string {
	var b [32]byte
	_, _ = rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}
