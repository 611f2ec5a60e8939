package cli

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/confab-go/confab/internal/cli/render"
	"github.com/confab-go/confab/talk"
)

func newBreakoutRoom(f *factory) *cobra.Command {
	return noun("breakout-room", "Split a group conversation into smaller ones for a while", "",
		newBreakoutCreate(f), newBreakoutList(f), newBreakoutParticipants(f),
		breakout(f, "start CONVERSATION", "Open the breakout rooms, as a moderator", "Opened the breakout rooms of %s", (*talk.BreakoutRoomsService).Start),
		breakout(f, "stop CONVERSATION", "Close the breakout rooms, which can be opened again, as a moderator", "Closed the breakout rooms of %s", (*talk.BreakoutRoomsService).Stop),
		newBreakoutBroadcast(f), newBreakoutMove(f), newBreakoutSwitch(f),
		breakout(f, "ask CONVERSATION", "Ask the moderators into the breakout room that you are in", "Asked the moderators into %s", (*talk.BreakoutRoomsService).RequestAssistance),
		breakout(f, "unask CONVERSATION", "Take it back that you asked the moderators into your breakout room", "The moderators need not come into %s", (*talk.BreakoutRoomsService).ResetAssistance),
		newBreakoutDelete(f))
}

// breakout is a command that does something about breakout rooms, and then says so.
func breakout[T any](f *factory, use, short, done string, do func(*talk.BreakoutRoomsService, context.Context, string) (T, error)) *cobra.Command {
	return f.action(action{
		use: use, short: short,
		do: func(ctx context.Context, client *talk.Client, room *talk.Conversation, _ []string) error {
			if _, err := do(client.BreakoutRooms, ctx, room.Token); err != nil {
				return err
			}
			f.done("", done, room.DisplayName)
			return nil
		},
	})
}

func newBreakoutBroadcast(f *factory) *cobra.Command {
	return f.action(action{
		use: "broadcast CONVERSATION TEXT", short: "Send a message into all breakout rooms, as a moderator", args: []string{"TEXT"},
		do: func(ctx context.Context, client *talk.Client, room *talk.Conversation, rest []string) error {
			if _, err := client.BreakoutRooms.Broadcast(ctx, room.Token, rest[0]); err != nil {
				return err
			}
			f.done("", "Told the breakout rooms of %s", room.DisplayName)
			return nil
		},
	})
}

var breakoutModes = []talk.BreakoutRoomMode{talk.BreakoutAutomatic, talk.BreakoutManual, talk.BreakoutFree}

// maxBreakouts is how many breakout rooms servers make.
const maxBreakouts = 20

func newBreakoutCreate(f *factory) *cobra.Command {
	var modeName string
	var place []string
	var mode talk.BreakoutRoomMode
	var amount int
	var placed map[string]int
	cmd := f.action(action{
		use:   "create CONVERSATION",
		short: "Make breakout rooms for a group conversation, as a moderator, and list them",
		long: `Make breakout rooms for a group conversation, as a moderator, and list them. Participants are distributed (automatic), put where
--place says (manual), or choose (free). 'confab breakout-room start' opens them.

A pipe gets a line for each: token, name.`,
		example: `  $ confab breakout-room create Workshop --amount 4
  $ confab breakout-room create Workshop --mode manual --amount 2 --place bob=1,carol=2`,
		check: func(cmd *cobra.Command, _ []string) (err error) {
			if mode, err = named(true, "mode", modeName, breakoutModes...); err != nil {
				return err
			}
			if amount < 1 || amount > maxBreakouts {
				return usagef("--amount: %d is not a number from 1 to %d", amount, maxBreakouts)
			}
			if placed, err = places(place); err != nil {
				return err
			}
			if len(placed) > 0 && mode != talk.BreakoutManual {
				return usagef("--place is for --mode manual")
			}
			return nil
		},
		do: func(ctx context.Context, client *talk.Client, room *talk.Conversation, _ []string) error {
			attendees, err := attendeesAt(ctx, client, room.Token, placed)
			if err != nil {
				return err
			}
			rooms, err := client.BreakoutRooms.Configure(ctx, room.Token, mode, amount, &talk.BreakoutRoomsOptions{Attendees: attendees})
			if err != nil {
				return err
			}
			return f.listBreakouts(ctx, rooms, "")
		},
	})
	cmd.Flags().StringVar(&modeName, "mode", "automatic", "how participants come into them: `automatic|manual|free`")
	completeValues(cmd, "mode", "automatic", "manual", "free")
	cmd.Flags().IntVar(&amount, "amount", 2, "how `MANY`, 1 to 20")
	cmd.Flags().StringSliceVar(&place, "place", nil, "who goes into which room: `ID=NUMBER`, the first being 1")
	return shows[talk.Conversation](f, cmd)
}

// places reads who goes where, counted from 1.
func places(given []string) (map[string]int, error) {
	placed := map[string]int{}
	for _, text := range given {
		id, number, _ := strings.Cut(text, "=")
		n, err := strconv.Atoi(number)
		if err != nil || n < 1 || id == "" {
			return nil, usagef("%q is not ID=NUMBER, as in bob=1", text)
		}
		if _, twice := placed[id]; twice {
			return nil, usagef("%s is named twice", id)
		}
		placed[id] = n - 1
	}
	return placed, nil
}

// attendeesAt finds the participants that were named, and nil for none.
func attendeesAt(ctx context.Context, client *talk.Client, token string, placed map[string]int) (map[int64]int, error) {
	if len(placed) == 0 {
		return nil, nil
	}
	people, err := client.Participants.List(ctx, token, nil)
	if err != nil {
		return nil, err
	}
	attendees := map[int64]int{}
	for id, place := range placed {
		who, err := pick(people, "", id)
		if err != nil {
			return nil, err
		}
		attendees[who.AttendeeID] = place
	}
	return attendees, nil
}

func newBreakoutList(f *factory) *cobra.Command {
	return shows[talk.Conversation](f, f.action(action{
		use:   "list CONVERSATION",
		short: "List the breakout rooms of a conversation that you can enter",
		long: `List the breakout rooms of a conversation: all of them for moderators, your own for others once they are open.

A pipe gets a line for each: token, "assistance-requested" or nothing, name.`,
		do: func(ctx context.Context, client *talk.Client, room *talk.Conversation, _ []string) error {
			rooms, err := client.BreakoutRooms.List(ctx, room.Token)
			if err != nil {
				return err
			}
			return f.listBreakouts(ctx, rooms, "No breakout room of "+room.DisplayName+" is open to you.")
		},
	}))
}

// breakoutObject is what conversations that are breakout rooms were made for.
const breakoutObject = "room"

// listBreakouts shows the breakout rooms among conversations.
func (f *factory) listBreakouts(ctx context.Context, rooms []*talk.Conversation, none string) error {
	var found []*talk.Conversation
	for _, room := range rooms {
		if room.ObjectType == breakoutObject {
			found = append(found, room)
		}
	}
	return printList(ctx, f, found, none, []render.Column{
		{Name: "token", Style: f.form().Faint},
		{Name: "", Style: f.form().Notable},
		{Name: "name", Gives: true, Style: f.form().Strong},
	}, func(room *talk.Conversation) []string {
		return []string{room.Token, word(room.BreakoutRoomStatus == talk.BreakoutAssistanceRequested, room.BreakoutRoomStatus.String()), room.DisplayName}
	})
}

func newBreakoutParticipants(f *factory) *cobra.Command {
	return shows[talk.Participant](f, f.action(action{
		use:   "participants CONVERSATION",
		short: "List who is in a conversation and in which of its breakout rooms",
		long: `List who is in a conversation and in which of its breakout rooms.

A pipe gets a line for each: token of the conversation, source, id, display name.`,
		do: func(ctx context.Context, client *talk.Client, room *talk.Conversation, _ []string) error {
			people, err := client.BreakoutRooms.Participants(ctx, room.Token, nil)
			if err != nil {
				return err
			}
			return printList(ctx, f, people, "", []render.Column{
				{Name: "conversation", Style: f.form().Faint},
				{Name: "source", Style: f.form().Faint},
				{Name: "id", Gives: true},
				{Name: "name", Gives: true, Style: f.form().Strong},
			}, func(p *talk.Participant) []string {
				return []string{p.RoomToken, string(p.ActorType), p.ActorID, p.DisplayName}
			})
		},
	}))
}

func newBreakoutMove(f *factory) *cobra.Command {
	var placed map[string]int
	return f.action(action{
		use:     "move CONVERSATION ID=NUMBER…",
		short:   "Put participants into other breakout rooms, as a moderator",
		long:    `Put participants into other breakout rooms, as a moderator. The first room of 'confab breakout-room list' is number 1.`,
		example: `  $ confab breakout-room move Workshop bob=2 carol=1`,
		args:    []string{"ID=NUMBER…"},
		check: func(_ *cobra.Command, rest []string) (err error) {
			placed, err = places(rest)
			return err
		},
		do: func(ctx context.Context, client *talk.Client, room *talk.Conversation, _ []string) error {
			attendees, err := attendeesAt(ctx, client, room.Token, placed)
			if err != nil {
				return err
			}
			rooms, err := client.BreakoutRooms.List(ctx, room.Token)
			if err != nil {
				return err
			}
			for id, place := range placed {
				if place >= len(rooms) {
					return &missingError{fmt.Sprintf("%s has %d breakout rooms, so %s cannot go into number %d", room.DisplayName, len(rooms), id, place+1), "'confab breakout-room list' shows them"}
				}
			}
			if _, err := client.BreakoutRooms.Assign(ctx, room.Token, attendees); err != nil {
				return err
			}
			f.done("", "Moved %d in %s", len(attendees), room.DisplayName)
			return nil
		},
	})
}

func newBreakoutSwitch(f *factory) *cobra.Command {
	cmd := f.action(action{
		use:   "switch CONVERSATION ROOM",
		short: "Go into another breakout room, by its token or name, where everybody chooses",
		args:  []string{"ROOM"},
		do: func(ctx context.Context, client *talk.Client, room *talk.Conversation, rest []string) error {
			rooms, err := client.BreakoutRooms.List(ctx, room.Token)
			if err != nil {
				return err
			}
			var target *talk.Conversation
			for _, r := range rooms {
				if r.Token == rest[0] || r.DisplayName == rest[0] {
					target = r
				}
			}
			if target == nil && room.BreakoutRoomMode != talk.BreakoutFree { // where only their own room is shown to participants
				return fmt.Errorf("nobody chooses their breakout room in %s: moderators move participants", room.DisplayName)
			}
			if target == nil {
				return &missingError{fmt.Sprintf("%s has no breakout room %q", room.DisplayName, rest[0]), "'confab breakout-room list' shows them"}
			}
			in, err := client.BreakoutRooms.Switch(ctx, room.Token, target.Token)
			if err != nil {
				return err
			}
			if f.json {
				return f.show(ctx, in)
			}
			f.done(in.Token, "You are in %s", in.DisplayName)
			return nil
		},
	})
	cmd.ValidArgsFunction = f.completeBreakout
	return shows[talk.Conversation](f, cmd)
}

func newBreakoutDelete(f *factory) *cobra.Command {
	var yes bool
	cmd := f.action(action{
		use:   "delete CONVERSATION",
		short: "Delete the breakout rooms with all that was said in them, as a moderator",
		check: func(*cobra.Command, []string) error {
			return f.askable(yes, "it deletes the rooms and their messages for everybody")
		},
		do: func(ctx context.Context, client *talk.Client, room *talk.Conversation, _ []string) error {
			if !yes {
				if err := f.confirm(ctx, fmt.Sprintf("Delete the breakout rooms of %q and their messages for everybody?", room.DisplayName)); err != nil {
					return err
				}
			}
			if _, err := client.BreakoutRooms.Remove(ctx, room.Token); err != nil {
				return err
			}
			f.done("", "Deleted the breakout rooms of %s", room.DisplayName)
			return nil
		},
	})
	cmd.Flags().BoolVar(&yes, "yes", false, "do not ask")
	cmd.Aliases = []string{"rm"}
	return cmd
}
