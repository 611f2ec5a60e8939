package cli

import (
	"context"
	"fmt"
	"io"
	"path"
	"strings"

	"github.com/spf13/cobra"

	"github.com/confab-go/confab/talk"
	"github.com/confab-go/confab/talk/files"
)

func newFileDownload(f *factory) *cobra.Command {
	var out outputFile
	cmd := &cobra.Command{
		Use:   "download PATH",
		Short: "Fetch a file of your account",
		Long: `Fetch a file of your account, into the working directory unless --output says otherwise. 'confab message download'
fetches the file that a message shows.`,
		Example: `  $ confab file download Talk/plan.pdf
  $ confab file download Talk/app.sql.gz -o - | gunzip | psql app`,
		Args: want("PATH"),
		RunE: func(cmd *cobra.Command, given []string) error {
			client, err := f.talk()
			if err != nil {
				return err
			}
			return f.download(cmd.Context(), client, given[0], &out)
		},
	}
	out.add(cmd)
	return cmd
}

func newMessageDownload(f *factory) *cobra.Command {
	var out outputFile
	cmd := &cobra.Command{
		Use:               "download CONVERSATION ID",
		Short:             "Fetch the file that a message shows",
		Long:              "Fetch the file that a message shows, into the working directory unless --output says otherwise.",
		Args:              want("CONVERSATION", "ID"),
		ValidArgsFunction: f.completeMessage,
		RunE: func(cmd *cobra.Command, given []string) error {
			id, err := messageID(given[1])
			if err != nil {
				return err
			}
			ctx := cmd.Context()
			client, room, err := f.within(ctx, given[0])
			if err != nil {
				return err
			}
			message, err := oneMessage(ctx, client, room.Token, id)
			if err != nil {
				return err
			}
			node, ok := message.File()
			if !ok {
				return fmt.Errorf("message %d shows no file", id)
			}
			return f.download(ctx, client, node.Path, &out)
		},
	}
	out.add(cmd)
	return cmd
}

// oneMessage gives a message by its id.
func oneMessage(ctx context.Context, client *talk.Client, token string, id int64) (*talk.Message, error) {
	page, err := client.Chat.Page(ctx, token, &talk.PageOptions{LastKnown: id, IncludeLastKnown: true, Limit: 1})
	if err != nil {
		return nil, err
	}
	for _, m := range page.Messages {
		if m.ID == id {
			return m, nil
		}
	}
	return nil, &missingError{fmt.Sprintf("there is no message %d in the conversation", id), "'confab read' shows the latest with their ids"}
}

// download fetches a file of the account, and shows a person how far it is.
func (f *factory) download(ctx context.Context, client *talk.Client, remote string, out *outputFile) error {
	fallback, err := localName(remote)
	if err != nil {
		return err
	}
	if err := out.check(f, fallback); err != nil {
		return err
	}
	progress, end := f.progress(fallback)
	defer end()
	file, err := client.Files.Download(ctx, remote, &files.DownloadOptions{Progress: progress})
	if err != nil {
		return noFile(err, remote)
	}
	return f.store(file, out)
}

// store puts a download where it shall go.
func (f *factory) store(file *files.Download, out *outputFile) error {
	defer func() { _ = file.Close() }()
	if err := out.write(f, file); err != nil {
		return err
	}
	if !out.stdout("") {
		f.done("", "Stored %s", out.path)
	}
	return nil
}

// localName gives the name under which a file of the server is stored here.
func localName(remote string) (string, error) {
	name := path.Base(remote)
	if name == "." || name == ".." || name == "/" || strings.ContainsAny(name, "\\\x00") {
		return "", usagef("%q cannot be the name of a file here; give one by --output", remote)
	}
	return name, nil
}

func newFilePreview(f *factory) *cobra.Command {
	var out outputFile
	var o files.PreviewOptions
	cmd := &cobra.Command{
		Use:   "preview PATH",
		Short: "Fetch a picture of a file of your account",
		Args:  want("PATH"),
		RunE: func(cmd *cobra.Command, given []string) error {
			if o.Width < 0 || o.Height < 0 {
				return usagef("--width, --height: a picture has pixels to count")
			}
			if err := out.check(f, ""); err != nil {
				return err
			}
			ctx := cmd.Context()
			client, err := f.talk()
			if err != nil {
				return err
			}
			node, err := client.Files.Stat(ctx, given[0])
			if err != nil {
				return noFile(err, given[0])
			}
			picture, err := client.Files.Preview(ctx, node.ID, &o)
			if err != nil {
				return err
			}
			return f.store(picture, &out)
		},
	}
	out.add(cmd)
	cmd.Flags().IntVar(&o.Width, "width", 256, "at most so many `PIXELS` wide")
	cmd.Flags().IntVar(&o.Height, "height", 256, "at most so many `PIXELS` high")
	return cmd
}

func newFileUpload(f *factory) *cobra.Command {
	var force bool
	cmd := &cobra.Command{
		Use:   "upload FILE PATH",
		Short: "Store a file of this machine in your account, and show it to nobody",
		Long: `Store a file of this machine, or standard input for '-', in your account. Folders that are missing are made; a file
that is there already stays, unless --force is given. 'confab file share' then sends it to a conversation.`,
		Args: want("FILE", "PATH"),
		RunE: func(cmd *cobra.Command, given []string) error {
			content, err := f.openInput(given[0])
			if err != nil {
				return err
			}
			defer content.Close()
			ctx := cmd.Context()
			client, err := f.talk()
			if err != nil {
				return err
			}
			progress, end := f.progress(given[1])
			defer end()
			node, err := client.Files.Upload(ctx, given[1], io.Reader(content), &files.UploadOptions{
				Size: sizeOf(content), NoOverwrite: !force, MakeDirs: true, Progress: progress,
			})
			if err != nil {
				return err
			}
			if f.json {
				return f.show(ctx, newFileEntry(node))
			}
			f.done("", "Stored %s", node.Path)
			return nil
		},
	}
	cmd.Flags().BoolVar(&force, "force", false, "replace the file if it is there already")
	return shows[fileEntry](f, cmd)
}
