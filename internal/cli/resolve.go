package cli

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/confab-go/confab/talk"
)

// conversation finds the conversation that a person named: by a token, an exact display name, @user for a one-to-one, which
// is made when there is none yet, or a web link of the same server.
func (f *factory) conversation(ctx context.Context, name string) (*talk.Conversation, error) {
	return f.resolve(ctx, name, true)
}

// existing finds a conversation as conversation does, and makes none.
func (f *factory) existing(ctx context.Context, name string) (*talk.Conversation, error) {
	return f.resolve(ctx, name, false)
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

func (f *factory) resolve(ctx context.Context, name string, create bool) (*talk.Conversation, error) {
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
	case isUser && create:
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
	case isToken(name):
		room, err := client.Conversations.Get(ctx, name)
		if err == nil || !errors.Is(err, talk.ErrNotFound) || errors.Is(err, talk.ErrBadResponse) {
			return room, err
		}
	}
	return f.named(ctx, client, name)
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

// named finds a conversation by its display name.
func (f *factory) named(ctx context.Context, client *talk.Client, name string) (*talk.Conversation, error) {
	var exact []*talk.Conversation
	var similar []string
	for room, err := range client.Conversations.All(ctx, &talk.ListOptions{OmitLastMessage: true}) {
		switch {
		case err != nil:
			return nil, err
		case room.DisplayName == name:
			exact = append(exact, room)
		case strings.EqualFold(strings.TrimSpace(room.DisplayName), strings.TrimSpace(name)) && len(similar) < 3:
			similar = append(similar, fmt.Sprintf("%q", room.DisplayName))
		}
	}
	switch {
	case len(exact) == 1:
		return exact[0], nil
	case len(exact) > 1:
		candidates := make([]string, len(exact))
		for i, room := range exact {
			candidates[i] = fmt.Sprintf("%s (%v)", room.Token, room.Type)
		}
		return nil, fmt.Errorf("%d conversations are called %q; give the token of the one that you mean: %s", len(exact), name, strings.Join(candidates, ", "))
	case len(similar) > 0:
		return nil, noConversation("there is no conversation %q, but %s", name, strings.Join(similar, ", "))
	}
	return nil, noConversation("there is no conversation %q among yours", name)
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

// webLink is where a browser opens the conversation.
func webLink(client *talk.Client, token string) string {
	return client.BaseURL().JoinPath("call", token).String()
}
