package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/confab-go/confab/internal/cli/export"
	"github.com/confab-go/confab/internal/cli/safefile"
	"github.com/confab-go/confab/talk"
	"github.com/confab-go/confab/talk/files"
)

type exportOptions struct {
	all, attachments, full bool
	formats                []string
	output                 string
}

// exported is what became of a conversation, as JSON shows it.
type exported struct {
	Token       string `json:"token"`
	DisplayName string `json:"displayName"`
	Format      string `json:"format"`
	Path        string `json:"path"`
	New         int    `json:"new"`
	Messages    int    `json:"messages"`
}

func newExport(f *factory) *cobra.Command {
	var o exportOptions
	cmd := &cobra.Command{
		Use:   "export CONVERSATION… | --all",
		Short: "Keep conversations in files",
		Long: `Keep conversations in files. Nothing is marked as read by it.

Without --output one conversation goes to standard output. With it, each has a folder of its own there, with its
messages, what is known of the conversation and its participants, and the files that it shows if --attachments asks for them. Whoever
exports into the same folder again adds only what is new; a file changes as a whole or not at all. Messages that were
edited or deleted after they were exported are told by a further message; --full makes the files anew. What was exported as
jsonl can be browsed again: 'confab import' puts it onto a server of your own.

The formats are jsonl (a message in each line, as the API has it), markdown, text and html (a page that needs nothing
else; pictures that were asked for are in it). A pipe gets a line for each file: token, format, path, number of new
messages, number of all.`,
		Example: `  $ confab export Deploys --format markdown > deploys.md
  $ confab export --all --output ~/talk --format jsonl,html --attachments`,
		Args:              want("[CONVERSATION…]"),
		ValidArgsFunction: f.completeConversation,
		RunE: func(cmd *cobra.Command, given []string) error {
			formats, err := o.check(given)
			if err != nil {
				return err
			}
			if o.output == "" {
				if f.json {
					return usagef("--json tells what was stored, by --output; 'confab read --all --json' prints messages")
				}
				return f.exportStream(cmd.Context(), given[0], formats[0])
			}
			return f.export(cmd.Context(), given, formats, o)
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.BoolVar(&o.all, "all", false, "export all conversations that you take part in")
	flags.StringSliceVar(&o.formats, "format", []string{string(export.JSONL)}, "what it looks like: `jsonl|markdown|text|html`, or several")
	flags.StringVar(&o.output, "output", "", "export into this `DIRECTORY`")
	flags.BoolVar(&o.attachments, "attachments", false, "fetch the files that messages show, too")
	flags.BoolVar(&o.full, "full", false, "begin anew, instead of adding what is new")
	completeValues(cmd, "format", "jsonl", "markdown", "text", "html")
	return shows[exported](f, cmd)
}

func (o *exportOptions) check(given []string) ([]export.Format, error) {
	var formats []export.Format
	for _, name := range o.formats {
		known := false
		for _, format := range export.Formats() {
			if string(format) == name {
				formats, known = append(formats, format), true
			}
		}
		if !known {
			return nil, usagef("--format: %q is none of jsonl, markdown, text, html", name)
		}
	}
	switch {
	case o.all && len(given) > 0:
		return nil, usagef("--all and conversations exclude each other")
	case !o.all && len(given) == 0:
		return nil, usagef("CONVERSATION is missing; --all exports all of them")
	case len(formats) == 0:
		return nil, usagef("--format: no format is named")
	case o.output != "":
	case o.all || len(given) > 1 || len(formats) > 1:
		return nil, usagef("several conversations or formats need --output")
	case o.attachments:
		return nil, usagef("--attachments needs --output")
	case o.full:
		return nil, usagef("--full needs --output")
	}
	return formats, nil
}

// source gives the messages of a conversation, and leaves all markers as they are.
func source(client *talk.Client, token string) export.Source {
	return func(ctx context.Context, after int64) iter.Seq2[*talk.Message, error] {
		return fromStart(ctx, client, token, after, 0, 0)
	}
}

func (f *factory) exportStream(ctx context.Context, name string, format export.Format) error {
	client, err := f.talk()
	if err != nil {
		return err
	}
	room, err := f.existing(ctx, name)
	if err != nil {
		return err
	}
	_, err = export.Stream(ctx, f.out, room, format, source(client, room.Token))
	return err
}

func (f *factory) export(ctx context.Context, names []string, formats []export.Format, o exportOptions) error {
	client, err := f.talk()
	if err != nil {
		return err
	}
	rooms, err := f.toExport(ctx, client, names)
	if err != nil {
		return err
	}
	done := []exported{}
	var failed []error
	for _, room := range rooms {
		for _, format := range formats {
			result, err := f.exportOne(ctx, client, room, format, o)
			if err != nil { // the others shall not suffer
				failed = append(failed, fmt.Errorf("export %s: %w", room.DisplayName, err))
				break
			}
			e := exported{room.Token, room.DisplayName, string(format), result.Path, result.New, result.Messages}
			done = append(done, e)
			if err := f.told(e); err != nil {
				return err
			}
		}
		if ctx.Err() != nil {
			break
		}
	}
	if f.json {
		failed = append(failed, f.show(ctx, done))
	}
	return errors.Join(failed...)
}

// told tells of a file at once.
func (f *factory) told(e exported) error {
	row := []string{e.Token, e.Format, e.Path, strconv.Itoa(e.New), strconv.Itoa(e.Messages)}
	switch {
	case f.json:
		return nil
	case f.app.OutTTY:
		f.done("", "%s: %d new of %s in %s", e.DisplayName, e.New, messages(e.Messages), e.Path)
	default:
		if err := f.form().Table(f.out, nil, [][]string{row}); err != nil {
			return err
		}
	}
	return f.out.Flush()
}

// toExport finds the conversations that are meant, all for no names.
func (f *factory) toExport(ctx context.Context, client *talk.Client, names []string) ([]*talk.Conversation, error) {
	var rooms []*talk.Conversation
	for _, name := range names {
		room, err := f.existing(ctx, name)
		if err != nil {
			return nil, err
		}
		rooms = append(rooms, room)
	}
	if len(names) > 0 {
		return rooms, nil
	}
	for room, err := range client.Conversations.All(ctx, &talk.ListOptions{OmitLastMessage: true}) {
		if err != nil {
			return nil, err
		}
		rooms = append(rooms, room)
	}
	return rooms, nil
}

func (f *factory) exportOne(ctx context.Context, client *talk.Client, room *talk.Conversation, format export.Format, o exportOptions) (export.Result, error) {
	folder, err := export.Folder(o.output, room)
	if err != nil {
		return export.Result{}, err
	}
	var attach export.Attach
	if o.attachments {
		attach = f.attach(client)
	}
	count, end := f.counted(room.DisplayName+", "+string(format), "messages")
	messages := counting(source(client, room.Token), count)
	result, err := export.Update(ctx, folder, room, format, o.full, messages, attach)
	end()
	if err != nil {
		return result, err
	}
	participants, err := client.Participants.List(ctx, room.Token, nil)
	if err != nil && !errors.Is(err, talk.ErrForbidden) && !errors.Is(err, talk.ErrLobby) { // who may not know them does without
		return result, err
	}
	return result, export.Describe(folder, room, participants)
}

// attach fetches the file that a message shows. One that is gone is no failure: there is nothing to keep any more.
func (f *factory) attach(client *talk.Client) export.Attach {
	return func(ctx context.Context, folder string, m *talk.Message) (*export.Attachment, error) {
		node, ok := m.File()
		if !ok || node.IsDir {
			return nil, nil
		}
		a := &export.Attachment{Path: export.FileName(node.ID, node.Name), Name: node.Name, MimeType: node.MimeType, Size: node.Size}
		path := filepath.Join(folder, a.Path)
		if info, err := os.Stat(path); err == nil && info.Size() == node.Size {
			return a, nil
		}
		err := f.fetch(ctx, client, node, path)
		if errors.Is(err, talk.ErrNotFound) || errors.Is(err, talk.ErrForbidden) {
			f.warn("message %d: %s cannot be fetched any more", m.ID, node.Name)
			return nil, nil
		}
		if err != nil {
			return nil, fmt.Errorf("fetch %s: %w", node.Name, err)
		}
		return a, nil
	}
}

func (f *factory) fetch(ctx context.Context, client *talk.Client, node *files.Node, path string) error {
	progress, end := f.progress(node.Name)
	defer end()
	file, err := client.Files.Download(ctx, node.Path, &files.DownloadOptions{Progress: progress})
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	return safefile.Write(path, 0o600, func(w io.Writer) error {
		_, err := io.Copy(w, file)
		return err
	})
}
