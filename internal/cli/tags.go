package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/confab-go/confab/internal/cli/render"
	"github.com/confab-go/confab/talk"
)

func newTag(f *factory) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "tag",
		Short: "Sort your conversations by tags",
		Long: `Sort your conversations by tags, which nobody else sees. Servers have them from Talk 24 on.

A TAG is named by its name or its id.`,
		Args: noSubcommand,
		RunE: showHelp,
	}
	cmd.AddCommand(newTagList(f), newTagCreate(f), newTagSet(f), newTagRename(f), newTagReorder(f),
		f.tagCollapse("collapse", "Hide the conversations below a tag, in all your clients", "Collapsed %s", true),
		f.tagCollapse("expand", "Show the conversations below a tag again", "Expanded %s", false),
		newTagDelete(f))
	return cmd
}

func newTagList(f *factory) *cobra.Command {
	return shows[talk.Tag](f, &cobra.Command{
		Use:     "list",
		Aliases: []string{"ls"},
		Short:   "List your tags, from the top",
		Long: `List your tags, from the top. Two are built in: for your favourites, and for what has no tag.

A pipe gets a line for each: id, type, "collapsed" or nothing, name.`,
		Args: want(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx := cmd.Context()
			client, err := f.talk()
			if err != nil {
				return err
			}
			tags, err := client.Tags.List(ctx)
			if err != nil {
				return err
			}
			return f.printTags(ctx, tags)
		},
	})
}

func (f *factory) printTags(ctx context.Context, tags []*talk.Tag) error {
	form := f.form()
	return printList(ctx, f, tags, "", []render.Column{
		{Name: "id", Style: form.Faint},
		{Name: "type", Style: form.Faint},
		{Name: ""},
		{Name: "name", Gives: true, Style: form.Strong},
	}, func(tag *talk.Tag) []string {
		return []string{tag.ID, string(tag.Type), word(tag.Collapsed, "collapsed"), tag.Name}
	})
}

func newTagCreate(f *factory) *cobra.Command {
	return shows[talk.Tag](f, &cobra.Command{
		Use:   "create NAME",
		Short: "Make a tag, and print its id",
		Args:  want("NAME"),
		RunE: func(cmd *cobra.Command, given []string) error {
			ctx := cmd.Context()
			client, err := f.talk()
			if err != nil {
				return err
			}
			tag, err := client.Tags.Create(ctx, given[0])
			if err != nil {
				return err
			}
			return f.showTag(ctx, tag, tag.ID, "Made the tag %s", tag.Name)
		},
	})
}

func (f *factory) showTag(ctx context.Context, tag *talk.Tag, result, format string, args ...any) error {
	if f.json {
		return f.show(ctx, tag)
	}
	f.done(result, format, args...)
	return nil
}

func newTagSet(f *factory) *cobra.Command {
	var none bool
	cmd := &cobra.Command{
		Use:   "set CONVERSATION TAG…",
		Short: "Put tags on a conversation, instead of those that it has",
		Example: `  $ confab tag set Deploys Work Urgent
  $ confab tag set Deploys --none`,
		Args:              want("CONVERSATION", "[TAG…]"),
		ValidArgsFunction: f.completeTags,
		RunE: func(cmd *cobra.Command, given []string) error {
			switch {
			case len(given) == 1 && !none:
				return usagef("TAG is missing; --none takes all tags off")
			case len(given) > 1 && none:
				return usagef("--none and tags exclude each other")
			}
			ctx := cmd.Context()
			client, err := f.talk()
			if err != nil {
				return err
			}
			room, err := f.existing(ctx, given[0])
			if err != nil {
				return err
			}
			var ids []string
			if !none {
				tags, err := pickTags(ctx, client, given[1:]...)
				if err != nil {
					return err
				}
				for _, tag := range tags {
					ids = append(ids, tag.ID)
				}
			}
			changed, err := client.Conversations.SetTags(ctx, room.Token, ids...)
			if err != nil {
				return err
			}
			if none {
				return f.showChanged(ctx, room, changed, "Took all tags off %s", room.DisplayName)
			}
			return f.showChanged(ctx, room, changed, "Put on %s: %s", room.DisplayName, strings.Join(given[1:], ", "))
		},
	}
	cmd.Flags().BoolVar(&none, "none", false, "take all tags off")
	return shows[talk.Conversation](f, cmd)
}

// tag is a command about one tag; further arguments follow it.
func (f *factory) tag(use, short string, args []string, do func(ctx context.Context, client *talk.Client, tag *talk.Tag, rest []string) error) *cobra.Command {
	return shows[talk.Tag](f, &cobra.Command{
		Use:               use,
		Short:             short,
		Args:              want(append([]string{"TAG"}, args...)...),
		ValidArgsFunction: f.completeTags,
		RunE: func(cmd *cobra.Command, given []string) error {
			ctx := cmd.Context()
			client, err := f.talk()
			if err != nil {
				return err
			}
			tags, err := pickTags(ctx, client, given[0])
			if err != nil {
				return err
			}
			return do(ctx, client, tags[0], given[1:])
		},
	})
}

func newTagRename(f *factory) *cobra.Command {
	return f.tag("rename TAG NAME", "Give a tag another name", []string{"NAME"},
		func(ctx context.Context, client *talk.Client, tag *talk.Tag, rest []string) error {
			renamed, err := client.Tags.Rename(ctx, tag.ID, rest[0])
			if err != nil {
				return err
			}
			return f.showTag(ctx, renamed, "", "Renamed %s to %s", tag.Name, renamed.Name)
		})
}

func (f *factory) tagCollapse(verb, short, done string, collapsed bool) *cobra.Command {
	return f.tag(verb+" TAG", short, nil, func(ctx context.Context, client *talk.Client, tag *talk.Tag, _ []string) error {
		changed, err := client.Tags.SetCollapsed(ctx, tag.ID, collapsed)
		if err != nil {
			return err
		}
		return f.showTag(ctx, changed, "", done, tag.Name)
	})
}

func newTagDelete(f *factory) *cobra.Command {
	cmd := f.tag("delete TAG", "Delete a tag; the conversations stay", nil,
		func(ctx context.Context, client *talk.Client, tag *talk.Tag, _ []string) error {
			if err := client.Tags.Delete(ctx, tag.ID); err != nil {
				return err
			}
			f.done("", "Deleted the tag %s", tag.Name)
			return nil
		})
	delete(f.shown, cmd) // there is nothing left to show
	return cmd
}

func newTagReorder(f *factory) *cobra.Command {
	return shows[talk.Tag](f, &cobra.Command{
		Use:   "reorder TAG…",
		Short: "Put your tags into an order, from the top",
		Long: `Put your tags into an order, from the top, and list them as 'tag list' does. The built-in ones keep the ends; tags that
are not named follow those that are.`,
		Args:              want("TAG…"),
		ValidArgsFunction: f.completeTags,
		RunE: func(cmd *cobra.Command, given []string) error {
			ctx := cmd.Context()
			client, err := f.talk()
			if err != nil {
				return err
			}
			all, err := client.Tags.List(ctx)
			if err != nil {
				return err
			}
			picked, err := tagsNamed(all, given)
			if err != nil {
				return err
			}
			var ids []string
			for _, tag := range append(picked, all...) {
				if tag.Type == talk.TagCustom && !slices.Contains(ids, tag.ID) {
					ids = append(ids, tag.ID)
				}
			}
			tags, err := client.Tags.Reorder(ctx, ids...)
			if err != nil {
				return err
			}
			return f.printTags(ctx, tags)
		},
	})
}

// pickTags finds tags by what a person named them.
func pickTags(ctx context.Context, client *talk.Client, given ...string) ([]*talk.Tag, error) {
	all, err := client.Tags.List(ctx)
	if err != nil {
		return nil, err
	}
	return tagsNamed(all, given)
}

func tagsNamed(all []*talk.Tag, given []string) ([]*talk.Tag, error) {
	picked := make([]*talk.Tag, len(given))
	for i, name := range given {
		n := slices.IndexFunc(all, func(tag *talk.Tag) bool { return tag.Name == name })
		if n < 0 {
			n = slices.IndexFunc(all, func(tag *talk.Tag) bool { return tag.ID == name })
		}
		if n < 0 {
			return nil, &missingError{fmt.Sprintf("you have no tag %q", name), "'confab tag list' shows those you have"}
		}
		picked[i] = all[n]
	}
	return picked, nil
}

// below reports whether a client shows a conversation below a tag.
func below(tag *talk.Tag, room *talk.Conversation) bool {
	switch tag.Type {
	case talk.TagFavorites:
		return room.IsFavorite
	case talk.TagOther:
		return !room.IsFavorite && len(room.TagIDs) == 0
	}
	return slices.Contains(room.TagIDs, tag.ID)
}

// completeTags gives a shell the names of tags, after a conversation where the command begins with one.
func (f *factory) completeTags(cmd *cobra.Command, given []string, begun string) ([]cobra.Completion, cobra.ShellCompDirective) {
	if len(given) == 0 && strings.Contains(cmd.Use, "CONVERSATION") {
		return f.completeConversation(cmd, given, begun)
	}
	client, err := f.talk()
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	tags, err := client.Tags.List(cmd.Context())
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var found []cobra.Completion
	for _, tag := range tags {
		if strings.HasPrefix(tag.Name, begun) && !slices.Contains(given, tag.Name) {
			found = append(found, cobra.CompletionWithDesc(f.form().Value(tag.Name), string(tag.Type)))
		}
	}
	return found, cobra.ShellCompDirectiveNoFileComp
}
