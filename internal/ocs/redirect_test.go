package ocs

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

func newTLSServer(t *testing.T, h http.HandlerFunc) (*httptest.Server, *counter) {
	t.Helper()
	var n counter
	srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n.add()
		h(w, r)
	}))
	srv.Config.ErrorLog = quiet()
	srv.StartTLS()
	t.Cleanup(srv.Close)
	return srv, &n
}

func TestRedirectsAwayAreRefused(t *testing.T) {
	t.Parallel()
	plain, plainHits := newServer(t, answer(200, okBody))
	secure, secureHits := newTLSServer(t, answer(200, okBody))
	plainURL, _ := url.Parse(plain.URL)
	named := "http://localhost:" + plainURL.Port()
	tests := []struct {
		name, method string
		status       int
		fromTLS      bool
		to           string
		host         string // what the error must tell; "" for nothing
	}{
		{"other port", "GET", 302, false, plain.URL + "/x?hush=1", plain.URL},
		{"other host", "GET", 301, false, named + "/x", named},
		{"credentials in the address", "GET", 302, false, strings.Replace(named, "//", "//anna:hush@", 1), named},
		{"write to another host", "POST", 307, false, named, named},
		{"out of TLS", "GET", 302, true, plain.URL, plain.URL},
		{"another TLS port", "GET", 302, true, secure.URL, secure.URL},
		{"write into TLS", "POST", 308, false, secure.URL, secure.URL},
		{"write into a read, 301", "POST", 301, false, "/x", ""},
		{"write into a read, 302", "PUT", 302, false, "/x", ""},
		{"write into a read, 303", "DELETE", 303, false, "/x", ""},
		{"no web address", "GET", 302, false, "ftp://127.0.0.1/hush", "ftp://127.0.0.1"},
		{"unreadable address", "GET", 302, false, "http://127.0.0.1:hush%/", ""},
		{"no address", "GET", 302, false, "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			start := newServer
			if tt.fromTLS {
				start = newTLSServer
			}
			from, hits := start(t, func(w http.ResponseWriter, _ *http.Request) {
				if tt.to != "" {
					w.Header().Set("Location", tt.to)
				}
				w.WriteHeader(tt.status)
			})
			c, w := newClient(t, from.URL, func(cfg *Config) {
				cfg.HTTPClient = secure.Client()
				cfg.Auth = Basic("anna", "hush")
			})
			_, err := c.Do(t.Context(), &Request{Method: tt.method, Path: room})
			if !errors.Is(err, ErrRedirect) {
				t.Fatalf("err = %v, want ErrRedirect", err)
			}
			if !strings.Contains(err.Error(), tt.host) {
				t.Errorf("%q does not tell %q", err, tt.host)
			}
			if strings.Contains(err.Error(), "hush") {
				t.Errorf("the error tells a secret: %v", err)
			}
			if hits.get() != 1 || plainHits.get() != 0 || secureHits.get() != 0 || len(w.got) != 0 {
				t.Errorf("requests: %d to the first, %d and %d to the others, %d waits",
					hits.get(), plainHits.get(), secureHits.get(), len(w.got))
			}
		})
	}
}

func TestRedirectsOnTheSameHostAreFollowed(t *testing.T) {
	t.Parallel()
	srv, _ := newServer(t, func(w http.ResponseWriter, r *http.Request) {
		if user, pw, _ := r.BasicAuth(); user != "anna" || pw != "pw" {
			t.Errorf("%s came without credentials", r.URL)
		}
		switch {
		case strings.HasPrefix(r.URL.Path, "/old"):
			w.Header().Set("Location", "/new"+strings.TrimPrefix(r.URL.Path, "/old"))
			w.WriteHeader(308)
		default:
			if b, _ := io.ReadAll(r.Body); r.Method == "POST" && string(b) != `"hi"` {
				t.Errorf("body arrived as %q", b)
			}
			answer(200, okBody)(w, r)
		}
	})
	c, _ := newClient(t, srv.URL+"/old", func(cfg *Config) { cfg.Auth = Basic("anna", "pw") })
	for _, req := range []Request{{Path: room}, {Method: "POST", Path: room, Body: "hi"}} {
		if _, err := c.Do(t.Context(), &req); err != nil {
			t.Errorf("%s: %v", req.Method, err)
		}
	}
	_, err := c.Do(t.Context(), &Request{Method: "POST", Path: room, Body: &Raw{Reader: io.MultiReader(strings.NewReader(`"hi"`))}})
	if !errors.Is(err, ErrRedirect) || !strings.Contains(err.Error(), "second time") {
		t.Errorf("a body that cannot be sent again: %v", err)
	}
}

func TestReadsAreFollowedIntoTLS(t *testing.T) {
	t.Parallel()
	secure, _ := newTLSServer(t, func(w http.ResponseWriter, r *http.Request) {
		if _, _, ok := r.BasicAuth(); !ok {
			t.Error("the credentials were left behind")
		}
		answer(200, okBody)(w, r)
	})
	plain, _ := newServer(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, secure.URL+r.URL.Path, http.StatusMovedPermanently)
	})
	c, _ := newClient(t, plain.URL, func(cfg *Config) {
		cfg.HTTPClient = secure.Client()
		cfg.Auth = Basic("anna", "pw")
	})
	if _, err := c.Do(t.Context(), &Request{Path: room}); err != nil {
		t.Error(err)
	}
}

func TestRedirectsEnd(t *testing.T) {
	t.Parallel()
	srv, n := newServer(t, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/again", http.StatusFound) })
	c, _ := newClient(t, srv.URL, nil)
	if _, err := c.Do(t.Context(), &Request{Path: room}); !errors.Is(err, ErrRedirect) {
		t.Errorf("err = %v, want ErrRedirect", err)
	}
	if n.get() != maxRedirects+1 {
		t.Errorf("%d requests, want %d", n.get(), maxRedirects+1)
	}
}

func TestRedirectRule(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, method, from, to, turned string
		ok                             bool
	}{
		{"same host", "GET", "https://a.example/x", "https://a.example/y", "", true},
		{"same host, its port named", "GET", "https://a.example/x", "https://a.example:443/y", "", true},
		{"another host", "GET", "https://a.example/x", "https://b.example/x", "", false},
		{"a host below", "GET", "https://a.example/x", "https://sub.a.example/x", "", false},
		{"another port", "GET", "https://a.example/x", "https://a.example:8443/x", "", false},
		{"into TLS", "GET", "http://a.example/x", "https://a.example/x", "", true},
		{"into TLS, other ports", "HEAD", "http://a.example:8080/x", "https://a.example:8443/x", "", true},
		{"into TLS on another host", "GET", "http://a.example/x", "https://b.example/x", "", false},
		{"out of TLS", "GET", "https://a.example/x", "http://a.example/x", "", false},
		{"write that stays one", "POST", "https://a.example/x", "https://a.example/y", "", true},
		{"write that becomes a read", "POST", "https://a.example/x", "https://a.example/y", "GET", false},
		{"write into TLS", "PUT", "http://a.example/x", "https://a.example/x", "", false},
	} {
		from := httptest.NewRequest(tt.method, tt.from, nil)
		if tt.turned == "" {
			tt.turned = tt.method
		}
		to := httptest.NewRequest(tt.turned, tt.to, nil)
		if err := checkRedirect(to, []*http.Request{from}); (err == nil) != tt.ok {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
}
