package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/confab-go/confab/internal/cli/render"
	"github.com/confab-go/confab/talk"
	"github.com/confab-go/confab/talk/files"
)

// fileEntry is a file or folder as JSON shows it; times are in seconds since 1970, as Talk counts them.
type fileEntry struct {
	ID          string `json:"id"`
	Path        string `json:"path"`
	Name        string `json:"name"`
	IsDir       bool   `json:"isDir"`
	Size        int64  `json:"size"`
	MimeType    string `json:"mimetype"`
	ETag        string `json:"etag"`
	Modified    int64  `json:"modified"`
	Permissions int    `json:"permissions"`
	Preview     bool   `json:"previewAvailable"`
	Link        string `json:"link"`
	OwnerID     string `json:"ownerId"`
	OwnerName   string `json:"ownerDisplayName"`
	Width       int    `json:"width"`
	Height      int    `json:"height"`
}

func newFileEntry(n *files.Node) fileEntry {
	return fileEntry{
		ID: n.ID, Path: n.Path, Name: n.Name, IsDir: n.IsDir, Size: n.Size, MimeType: n.MimeType, ETag: n.ETag,
		Modified: seconds(n.Modified), Permissions: int(n.Permissions), Preview: n.PreviewAvailable, Link: n.Link,
		OwnerID: n.OwnerID, OwnerName: n.OwnerDisplayName, Width: n.Width, Height: n.Height,
	}
}

func seconds(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.Unix()
}

// kind says what something among the files is.
func kind(n *files.Node) string {
	if n.IsDir {
		return "folder"
	}
	return "file"
}

func newFileList(f *factory) *cobra.Command {
	return shows[fileEntry](f, &cobra.Command{
		Use:     "list [PATH]",
		Aliases: []string{"ls"},
		Short:   "List a folder of your account",
		Long: `List a folder of your account; without one, the topmost.

A pipe gets a line for each: path, "file" or "folder", size in bytes, time of the last change, media type, id.`,
		Args: want("[PATH]"),
		RunE: func(cmd *cobra.Command, given []string) error {
			ctx := cmd.Context()
			client, err := f.talk()
			if err != nil {
				return err
			}
			folder := "/"
			if len(given) == 1 {
				folder = given[0]
			}
			nodes := []*files.Node{}
			for node, err := range client.Files.List(ctx, folder) {
				if err != nil {
					return noFile(err, folder)
				}
				nodes = append(nodes, node)
			}
			slices.SortFunc(nodes, func(a, b *files.Node) int { return strings.Compare(a.Path, b.Path) })
			return f.showFiles(ctx, nodes)
		},
	})
}

func (f *factory) showFiles(ctx context.Context, nodes []*files.Node) error {
	if f.json {
		entries := make([]fileEntry, len(nodes))
		for i, node := range nodes {
			entries[i] = newFileEntry(node)
		}
		return f.show(ctx, entries)
	}
	if len(nodes) == 0 {
		f.hint("The folder is empty.")
	}
	form := f.form()
	rows := make([][]string, len(nodes))
	for i, n := range nodes {
		rows[i] = []string{n.Path, kind(n), strconv.FormatInt(n.Size, 10), form.Time(n.Modified), n.MimeType, n.ID}
		if form.Terminal {
			name := n.Name
			if n.IsDir {
				name += "/"
			}
			rows[i] = []string{name, render.Bytes(n.Size), form.Time(n.Modified), n.MimeType}
		}
	}
	return form.Table(f.out, []render.Column{
		{Name: "name", Gives: true, Style: form.Strong},
		{Name: "size", Right: true},
		{Name: "changed", Style: form.Faint},
		{Name: "type", Gives: true, Style: form.Faint},
	}, rows)
}

func newFileView(f *factory) *cobra.Command {
	return shows[fileEntry](f, &cobra.Command{
		Use:   "view PATH",
		Short: "Show what is known of a file or folder of your account",
		Args:  want("PATH"),
		RunE: func(cmd *cobra.Command, given []string) error {
			ctx := cmd.Context()
			client, err := f.talk()
			if err != nil {
				return err
			}
			node, err := client.Files.Stat(ctx, given[0])
			if err != nil {
				return noFile(err, given[0])
			}
			return f.showFile(ctx, node)
		},
	})
}

func (f *factory) showFile(ctx context.Context, n *files.Node) error {
	if f.json {
		return f.show(ctx, newFileEntry(n))
	}
	form := f.form()
	size := strconv.FormatInt(n.Size, 10)
	if form.Terminal {
		size = render.Bytes(n.Size)
	}
	dimensions := ""
	if n.Width > 0 {
		dimensions = fmt.Sprintf("%d × %d", n.Width, n.Height)
	}
	return form.Fields(f.out, []render.Field{
		{Name: "path", Value: n.Path},
		{Name: "kind", Value: kind(n)},
		{Name: "size", Value: size},
		{Name: "type", Value: n.MimeType},
		{Name: "dimensions", Value: dimensions},
		{Name: "changed", Value: form.Time(n.Modified)},
		{Name: "owner", Value: n.OwnerID},
		{Name: "permissions", Value: n.Permissions.String()},
		{Name: "id", Value: n.ID},
		{Name: "link", Value: n.Link},
	})
}

// noFile tells of a missing file as such; it may be the conversation that an error is about, when it is not sure.
func noFile(err error, path string) error {
	if errors.Is(err, talk.ErrNotFound) && !errors.Is(err, talk.ErrBadResponse) {
		return &missingError{fmt.Sprintf("there is no file %q", path), "'confab file list' shows your files"}
	}
	return err
}

// sizeOf gives the length of a content that is a file; 0 when it cannot be known.
func sizeOf(content io.Reader) int64 {
	file, ok := content.(*os.File)
	if !ok {
		return 0
	}
	if info, err := file.Stat(); err == nil && info.Mode().IsRegular() {
		return info.Size()
	}
	return 0
}
