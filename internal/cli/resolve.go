package cli

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/confab-go/confab/talk"
)

// conversation finds the conversation that a person named: by a token, its name or a part of that, @user for a one-to-one,
// which is made when there is none yet, or a web link of the same server.
func (f *factory) conversation(ctx context.Context, name string) (*talk.Conversation, error) {
	return f.resolve(ctx, name, lookup{create: true})
}

// existing finds a conversation as conversation does, and makes none.
func (f *factory) existing(ctx context.Context, name string) (*talk.Conversation, error) {
	return f.resolve(ctx, name, lookup{})
}

// exactly finds a conversation as existing does, but a part of its name is not enough: for what cannot be taken back.
func (f *factory) exactly(ctx context.Context, name string) (*talk.Conversation, error) {
	return f.resolve(ctx, name, lookup{exact: true})
}

// lookup is how a conversation is looked for.
type lookup struct {
	create bool // the one-to-one that there is not yet
	exact  bool // a part of the name is not enough
}

// within gives the client, and the conversation that a command is about.
func (f *factory) within(ctx context.Context, name string) (*talk.Client, *talk.Conversation, error) {
	client, err := f.talk()
	if err != nil {
		return nil, nil, err
	}
	room, err := f.conversation(ctx, name)
	return client, room, err
}

func (f *factory) resolve(ctx context.Context, name string, how lookup) (*talk.Conversation, error) {
	client, err := f.talk()
	if err != nil {
		return nil, err
	}
	user, isUser := strings.CutPrefix(name, "@")
	switch {
	case strings.TrimSpace(name) == "":
		return nil, usagef("the conversation is empty: give its token, name, link or @user")
	case isUser && user == "":
		return nil, usagef("@ needs the id of a user, as in @bob")
	case isUser && how.create:
		room, err := client.Conversations.Create(ctx, talk.ConversationOneToOne, &talk.CreateOptions{Invite: user})
		if errors.Is(err, talk.ErrNotFound) && !errors.Is(err, talk.ErrBadResponse) {
			return nil, noUser(user)
		}
		return room, err
	case isUser:
		return f.oneToOne(ctx, client, user)
	case strings.Contains(name, "://"):
		token, err := tokenOfLink(client.BaseURL(), name)
		if err != nil {
			return nil, err
		}
		return client.Conversations.Get(ctx, token)
	case looksMade(name):
		if room, err := f.byToken(ctx, client, name); room != nil || err != nil {
			return room, err
		}
	}
	return f.named(ctx, client, name, how)
}

func (f *factory) oneToOne(ctx context.Context, client *talk.Client, user string) (*talk.Conversation, error) {
	for room, err := range client.Conversations.All(ctx, &talk.ListOptions{OmitLastMessage: true}) {
		if err != nil {
			return nil, err
		}
		if room.Type == talk.ConversationOneToOne && room.Name == user {
			return room, nil
		}
	}
	return nil, noConversation("there is no one-to-one conversation with %q", user)
}

// byToken finds a conversation by its token; none that is not there.
func (f *factory) byToken(ctx context.Context, client *talk.Client, token string) (*talk.Conversation, error) {
	room, err := client.Conversations.Get(ctx, token)
	if errors.Is(err, talk.ErrNotFound) && !errors.Is(err, talk.ErrBadResponse) {
		return nil, nil
	}
	return room, err
}

// named finds a conversation by its display name, or by what comes closest to one.
func (f *factory) named(ctx context.Context, client *talk.Client, name string, how lookup) (*talk.Conversation, error) {
	nearest, best := different, []*talk.Conversation(nil)
	for room, err := range client.Conversations.All(ctx, &talk.ListOptions{OmitLastMessage: true}) {
		if err != nil {
			return nil, err
		}
		switch near := compareNames(room.DisplayName, name); {
		case near == different || near > nearest:
		case near < nearest:
			nearest, best = near, []*talk.Conversation{room}
		default:
			best = append(best, room)
		}
	}
	if nearest > sameName && isToken(name) && !looksMade(name) { // a token that somebody chose, perhaps
		if room, err := f.byToken(ctx, client, name); room != nil || err != nil {
			return room, err
		}
	}
	switch {
	case len(best) == 0:
		return nil, noConversation("there is no conversation %q among yours", name)
	case how.exact && nearest > sameName:
		return nil, &missingError{fmt.Sprintf("there is no conversation %q, but %s", name, candidates(best)), "this needs the whole name, or the token"}
	case len(best) > 1 && nearest == sameName:
		return nil, fmt.Errorf("%d conversations are called %q; give the token of the one that you mean: %s", len(best), name, candidates(best))
	case len(best) > 1:
		return nil, fmt.Errorf("%q could be any of %d conversations; write more of the name, or the token: %s", name, len(best), candidates(best))
	case nearest > sameWords: // nobody shall have to guess what it was taken for
		f.note("%q is taken for %s", name, candidates(best))
	}
	return best[0], nil
}

// maxCandidates is how many conversations are told of when several could be meant.
const maxCandidates = 10

// candidates lists conversations that could be meant.
func candidates(rooms []*talk.Conversation) string {
	told := make([]string, 0, maxCandidates)
	for i, room := range rooms {
		if i == maxCandidates {
			told = append(told, fmt.Sprintf("and %d more", len(rooms)-i))
			break
		}
		told = append(told, fmt.Sprintf("%q (%s, %v)", room.DisplayName, room.Token, room.Type))
	}
	return strings.Join(told, ", ")
}

func noConversation(format string, args ...any) error {
	return &missingError{fmt.Sprintf(format, args...), "'confab conversation list' shows them"}
}

// tokenOfLink gives the token in a link such as https://cloud.example.com/call/TOKEN, or /index.php/call/TOKEN.
func tokenOfLink(base *url.URL, link string) (string, error) {
	u, err := url.Parse(link)
	if err != nil {
		return "", usagef("the conversation's link cannot be read")
	}
	if u.Host != base.Host {
		return "", usagef("the link leads to %s, but %s is %s", u.Host, envURL, base.Host)
	}
	path, below := strings.CutPrefix(u.Path, base.Path)
	path = strings.TrimPrefix(path, "/index.php")
	token, isCall := strings.CutPrefix(path, "/call/")
	token = strings.TrimSuffix(token, "/")
	if !below || !isCall || !isToken(token) {
		return "", usagef("the link is not that of a conversation, which ends with /call/TOKEN")
	}
	return token, nil
}

// isToken reports whether a word could be a token: names look like that, too.
func isToken(s string) bool {
	for _, r := range s {
		if (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') {
			return false
		}
	}
	return s != "" && len(s) <= 64
}

// looksMade reports whether a word looks like a token that a server made, rather than a name: Talk takes small letters and digits.
func looksMade(s string) bool {
	const least = 4
	for _, r := range s {
		if (r < 'a' || r > 'z') && (r < '0' || r > '9') {
			return false
		}
	}
	return len(s) >= least && isToken(s)
}

// webLink is where a browser opens the conversation.
func webLink(client *talk.Client, token string) string {
	return client.BaseURL().JoinPath("call", token).String()
}
