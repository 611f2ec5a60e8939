package ocs

import (
	"errors"
	"strings"
	"testing"
)

func TestBaseURL(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"https://cloud.example.com":                "https://cloud.example.com",
		"https://cloud.example.com/":               "https://cloud.example.com",
		"https://cloud.example.com//":              "https://cloud.example.com",
		"HTTPS://cloud.example.com/index.php":      "https://cloud.example.com",
		"https://cloud.example.com/index.php/":     "https://cloud.example.com",
		"https://example.com/nextcloud/":           "https://example.com/nextcloud",
		"https://example.com/nextcloud/index.php/": "https://example.com/nextcloud",
		"https://example.com/a%20b/":               "https://example.com/a%20b",
		"http://127.0.0.1:8080":                    "http://127.0.0.1:8080",
		"http://[::1]:8080/":                       "http://[::1]:8080",
		" https://cloud.example.com\n":             "https://cloud.example.com",
	} {
		c, err := New(Config{BaseURL: in})
		if err != nil {
			t.Errorf("%q: %v", in, err)
			continue
		}
		if got := c.BaseURL().String(); got != want {
			t.Errorf("%q gives %q, want %q", in, got, want)
		}
	}
}

func TestBaseURLIsACopy(t *testing.T) {
	t.Parallel()
	c, err := New(Config{BaseURL: "https://cloud.example.com"})
	if err != nil {
		t.Fatal(err)
	}
	c.BaseURL().Host = "evil.example.com"
	if got := c.BaseURL().Host; got != "cloud.example.com" {
		t.Errorf("host became %q", got)
	}
}

func TestBaseURLRefused(t *testing.T) {
	t.Parallel()
	for in, says := range map[string]string{
		"":                               "empty",
		"  ":                             "empty",
		"cloud.example.com":              "no scheme",
		"localhost:8080":                 "no scheme",
		"//cloud.example.com":            "no scheme",
		"htps://cloud.example.com":       `scheme "htps"`,
		"ftp://cloud.example.com":        `scheme "ftp"`,
		"https://":                       "no host",
		"https:///path":                  "no host",
		"https://:443":                   "no host",
		"https://anna:hush@example.com":  "user information",
		"https://anna:hu/sh@example.com": "user information",
		"https://example.com?hush=1":     "query",
		"https://example.com/?":          "query",
		"https://example.com#hush":       "fragment",
		"https://example.com/#":          "fragment",
		"https://example.com:99999":      "port 99999",
		"https://example.com:x":          "not a URL",
		"https://exa mple.com":           "not a URL",
		"https://example.com/a/../b":     "segment",
	} {
		_, err := New(Config{BaseURL: in})
		if err == nil {
			t.Errorf("%q is accepted", in)
			continue
		}
		if !errors.Is(err, ErrInvalid) || asError(t, err).Field != "base URL" {
			t.Errorf("%q: %v, want ErrInvalid for the base URL", in, err)
		}
		if !strings.Contains(err.Error(), says) {
			t.Errorf("%q: %q does not say %q", in, err, says)
		}
		if strings.Contains(err.Error(), "hush") || strings.Contains(err.Error(), "hu/sh") {
			t.Errorf("%q: the error tells a secret: %v", in, err)
		}
	}
}

func TestConfigRefused(t *testing.T) {
	t.Parallel()
	const base = "https://cloud.example.com"
	for field, cfg := range map[string]Config{
		"max body":        {BaseURL: base, MaxBody: -1},
		"user agent":      {BaseURL: base, UserAgent: "a\nb"},
		"retry attempts":  {BaseURL: base, Retry: Retry{Attempts: -1}},
		"retry base":      {BaseURL: base, Retry: Retry{Base: -1}},
		"retry max":       {BaseURL: base, Retry: Retry{Max: -1}},
		"max retry-after": {BaseURL: base, Retry: Retry{MaxRetryAfter: -1}},
	} {
		_, err := New(cfg)
		if !errors.Is(err, ErrInvalid) || asError(t, err).Field != field {
			t.Errorf("%s: %v", field, err)
		}
	}
}
