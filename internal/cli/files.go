package cli

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"github.com/confab-go/confab/internal/cli/render"
	"github.com/confab-go/confab/talk"
	"github.com/confab-go/confab/talk/files"
)

func newFile(f *factory) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "file",
		Short: "Send files, and look after those of your account",
		Long: `Send files into conversations, and look after those of your account. A PATH leads from the root of your files on the
server, as in Talk/plan.pdf.`,
		Args: noSubcommand,
		RunE: showHelp,
	}
	cmd.AddCommand(newFileSend(f), newFileShare(f), newFileShares(f), newFileUnshare(f), newFileList(f), newFileView(f),
		newFileDownload(f), newFilePreview(f), newFileUpload(f), newFileCopy(f), newFileMove(f), newFileMkdir(f), newFileDelete(f),
		newFileConversation(f))
	return cmd
}

// sendFileFlags are the flags of what sends a file.
type sendFileFlags struct {
	talk.FileOptions
	voice bool
}

func (s *sendFileFlags) add(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringVar(&s.Caption, "caption", "", "say this `TEXT` with it")
	flags.Int64Var(&s.ReplyTo, "reply-to", 0, "answer the message with this `ID`")
	threadFlag(cmd, &s.ThreadID, "send it into the thread")
	flags.BoolVar(&s.Silent, "silent", false, "notify nobody")
	flags.BoolVar(&s.voice, "voice", false, "send an MP3 or WAV as a voice message")
}

func (s *sendFileFlags) options(cmd *cobra.Command) (talk.FileOptions, error) {
	if err := checkReplyTo(cmd, s.ReplyTo); err != nil {
		return talk.FileOptions{}, err
	}
	if err := checkThread(cmd, s.ThreadID); err != nil {
		return talk.FileOptions{}, err
	}
	o := s.FileOptions
	if s.voice {
		o.MessageType = files.MessageVoice
	}
	return o, nil
}

// checkReplyTo refuses what is no id of a message.
func checkReplyTo(cmd *cobra.Command, id int64) error {
	if id < 0 || cmd.Flags().Changed("reply-to") && id == 0 {
		return usagef("--reply-to: %d is not the id of a message", id)
	}
	return nil
}

func newFileSend(f *factory) *cobra.Command {
	var s sendFileFlags
	var name string
	cmd := &cobra.Command{
		Use:   "send CONVERSATION FILE…",
		Short: "Send files of this machine to a conversation",
		Long: `Send files of this machine to a conversation, and print the ids of the messages. '-' is standard input, for which
--name says how the file shall be called. The files are kept in your account's folder for attachments.`,
		Example: `  $ confab file send Deploys plan.pdf --caption "The plan"
  $ pg_dump app | gzip | confab file send Backups - --name app.sql.gz`,
		Args:              want("CONVERSATION", "FILE…"),
		ValidArgsFunction: f.completeThenFiles,
		RunE: func(cmd *cobra.Command, given []string) error {
			options, err := s.options(cmd)
			switch {
			case err != nil:
				return err
			case len(given) > 2 && (name != "" || options.Caption != ""):
				return usagef("--name and --caption are for a single file")
			case name == "" && slices.Contains(given[1:], "-"):
				return usagef("standard input has no name: give it one by --name")
			}
			return f.sendFiles(cmd.Context(), given[0], given[1:], name, options)
		},
	}
	s.add(cmd)
	cmd.Flags().StringVar(&name, "name", "", "call it `NAME` there")
	return shows[talk.Message](f, cmd)
}

func (f *factory) sendFiles(ctx context.Context, conversation string, paths []string, name string, options talk.FileOptions) error {
	opened := make([]io.ReadCloser, 0, len(paths))
	defer func() {
		for _, file := range opened {
			file.Close()
		}
	}()
	for _, path := range paths { // all of them, before the first is sent
		file, err := f.openInput(path)
		if err != nil {
			return err
		}
		opened = append(opened, file)
	}
	client, room, err := f.within(ctx, conversation)
	if err != nil {
		return err
	}
	var array *render.Array
	if f.json {
		array = f.writer().Array(f.out)
	}
	for i, file := range opened {
		message, err := f.sendFile(ctx, client, room, file, cmp.Or(name, filepath.Base(paths[i])), options)
		if err != nil {
			return err
		}
		if array != nil {
			err = array.Add(message)
		} else {
			f.done(fmt.Sprint(message.ID), "Sent %s to %s as message %d", paths[i], room.DisplayName, message.ID)
			err = f.out.Flush()
		}
		if err != nil {
			return err
		}
	}
	if array != nil {
		return array.Close(ctx)
	}
	return nil
}

// sendFile sends a content, and shows a person how far it is.
func (f *factory) sendFile(ctx context.Context, client *talk.Client, room *talk.Conversation, content io.Reader, name string, options talk.FileOptions) (*talk.Message, error) {
	progress, end := f.progress(name)
	defer end()
	return client.Chat.SendFile(ctx, room.Token, name, content, &talk.SendFileOptions{
		FileOptions: options, Size: sizeOf(content), Progress: progress,
	})
}

func newFileShare(f *factory) *cobra.Command {
	var s sendFileFlags
	cmd := &cobra.Command{
		Use:               "share CONVERSATION PATH",
		Short:             "Send a file that your account has on the server",
		Args:              want("CONVERSATION", "PATH"),
		ValidArgsFunction: f.completeConversation,
		RunE: func(cmd *cobra.Command, given []string) error {
			options, err := s.options(cmd)
			if err != nil {
				return err
			}
			ctx := cmd.Context()
			client, room, err := f.within(ctx, given[0])
			if err != nil {
				return err
			}
			message, err := client.Chat.ShareFile(ctx, room.Token, given[1], &options)
			if err != nil {
				return noFile(err, given[1])
			}
			if f.json {
				return f.show(ctx, message)
			}
			f.done(fmt.Sprint(message.ID), "Sent %s to %s as message %d", given[1], room.DisplayName, message.ID)
			return nil
		},
	}
	s.add(cmd)
	return shows[talk.Message](f, cmd)
}
