package faultproxy

import (
	"context"
	"io"
	"net"
	"sync"
)

// Line passes bytes on between clients and a server, whatever they mean,
// until it goes dead: then the connections there are stay open, and lead
// nowhere, as when a firewall forgets them. New ones are passed on again.
type Line struct {
	listener net.Listener
	to       string

	mu    sync.Mutex
	dead  chan struct{} // closed for the connections that lead nowhere
	conns []net.Conn
}

// NewLine listens on loopback for what goes to an address.
func NewLine(ctx context.Context, to string) (*Line, error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	l := &Line{listener: listener, to: to, dead: make(chan struct{})}
	go l.accept(ctx)
	return l, nil
}

// Addr is where to connect.
func (l *Line) Addr() string { return l.listener.Addr().String() }

// Die has the connections that there are lead nowhere from now on.
func (l *Line) Die() {
	l.mu.Lock()
	defer l.mu.Unlock()
	close(l.dead)
	l.dead = make(chan struct{})
}

// Close ends all connections.
func (l *Line) Close() error {
	err := l.listener.Close()
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, c := range l.conns {
		_ = c.Close()
	}
	return err
}

func (l *Line) accept(ctx context.Context) {
	for {
		client, err := l.listener.Accept()
		if err != nil {
			return
		}
		server, err := new(net.Dialer).DialContext(ctx, "tcp", l.to)
		if err != nil {
			_ = client.Close()
			continue
		}
		l.mu.Lock()
		dead := l.dead
		l.conns = append(l.conns, client, server)
		l.mu.Unlock()
		go pass(client, server, dead)
		go pass(server, client, dead)
	}
}

// pass copies until an end of the connection, or until it is dead; then the
// other side hears nothing, not even that.
func pass(to io.WriteCloser, from io.Reader, dead <-chan struct{}) {
	buffer := make([]byte, 32<<10)
	for {
		n, err := from.Read(buffer)
		select {
		case <-dead:
			return
		default:
		}
		if n > 0 {
			if _, err := to.Write(buffer[:n]); err != nil {
				return
			}
		}
		if err != nil {
			_ = to.Close()
			return
		}
	}
}
