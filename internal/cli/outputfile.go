package cli

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"github.com/confab-go/confab/internal/cli/safefile"
)

// outputFile is where a command puts what is no text: a file, or standard output.
type outputFile struct {
	path  string
	force bool
}

func (o *outputFile) add(cmd *cobra.Command) {
	cmd.Flags().StringVarP(&o.path, "output", "o", "", "write it to this `FILE`; - for standard output")
	cmd.Flags().BoolVar(&o.force, "force", false, "replace the file if it is there already")
}

// stdout reports whether standard output is meant; fallback is the file that is meant when none was given, "" for standard
// output.
func (o *outputFile) stdout(fallback string) bool { return cmp.Or(o.path, fallback, "-") == "-" }

// check refuses, before anything is done, what would fail or do harm in the end.
func (o *outputFile) check(f *factory, fallback string) error {
	if o.stdout(fallback) {
		if f.app.OutTTY {
			return usagef("a terminal cannot show it; say by --output where it shall go")
		}
		return nil
	}
	o.path = cmp.Or(o.path, fallback)
	info, err := os.Stat(o.path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return fmt.Errorf("--output: %w", err)
	case info.IsDir():
		return usagef("--output: %s is a directory", o.path)
	case !o.force:
		return fmt.Errorf("%s is there already; --force replaces it", o.path)
	}
	return nil
}

// write puts the content there: of a file all of it or nothing.
func (o *outputFile) write(f *factory, content io.Reader) error {
	if o.stdout("") {
		_, err := io.Copy(f.out, content)
		return err
	}
	return safefile.Write(o.path, 0o666, func(w io.Writer) error {
		_, err := io.Copy(w, content)
		return err
	})
}

// openInput opens a file to be read, or standard input for "-".
func (f *factory) openInput(path string) (io.ReadCloser, error) {
	if path == "-" {
		return io.NopCloser(f.app.In), nil
	}
	return openFile(path)
}

func openFile(path string) (*os.File, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	info, err := file.Stat()
	if err == nil && info.IsDir() {
		err = fmt.Errorf("%s is a directory", path)
	}
	if err != nil {
		_ = file.Close()
		return nil, err
	}
	return file, nil
}
