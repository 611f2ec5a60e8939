// Package bot makes bots for Nextcloud Talk: programs that a server tells what happens in a conversation, and that answer there.
//
//	b, err := bot.New(bot.WithServer(bot.Server{URL: "https://cloud.example.com", Secret: secret}))
//	b.Command("/deploy {service} [env]", func(ctx context.Context, c *bot.Context) error {
//		return c.Reply(ctx, "Deploying "+c.Arg("service"))
//	}).Describe("Deploys a service.")
//	err = b.ListenAndServe(ctx, "127.0.0.1:8080")
//
// An administrator installs the bot on the server, with the secret and the address at which the server reaches it; the
// moderators of a conversation let it in:
//
//	occ talk:bot:install --feature webhook --feature response --feature reaction "Deployer" SECRET https://bot.example.com/
//
// # Deliveries
//
// A server sends each event once, as a signed POST request, and waits five seconds for the answer. It never sends one again. So a
// [Bot] checks the signature, answers at once, and works afterwards: the events of one conversation in the order in which they came, those of different
// conversations at the same time. When it has too much to do it answers 503, which the server counts as an error of the bot.
//
// [Verify] and [Verifier] do the first part for programs that do the rest themselves.
//
// # Answers
//
// A [Client] writes and reacts as the bot. It signs the text of the message, or the emoji, and not the request's body: that is what the
// server checks. Answers go to the address in [Server], never to the one that a delivery names, since that name is outside of the signature.
//
// # What deliveries do not tell
//
//   - They are slim: the text, who wrote it, and where. [Event.Message] gets the whole message through a user's account.
//   - Before Talk 24 they do not tell who reacted: the actor that the server sends is the author of the message. [Event].Actor is then zero.
//   - Editing a message is an event of type [EventSystem] with [talk.SystemMessageEdited], and does not say which message.
//   - A shared file is an [EventSystem], too, with [talk.SystemFileShared] or no word at all; [Note.File] gives the file. Its path is of
//     no use to the bot.
//   - Bots do not hear what bots write. They do hear their own reactions; this package leaves those out.
package bot
