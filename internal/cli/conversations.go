package cli

import (
	"context"
	"io"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/confab-go/confab/internal/cli/render"
	"github.com/confab-go/confab/talk"
)

func newConversation(f *factory) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "conversation",
		Aliases: []string{"conv", "room"},
		Short:   "List, view, create, change, join and leave conversations",
		Args:    noSubcommand,
		RunE:    showHelp,
	}
	cmd.AddCommand(newConversationList(f), newConversationView(f), newConversationCreate(f), newConversationEdit(f), newConversationDelete(f),
		newConversationJoin(f), newConversationLeave(f), newConversationSearch(f), newConversationWatch(f), newClearHistory(f),
		newConversationUnbind(f), newConversationOfShare(f))
	return cmd
}

func newConversationList(f *factory) *cobra.Command {
	var unread bool
	var tag string
	cmd := &cobra.Command{
		Use:     "list",
		Aliases: []string{"ls"},
		Short:   "List the conversations you take part in",
		Long: `List the conversations you take part in.

A pipe gets a line for each: token, display name, type, number of unread messages, "mention" or "direct" when an
unread one mentions you among others or in person, time of the last activity.`,
		Args: want(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if cmd.Flags().Changed("tag") && tag == "" {
				return usagef("--tag: the tag is empty")
			}
			return f.listConversations(cmd.Context(), unread, tag)
		},
	}
	cmd.Flags().BoolVar(&unread, "unread", false, "only those with unread messages")
	cmd.Flags().StringVar(&tag, "tag", "", "only those with this `TAG` of 'confab tag list'")
	_ = cmd.RegisterFlagCompletionFunc("tag", f.completeTags) // as in completeValues
	return shows[talk.Conversation](f, cmd)
}

func (f *factory) listConversations(ctx context.Context, unread bool, tagName string) error {
	client, err := f.talk()
	if err != nil {
		return err
	}
	tagged := func(*talk.Conversation) bool { return true }
	if tagName != "" {
		tags, err := pickTags(ctx, client, tagName)
		if err != nil {
			return err
		}
		tagged = func(room *talk.Conversation) bool { return below(tags[0], room) }
	}
	form := f.form()
	rooms := []*talk.Conversation{}
	// The last messages make the list many times as long, and only JSON shows them.
	for room, err := range client.Conversations.All(ctx, &talk.ListOptions{OmitLastMessage: !f.json}) {
		if err != nil {
			return err
		}
		if (!unread || room.UnreadMessages > 0 || room.UnreadMention) && tagged(room) {
			rooms = append(rooms, room)
		}
	}
	if f.json {
		return f.show(ctx, rooms)
	}
	if len(rooms) == 0 {
		what := "conversations"
		if unread {
			what = "unread conversations"
		}
		if tagName != "" {
			what += " with the tag " + tagName
		}
		f.hint("There are no %s.", what)
	}
	return f.conversationTable(form, rooms)
}

// conversationTable lists conversations.
func (f *factory) conversationTable(form render.Form, rooms []*talk.Conversation) error {
	rows := make([][]string, len(rooms))
	for i, room := range rooms {
		rows[i] = []string{room.Token, room.DisplayName, room.Type.String(), f.count(room.UnreadMessages), mention(room), form.Time(room.LastActivity)}
	}
	columns := []render.Column{
		{Name: "token"},
		{Name: "name", Gives: true, Style: form.Strong},
		{Name: "type", Style: form.Faint},
		{Name: "unread", Right: true, Style: form.Notable},
		{Name: "mention", Style: form.Notable},
		{Name: "active", Style: form.Faint},
	}
	return withAvatars(form, f.out, columns, rows, func(i int) string { return rooms[i].DisplayName })
}

// withAvatars writes a table of people or conversations, to a person with their pictures before them.
func withAvatars(form render.Form, w io.Writer, columns []render.Column, rows [][]string, name func(i int) string) error {
	if form.Terminal && form.Color {
		for i := range rows {
			rows[i] = append([]string{render.Initials(name(i))}, rows[i]...)
		}
		columns = append([]render.Column{{Style: form.Avatar, Margin: render.AvatarMargin}}, columns...)
	}
	return form.Table(w, columns, rows)
}

// count writes a number; to a person, none is no number.
func (f *factory) count(n int) string {
	if n == 0 && f.app.OutTTY {
		return ""
	}
	return strconv.Itoa(n)
}

// mention says whether an unread message speaks to the caller.
func mention(room *talk.Conversation) string {
	switch {
	case room.UnreadMentionDirect:
		return "direct"
	case room.UnreadMention:
		return "mention"
	}
	return ""
}

func newConversationView(f *factory) *cobra.Command {
	return shows[talk.Conversation](f, &cobra.Command{
		Use:               "view CONVERSATION",
		Short:             "Show what is known of a conversation",
		Args:              want("CONVERSATION"),
		ValidArgsFunction: f.completeConversation,
		RunE: func(cmd *cobra.Command, given []string) error {
			client, err := f.talk()
			if err != nil {
				return err
			}
			room, err := f.conversation(cmd.Context(), given[0])
			if err != nil {
				return err
			}
			form := f.form()
			if f.json {
				return f.show(cmd.Context(), room)
			}
			fields := []render.Field{
				{Name: "token", Value: room.Token},
				{Name: "name", Value: room.DisplayName},
				{Name: "type", Value: room.Type.String()},
				{Name: "description", Value: room.Description},
				{Name: "role", Value: room.ParticipantType.String()},
				{Name: "permissions", Value: room.Permissions.String()},
				{Name: "read-only", Value: f.flag(room.ReadOnly)},
				{Name: "lobby", Value: room.LobbyState.String()},
				{Name: "password", Value: f.flag(room.HasPassword)},
				{Name: "favorite", Value: f.flag(room.IsFavorite)},
				{Name: "archived", Value: f.flag(room.IsArchived)},
				{Name: "unread", Value: f.count(room.UnreadMessages)},
				{Name: "mention", Value: mention(room)},
				{Name: "call", Value: f.flag(room.HasCall)},
				{Name: "active", Value: form.Time(room.LastActivity)},
				{Name: "link", Value: webLink(client, room.Token)},
			}
			return form.Fields(f.out, append(fields, newerFields(room)...))
		},
	})
}

// newerFields tells what only newer servers do, as far as there is something to tell.
func newerFields(room *talk.Conversation) (fields []render.Field) {
	if room.Attributes != 0 {
		fields = append(fields, render.Field{Name: "attributes", Value: room.Attributes.String()})
	}
	if room.LastPinnedID != 0 && room.LastPinnedID != room.HiddenPinnedID {
		fields = append(fields, render.Field{Name: "pinned", Value: strconv.FormatInt(room.LastPinnedID, 10)})
	}
	switch n := room.HasScheduledMessages; {
	case n == talk.ScheduledFailed:
		fields = append(fields, render.Field{Name: "scheduled", Value: "failed"})
	case n != 0:
		fields = append(fields, render.Field{Name: "scheduled", Value: strconv.Itoa(n)})
	}
	return fields
}

// flag writes a boolean; to a person, false is not worth a line.
func (f *factory) flag(on bool) string {
	switch {
	case on && f.app.OutTTY:
		return "yes"
	case !on && f.app.OutTTY:
		return ""
	}
	return strconv.FormatBool(on)
}

func newConversationDelete(f *factory) *cobra.Command {
	d := deletion{harm: "it deletes the conversation and its messages for everybody", question: "Delete %s and its messages for everybody in it?"}
	cmd := &cobra.Command{
		Use:               "delete CONVERSATION",
		Short:             "Delete a conversation for everybody in it",
		Args:              want("CONVERSATION"),
		ValidArgsFunction: f.completeConversation,
		RunE: func(cmd *cobra.Command, given []string) error {
			client, room, err := f.deleting(cmd.Context(), given[0], d)
			if err != nil {
				return err
			}
			if err := client.Conversations.Delete(cmd.Context(), room.Token); err != nil {
				return err
			}
			f.done("", "Deleted %s", room.DisplayName)
			return nil
		},
	}
	d.add(cmd)
	return cmd
}

func newClearHistory(f *factory) *cobra.Command {
	d := deletion{harm: "it deletes all messages for everybody", question: "Delete all messages of %s for everybody?"}
	cmd := &cobra.Command{
		Use:               "clear-history CONVERSATION",
		Short:             "Delete all messages of a conversation for everybody",
		Args:              want("CONVERSATION"),
		ValidArgsFunction: f.completeConversation,
		RunE: func(cmd *cobra.Command, given []string) error {
			client, room, err := f.deleting(cmd.Context(), given[0], d)
			if err != nil {
				return err
			}
			if _, err := client.Chat.ClearHistory(cmd.Context(), room.Token); err != nil {
				return err
			}
			f.done("", "Deleted the messages of %s", room.DisplayName)
			return nil
		},
	}
	d.add(cmd)
	return cmd
}
