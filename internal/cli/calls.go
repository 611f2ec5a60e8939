package cli

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/confab-go/confab/internal/cli/render"
	"github.com/confab-go/confab/talk"
)

func newCalls(f *factory) *cobra.Command {
	return noun("call", "Be in calls without sound or picture, see who is, and end them",
		`Be in calls without sound or picture, see who is, and end them.

A call lasts as long as somebody is in it: 'confab call join' stays until it is interrupted.`,
		newCallJoin(f), newCallList(f), newCallParticipants(f), newCallEnd(f), newCallState(f), newCallServers(f))
}

func newCallList(f *factory) *cobra.Command {
	return shows[talk.CallPeer](f, f.action(action{
		use:   "list CONVERSATION",
		short: "List who is in the call of a conversation",
		long: `List who is in the call of a conversation.

A pipe gets a line for each session: source, id, display name, when the session was last heard of.`,
		do: func(ctx context.Context, client *talk.Client, room *talk.Conversation, _ []string) error {
			peers, err := client.Calls.Peers(ctx, room.Token)
			if err != nil {
				return err
			}
			form := f.form()
			return printList(ctx, f, peers, "Nobody is in a call in "+room.DisplayName+".", []render.Column{
				{Name: "source", Style: form.Faint},
				{Name: "id", Gives: true},
				{Name: "name", Gives: true, Style: form.Strong},
				{Name: "heard of", Style: form.Faint},
			}, func(p *talk.CallPeer) []string {
				return []string{string(p.ActorType), p.ActorID, p.DisplayName, form.Time(p.LastPing)}
			})
		},
	}))
}

func newCallParticipants(f *factory) *cobra.Command {
	return shows[talk.CallParticipant](f, f.action(action{
		use:   "participants CONVERSATION",
		short: "List everybody who has been in the call that goes on, as a moderator",
		long: `List everybody who has been in the call that goes on in a conversation, as a moderator.

A pipe gets a line for each: source, id, display name, e-mail address.`,
		do: func(ctx context.Context, client *talk.Client, room *talk.Conversation, _ []string) error {
			if !room.HasCall {
				return noCall(room)
			}
			people, err := client.Calls.Participants(ctx, room.Token)
			if err != nil {
				return err
			}
			form := f.form()
			return printList(ctx, f, people, "Nobody has been in the call.", []render.Column{
				{Name: "source", Style: form.Faint},
				{Name: "id", Gives: true},
				{Name: "name", Gives: true, Style: form.Strong},
				{Name: "e-mail", Gives: true},
			}, func(p *talk.CallParticipant) []string {
				return []string{string(p.ActorType), p.ActorID, p.Name, p.Email}
			})
		},
	}))
}

func noCall(room *talk.Conversation) error {
	return &missingError{"there is no call in " + room.DisplayName, "'confab call join' starts one"}
}

func newCallEnd(f *factory) *cobra.Command {
	return f.action(action{
		use:   "end CONVERSATION",
		short: "End the call of a conversation for everybody, as a moderator",
		do: func(ctx context.Context, client *talk.Client, room *talk.Conversation, _ []string) error {
			if !room.HasCall {
				return noCall(room)
			}
			// Others than moderators would only leave, which servers call a success.
			if !room.ParticipantType.IsModerator() {
				return fmt.Errorf("you do not moderate %s; a moderator can end its call", room.DisplayName)
			}
			if _, err := client.Conversations.Join(ctx, room.Token, nil); err != nil {
				return err
			}
			if err := client.Calls.End(ctx, room.Token); err != nil {
				return err
			}
			f.done("", "Ended the call in %s", room.DisplayName)
			return client.Conversations.LeaveSession(ctx, room.Token)
		},
	})
}

// callState is what becomes of a notification of a call, for programs.
type callState struct {
	Token string `json:"token"`
	State string `json:"state"`
}

func newCallState(f *factory) *cobra.Command {
	return shows[callState](f, f.action(action{
		use:   "state CONVERSATION",
		short: "Tell whether you are called, or have missed the call of a conversation",
		long: `Tell whether you are called, or have missed the call of a conversation: "ringing" or "missed". Where no call goes
on, and you have joined none, servers say "missed", even if there never was one. When you are in the call, there is nothing to tell:
that is not found.`,
		do: func(ctx context.Context, client *talk.Client, room *talk.Conversation, _ []string) error {
			state, err := client.Calls.NotificationState(ctx, room.Token)
			if errors.Is(err, talk.ErrNotFound) {
				return &missingError{"nobody calls you: you are, or have been, in the call in " + room.DisplayName, "'confab call list' shows who is in it"}
			}
			if err != nil {
				return err
			}
			if f.json {
				return f.show(ctx, callState{room.Token, state.String()})
			}
			f.done(state.String(), "%s: %s", room.DisplayName, state)
			return nil
		},
	}))
}

func newCallServers(f *factory) *cobra.Command {
	var check bool
	cmd := &cobra.Command{
		Use:   "servers [CONVERSATION]",
		Short: "List the servers that calls go through",
		Long: `List the servers that calls go through: for signaling, and those by which clients find and reach each other.
A pipe gets a line for each: kind, address.

The JSON has all that a client needs, with tickets and passwords in it. With --check, as an administrator, it is asked of
the first signaling and the first recording server which version they have.`,
		Args:              want("[CONVERSATION]"),
		ValidArgsFunction: f.completeConversation,
		RunE: func(cmd *cobra.Command, given []string) error {
			ctx := cmd.Context()
			client, err := f.talk()
			if err != nil {
				return err
			}
			var o talk.SignalingSettingsOptions
			if len(given) > 0 {
				room, err := f.existing(ctx, given[0])
				if err != nil {
					return err
				}
				o.Token = room.Token
			}
			if check {
				return f.checkServers(ctx, client)
			}
			settings, err := client.Signaling.Settings(ctx, &o)
			if err != nil {
				return err
			}
			if f.json {
				return f.show(ctx, settings)
			}
			return f.printServers(settings)
		},
	}
	cmd.Flags().BoolVar(&check, "check", false, "ask them for their versions, as an administrator")
	return shows[talk.SignalingSettings](f, cmd)
}

func (f *factory) printServers(s *talk.SignalingSettings) error {
	rows := [][]string{{"signaling", string(s.Mode)}}
	if s.Server != "" {
		rows[0][1] += " " + s.Server
	}
	for _, stun := range s.STUNServers {
		rows = append(rows, []string{"stun", strings.Join(stun.URLs, " ")})
	}
	for _, turn := range s.TURNServers {
		rows = append(rows, []string{"turn", strings.Join(turn.URLs, " ")})
	}
	if s.SIPDialinInfo != "" {
		rows = append(rows, []string{"dial in", s.SIPDialinInfo})
	}
	form := f.form()
	return form.Table(f.out, []render.Column{{Name: "kind", Style: form.Faint}, {Name: "address", Gives: true}}, rows)
}

func (f *factory) checkServers(ctx context.Context, client *talk.Client) error {
	if f.json {
		return usagef("--check prints no JSON")
	}
	var rows [][]string
	signaling, err := client.Signaling.Welcome(ctx, 0)
	switch {
	case err == nil:
		rows = append(rows, []string{"signaling", strings.TrimSpace(signaling.Version + " " + signaling.Warning)})
	case errors.Is(err, talk.ErrNotFound):
		rows = append(rows, []string{"signaling", "none"})
	default:
		return err
	}
	recording, err := client.Recordings.Welcome(ctx, 0)
	switch {
	case err == nil:
		rows = append(rows, []string{"recording", strconv.FormatFloat(recording.Version, 'f', -1, 64)})
	case errors.Is(err, talk.ErrNotFound):
		rows = append(rows, []string{"recording", "none"})
	default:
		return err
	}
	form := f.form()
	return form.Table(f.out, []render.Column{{Name: "server", Style: form.Faint}, {Name: "version"}}, rows)
}
