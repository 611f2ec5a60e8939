// Package core holds the rules of Talk: who may do what, what it changes, and
// which system message it leaves. It knows neither HTTP nor SQL.
package core

import (
	"context"
	"crypto/ecdsa"
	"crypto/rand"
	"fmt"
	"io"
	"sync"
	"time"

	"golang.org/x/crypto/bcrypt"

	"github.com/confab-go/confab/internal/server/store"
)

// Options are what a Core is made with.
type Options struct {
	Now         func() time.Time // nil = time.Now
	Random      io.Reader        // nil = crypto/rand
	LongPollMax time.Duration    // 0 = 30 seconds
	Welcome     bool             // new users find conversations
}

// Core is one Talk server's rules over one store. It may be used by many goroutines.
type Core struct {
	store       *store.Store
	now         func() time.Time
	random      *lockedReader
	longPollMax time.Duration
	hashCost    int
	dummyHash   string // what the password of an unknown user is compared with
	secret      []byte // signs cookies
	instance    string // tells this server's files from others'
	hub         hub
	dir         directory
	verified    verifiedCache
	easels      chan struct{} // bounds the work on pictures
	due         due
	tellBot     func(BotListener, *BotDelivery) // nil tells nobody
	clock       clock
	kept        kept

	// signalingKey signs what clients show to signaling servers.
	signalingKey *ecdsa.PrivateKey
	signalingPEM string // its public half
	welcomes     bool
}

// dummyHashes are hashes of nobody's password by their cost. Being right about one proves nothing.
var dummyHashes = map[int]string{
	bcrypt.MinCost:     "$2a$04$51eHc28GPRBvyojYrrHktOycqkf9Wx.S9eZu6/l2JLhxl1VBs1Q7a",
	bcrypt.DefaultCost: "$2a$10$xE/WV9jLa/n4Elqwd4PxUeAcaGTq3m8Y4CFJcyEtx1XLKyjfL63fm",
}

// lockedReader makes a source of randomness safe for many goroutines.
type lockedReader struct {
	mu sync.Mutex
	r  io.Reader
}

func (l *lockedReader) Read(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return io.ReadFull(l.r, p)
}

// New makes a Core over an open store, which stays the caller's to close.
func New(ctx context.Context, st *store.Store, opts Options) (*Core, error) {
	c := &Core{store: st, now: opts.Now, longPollMax: opts.LongPollMax, hashCost: bcrypt.DefaultCost, welcomes: opts.Welcome}
	if c.now == nil {
		c.now = time.Now
	}
	c.clock.base = c.now
	c.now = c.clock.now
	if opts.Random == nil {
		opts.Random = rand.Reader
	}
	c.random = &lockedReader{r: opts.Random}
	if c.longPollMax <= 0 {
		c.longPollMax = 30 * time.Second
	}
	if st.InMemory() {
		c.hashCost = bcrypt.MinCost // the hashes never reach a disk that could be stolen
	}
	c.dummyHash = dummyHashes[c.hashCost]
	c.hub.done = make(chan struct{})
	c.easels = make(chan struct{}, 2)
	err := st.Write(ctx, func(tx *store.Tx) error {
		if err := c.loadSecret(tx); err != nil {
			return err
		}
		if err := c.loadInstance(tx); err != nil {
			return err
		}
		if err := c.loadSignalingKey(tx); err != nil {
			return err
		}
		return c.dir.load(tx)
	})
	if err != nil {
		return nil, fmt.Errorf("start: %w", err)
	}
	return c, nil
}

// Stop wakes everybody who waits, and nobody waits any more afterwards.
func (c *Core) Stop() { c.hub.stop() }

// Now returns the present time of the server's clock.
func (c *Core) Now() time.Time { return c.now() }

func (c *Core) unix() int64 { return c.now().Unix() }

const (
	// tokenAlphabet leaves out what is easily misread.
	tokenAlphabet = "23456789abcdefghijkmnopqrstwxyz"
	alphanumeric  = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	base64Chars   = alphanumeric + "+/"
)

// randomString returns n characters of the alphabet, each equally likely.
func (c *Core) randomString(n int, alphabet string) (string, error) {
	out := make([]byte, 0, n)
	buf := make([]byte, n+n/2)
	limit := 256 - 256%len(alphabet)
	for len(out) < n {
		if _, err := c.random.Read(buf); err != nil {
			return "", fmt.Errorf("read randomness: %w", err)
		}
		for _, b := range buf {
			if int(b) < limit && len(out) < n {
				out = append(out, alphabet[int(b)%len(alphabet)])
			}
		}
	}
	return string(out), nil
}
