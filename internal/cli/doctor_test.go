package cli

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// dated carries requests to a server whose clock shows a time.
func dated(now time.Time) roundTrip {
	return func(req *http.Request) (*http.Response, error) {
		resp, err := http.DefaultTransport.RoundTrip(req)
		if err == nil {
			resp.Header.Set("Date", now.UTC().Format(http.TimeFormat))
		}
		return resp, err
	}
}

func TestDoctor(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	host := strings.TrimPrefix(s.url, "http://")
	healthy := func() *call {
		c := s.as("alice")
		c.app.Transport = dated(c.app.Now())
		return c
	}
	want := fmt.Sprintf(`account	ok	alice@%[1]s, of the environment	
address	ok	%[2]s	
connection	ok	%[1]s answers, without TLS	
clock	ok	it agrees with the server's	
server	ok	Nextcloud 32.0.1	
credentials	ok	the server knows you as Alice	
talk	ok	Talk 21.1.7; confab was made for 21	
features	ok	the server has all that the commands need	
`, host, s.url)
	same(t, healthy().ok(t, "doctor"), want)
	if out := healthy().tty(80).ok(t, "doctor"); !strings.HasPrefix(out, "✓ account      alice@"+host) || strings.Count(out, "✓") != 8 {
		t.Errorf("a terminal gets %q", out)
	}
	same(t, healthy().ok(t, "doctor", "--jq", `map(select(.state != "ok")) | length`), "0\n")

	fast := s.as("alice").tty(80)
	fast.app.Transport = dated(serverTime)
	if out := fast.ok(t, "doctor"); !strings.Contains(out, "! clock        this machine is 5m0s ahead of the server\n               set the clocks right") {
		t.Errorf("a terminal gets %q", out)
	}
	slow := s.as("alice")
	slow.app.Transport = dated(serverTime.Add(time.Hour))
	if out := slow.ok(t, "doctor"); !strings.Contains(out, "clock\twarning\tthis machine is 55m0s behind the server\tset the clocks right") {
		t.Errorf("a pipe gets %q", out)
	}

	ill := func(code int, words []string, c *call) {
		t.Helper()
		r := c.run(t, "doctor")
		for _, word := range words {
			if !strings.Contains(r.out, word) {
				t.Errorf("it lacks %q: %s", word, r.out)
			}
		}
		if r.code != code || !strings.HasPrefix(r.err, "confab: a check failed") || strings.Count(r.err, "\n") != 1 {
			t.Errorf("exit code %d, want %d: %s", r.code, code, r.err)
		}
	}
	ill(exitUnauthorized, []string{"account\tfailed\tno account", "auth login"}, newCall())
	ill(exitUnauthorized, []string{"server\tok", "credentials\tfailed\t", "401", "CONFAB_PASSWORD"}, healthy().set(envPassword, "wrong"))
	ill(exitFailed, []string{"connection\tfailed\t", "refused", "confab serve"}, s.as("alice").set(envURL, "http://127.0.0.1:1"))
	ill(exitFailed, []string{"account\tfailed\t"}, s.as("alice").set(envURL, "ftp://127.0.0.1"))
}

func TestDoctorOnServers(t *testing.T) {
	t.Parallel()
	status := func(status string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			switch {
			case r.URL.Path == "/status.php":
				fmt.Fprint(w, status)
			case strings.HasSuffix(r.URL.Path, "/cloud/user"):
				fmt.Fprint(w, `{"ocs":{"meta":{"status":"ok","statuscode":200},"data":{"id":"alice","display-name":"Alice"}}}`)
			default:
				fmt.Fprint(w, `{"ocs":{"meta":{"status":"ok","statuscode":200},"data":{"capabilities":{"core":{}}}}}`)
			}
		}
	}
	for name, tt := range map[string]struct {
		serve http.HandlerFunc
		words []string
	}{
		"a page":      {func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "<html>") }, []string{"server\tfailed\t", "no status of a Nextcloud"}},
		"not set up":  {status(`{"installed":false,"versionstring":"32.0.1"}`), []string{"server\tfailed\t", "not set up"}},
		"maintenance": {status(`{"installed":true,"maintenance":true,"versionstring":"32.0.1"}`), []string{"server\tfailed\t", "maintenance"}},
		"no Talk":     {status(`{"installed":true,"versionstring":"32.0.1"}`), []string{"credentials\tok", "talk\tfailed\tit is not installed"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			web := httptest.NewServer(tt.serve)
			t.Cleanup(web.Close)
			r := newCall().set(envURL, web.URL).set(envUser, "alice").set(envPassword, password).run(t, "doctor")
			for _, word := range tt.words {
				if !strings.Contains(r.out, word) {
					t.Errorf("it lacks %q: %s", word, r.out)
				}
			}
			if r.code != exitFailed {
				t.Errorf("exit code %d: %s", r.code, r.err)
			}
		})
	}
}

func TestDoctorOnTLS(t *testing.T) {
	t.Parallel()
	web := httptest.NewUnstartedServer(http.NotFoundHandler())
	web.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError) // one refuses the certificate, as it should
	web.StartTLS()
	t.Cleanup(web.Close)
	call := func() *call { return newCall().set(envURL, web.URL).set(envUser, "alice").set(envPassword, password) }
	if r := call().run(t, "doctor"); r.code != exitFailed || !strings.Contains(r.out, "connection\tfailed\t") || !strings.Contains(r.out, "not one that this machine trusts") {
		t.Errorf("%+v", r)
	}
	trusting := call()
	trusting.app.Transport = web.Client().Transport
	ends := web.Certificate().NotAfter
	if r := trusting.run(t, "doctor"); !strings.Contains(r.out, "by TLS; its certificate is good until "+ends.Format(time.DateOnly)) {
		t.Errorf("%+v", r)
	}
	trusting.app.Now = func() time.Time { return ends.Add(-time.Hour) }
	if r := trusting.run(t, "doctor"); !strings.Contains(r.out, "connection\twarning\tthe certificate of ") {
		t.Errorf("%+v", r)
	}
}
