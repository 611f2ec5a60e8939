package api

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/confab-go/confab/internal/server/core"
)

const (
	// botTimeout is how long a bot may take to answer a delivery.
	botTimeout = 5 * time.Second
	// botQueueLength is how many deliveries may wait for one bot.
	botQueueLength = 1000
	// botDrain is how long a server that closes waits for deliveries that are under way.
	botDrain = 500 * time.Millisecond
	// maxBotRedirects is how often a bot may send a delivery elsewhere on its host.
	maxBotRedirects = 5
	// unknownBackend is what Nextcloud calls itself when it was never told its address.
	unknownBackend = "http://localhost"
)

// botQueue tells bots what happens, each in the order in which it did, one
// delivery at a time, with nobody waiting for it. There is one attempt. At most
// botQueueLength deliveries wait for a bot: what happens while that many wait
// is dropped, and the bot's errors say so.
type botQueue struct {
	core    *core.Core
	backend string // "" = as the request that did it says
	log     *slog.Logger
	client  *http.Client
	running sync.WaitGroup

	mu      sync.Mutex
	ctx     context.Context //nolint:containedctx // of the deliveries under way: it ends with the queue, not with a call
	cancel  context.CancelFunc
	closed  bool
	waiting map[int64][]botDelivery // by bot; a key says that somebody delivers to it
	dropped map[int64]int           // by bot; how many, since its errors last said so
	idle    chan struct{}           // closed when nothing is under way any more; nil unless somebody wants to know
}

// botDelivery is something that one bot is to be told.
type botDelivery struct {
	bot  core.BotListener
	told *core.BotDelivery
}

func newBotQueue(c *core.Core, backend string, log *slog.Logger) *botQueue {
	q := &botQueue{core: c, backend: backend, log: log, waiting: map[int64][]botDelivery{}, dropped: map[int64]int{}}
	q.ctx, q.cancel = context.WithCancel(context.Background())
	q.client = &http.Client{
		Timeout:       botTimeout,
		Transport:     &http.Transport{Proxy: http.ProxyFromEnvironment, MaxIdleConnsPerHost: 1, IdleConnTimeout: 30 * time.Second},
		CheckRedirect: sameHost,
	}
	return q
}

// sameHost follows redirects on the bot's own host only: what bots are told is nobody else's business.
func sameHost(req *http.Request, via []*http.Request) error {
	if len(via) > maxBotRedirects || req.URL.Host != via[0].URL.Host || req.URL.Scheme != via[0].URL.Scheme {
		return http.ErrUseLastResponse
	}
	return nil
}

// add queues a delivery. It neither blocks nor touches the store.
func (q *botQueue) add(bot core.BotListener, told *core.BotDelivery) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed {
		return
	}
	waiting, busy := q.waiting[bot.ID]
	if len(waiting) >= botQueueLength {
		q.dropped[bot.ID]++
		return
	}
	q.waiting[bot.ID] = append(waiting, botDelivery{bot, told})
	if !busy {
		q.running.Go(func() { q.deliver(bot.ID) })
	}
}

// deliver tells a bot what waits for it, until nothing does.
func (q *botQueue) deliver(botID int64) {
	for {
		q.mu.Lock()
		waiting, dropped, ctx := q.waiting[botID], q.dropped[botID], q.ctx
		delete(q.dropped, botID)
		if len(waiting) == 0 && dropped == 0 {
			delete(q.waiting, botID)
			if len(q.waiting) == 0 && q.idle != nil {
				close(q.idle)
				q.idle = nil
			}
			q.mu.Unlock()
			return
		}
		if len(waiting) > 0 {
			q.waiting[botID] = waiting[1:]
		}
		q.mu.Unlock()
		if len(waiting) > 0 {
			d := &waiting[0]
			if err := q.post(ctx, d); err != nil && ctx.Err() == nil {
				q.note(ctx, d.bot.ID, err.Error())
			}
		}
		if dropped > 0 {
			q.note(ctx, botID, fmt.Sprintf("QueueFull: %d deliveries were dropped, while %d waited", dropped, botQueueLength))
		}
	}
}

// note keeps an error of a bot where the administrator sees it.
func (q *botQueue) note(ctx context.Context, botID int64, message string) {
	q.log.WarnContext(ctx, "bot was not told", "bot", botID, "error", message)
	if err := q.core.NoteBotError(ctx, botID, message); err != nil && ctx.Err() == nil {
		q.log.ErrorContext(ctx, "note error of bot", "bot", botID, "error", err)
	}
}

// post makes one delivery. Its error reads as Talk keeps it.
func (q *botQueue) post(ctx context.Context, d *botDelivery) error {
	body, err := botBody(d.told)
	if err != nil {
		return err
	}
	random, err := q.core.BotNonce()
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, d.bot.URL, bytes.NewReader(body))
	if err != nil {
		return botException(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("X-Nextcloud-Talk-Random", random)
	req.Header.Set("X-Nextcloud-Talk-Signature", botSignature(d.bot.Secret, random, body))
	req.Header.Set("X-Nextcloud-Talk-Backend", q.backendOf(d.told)+"/")
	req.Header["OCS-APIRequest"] = []string{"true"} // as it is written, for receivers that look closely
	req.Header.Set("User-Agent", "Nextcloud Server Crawler")
	res, err := q.client.Do(req)
	if err != nil {
		return botException(err)
	}
	defer func() { _ = res.Body.Close() }()
	_, _ = io.CopyN(io.Discard, res.Body, maxBody) // it says nothing, but the connection can be used again
	if res.StatusCode != http.StatusOK && res.StatusCode != http.StatusAccepted {
		return fmt.Errorf("UnexpectedStatusCode: %d", res.StatusCode)
	}
	return nil
}

// backendOf is what the server calls itself to a bot.
func (q *botQueue) backendOf(told *core.BotDelivery) string {
	switch {
	case q.backend != "":
		return q.backend
	case told.BaseURL != "":
		return strings.TrimRight(told.BaseURL, "/")
	default:
		return unknownBackend
	}
}

// botException words an error as Talk does. It leaves out the address, which may hold a secret.
func botException(err error) error {
	if asked, ok := errors.AsType[*url.Error](err); ok {
		err = asked.Err
	}
	return fmt.Errorf(`GuzzleHttp\Exception\ConnectException: %w`, err)
}

// await returns when nothing waits or is under way.
func (q *botQueue) await(ctx context.Context) error {
	for {
		q.mu.Lock()
		if len(q.waiting) == 0 {
			q.mu.Unlock()
			return nil
		}
		if q.idle == nil {
			q.idle = make(chan struct{})
		}
		idle := q.idle
		q.mu.Unlock()
		select {
		case <-idle:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// drop forgets what waits, and ends what is under way.
func (q *botQueue) drop() {
	q.mu.Lock()
	defer q.mu.Unlock()
	for id := range q.waiting {
		q.waiting[id] = nil
	}
	clear(q.dropped)
	q.cancel()
	q.ctx, q.cancel = context.WithCancel(context.Background())
}

// close takes no more deliveries. What waits has botDrain to arrive, and is dropped then.
func (q *botQueue) close() {
	q.mu.Lock()
	q.closed = true
	q.mu.Unlock()
	drained := make(chan struct{})
	go func() {
		q.running.Wait()
		close(drained)
	}()
	timer := time.NewTimer(botDrain)
	defer timer.Stop()
	select {
	case <-drained:
	case <-timer.C:
		q.drop()
		<-drained
	}
	q.cancel()
	q.client.CloseIdleConnections()
}
