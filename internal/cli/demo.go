package cli

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/confab-go/confab/internal/server"
	"github.com/confab-go/confab/talk"
)

// demoTime is how long the demo may take: it needs a second, and must not hang where something is badly wrong.
const demoTime = 30 * time.Second

func newDemo(f *factory) *cobra.Command {
	var keep bool
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "See a conversation between two people on a server that is made for it",
		Long: `Start a Talk server in memory, on a free port of this machine, and let alice and bob have a short conversation
over HTTP. Each step is told together with the requests behind it, and checked: the demo fails when an answer is
not as it should be. With --keep the server stays afterwards, for you to try the other commands.`,
		Args: want(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if f.json {
				return usagef("demo: it tells a story, and has no --json")
			}
			return f.demo(cmd.Context(), keep)
		},
	}
	cmd.Flags().BoolVar(&keep, "keep", false, "keep the server running until interrupted")
	return cmd
}

func (f *factory) demo(ctx context.Context, keep bool) (err error) {
	ln, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	defer func() { _ = ln.Close() }()
	alice := server.User{ID: "alice", Password: rand.Text(), DisplayName: "Alice"}
	bob := server.User{ID: "bob", Password: rand.Text(), DisplayName: "Bob"}
	srv, err := server.Open(ctx, server.Config{Users: []server.User{alice, bob}})
	if err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	defer func() { err = errors.Join(err, srv.Close()) }()
	serving, stop := context.WithCancel(ctx)
	defer stop()
	stopped := make(chan error, 1)
	go func() { stopped <- srv.Serve(serving, ln) }()

	s := &story{f: f, url: listenURL(ln.Addr())}
	if s.alice, err = s.actor(alice); err != nil {
		return err
	}
	if s.bob, err = s.actor(bob); err != nil {
		return err
	}
	telling, cancel := context.WithTimeout(ctx, demoTime)
	err = s.tell(telling)
	cancel()
	if err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	fmt.Fprintf(f.out, "\n%s\n", f.form().Good("Every answer was as it should be."))
	if keep {
		s.invite(alice, bob)
		if err := f.out.Flush(); err != nil {
			return fmt.Errorf("write the output: %w", err)
		}
		return <-stopped // when the context ends
	}
	f.hint("With --keep the server stays, for you to try the other commands.")
	stop()
	return <-stopped
}

// actor is somebody in the demo: a client, and what it sends.
type actor struct {
	client *talk.Client
	trace  *trace
}

func (s *story) actor(user server.User) (*actor, error) {
	trace := newTrace(user.ID, &s.wire, s.f.app.Transport, s.f.now)
	client, err := talk.NewClient(s.url,
		talk.WithAppPassword(user.ID, user.Password),
		talk.WithHTTPClient(&http.Client{Transport: trace}),
		talk.WithLogger(s.f.logger()))
	if err != nil {
		return nil, fmt.Errorf("demo: %w", err)
	}
	return &actor{client, trace}, nil
}

// story is the demo as it is told.
type story struct {
	f          *factory
	url        string
	alice, bob *actor
	wire       wireLog
	steps      int
}

// step tells a step, does it, and tells the requests that it took and what came of it.
func (s *story) step(title string, do func() (result string, err error)) error {
	form := s.f.form()
	s.steps++
	fmt.Fprintf(s.f.out, "\n%s\n", form.Strong(fmt.Sprintf("%d. %s", s.steps, title)))
	result, err := do()
	for _, line := range s.wire.take() {
		fmt.Fprintln(s.f.out, "   "+form.Faint(line))
	}
	if err != nil {
		return fmt.Errorf("step %d, %s: %w", s.steps, title, err)
	}
	fmt.Fprintln(s.f.out, "   "+form.Good("✓")+" "+form.Value(result))
	if err := s.f.out.Flush(); err != nil { // told as it happens
		return fmt.Errorf("write the output: %w", err)
	}
	return nil
}

// invite says what a person can try on a server that stays.
func (s *story) invite(alice, bob server.User) {
	fmt.Fprintf(s.f.out, "\nThe server stays at %s until you interrupt it. In a second terminal, as bob:\n\n%s\n  confab follow Lunch\n\nand in a third, as alice:\n\n%s\n  confab read Lunch\n  confab send Lunch \"See you there, @bob\"\n",
		s.url, exports(s.url, bob.ID, bob.Password), exports(s.url, alice.ID, alice.Password))
}

// inbox follows a conversation beside the story.
type inbox struct {
	messages chan *talk.Message
	stop     context.CancelFunc
	ended    chan error
}

func (a *actor) follow(ctx context.Context, token string, after int64) *inbox {
	ctx, stop := context.WithCancel(ctx)
	in := &inbox{messages: make(chan *talk.Message), stop: stop, ended: make(chan error, 1)}
	go func() {
		for m, err := range a.client.Chat.Follow(ctx, token, &talk.FollowOptions{After: after}) {
			if err != nil {
				in.ended <- err
				return
			}
			select {
			case in.messages <- m:
			case <-ctx.Done():
			}
		}
	}()
	return in
}

// next waits for the message with an id, and checks that it is the next one that somebody wrote.
func (in *inbox) next(ctx context.Context, id int64) (*talk.Message, error) {
	for {
		select {
		case m := <-in.messages:
			if m.IsSystem() {
				continue
			}
			return m, expect("the message that arrived", m.ID, id)
		case err := <-in.ended:
			return nil, err
		case <-ctx.Done():
			return nil, fmt.Errorf("message %d did not arrive: %w", id, ctx.Err())
		}
	}
}

// expect fails when an answer is not as it should be.
func expect[T comparable](what string, got, want T) error {
	if got != want {
		return fmt.Errorf("%s is %v, and should be %v", what, got, want)
	}
	return nil
}

func expectAll[T comparable](what string, got, want []T) error {
	if !slices.Equal(got, want) {
		return fmt.Errorf("%s are %v, and should be %v", what, got, want)
	}
	return nil
}
