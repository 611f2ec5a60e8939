package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/confab-go/confab/internal/cli/export"
	"github.com/confab-go/confab/internal/cli/render"
	"github.com/confab-go/confab/internal/server"
	"github.com/confab-go/confab/talk"
)

// imported is what became of a conversation, as JSON shows it.
type imported struct {
	Token       string   `json:"token"`
	DisplayName string   `json:"displayName"`
	New         int      `json:"new"`
	Changed     int      `json:"changed"`
	Files       int      `json:"files"`
	Accounts    []string `json:"accounts"`
}

func newImport(f *factory) *cobra.Command {
	var data string
	cmd := &cobra.Command{
		Use:   "import DIRECTORY… --data DIRECTORY",
		Short: "Browse exported conversations on a server of your own",
		Long: `Put conversations that were exported as jsonl into the data directory of a server of your own, where 'confab read',
'confab chat' and any other client find them under the same tokens, and messages under the same ids. What is named is a
directory that 'confab export --output' made, or the folder of one conversation in it.

Everybody who took part gets an account, but no password: the server is started with one for whom you want to be. Messages
look as they did to whoever exported them; files are there if they were exported with --attachments. Importing again, after
another export, adds what is new. It is all there in the end, or nothing is: no server may run on the directory meanwhile.

A pipe gets a line for each conversation: token, name, number of new messages, of changed ones, and of files.`,
		Example: `  $ confab export --all --output archive --attachments
  $ confab import archive --data talk
  $ confab serve --data talk --user 'alice:Alice-Passw0rd'`,
		Args: want("DIRECTORY…"),
		RunE: func(cmd *cobra.Command, directories []string) error {
			if data == "" {
				return usagef("--data is missing: the directory of the server that is to have them")
			}
			return f.importAll(cmd.Context(), directories, data)
		},
	}
	cmd.Flags().StringVar(&data, "data", "", "the data `DIRECTORY` of the server, made if there is none")
	return shows[imported](f, cmd)
}

func (f *factory) importAll(ctx context.Context, directories []string, data string) error {
	var archives []*export.Archive
	for _, dir := range directories {
		found, err := export.Archives(dir)
		if err != nil {
			return fmt.Errorf("import: %w", err)
		}
		archives = append(archives, found...)
	}
	count, end := f.counted("Importing", "messages")
	done, err := server.Import(ctx, data, archived(archives, count))
	end()
	if err != nil {
		return err
	}
	out := make([]imported, 0, len(done))
	rows := make([][]string, 0, len(done))
	for n, d := range done {
		name := archives[n].Conversation.DisplayName
		out = append(out, imported{d.Token, name, d.New, d.Changed, d.Files, append([]string{}, d.Accounts...)})
		rows = append(rows, []string{d.Token, name, strconv.Itoa(d.New), strconv.Itoa(d.Changed), strconv.Itoa(d.Files)})
	}
	if f.json {
		return f.show(ctx, out)
	}
	if err := f.form().Table(f.out, []render.Column{
		{Name: "token"}, {Name: "name", Gives: true}, {Name: "new", Right: true}, {Name: "changed", Right: true}, {Name: "files", Right: true},
	}, rows); err != nil {
		return err
	}
	f.hint("To look at it: confab serve --data %s --user '%s:PASSWORD'", data, archives[0].Conversation.ActorID)
	return nil
}

// archived turns exported conversations into what the server takes, one at a time, and counts the messages.
func archived(archives []*export.Archive, count func(n int)) iter.Seq2[server.ArchivedConversation, error] {
	return func(yield func(server.ArchivedConversation, error) bool) {
		n := 0
		for _, a := range archives {
			if !yield(archivedConversation(a, func() { n++; count(n) })) {
				return
			}
		}
	}
}

func archivedConversation(a *export.Archive, next func()) (server.ArchivedConversation, error) {
	room := a.Conversation
	if room.ActorType != talk.ActorUser {
		return server.ArchivedConversation{}, fmt.Errorf("%s was exported by one of the %s, and only a user can read it on the server", a.Folder, room.ActorType)
	}
	out := server.ArchivedConversation{
		Token: room.Token, Type: int(room.Type), Name: room.Name, Description: room.Description,
		ReadOnly: room.ReadOnly, Listable: int(room.Listable), MessageExpiration: int64(room.MessageExpiration.Seconds()),
		Favorite: room.IsFavorite, Archived: room.IsArchived, LastRead: room.LastReadMessage,
		Keeper:   server.ArchivedMember{UserID: room.ActorID, Role: int(room.ParticipantType)},
		Messages: archivedMessages(a, next),
	}
	for _, p := range a.Participants {
		switch {
		case p.ActorType != talk.ActorUser:
		case p.ActorID == room.ActorID:
			out.Keeper.DisplayName = p.DisplayName
		default:
			out.Members = append(out.Members, server.ArchivedMember{UserID: p.ActorID, DisplayName: p.DisplayName, Role: int(p.ParticipantType)})
		}
	}
	if a.Participants != nil && out.Members == nil {
		out.Members = []server.ArchivedMember{}
	}
	return out, nil
}

func archivedMessages(a *export.Archive, next func()) iter.Seq2[server.ArchivedMessage, error] {
	return func(yield func(server.ArchivedMessage, error) bool) {
		for m, err := range a.Messages() {
			if err != nil {
				yield(server.ArchivedMessage{}, err)
				return
			}
			next()
			if !yield(archivedMessage(a, m)) {
				return
			}
		}
	}
}

func archivedMessage(a *export.Archive, m *talk.Message) (server.ArchivedMessage, error) {
	out := server.ArchivedMessage{MessageView: server.ArchivedView{
		ID: m.ID, ActorType: string(m.ActorType), ActorID: m.ActorID, ActorName: m.ActorDisplayName, Timestamp: m.Timestamp.Unix(),
		Text: m.Message, SystemMessage: string(m.SystemMessage), MessageType: string(m.MessageType), Replyable: m.IsReplyable,
		ReferenceID: m.ReferenceID, Markdown: m.Markdown, Silent: m.Silent, Deleted: m.Deleted,
	}}
	if m.Parent != nil {
		out.ParentID = m.Parent.ID
	}
	if !m.LastEditTimestamp.IsZero() {
		out.LastEdit = &server.ArchivedEdit{
			ActorType: string(m.LastEditActorType), ActorID: m.LastEditActorID,
			ActorName: m.LastEditActorName, Timestamp: m.LastEditTimestamp.Unix(),
		}
	}
	for _, emoji := range slices.Sorted(maps.Keys(m.Reactions)) {
		out.Reactions = append(out.Reactions, server.ArchivedReaction{Reaction: emoji, Count: m.Reactions[emoji]})
	}
	for _, name := range slices.Sorted(maps.Keys(m.MessageParameters)) {
		fields, err := richFields(m.MessageParameters[name])
		if err != nil {
			return out, fmt.Errorf("message %d: %w", m.ID, err)
		}
		out.Parameters = append(out.Parameters, server.ArchivedParameter{Name: name, Fields: fields})
	}
	file, err := a.File(m)
	if errors.Is(err, fs.ErrNotExist) {
		return out, nil
	}
	if err != nil {
		return out, fmt.Errorf("message %d: %w", m.ID, err)
	}
	out.File = func() (io.ReadCloser, error) { return a.File(m) }
	return out, file.Close()
}

// richFields lists the fields of a rich object as they were sent: as text, for nearly all of them.
func richFields(o talk.RichObject) ([]server.ArchivedField, error) {
	text, err := o.MarshalJSON()
	if err != nil {
		return nil, err
	}
	var values map[string]json.RawMessage
	if err := json.Unmarshal(text, &values); err != nil {
		return nil, err
	}
	fields := make([]server.ArchivedField, 0, len(values))
	for _, key := range slices.Sorted(maps.Keys(values)) {
		var value string
		if json.Unmarshal(values[key], &value) != nil {
			value = strings.TrimSpace(string(values[key]))
		}
		fields = append(fields, server.ArchivedField{Key: key, Value: value})
	}
	return fields, nil
}
