package bot

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"sync"
	"time"
)

// The headers of a delivery.
const (
	headerRandom    = "X-Nextcloud-Talk-Random"
	headerSignature = "X-Nextcloud-Talk-Signature"
	headerBackend   = "X-Nextcloud-Talk-Backend"
)

const (
	// DefaultMaxBody is the largest delivery in bytes, unless something else is said: 1 MiB. The longest message makes about half of that.
	DefaultMaxBody = 1 << 20
	// DefaultMemory is how many deliveries of each server are remembered, unless something else is said.
	DefaultMemory = 10000

	minRandom = 32  // characters; servers send 64
	maxRandom = 512 // characters
)

// Secrets gives the secret of the bot on a server, by the address that a delivery names. It is called before the signature is
// checked, so the address may be anything. An address that it does not know gives an error that is [ErrUnknownBackend].
type Secrets func(ctx context.Context, backend *url.URL) (Secret, error)

// StaticSecrets gives the secrets of the given servers. A server whose address or secret cannot be right is an error that is [talk.ErrInvalid].
func StaticSecrets(servers ...Server) (Secrets, error) {
	keys := make(map[string]key, len(servers))
	for _, s := range servers {
		id, err := s.check("bot secrets")
		if err != nil {
			return nil, err
		}
		keys[id] = newKey(s.Secret)
	}
	return func(_ context.Context, backend *url.URL) (Secret, error) {
		k, ok := keys[backendKey(backend)]
		if !ok {
			return "", unknownBackend(backend)
		}
		return Secret(k.reveal()), nil
	}, nil
}

func unknownBackend(backend *url.URL) error {
	return fmt.Errorf(`%w: the delivery says that it comes from %.200q; if that is one of the bot's, set Server.Backend, or correct "overwrite.cli.url" there`,
		ErrUnknownBackend, backend.String())
}

// Verify checks that a request is a delivery of a server that knows the secret, and reads its event. Every refusal wraps one of the
// errors of this package; [StatusCode] says how to answer it. The request's body is read; limiting how long that takes is up to
// the [http.Server], by its ReadTimeout.
//
// Verify remembers nothing, so the same delivery can be sent again by whoever saw it: a [Verifier] notices.
func Verify(r *http.Request, secrets Secrets) (*Event, error) {
	v := Verifier{Secrets: secrets, Memory: -1}
	return v.Verify(r)
}

// Verifier checks deliveries and remembers them, so that each is taken once only. It is safe for use by many goroutines, and must
// not be copied once used. Only Secrets is required.
//
// Neither the server's name nor any time is inside the signature before Talk 24. Therefore each server should have a secret of
// its own, and what a delivery may be replayed against is the memory: the last deliveries of each server, by their signatures.
type Verifier struct {
	// Secrets gives the secret that a delivery must be signed with.
	Secrets Secrets
	// MaxBody limits the body in bytes; 0 means [DefaultMaxBody].
	MaxBody int64
	// Memory is how many deliveries of each server are remembered: 0 means [DefaultMemory], less than 0 none.
	Memory int
	// MaxAge refuses events that are older, where the server tells the time (Talk 24); 0 means no limit. Servers may deliver late.
	MaxAge time.Duration

	mu   sync.Mutex
	seen map[string]*memory
}

// Verify checks a request as the function [Verify] does, and refuses one that came before.
func (v *Verifier) Verify(r *http.Request) (*Event, error) {
	event, _, err := v.verify(r)
	return event, err
}

// receipt is what a delivery is remembered by.
type receipt struct {
	backend string
	mac     [sha256.Size]byte
}

func (v *Verifier) verify(r *http.Request) (*Event, receipt, error) {
	var none receipt
	if r.Method != http.MethodPost {
		return nil, none, fmt.Errorf("%w, not %.20q", ErrMethod, r.Method)
	}
	random, signature := r.Header.Get(headerRandom), r.Header.Get(headerSignature)
	switch {
	case random == "":
		return nil, none, fmt.Errorf("%w: no %s", ErrHeader, headerRandom)
	case len(random) < minRandom || len(random) > maxRandom:
		return nil, none, fmt.Errorf("%w: %s has %d characters, not %d to %d", ErrHeader, headerRandom, len(random), minRandom, maxRandom)
	case signature == "":
		return nil, none, fmt.Errorf("%w: no %s", ErrHeader, headerSignature)
	case r.Header.Get(headerBackend) == "":
		return nil, none, fmt.Errorf("%w: no %s", ErrHeader, headerBackend)
	}
	backend, err := parseBackend(r.Header.Get(headerBackend))
	if err != nil {
		return nil, none, fmt.Errorf("%w: %s is %w", ErrHeader, headerBackend, err)
	}
	if v.Secrets == nil {
		return nil, none, unknownBackend(backend)
	}
	secret, err := v.Secrets(r.Context(), backend)
	if err != nil {
		return nil, none, err
	}
	if secret == "" { // would be a secret that everybody knows
		return nil, none, unknownBackend(backend)
	}
	body, err := v.read(r)
	if err != nil {
		return nil, none, err
	}
	got := receipt{backend: backendKey(backend)}
	sum := mac(string(secret), random, body)
	if !hmac.Equal([]byte(hex.EncodeToString(sum)), []byte(signature)) {
		return nil, none, fmt.Errorf("%w of a delivery from %.200q; is the secret the one that the bot was installed with there?", ErrSignature, backend.String())
	}
	copy(got.mac[:], sum)
	if !v.remember(got) {
		return nil, none, fmt.Errorf("%w: from %.200q", ErrReplay, backend.String())
	}
	event, err := decodeEvent(body)
	if err != nil {
		return nil, got, err
	}
	event.Backend = backend
	if age := time.Since(event.Published); v.MaxAge > 0 && !event.Published.IsZero() && age > v.MaxAge {
		return nil, got, fmt.Errorf("%w: %v, more than %v", ErrStale, age.Round(time.Second), v.MaxAge)
	}
	return event, got, nil
}

func (v *Verifier) read(r *http.Request) ([]byte, error) {
	limit := v.MaxBody
	if limit <= 0 {
		limit = DefaultMaxBody
	}
	if r.ContentLength > limit {
		return nil, fmt.Errorf("%w: %d bytes, more than %d", ErrTooLarge, r.ContentLength, limit)
	}
	if r.Body == nil {
		return nil, nil
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, limit+1))
	var limited *http.MaxBytesError
	switch {
	case errors.As(err, &limited), int64(len(body)) > limit:
		return nil, fmt.Errorf("%w: more than %d bytes", ErrTooLarge, limit)
	case err != nil:
		return nil, fmt.Errorf("%w: %w", ErrBody, err)
	}
	return body, nil
}

// remember reports whether a delivery is new. The signature stands for it: it is as long as any other, and covers random and body.
func (v *Verifier) remember(r receipt) bool {
	if v.Memory < 0 {
		return true
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	m := v.seen[r.backend]
	if m == nil {
		size := v.Memory
		if size == 0 {
			size = DefaultMemory
		}
		m = newMemory(size)
		if v.seen == nil {
			v.seen = map[string]*memory{}
		}
		v.seen[r.backend] = m
	}
	return m.add(r.mac)
}

// forget lets a delivery that could not be taken come again.
func (v *Verifier) forget(r receipt) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if m := v.seen[r.backend]; m != nil {
		delete(m.known, r.mac)
	}
}

// memory knows the last of the signatures that it was given.
type memory struct {
	known map[[sha256.Size]byte]int // where in the ring
	ring  [][sha256.Size]byte
	size  int
	next  int
}

func newMemory(size int) *memory {
	return &memory{known: map[[sha256.Size]byte]int{}, size: size}
}

// add reports whether a signature is new.
func (m *memory) add(mac [sha256.Size]byte) bool {
	if _, ok := m.known[mac]; ok {
		return false
	}
	if len(m.ring) < m.size {
		m.ring = append(m.ring, mac)
	} else {
		if old := m.ring[m.next]; m.known[old] == m.next {
			delete(m.known, old)
		}
		m.ring[m.next] = mac
	}
	m.known[mac] = m.next
	m.next = (m.next + 1) % m.size
	return true
}

// mac is what signs data that goes either way: a delivery's body, or a message's text.
func mac(secret, random string, data []byte) []byte {
	h := hmac.New(sha256.New, []byte(secret))
	_, _ = io.WriteString(h, random)
	_, _ = h.Write(data)
	return h.Sum(nil)
}
