package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/confab-go/confab/talk"
)

type callOptions struct {
	silent, consent bool
	ring, dial      []string
}

func newCallJoin(f *factory) *cobra.Command {
	var o callOptions
	cmd := f.action(action{
		use:   "join CONVERSATION",
		short: "Be in the call of a conversation, or start one, until interrupted",
		long: `Be in the call of a conversation, or start one, until interrupted or until a moderator ends it; neither is a
failure. Nothing is heard or seen of you: it is for starting a call that others are notified of, and for seeing who comes and goes.

A line is printed for each: when, "joined" or "left", source, id, display name; with --json an object in each line. It works
on servers without a signaling server.`,
		example: `  $ confab call join Stand-up --ring bob
  $ confab call join Stand-up --silent --json`,
		do: func(ctx context.Context, client *talk.Client, room *talk.Conversation, _ []string) error {
			return f.untilInterrupted(ctx, f.joinCall(ctx, client, room, o))
		},
	})
	cmd.Flags().BoolVar(&o.silent, "silent", false, "notify nobody")
	cmd.Flags().BoolVar(&o.consent, "record-me", false, "agree to be recorded, where that is asked for")
	cmd.Flags().StringSliceVar(&o.ring, "ring", nil, "notify these participants once more: `IDS`, or attendee ids")
	cmd.Flags().StringSliceVar(&o.dial, "dial", nil, "call the telephones of these participants: `IDS`, or attendee ids")
	return shows[callChange](f, cmd)
}

// callChange is somebody who comes into a call or leaves it.
type callChange struct {
	Timestamp   int64          `json:"timestamp"`
	Change      string         `json:"change"` // "joined" or "left"
	ActorType   talk.ActorType `json:"actorType"`
	ActorID     string         `json:"actorId"`
	DisplayName string         `json:"displayName"`
}

func (f *factory) joinCall(ctx context.Context, client *talk.Client, room *talk.Conversation, o callOptions) error {
	settings, err := client.Signaling.Settings(ctx, &talk.SignalingSettingsOptions{Token: room.Token})
	if err != nil {
		return err
	}
	if settings.Mode != talk.SignalingInternal {
		return fmt.Errorf("calls here go through the signaling server %s, which this command does not speak to", settings.Server)
	}
	in, err := client.Conversations.Join(ctx, room.Token, nil)
	if err != nil {
		return err
	}
	defer leaveCall(ctx, client, room.Token)
	if err := client.Calls.Join(ctx, room.Token, &talk.JoinCallOptions{Flags: talk.InCallJoined, Silent: o.silent, RecordingConsent: o.consent}); err != nil {
		return err
	}
	for _, call := range []struct {
		who []string
		do  func(ctx context.Context, token string, attendeeID int64) error
	}{{o.ring, client.Calls.Ring}, {o.dial, client.Calls.DialOut}} {
		for _, id := range call.who {
			who, err := participant(ctx, client, room.Token, "", id)
			if err != nil {
				return err
			}
			if err := call.do(ctx, room.Token, who.AttendeeID); err != nil {
				return fmt.Errorf("call %s: %w", who.DisplayName, err)
			}
		}
	}
	f.hint("You are in the call of %s; Ctrl-C leaves it.", room.DisplayName)
	return f.watchCall(ctx, client, in)
}

// leaveCall leaves a call though its context may have ended: else one would be in it for as long as the server waits.
func leaveCall(ctx context.Context, client *talk.Client, token string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	_ = client.Calls.Leave(ctx, token)
	_ = client.Conversations.LeaveSession(ctx, token) // which leaves the call, too
}

// watchCall tells who comes and goes, for as long as one is in the call oneself.
func (f *factory) watchCall(ctx context.Context, client *talk.Client, room *talk.Conversation) error {
	own := func(p *talk.CallPeer) bool { return p.SessionID == room.SessionID }
	var in []*talk.CallPeer
	for {
		now, err := client.Calls.Peers(ctx, room.Token)
		if err != nil {
			return err
		}
		for _, change := range peerChanges(in, now) {
			change.Timestamp = f.now().Unix()
			if err := f.printChange(ctx, change); err != nil {
				return err
			}
		}
		if slices.ContainsFunc(in, own) && !slices.ContainsFunc(now, own) { // a moderator has ended it
			f.hint("You are not in the call of %s any more.", room.DisplayName)
			return nil
		}
		in = now
		// It waits until somebody comes or goes, and keeps the session alive.
		if _, err := client.Signaling.Pull(ctx, room.Token); err != nil {
			if errors.Is(err, talk.ErrConflict) {
				return fmt.Errorf("you are in this call from elsewhere now: %w", err)
			}
			return err
		}
	}
}

// peerChanges tells who has left and who has joined, by their sessions.
func peerChanges(before, after []*talk.CallPeer) (changes []callChange) {
	without := func(peers, others []*talk.CallPeer, change string) {
		for _, p := range peers {
			if !slices.ContainsFunc(others, func(o *talk.CallPeer) bool { return o.SessionID == p.SessionID }) {
				changes = append(changes, callChange{Change: change, ActorType: p.ActorType, ActorID: p.ActorID, DisplayName: p.DisplayName})
			}
		}
	}
	without(before, after, "left")
	without(after, before, "joined")
	return changes
}

func (f *factory) printChange(ctx context.Context, c callChange) error {
	form := f.form()
	var err error
	switch at := time.Unix(c.Timestamp, 0); {
	case f.json:
		err = f.writer().Line(ctx, f.out, c)
	case form.Terminal:
		_, err = fmt.Fprintf(f.out, "%s %s %s\n", form.Faint(form.Clock(at)), form.Who(form.Value(c.DisplayName)), c.Change)
	default:
		err = form.Table(f.out, nil, [][]string{{form.Time(at), c.Change, string(c.ActorType), c.ActorID, c.DisplayName}})
	}
	if err == nil {
		err = f.out.Flush()
	}
	if err != nil {
		return fmt.Errorf("write the output: %w", err)
	}
	return nil
}
