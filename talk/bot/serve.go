package bot

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"
)

// shutdownTime is how long the events that were taken may still be handled when a server ends.
const shutdownTime = 10 * time.Second

// ListenAndServe takes deliveries at an address until the context ends, and then returns nil when what was taken has been handled, for which it
// waits up to ten seconds. An address without a host, as in ":8080", is on loopback; "0.0.0.0:8080" is open to everybody. It speaks plain HTTP:
// put a proxy that speaks TLS before it, unless the Nextcloud is on the same machine.
func (b *Bot) ListenAndServe(ctx context.Context, addr string) error {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return fmt.Errorf("bot: listen: %w", err)
	}
	if host == "" {
		host = "127.0.0.1"
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", net.JoinHostPort(host, port))
	if err != nil {
		return fmt.Errorf("bot: %w", err)
	}
	return b.Serve(ctx, listener)
}

// Serve is [Bot.ListenAndServe] with a listener of the caller's, which it closes.
//
// It bounds slow clients in every way; whoever puts the bot into an [http.Server] of their own should, too, by ReadHeaderTimeout, ReadTimeout,
// WriteTimeout, IdleTimeout and MaxHeaderBytes. A bot answers in milliseconds and the server waits five seconds, so short ones do no harm.
func (b *Bot) Serve(ctx context.Context, listener net.Listener) error {
	if err := b.Err(); err != nil {
		_ = listener.Close()
		return err
	}
	server := &http.Server{
		Handler:           b,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       10 * time.Second,
		WriteTimeout:      10 * time.Second,
		IdleTimeout:       time.Minute,
		MaxHeaderBytes:    16 << 10,
	}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	var err error
	select {
	case <-ctx.Done():
	case err = <-failed:
		err = fmt.Errorf("bot: serve: %w", err)
	}
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTime)
	defer cancel()
	return errors.Join(err, server.Shutdown(end), b.Shutdown(end))
}
