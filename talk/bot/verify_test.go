package bot_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/confab-go/confab/talk"
	"github.com/confab-go/confab/talk/bot"
)

// signed gives a request with a body of any kind, and a signature that is right.
func signed(t testing.TB, random, body string) *http.Request {
	t.Helper()
	r := httptest.NewRequest(http.MethodPost, "/hook", strings.NewReader(body))
	r.Header.Set("X-Nextcloud-Talk-Random", random)
	r.Header.Set("X-Nextcloud-Talk-Signature", bot.Sign(secret, random, body))
	r.Header.Set("X-Nextcloud-Talk-Backend", address+"/")
	return r
}

const (
	random = "0123456789012345678901234567890123456789"
	note   = `{"type":"Note","id":"7","name":"message","content":"{\"message\":\"hi\",\"parameters\":[]}","mediaType":"text/markdown"}`
	actor  = `{"type":"Person","id":"users/anna","name":"Anna"}`
	target = `{"type":"Collection","id":"abcd1234","name":"Room"}`
)

func TestBadDeliveries(t *testing.T) {
	t.Parallel()
	header := func(name, value string) func(*http.Request) {
		return func(r *http.Request) {
			if r.Header.Del(name); value != "" {
				r.Header.Set(name, value)
			}
		}
	}
	event := func(s string) string { return fmt.Sprintf(s, actor, note, target) }
	create := event(`{"type":"Create","actor":%s,"object":%s,"target":%s}`)
	for name, test := range map[string]struct {
		body   string
		change func(*http.Request)
		want   error
		status int
	}{
		"a good one":                {body: create, status: http.StatusOK},
		"wrong method":              {body: create, change: func(r *http.Request) { r.Method = http.MethodGet }, want: bot.ErrMethod, status: http.StatusMethodNotAllowed},
		"no headers":                {body: create, change: func(r *http.Request) { r.Header = http.Header{} }, want: bot.ErrHeader, status: http.StatusBadRequest},
		"no random":                 {body: create, change: header("X-Nextcloud-Talk-Random", ""), want: bot.ErrHeader, status: http.StatusBadRequest},
		"no signature":              {body: create, change: header("X-Nextcloud-Talk-Signature", ""), want: bot.ErrHeader, status: http.StatusBadRequest},
		"no backend":                {body: create, change: header("X-Nextcloud-Talk-Backend", ""), want: bot.ErrHeader, status: http.StatusBadRequest},
		"short random":              {body: create, change: header("X-Nextcloud-Talk-Random", random[:31]), want: bot.ErrHeader, status: http.StatusBadRequest},
		"endless random":            {body: create, change: header("X-Nextcloud-Talk-Random", strings.Repeat("x", 513)), want: bot.ErrHeader, status: http.StatusBadRequest},
		"wrong random":              {body: create, change: header("X-Nextcloud-Talk-Random", random+"0"), want: bot.ErrSignature, status: http.StatusUnauthorized},
		"wrong signature":           {body: create, change: header("X-Nextcloud-Talk-Signature", strings.Repeat("0", 64)), want: bot.ErrSignature, status: http.StatusUnauthorized},
		"signature that is no hex":  {body: create, change: header("X-Nextcloud-Talk-Signature", "no"), want: bot.ErrSignature, status: http.StatusUnauthorized},
		"wrong secret":              {body: create, change: header("X-Nextcloud-Talk-Signature", bot.Sign(secret2, random, create)), want: bot.ErrSignature, status: http.StatusUnauthorized},
		"signature of the body":     {body: create, change: header("X-Nextcloud-Talk-Signature", bot.Sign(secret, "", create)), want: bot.ErrSignature, status: http.StatusUnauthorized},
		"backend that is no URL":    {body: create, change: header("X-Nextcloud-Talk-Backend", "://"), want: bot.ErrHeader, status: http.StatusBadRequest},
		"backend of another kind":   {body: create, change: header("X-Nextcloud-Talk-Backend", "file:///etc/passwd"), want: bot.ErrHeader, status: http.StatusBadRequest},
		"unknown backend":           {body: create, change: header("X-Nextcloud-Talk-Backend", "https://evil.example.com/"), want: bot.ErrUnknownBackend, status: http.StatusForbidden},
		"backend with another port": {body: create, change: header("X-Nextcloud-Talk-Backend", address+":8443/"), want: bot.ErrUnknownBackend, status: http.StatusForbidden},
		"backend in capitals":       {body: create, change: header("X-Nextcloud-Talk-Backend", "HTTPS://CLOUD.EXAMPLE.COM:443/index.php/"), status: http.StatusOK},
		"10 MB":                     {body: strings.Repeat("x", 10<<20), want: bot.ErrTooLarge, status: http.StatusRequestEntityTooLarge},
		"10 MB of unsaid length": {
			body: strings.Repeat("x", 10<<20), change: func(r *http.Request) { r.ContentLength = -1 }, want: bot.ErrTooLarge, status: http.StatusRequestEntityTooLarge,
		},
		"a body that breaks off": {
			body: create, change: func(r *http.Request) { r.Body = io.NopCloser(io.MultiReader(strings.NewReader(create[:9]), broken{})) },
			want: bot.ErrBody, status: http.StatusRequestTimeout,
		},
		"empty":                  {body: "", want: bot.ErrNotJSON, status: http.StatusBadRequest},
		"no JSON":                {body: create[:len(create)-1], want: bot.ErrNotJSON, status: http.StatusBadRequest},
		"JSON and more":          {body: create + "}", want: bot.ErrNotJSON, status: http.StatusBadRequest},
		"a list":                 {body: `[1]`, want: bot.ErrMalformed, status: http.StatusBadRequest},
		"an empty list":          {body: `[]`, want: bot.ErrMalformed, status: http.StatusBadRequest},
		"no type":                {body: `{"actor":` + actor + `}`, want: bot.ErrMalformed, status: http.StatusBadRequest},
		"a type of another type": {body: `{"type":{},"actor":` + actor + `}`, want: bot.ErrMalformed, status: http.StatusBadRequest},
		"unknown type":           {body: event(`{"type":"Dislike","actor":%s,"object":%s,"target":%s}`), want: bot.ErrUnknownEvent, status: http.StatusOK},
		"undoing something else": {
			body: event(`{"type":"Undo","actor":%s,"object":%s,"target":%s}`), want: bot.ErrUnknownEvent, status: http.StatusOK,
		},
		"no actor":         {body: `{"type":"Create","object":` + note + `,"target":` + target + `}`, want: bot.ErrMalformed, status: http.StatusBadRequest},
		"no object":        {body: `{"type":"Create","actor":` + actor + `,"target":` + target + `}`, want: bot.ErrMalformed, status: http.StatusBadRequest},
		"no conversation":  {body: `{"type":"Create","actor":` + actor + `,"object":` + note + `}`, want: bot.ErrMalformed, status: http.StatusBadRequest},
		"no emoji":         {body: event(`{"type":"Like","actor":%s,"object":%s,"target":%s}`), want: bot.ErrMalformed, status: http.StatusBadRequest},
		"a bad time":       {body: event(`{"type":"Like","actor":%s,"object":%s,"target":%s,"content":"x","published":"today"}`), want: bot.ErrMalformed, status: http.StatusBadRequest},
		"reply to nothing": {body: strings.Replace(create, `"mediaType"`, `"inReplyTo":{"actor":`+actor+`},"mediaType"`, 1), want: bot.ErrMalformed, status: http.StatusBadRequest},
		"content that is not JSON": {
			body: strings.Replace(create, `{\"message\":\"hi\",\"parameters\":[]}`, "hi", 1), want: bot.ErrMalformed, status: http.StatusBadRequest,
		},
		"a path for a token": {body: strings.Replace(create, "abcd1234", "../../x", 1), want: bot.ErrMalformed, status: http.StatusBadRequest},
		"an id of zero":      {body: strings.Replace(create, `"id":"7"`, `"id":"0"`, 1), want: bot.ErrMalformed, status: http.StatusBadRequest},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			request := func() *http.Request {
				r := signed(t, random, test.body)
				if test.change != nil {
					test.change(r)
				}
				return r
			}
			_, err := bot.Verify(request(), secretsOf(t, bot.Server{URL: address, Secret: secret}))
			if !errors.Is(err, test.want) || (err == nil) != (test.want == nil) {
				t.Errorf("Verify: %v, want %v", err, test.want)
			}
			var refused error
			var log bytes.Buffer
			b := newBot(t, bot.WithErrorHandler(func(_ context.Context, e *bot.Event, err error) { refused = err }),
				bot.WithLogger(slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))))
			w := serve(b, request())
			if w.Code != test.status {
				t.Errorf("answered %d, want %d", w.Code, test.status)
			}
			if !errors.Is(refused, test.want) {
				t.Errorf("told %v, want %v", refused, test.want)
			}
			if said := w.Body.String(); len(said) > 100 || strings.Contains(said, "evil") {
				t.Errorf("answered %q", said)
			}
			if logged := log.String(); (test.want != nil) != strings.Contains(logged, "delivery refused") || len(logged) > 1000 {
				t.Errorf("logged %.2000s", logged)
			}
			right := bot.Sign(secret, random, test.body)
			for what, text := range map[string]string{"error": fmt.Sprint(err), "answer": w.Body.String(), "log": log.String()} {
				if strings.Contains(text, secret) || strings.Contains(text, right) {
					t.Errorf("the %s has a secret in it: %s", what, text)
				}
			}
		})
	}
}

// TestOfALargeDeliveryLittleIsRead: its memory is bounded, whatever its length or its header says.
func TestOfALargeDeliveryLittleIsRead(t *testing.T) {
	t.Parallel()
	for name, length := range map[string]int64{"of no length": -1, "of a length that is a lie": 100, "of a length": 10 << 20} {
		body := &endless{}
		r := signed(t, random, "")
		r.Body, r.ContentLength = io.NopCloser(body), length
		w := serve(newBot(t), r)
		if w.Code != http.StatusRequestEntityTooLarge {
			t.Errorf("%s: answered %d", name, w.Code)
		}
		if body.read > bot.DefaultMaxBody+64<<10 || length > bot.DefaultMaxBody && body.read > 0 {
			t.Errorf("%s: %d bytes were read", name, body.read)
		}
	}
}

// endless is a body that does not end.
type endless struct{ read int }

func (e *endless) Read(p []byte) (int, error) {
	e.read += len(p)
	return copy(p, bytes.Repeat([]byte("x"), len(p))), nil
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

func TestADeliveryIsTakenOnce(t *testing.T) {
	t.Parallel()
	b := newBot(t)
	d, err := bot.NewDelivery(bot.Server{URL: address, Secret: secret}, said("anna", "hi"))
	if err != nil {
		t.Fatal(err)
	}
	again := func() *http.Request {
		r, err := d.Request(t.Context(), "http://127.0.0.1/")
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	if got := serve(b, again()).Code; got != http.StatusOK {
		t.Errorf("first: %d", got)
	}
	if got := serve(b, again()).Code; got != http.StatusForbidden {
		t.Errorf("second: %d", got)
	}
	forged := again()
	forged.Header.Set("X-Nextcloud-Talk-Random", random)
	if got := serve(b, forged).Code; got != http.StatusUnauthorized {
		t.Errorf("with another random: %d", got)
	}
}

func TestVerifierRemembersTheLastDeliveries(t *testing.T) {
	t.Parallel()
	other := bot.Server{URL: "https://other.example.com", Secret: secret}
	v := bot.Verifier{Secrets: secretsOf(t, bot.Server{URL: address, Secret: secret}, other), Memory: 2}
	var all []*bot.Delivery
	for range 3 {
		d, err := bot.NewDelivery(bot.Server{URL: address, Secret: secret}, said("anna", "hi"))
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, d)
	}
	verify := func(i int, backend string) error {
		r, err := all[i].Request(t.Context(), "http://127.0.0.1/")
		if err != nil {
			t.Fatal(err)
		}
		if backend != "" {
			r.Header.Set("X-Nextcloud-Talk-Backend", backend)
		}
		_, err = v.Verify(r)
		return err
	}
	for i, want := range []struct {
		delivery int
		err      error
	}{{0, nil}, {1, nil}, {0, bot.ErrReplay}, {1, bot.ErrReplay}, {2, nil}, {1, bot.ErrReplay}, {2, bot.ErrReplay}, {0, nil}, {1, nil}} {
		if err := verify(want.delivery, ""); !errors.Is(err, want.err) {
			t.Errorf("step %d, delivery %d: %v, want %v", i, want.delivery, err, want.err)
		}
	}
	// What a server is called is not signed: with one secret for two, a delivery counts once for each.
	if err := verify(2, other.URL); err != nil {
		t.Error(err)
	}
	if err := verify(2, other.URL); !errors.Is(err, bot.ErrReplay) {
		t.Error(err)
	}
}

func TestOldEventsAreRefusedWhereTheirTimeIsTold(t *testing.T) {
	t.Parallel()
	v := bot.Verifier{Secrets: secretsOf(t, bot.Server{URL: address, Secret: secret}), MaxAge: time.Hour}
	e := said("anna", "hi")
	if _, err := v.Verify(delivery(t, e)); err != nil {
		t.Error(err)
	}
	e.Published = time.Now().Add(-time.Minute)
	if _, err := v.Verify(delivery(t, e)); err != nil {
		t.Error(err)
	}
	e.Published = time.Now().Add(-2 * time.Hour)
	if _, err := v.Verify(delivery(t, e)); !errors.Is(err, bot.ErrStale) {
		t.Error(err)
	}
}

func TestSecretsOfManyServers(t *testing.T) {
	t.Parallel()
	one, two := bot.Server{URL: address, Secret: secret}, bot.Server{URL: "https://two.example.com/cloud", Backend: "http://localhost", Secret: secret2}
	heard := make(chan string, 1)
	b, err := bot.New(bot.WithServer(one), bot.WithServer(two))
	if err != nil {
		t.Fatal(err)
	}
	b.OnMessage(func(_ context.Context, c *bot.Context) error {
		heard <- c.Client().BaseURL().String()
		return nil
	})
	for _, s := range []bot.Server{one, two} {
		if got := serve(b, deliveryOf(t, s, said("anna", "hi"))).Code; got != http.StatusOK {
			t.Errorf("%s: %d", s.URL, got)
		}
		if got := <-heard; got != s.URL {
			t.Errorf("answers go to %s, want %s", got, s.URL)
		}
	}
	mixed := two
	mixed.Secret = one.Secret
	if got := serve(b, deliveryOf(t, mixed, said("anna", "hi"))).Code; got != http.StatusUnauthorized {
		t.Errorf("one server as another: %d", got)
	}
	if err := b.Shutdown(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestSecretsFromElsewhere(t *testing.T) {
	t.Parallel()
	failure := errors.New("the database is away")
	for name, test := range map[string]struct {
		secrets bot.Secrets
		want    error
		status  int
	}{
		"none":    {nil, bot.ErrUnknownBackend, http.StatusForbidden},
		"empty":   {func(context.Context, *url.URL) (bot.Secret, error) { return "", nil }, bot.ErrUnknownBackend, http.StatusForbidden},
		"failing": {func(context.Context, *url.URL) (bot.Secret, error) { return "", failure }, failure, http.StatusInternalServerError},
	} {
		r := delivery(t, said("anna", "hi"))
		r.Header.Set("X-Nextcloud-Talk-Signature", bot.Sign("", r.Header.Get("X-Nextcloud-Talk-Random"), ""))
		_, err := bot.Verify(r, test.secrets)
		if !errors.Is(err, test.want) || bot.StatusCode(err) != test.status {
			t.Errorf("%s: %v, status %d", name, err, bot.StatusCode(err))
		}
	}
}

func TestBadServers(t *testing.T) {
	t.Parallel()
	for name, s := range map[string]bot.Server{
		"no address":                {Secret: secret},
		"an address without scheme": {URL: "cloud.example.com", Secret: secret},
		"a password in it":          {URL: "https://alice:hunter2@cloud.example.com", Secret: secret},
		"a bad backend":             {URL: address, Backend: "localhost", Secret: secret},
		"a query":                   {URL: address + "?x", Secret: secret},
		"no secret":                 {URL: address},
		"a short secret":            {URL: address, Secret: bot.Secret(secret[:39])},
		"a long secret":             {URL: address, Secret: bot.Secret(strings.Repeat("x", 129))},
		"a secret with a newline":   {URL: address, Secret: secret + "\n"},
	} {
		for what, err := range map[string]error{
			"StaticSecrets": errOf(bot.StaticSecrets(s)), "NewClient": errOf(bot.NewClient(s)),
			"New": errOf(bot.New(bot.WithServer(s))), "NewDelivery": errOf(bot.NewDelivery(s, said("anna", "hi"))),
		} {
			var e *talk.Error
			if !errors.Is(err, talk.ErrInvalid) || !errors.As(err, &e) || e.Field == "" {
				t.Errorf("%s, %s: %v", name, what, err)
			} else if strings.Contains(err.Error(), "hunter2") || strings.Contains(err.Error(), secret[:39]) {
				t.Errorf("%s, %s: a secret shows: %v", name, what, err)
			}
		}
	}
	good := bot.Server{URL: address, Secret: secret}
	for name, options := range map[string][]bot.Option{
		"none":     nil,
		"twice":    {bot.WithServer(good), bot.WithServer(good)},
		"negative": {bot.WithServer(good), bot.WithQueue(-1, 0)},
		"memory":   {bot.WithServer(good), bot.WithReplayMemory(-1, 0)},
	} {
		if _, err := bot.New(options...); !errors.Is(err, talk.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func errOf[T any](_ T, err error) error { return err }

func TestSecretsDoNotShow(t *testing.T) {
	t.Parallel()
	s := bot.Server{URL: address, Secret: secret}
	c, err := bot.NewClient(s)
	if err != nil {
		t.Fatal(err)
	}
	b := newBot(t)
	var log strings.Builder
	for _, h := range []slog.Handler{slog.NewTextHandler(&log, nil), slog.NewJSONHandler(&log, nil)} {
		slog.New(h).Info("x", "server", s, "secret", s.Secret)
	}
	shown := log.String()
	for _, format := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		for _, v := range []any{s, &s, s.Secret, c, b} {
			shown += fmt.Sprintf(format, v)
		}
	}
	if strings.Contains(shown, secret) || strings.Contains(shown, fmt.Sprintf("%x", secret)) {
		t.Error("the secret shows")
	}
}

// A client that sends its body slowly, or not at all, is answered and cut off.
func TestSlowClient(t *testing.T) {
	t.Parallel()
	b := newBot(t, bot.WithBodyTimeout(50*time.Millisecond))
	srv := httptest.NewServer(b)
	t.Cleanup(srv.Close)
	conn, err := net.Dial("tcp", srv.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	r := delivery(t, said("anna", "hi"))
	fmt.Fprintf(conn, "POST / HTTP/1.1\r\nHost: bot\r\nContent-Length: 500\r\n")
	if err := r.Header.Write(conn); err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(conn, "\r\n{")
	answer := bufio.NewReader(conn)
	w, err := http.ReadResponse(answer, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadAll(w.Body); err != nil || w.StatusCode != http.StatusRequestTimeout {
		t.Errorf("answered %d, %v", w.StatusCode, err)
	}
	if _, err := answer.ReadByte(); err == nil {
		t.Error("the connection stays open")
	}
}
