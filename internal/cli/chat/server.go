package chat

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/confab-go/confab/talk"
)

// Server is the [Source] that speaks to a real server, through a client.
type Server struct {
	client *talk.Client

	mu       sync.Mutex
	pending  Batch
	ended    error
	wake     chan struct{}   // has something in it when there is something pending
	ctx      context.Context //nolint:containedctx // of all that is followed
	unfollow context.CancelFunc
}

var _ Source = (*Server)(nil)

// NewServer makes a source of a client.
func NewServer(client *talk.Client) *Server {
	return &Server{client: client, wake: make(chan struct{}, 1), ctx: context.Background(), unfollow: func() {}}
}

// Watch begins to watch all conversations of the account, until the context ends.
func (s *Server) Watch(ctx context.Context) {
	s.ctx = ctx
	go func() {
		for event, err := range s.client.Watch(ctx, &talk.WatchOptions{Existing: true}) {
			s.note(func(b *Batch) {
				if err != nil {
					s.ended = err
					return
				}
				b.Events = append(b.Events, event)
			})
		}
	}()
}

// note adds to what is pending.
func (s *Server) note(change func(*Batch)) {
	s.mu.Lock()
	change(&s.pending)
	s.mu.Unlock()
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// Linked takes note of the state of the connection. It is for a [Pulse].
func (s *Server) Linked(l Link) { s.note(func(b *Batch) { b.Link = &l }) }

// Next waits for something to happen.
func (s *Server) Next(ctx context.Context) (Batch, error) {
	select {
	case <-s.wake:
	case <-ctx.Done():
		return Batch{}, ctx.Err()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	batch := s.pending
	s.pending = Batch{}
	return batch, s.ended
}

// Follow follows one conversation closely.
func (s *Server) Follow(token string, after int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.unfollow()
	s.unfollow = func() {}
	if token == "" {
		return
	}
	ctx, cancel := context.WithCancel(s.ctx)
	s.unfollow = cancel
	go func() {
		defer cancel()
		for event, err := range s.client.Chat.Events(ctx, token, &talk.FollowOptions{After: after}) {
			if ctx.Err() != nil {
				return
			}
			s.note(func(b *Batch) {
				if err == nil {
					b.Events = append(b.Events, event)
					return
				}
				if b.Unfollowed == nil {
					b.Unfollowed = map[string]error{}
				}
				b.Unfollowed[token] = err
			})
		}
	}()
}

// Page gets messages.
func (s *Server) Page(ctx context.Context, token string, o *talk.PageOptions) (*talk.Page, error) {
	return s.client.Chat.Page(ctx, token, o)
}

// recent is how far back it is looked whether a message has arrived.
const recent = 200

// Send sends a message or a file.
func (s *Server) Send(ctx context.Context, token string, m Outgoing, again bool) (*talk.Message, error) {
	if again {
		page, err := s.client.Chat.Page(ctx, token, &talk.PageOptions{Limit: recent})
		if err != nil {
			return nil, err
		}
		for _, message := range page.Messages {
			if message.ReferenceID == m.Reference {
				return message, nil
			}
		}
	}
	if m.Path == "" {
		return s.client.Chat.Send(ctx, token, m.Text, &talk.SendOptions{ReferenceID: m.Reference, ReplyTo: m.ReplyTo})
	}
	return s.sendFile(ctx, token, m)
}

func (s *Server) sendFile(ctx context.Context, token string, m Outgoing) (*talk.Message, error) {
	file, err := os.Open(expand(m.Path))
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is not a file", m.Path)
	}
	hundredths := int64(-1)
	return s.client.Chat.SendFile(ctx, token, filepath.Base(file.Name()), file, &talk.SendFileOptions{
		FileOptions: talk.FileOptions{Caption: m.Text, ReplyTo: m.ReplyTo, ReferenceID: m.Reference},
		Size:        info.Size(),
		Progress: func(sent, total int64) {
			if total <= 0 || sent*100/total == hundredths {
				return
			}
			hundredths = sent * 100 / total
			s.note(func(b *Batch) {
				if b.Progress == nil {
					b.Progress = map[string]float64{}
				}
				b.Progress[m.Reference] = float64(sent) / float64(total)
			})
		},
	})
}

// Edit changes a message.
func (s *Server) Edit(ctx context.Context, token string, id int64, text string) (*talk.Message, error) {
	return s.client.Chat.Edit(ctx, token, id, text)
}

// Delete deletes a message.
func (s *Server) Delete(ctx context.Context, token string, id int64) (*talk.Message, error) {
	return s.client.Chat.Delete(ctx, token, id)
}

// React adds a reaction or takes it back.
func (s *Server) React(ctx context.Context, token string, id int64, emoji string, add bool) (map[string][]talk.Reaction, error) {
	if add {
		return s.client.Reactions.Add(ctx, token, id, emoji)
	}
	return s.client.Reactions.Remove(ctx, token, id, emoji)
}

// Poll gets a poll.
func (s *Server) Poll(ctx context.Context, token string, id int64) (*talk.Poll, error) {
	return s.client.Polls.Get(ctx, token, id)
}

// Vote chooses options of a poll.
func (s *Server) Vote(ctx context.Context, token string, id int64, options []int) (*talk.Poll, error) {
	return s.client.Polls.Vote(ctx, token, id, options...)
}

// ClosePoll ends a poll.
func (s *Server) ClosePoll(ctx context.Context, token string, id int64) (*talk.Poll, error) {
	return s.client.Polls.Close(ctx, token, id)
}

// Mentions gives whom a message can mention.
func (s *Server) Mentions(ctx context.Context, token, search string) ([]*talk.MentionSuggestion, error) {
	return s.client.Chat.MentionSuggestions(ctx, token, search, &talk.MentionOptions{Limit: maxChoices})
}

// Search finds messages.
func (s *Server) Search(ctx context.Context, text, token string, limit int) ([]*talk.SearchEntry, error) {
	var found []*talk.SearchEntry
	for entry, err := range s.client.Search.Messages(ctx, text, &talk.SearchOptions{Token: token}) {
		if err != nil {
			return nil, err
		}
		if found = append(found, entry); len(found) == limit {
			break
		}
	}
	return found, nil
}

// MarkRead moves the read marker.
func (s *Server) MarkRead(ctx context.Context, token string, id int64) (*talk.Conversation, error) {
	return s.client.Chat.MarkRead(ctx, token, id)
}

// WebLink is where a browser opens a conversation.
func (s *Server) WebLink(token string) string {
	return s.client.BaseURL().JoinPath("call", token).String()
}

// maxPaths is how many paths are offered.
const maxPaths = 200

// Complete gives the paths that begin with what is typed. Hidden files are offered to those who ask for them.
func (s *Server) Complete(typed string) []string {
	dir, begun := filepath.Split(typed)
	in := expand(dir)
	if in == "" {
		in = "."
	}
	entries, err := os.ReadDir(in)
	if err != nil {
		return nil
	}
	var paths []string
	for _, entry := range entries {
		name := entry.Name()
		if !strings.HasPrefix(name, begun) || strings.HasPrefix(name, ".") && !strings.HasPrefix(begun, ".") {
			continue
		}
		if info, err := os.Stat(filepath.Join(in, name)); err == nil && info.IsDir() {
			name += "/"
		}
		if paths = append(paths, dir+name); len(paths) == maxPaths {
			break
		}
	}
	return paths
}

// expand puts the home directory in the place of ~.
func expand(path string) string {
	rest, ok := strings.CutPrefix(path, "~/")
	if !ok {
		return path
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return path
	}
	return filepath.Join(home, rest) + trailingSlash(rest)
}

func trailingSlash(path string) string {
	if path == "" || strings.HasSuffix(path, "/") {
		return "/"
	}
	return ""
}
