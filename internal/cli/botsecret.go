package cli

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"
)

// envBotSecret is the variable that a bot's secret can come from.
const envBotSecret = "CONFAB_BOT_SECRET"

// How much of a secret a server takes, in bytes.
const (
	minBotSecret = 40
	maxBotSecret = 128
)

// secretFlag adds the flag for a bot's secret, which no command line holds: others on the machine can read those.
func secretFlag(cmd *cobra.Command, file *string) {
	cmd.Flags().StringVar(file, "secret-file", "", "take the bot's secret from the first line of this `FILE`, - for standard input, in place of "+envBotSecret)
}

// botSecret gives a bot's secret, from a file, standard input or the environment; empty when none is given.
func (f *factory) botSecret(ctx context.Context, file string) (string, error) {
	var text, from string
	var err error
	switch file {
	case "":
		text, from = f.app.Getenv(envBotSecret), envBotSecret
	case "-":
		from = "--secret-file"
		text, err = f.readInput(ctx, "the secret", maxPassword)
	default:
		from = "--secret-file"
		text, err = f.secretFile(file)
	}
	if err != nil {
		return "", err
	}
	line, _, _ := strings.Cut(text, "\n")
	secret := strings.TrimSuffix(line, "\r")
	if secret == "" && file == "" {
		return "", nil
	}
	if err := checkBotSecret(secret); err != nil {
		return "", usagef("%s: %w", from, err)
	}
	return secret, nil
}

func (f *factory) secretFile(name string) (string, error) {
	file, err := os.Open(name)
	if err != nil {
		return "", fmt.Errorf("--secret-file: %w", err)
	}
	defer func() { _ = file.Close() }()
	f.warnReadable(file, "a secret")
	data, err := io.ReadAll(io.LimitReader(file, maxPassword))
	if err != nil {
		return "", fmt.Errorf("--secret-file: %w", err)
	}
	return string(data), nil
}

// warnReadable warns when others on the machine can read a file that holds secrets.
func (f *factory) warnReadable(file *os.File, what string) {
	if info, err := file.Stat(); err == nil && info.Mode().IsRegular() && info.Mode().Perm()&0o044 != 0 {
		f.warn("%s holds %s and others on this machine can read it: chmod 600 %s", file.Name(), what, file.Name())
	}
}

// checkBotSecret refuses what no server takes. The error does not repeat it.
func checkBotSecret(secret string) error {
	switch {
	case len(secret) < minBotSecret || len(secret) > maxBotSecret:
		return fmt.Errorf("a bot's secret has %d to %d bytes, and this one has %d", minBotSecret, maxBotSecret, len(secret))
	case strings.TrimSpace(secret) != secret:
		return fmt.Errorf("the secret begins or ends with white space")
	}
	return nil
}

// newBotSecret makes up a secret. No shell takes any of its characters for something else.
func newBotSecret() string { return rand.Text() + rand.Text() }
