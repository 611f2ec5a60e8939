package cli

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/confab-go/confab/internal/cli/render"
)

// flagError tells what is wrong with a flag in the words of the command line.
func (f *factory) flagError(cmd *cobra.Command, err error) error {
	if none, ok := errors.AsType[*pflag.ValueRequiredError](err); ok && none.GetSpecifiedName() == "fields" {
		return fmt.Errorf("--fields: no field is named; choose from %s", strings.Join(render.FieldNames(f.shownType(cmd)), ", "))
	}
	if wrong, ok := errors.AsType[*pflag.InvalidValueError](err); ok {
		name := wrong.GetFlag().Name
		if isSecret(name) {
			return fmt.Errorf("--%s takes no value", name)
		}
		if number, ok := errors.AsType[*strconv.NumError](err); ok { // without the name of a function of Go's
			return fmt.Errorf("--%s: %q: %w", name, wrong.GetValue(), number.Err)
		}
	}
	if unknown, ok := errors.AsType[*pflag.NotExistError](err); ok && isSecret(unknown.GetSpecifiedName()) {
		return noSecretFlag(cmd, unknown.GetSpecifiedName())
	}
	return err
}

func isSecret(name string) bool {
	return strings.Contains(name, "password") || strings.Contains(name, "secret")
}

// noSecretFlag says where a secret goes instead of a command line, in which others on the machine and the shell's history
// would have it.
func noSecretFlag(cmd *cobra.Command, name string) error {
	const why = "no %s in a command line, which others on this machine see and the shell remembers: %s"
	flags := cmd.Flags()
	switch {
	case strings.Contains(name, "secret") && flags.Lookup("secret-file") != nil:
		return fmt.Errorf(why, "secret", "--secret-file or "+envBotSecret)
	case flags.Lookup("with-app-password") != nil:
		return fmt.Errorf(why, "password", "--with-app-password reads it from standard input")
	case flags.Lookup("password-stdin") != nil:
		return fmt.Errorf(why, "password", "--password-stdin reads it from standard input")
	}
	return fmt.Errorf(why, "password", "'confab auth login' stores one, and "+envPassword+" gives it")
}
