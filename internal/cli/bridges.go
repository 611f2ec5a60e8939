package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/confab-go/confab/internal/cli/render"
	"github.com/confab-go/confab/talk"
)

// maxBridge is the longest description of a bridge's parts, in bytes.
const maxBridge = 1 << 20

func newBridge(f *factory) *cobra.Command {
	return noun("bridge", "Tie conversations to chats elsewhere with Matterbridge, as a moderator", "",
		newBridgeView(f), newBridgeSet(f),
		f.action(action{
			use: "delete CONVERSATION", short: "Take the bridge of a conversation away",
			do: func(ctx context.Context, client *talk.Client, room *talk.Conversation, _ []string) error {
				if err := client.Bridges.Delete(ctx, room.Token); err != nil {
					return err
				}
				f.done("", "%s has no bridge any more", room.DisplayName)
				return nil
			},
		}),
		newBridgeVersion(f), newBridgeStopAll(f))
}

func newBridgeView(f *factory) *cobra.Command {
	return shows[talk.Bridge](f, f.action(action{
		use: "view CONVERSATION", short: "Show the bridge of a conversation",
		long: `Show the bridge of a conversation, and how its program does. Passwords are in the JSON only.

A pipe gets lines of a name and a value.`,
		do: func(ctx context.Context, client *talk.Client, room *talk.Conversation, _ []string) error {
			bridge, err := client.Bridges.Get(ctx, room.Token)
			if err != nil {
				return err
			}
			process, err := client.Bridges.Process(ctx, room.Token) // which is newer than what the bridge says
			if err != nil {
				return err
			}
			bridge.Running, bridge.Log = process.Running, process.Log
			if f.json {
				return f.show(ctx, bridge)
			}
			fields := []render.Field{
				{Name: "enabled", Value: strconv.FormatBool(bridge.Enabled)},
				{Name: "running", Value: strconv.FormatBool(bridge.Running)},
			}
			for _, part := range bridge.Parts {
				fields = append(fields, render.Field{Name: part.Kind(), Value: part.Setting("server") + " " + part.Setting("channel")})
			}
			return f.form().Fields(f.out, append(fields, render.Field{Name: "log", Value: bridge.Log}))
		},
	}))
}

func newBridgeSet(f *factory) *cobra.Command {
	var off bool
	var parts []talk.BridgePart
	cmd := f.action(action{
		use: "set CONVERSATION", short: "Tie a conversation to the chats that standard input lists as JSON",
		long: `Tie a conversation to the chats that standard input lists as JSON, in place of those before: as a list of objects with a "type"
and what Matterbridge needs for it. With --off nothing is read, and there are none.`,
		example: `  $ echo '[{"type":"irc","server":"irc.example.com:6697","nick":"bridge","channel":"#deploys"}]' | confab bridge set Deploys
  $ confab bridge set Deploys --off`,
		check: func(cmd *cobra.Command, _ []string) error {
			if off {
				return nil
			}
			text, err := f.readInput(cmd.Context(), "the chats", maxBridge)
			if err != nil {
				return err
			}
			if err := json.Unmarshal([]byte(text), &parts); err != nil {
				return usagef("standard input is no list of objects: %w", err)
			}
			if len(parts) == 0 {
				return usagef("standard input lists no chat; --off turns the bridge off")
			}
			return nil
		},
		do: func(ctx context.Context, client *talk.Client, room *talk.Conversation, _ []string) error {
			process, err := client.Bridges.Set(ctx, room.Token, !off, parts...)
			if err != nil {
				return err
			}
			switch {
			case f.json:
				return f.show(ctx, process)
			case off:
				f.done("", "%s is tied to no chat elsewhere", room.DisplayName)
			default:
				f.done("", "%s is tied to %s elsewhere", room.DisplayName, counted(len(parts), "chat"))
			}
			return nil
		},
	})
	cmd.Flags().BoolVar(&off, "off", false, "to none")
	return shows[talk.BridgeProcess](f, cmd)
}

func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

func newBridgeVersion(f *factory) *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "Print the version of Matterbridge on the server, as an administrator", Args: want(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			client, err := f.talk()
			if err != nil {
				return err
			}
			version, err := client.Bridges.Version(cmd.Context())
			if errors.Is(err, talk.ErrNotFound) {
				return &missingError{"there is no Matterbridge on the server", "its administrator can install the app \"talk_matterbridge\""}
			}
			if err != nil {
				return err
			}
			f.done(version, "Matterbridge %s", version)
			return nil
		},
	}
}

func newBridgeStopAll(f *factory) *cobra.Command {
	return &cobra.Command{
		Use: "stop-all", Short: "Turn the bridges of all conversations off, as an administrator", Args: want(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			client, err := f.talk()
			if err != nil {
				return err
			}
			if err := client.Bridges.StopAll(cmd.Context()); err != nil {
				return err
			}
			f.done("", "Turned all bridges off")
			return nil
		},
	}
}
