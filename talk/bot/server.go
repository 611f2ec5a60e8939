package bot

import (
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"

	"github.com/confab-go/confab/internal/ocs"
	"github.com/confab-go/confab/talk"
)

// Secret is what a bot shares with a server: 40 to 128 bytes, as given to "occ talk:bot:install". However it is printed, logged or
// encoded, it shows as "…"; convert it to a string to have it.
type Secret string

// How much of a secret the server takes, in bytes.
const (
	minSecret = 40
	maxSecret = 128
)

// String hides the secret.
func (Secret) String() string { return "…" }

// Format hides the secret from every verb.
func (Secret) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, "…") }

// LogValue hides the secret from the log.
func (Secret) LogValue() slog.Value { return slog.StringValue("…") }

// MarshalText hides the secret from encoders.
func (Secret) MarshalText() ([]byte, error) { return []byte("…"), nil }

func (s Secret) check(op string) error {
	switch {
	case len(s) < minSecret || len(s) > maxSecret:
		return ocs.Invalid(op, "secret", "has %d bytes; a server takes %d to %d", len(s), minSecret, maxSecret)
	case strings.TrimSpace(string(s)) != string(s):
		return ocs.Invalid(op, "secret", "begins or ends with white space, a line break perhaps")
	}
	return nil
}

// key keeps a secret where no formatting verb finds it, even in an unexported field.
type key struct{ reveal func() string }

func newKey(s Secret) key { return key{func() string { return string(s) }} }

// Server is a Nextcloud on which the bot is installed.
type Server struct {
	// URL is where the bot answers, as in "https://cloud.example.com". Required.
	URL string
	// Backend is what the server calls itself in its deliveries, if that is another address: its "overwrite.cli.url", which often is
	// "http://localhost". Empty means URL.
	Backend string
	// Secret is the bot's on this server. Required.
	Secret Secret
	// Account is a user of the server who takes part in the bot's conversations. With it the bot reads, which bots cannot: it finds out
	// whether a message arrived when the connection broke, who reacted, and which message its question is. Nil means none.
	Account *talk.Client
	// HTTPClient carries the answers; nil means a new one.
	HTTPClient *http.Client
	// Retry says how often and how patiently to answer again.
	Retry talk.Retry
	// Logger gets a line for each answer at level debug; nil means no log.
	Logger *slog.Logger
}

func (s Server) backend() string {
	if s.Backend != "" {
		return s.Backend
	}
	return s.URL
}

// backendKey writes an address as it is compared: without a slash at the end, and whatever the case of its host.
func backendKey(u *url.URL) string {
	host := strings.ToLower(u.Hostname())
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	scheme := strings.ToLower(u.Scheme)
	if p := u.Port(); p != "" && (scheme != "http" || p != "80") && (scheme != "https" || p != "443") {
		host += ":" + p
	}
	path := strings.TrimRight(u.EscapedPath(), "/")
	return scheme + "://" + host + strings.TrimRight(strings.TrimSuffix(path, "/index.php"), "/")
}

// parseBackend reads an address of a server. Its errors do not repeat it.
func parseBackend(raw string) (*url.URL, error) {
	u, err := url.Parse(raw)
	switch {
	case err != nil:
		return nil, fmt.Errorf("not a URL")
	case u.Scheme != "http" && u.Scheme != "https":
		return nil, fmt.Errorf("neither an http nor an https URL")
	case u.Hostname() == "":
		return nil, fmt.Errorf("a URL without a host")
	case u.User != nil || u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		return nil, fmt.Errorf("a URL with more than a host and a path")
	}
	return u, nil
}

// check refuses a server that cannot work, and gives the key of its backend.
func (s Server) check(op string) (string, error) {
	backend, err := parseBackend(s.backend())
	if err != nil {
		return "", ocs.Invalid(op, "server", "the address is %w", err)
	}
	return backendKey(backend), s.Secret.check(op)
}
