package server_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"testing"
	"time"
)

// delivered is a request that a bot has received.
type delivered struct {
	path   string
	header http.Header
	body   string
}

// receiver is a bot that keeps what it receives.
type receiver struct {
	url      string
	received chan delivered
}

// newReceiver is a bot that answers all it receives with what answer does, 200 when nil.
func newReceiver(t *testing.T, answer http.HandlerFunc) *receiver {
	t.Helper()
	b := &receiver{received: make(chan delivered, 2000)}
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return // whoever sent it has gone
		}
		b.received <- delivered{r.URL.Path, r.Header, string(body)}
		if answer != nil {
			answer(w, r)
		}
	}))
	t.Cleanup(web.Close)
	b.url = web.URL
	return b
}

// next returns the next delivery. What does not come in time does not come at all.
func (b *receiver) next(t *testing.T) delivered {
	t.Helper()
	select {
	case d := <-b.received:
		return d
	case <-time.After(10 * time.Second):
		t.Fatal("nothing is delivered")
		return delivered{}
	}
}

// signed reports whether a delivery has the signature that its bot expects.
func signed(secret, random, signature, body string) bool {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(random + body))
	return signature == hex.EncodeToString(mac.Sum(nil))
}

// replayBot stands for a recorded bot.
type replayBot struct {
	*receiver
	secret string
}

// newReplayBot listens where the recorded bot did, but for the port.
func newReplayBot(r *replay, s setup) *replayBot {
	r.t.Helper()
	recorded, err := url.Parse(s.URL)
	if err != nil {
		r.t.Fatal(err)
	}
	b := &replayBot{newReceiver(r.t, nil), s.Secret}
	b.url += recorded.Path
	r.bots[s.Name] = b
	r.same.texts = append(r.same.texts, [2]string{s.URL, b.url})
	return b
}

var (
	randomText = regexp.MustCompile(`^[A-Za-z0-9+/]{64}$`)
	messageID  = regexp.MustCompile(`"id":"([0-9]+)"`)
)

// compareDelivery returns how the next delivery differs from the recorded one, "" when it does not.
func (r *replay) compareDelivery(e *exchange) string {
	bot := r.bots[e.Delivery]
	var recorded string
	if err := json.Unmarshal(e.Body, &recorded); err != nil {
		r.t.Fatal(err)
	}
	if !signed(bot.secret, e.Headers["X-Nextcloud-Talk-Random"], e.Headers["X-Nextcloud-Talk-Signature"], recorded) {
		r.t.Fatalf("#%d: what is recorded has another signature", e.N)
	}
	got := bot.next(r.t)
	if got.path != e.Path {
		return fmt.Sprintf("path %q, recorded %q", got.path, e.Path)
	}
	for key, want := range e.Headers {
		have := got.header.Get(key)
		var same bool
		switch key {
		case "X-Nextcloud-Talk-Random":
			same = randomText.MatchString(have)
		case "X-Nextcloud-Talk-Signature":
			same = signed(bot.secret, got.header.Get("X-Nextcloud-Talk-Random"), have, got.body)
		case "X-Nextcloud-Talk-Backend":
			same = have == "https://cloud.example.com/" // the recorded server had never been told its address
		default:
			same = have == want
		}
		if !same {
			return fmt.Sprintf("header %s %q, recorded %q", key, have, want)
		}
	}
	// Ids of messages may be new with a delivery; all the rest is known by now, and the same to the byte.
	wanted, ours := messageID.FindAllStringSubmatch(recorded, -1), messageID.FindAllStringSubmatch(got.body, -1)
	if len(wanted) != len(ours) {
		return fmt.Sprintf("body %s, recorded %s", got.body, recorded)
	}
	for i := range wanted {
		if !r.same.match("message", wanted[i][1], ours[i][1]) {
			return fmt.Sprintf("message %s, recorded %s", ours[i][1], wanted[i][1])
		}
	}
	if messageID.ReplaceAllString(r.same.translate(recorded), `"id":"?"`) != messageID.ReplaceAllString(got.body, `"id":"?"`) {
		return fmt.Sprintf("body %s, recorded %s", got.body, recorded)
	}
	return ""
}
