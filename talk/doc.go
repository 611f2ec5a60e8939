// Package talk is a client for Nextcloud Talk, the chat and calls of a Nextcloud server.
//
// A [Client] speaks for one account. What it can do hangs on its services, one for each part of Talk:
//
//	c, err := talk.NewClient("https://cloud.example.com", talk.WithAppPassword("alice", secret))
//	room, err := c.Conversations.Create(ctx, talk.ConversationGroup, &talk.CreateOptions{Name: "Deploys"})
//	msg, err := c.Chat.Send(ctx, room.Token, "v1.4 is live", nil)
//	for msg, err := range c.Chat.Follow(ctx, room.Token, nil) { … }
//
// Methods take a context first, then what they act on, then what is required, and last options that may be nil. A
// conversation is known by its token, a message by its id.
//
// # Errors
//
// Every error of a call is an [*Error] that says what was tried and how the server answered; [errors.Is] tells its kind:
// [ErrNotFound], [ErrForbidden], [ErrRateLimited] and their sisters. Arguments that cannot be right fail with
// [ErrInvalid], and methods that the server is too old for with [ErrUnsupported], before anything is sent.
//
// # Retries
//
// Reads are repeated when the server is busy or the connection breaks, writes only when that can do no harm. A message
// carries a reference id, so that [ChatService.Send] can look whether it arrived before it sends it again. All of it ends
// with the context.
//
// # Newer and older servers
//
// Values that this package does not know, of enums and of JSON objects, never make decoding fail: they are kept, and print
// as numbers or stay reachable through [Extra]. Which features a server has is told by [Client.Capabilities].
package talk
