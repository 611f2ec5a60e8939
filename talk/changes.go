package talk

import (
	"context"
	"hash/maphash"
	"iter"
	"time"
)

// ChangesOptions says what changes of conversations are wanted.
type ChangesOptions struct {
	// Since begins after a time on the server's clock, the ModifiedBefore of a list; zero begins with every conversation there is.
	Since time.Time
	// Interval is how long to wait between two looks; 0 for 30 seconds.
	Interval time.Duration
	// IncludeStatus asks for the status of the other users of one-to-one conversations.
	IncludeStatus bool
}

// Changes goes through the account's conversations that have news, for ever: it lists those that were modified since the
// last look, each as it is then, and leaves out what it has given already. Conversations that were left or deleted are not told.
//
// Failures that can pass are waited for; others end it, as does the context, with an error as the last thing that it yields.
//
// Talk's documentation: https://nextcloud-talk.readthedocs.io/en/latest/conversation/
//
//talk:operation GET /room
func (s *ConversationsService) Changes(ctx context.Context, options *ChangesOptions) iter.Seq2[*Conversation, error] {
	return func(yield func(*Conversation, error) bool) {
		o := ChangesOptions{}
		if options != nil {
			o = *options
		}
		if o.Interval == 0 {
			o.Interval = 30 * time.Second
		}
		seed := maphash.MakeSeed()
		given := map[string]uint64{} // what each conversation looked like when it was given
		since := o.Since
		for failures := 0; ; {
			list, err := s.List(ctx, &ListOptions{ModifiedSince: since, IncludeStatus: o.IncludeStatus})
			switch {
			case err != nil && (ctx.Err() != nil || isFinal(err)):
				yield(nil, err)
				return
			case err != nil:
				failures++
				if err := s.client.backOff(ctx, "list changes", failures, err); err != nil {
					yield(nil, err)
					return
				}
				continue
			}
			failures = 0
			for _, c := range list.Conversations {
				looks := fingerprint(seed, c)
				if given[c.Token] == looks {
					continue
				}
				given[c.Token] = looks
				if !yield(c, nil) {
					return
				}
			}
			since = list.ModifiedBefore
			if err := s.client.sleep(ctx, o.Interval); err != nil {
				yield(nil, err)
				return
			}
		}
	}
}

// fingerprint tells whether a conversation looks as before.
func fingerprint(seed maphash.Seed, c *Conversation) uint64 {
	text, err := c.MarshalJSON()
	if err != nil { // then it looks different each time, and is given
		return maphash.String(seed, time.Now().String())
	}
	return maphash.Bytes(seed, text)
}
