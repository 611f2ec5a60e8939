package talktest_test

import (
	"testing"

	"github.com/confab-go/confab/talk"
	"github.com/confab-go/confab/talktest"
)

// BenchmarkStart is a server of one's own, with two users, for one test.
func BenchmarkStart(b *testing.B) {
	for b.Loop() {
		s, err := talktest.Start()
		if err != nil {
			b.Fatal(err)
		}
		for _, user := range []string{"alice", "bob"} {
			if _, err := s.NewClient(b.Context(), user); err != nil {
				b.Fatal(err)
			}
		}
		if err := s.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

func conversation(b *testing.B, options ...talktest.Option) (alice, bob *talk.Client, token string, last int64) {
	b.Helper()
	s := talktest.NewServer(b, options...)
	alice, bob = s.Client(b, "alice"), s.Client(b, "bob")
	room, err := alice.Conversations.Create(b.Context(), talk.ConversationGroup, &talk.CreateOptions{Name: "Bench"})
	if err != nil {
		b.Fatal(err)
	}
	if _, err := alice.Participants.Add(b.Context(), room.Token, talk.ActorUser, "bob"); err != nil {
		b.Fatal(err)
	}
	page, err := alice.Chat.Page(b.Context(), room.Token, nil)
	if err != nil {
		b.Fatal(err)
	}
	return alice, bob, room.Token, page.Messages[0].ID
}

// BenchmarkSend sends a message over HTTP: into memory, and into a file that survives a crash of the program.
func BenchmarkSend(b *testing.B) {
	for name, options := range map[string][]talktest.Option{"memory": nil, "file": {talktest.WithDataDir(b.TempDir())}} {
		b.Run(name, func(b *testing.B) {
			alice, _, token, _ := conversation(b, options...)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := alice.Chat.Send(b.Context(), token, "hello", nil); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkWake is the way of a message from its sender to somebody who waits for it.
func BenchmarkWake(b *testing.B) {
	alice, bob, token, last := conversation(b)
	heard := make(chan int64)
	go func() {
		defer close(heard)
		for m, err := range bob.Chat.Follow(b.Context(), token, &talk.FollowOptions{After: last}) {
			if err != nil {
				return // the benchmark is over
			}
			heard <- m.ID
		}
	}()
	for b.Loop() {
		m, err := alice.Chat.Send(b.Context(), token, "hello", nil)
		if err != nil {
			b.Fatal(err)
		}
		if id := <-heard; id != m.ID {
			b.Fatalf("heard %d, sent %d", id, m.ID)
		}
	}
}
