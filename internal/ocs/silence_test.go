package ocs

import (
	"bytes"
	"context"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/confab-go/confab/internal/faultproxy"
)

// newLine gives a way to a server that can go dead.
func newLine(t *testing.T, srv *httptest.Server) *faultproxy.Line {
	t.Helper()
	line, err := faultproxy.NewLine(t.Context(), srv.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { line.Close() })
	return line
}

// TestADeadConnectionIsNotWaitedFor: a connection that leads nowhere is left for a new one, on which a read goes on. A write fails, and
// is not known to have had no effect.
func TestADeadConnectionIsNotWaitedFor(t *testing.T) {
	t.Parallel()
	srv, n := newServer(t, answer(200, okBody))
	line := newLine(t, srv)
	c, _ := newClient(t, "http://"+line.Addr(), func(cfg *Config) { cfg.IdleTimeout = time.Second })
	for i, method := range []string{"GET", "GET", "POST", "GET"} {
		if i > 0 {
			line.Die()
		}
		_, err := c.Do(t.Context(), &Request{Method: method, Path: room})
		if method == "GET" {
			if err != nil {
				t.Errorf("request %d: %v", i, err)
			}
			continue
		}
		if !errors.Is(err, ErrConnection) || asError(t, err).Unsent() || !strings.Contains(err.Error(), "1s") {
			t.Errorf("a write: %v", err)
		}
	}
	if n.get() != 3 {
		t.Errorf("%d requests have arrived", n.get())
	}
}

// TestADeadHTTP2ConnectionIsLeft: it would be used for every further request, each of which would wait for nothing.
func TestADeadHTTP2ConnectionIsLeft(t *testing.T) {
	t.Parallel()
	srv := httptest.NewUnstartedServer(answer(200, okBody))
	srv.EnableHTTP2 = true
	srv.StartTLS()
	t.Cleanup(srv.Close)
	line := newLine(t, srv)
	transport, ok := ownTransport(500*time.Millisecond, 500*time.Millisecond).(*http.Transport)
	if !ok {
		t.Fatal("no transport of its own")
	}
	t.Cleanup(transport.CloseIdleConnections)
	pool := x509.NewCertPool()
	pool.AddCert(srv.Certificate())
	transport.TLSClientConfig.RootCAs = pool
	protocol := ""
	c, _ := newClient(t, "https://"+line.Addr(), func(cfg *Config) {
		cfg.HTTPClient = &http.Client{Transport: transport}
		cfg.OnResponse = func(resp *http.Response) { protocol = resp.Proto }
	})
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second) // much less than the system takes
	defer cancel()
	for range 3 {
		if _, err := c.Do(ctx, &Request{Path: room}); err != nil {
			t.Fatal(err)
		}
		if protocol != "HTTP/2.0" {
			t.Fatalf("it spoke %s", protocol)
		}
		line.Die()
	}
}

// TestASlowCallerIsNotSilence: what takes its time is not the network.
func TestASlowCallerIsNotSilence(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const patience = time.Minute
		wire := newWire(t, func(w http.ResponseWriter, r *http.Request) {
			if body, err := io.ReadAll(r.Body); err == nil {
				answer(200, string(body))(w, r)
			}
		})
		c, _ := newClient(t, "http://cloud.example.com", func(cfg *Config) {
			cfg.HTTPClient, cfg.IdleTimeout = &http.Client{Transport: wire}, patience
		})
		longer := func() { <-time.After(2 * patience) }
		text := `{"ocs":` + strings.Repeat(" ", 1<<20) + okBody[7:]
		slow := &slowReader{r: strings.NewReader(text), before: longer}
		resp, err := c.Raw(t.Context(), &Request{Method: "PUT", Path: room, Body: &Raw{Reader: slow, Length: int64(len(text))}})
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		longer()
		var got bytes.Buffer
		if _, err := io.Copy(&got, resp.Body); err != nil || got.String() != text {
			t.Errorf("read %d bytes, %v", got.Len(), err)
		}
	})
}

// newWire gives a transport to a server without a network between, so that both live by the time of a test's bubble.
func newWire(t *testing.T, h http.HandlerFunc) *http.Transport {
	t.Helper()
	l := pipes{conns: make(chan net.Conn), done: make(chan struct{})}
	srv := &http.Server{Handler: h} //nolint:gosec // for one client, of the test
	go func() { _ = srv.Serve(l) }()
	wire := &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) {
		here, there := net.Pipe()
		l.conns <- there
		return here, nil
	}}
	t.Cleanup(func() {
		wire.CloseIdleConnections()
		srv.Close()
	})
	return wire
}

// pipes listens for connections within the process.
type pipes struct {
	conns chan net.Conn
	done  chan struct{}
}

func (l pipes) Accept() (net.Conn, error) {
	select {
	case conn := <-l.conns:
		return conn, nil
	case <-l.done:
		return nil, net.ErrClosed
	}
}

func (l pipes) Close() error {
	close(l.done)
	return nil
}

func (pipes) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)} }

// slowReader takes its time once.
type slowReader struct {
	r      io.Reader
	before func()
}

func (s *slowReader) Read(p []byte) (int, error) {
	if s.before != nil {
		s.before()
		s.before = nil
	}
	return s.r.Read(p)
}

func TestPatienceThatCannotBe(t *testing.T) {
	t.Parallel()
	var e *Error
	if _, err := New(Config{BaseURL: "https://cloud.example.com", IdleTimeout: -1}); !errors.As(err, &e) || e.Field != "idle timeout" {
		t.Errorf("less than none: %v", err)
	}
}
