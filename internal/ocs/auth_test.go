package ocs

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

func TestCredentialsAreNeverPrinted(t *testing.T) {
	t.Parallel()
	for _, a := range []Auth{Basic("anna", "hush"), Bearer("hush")} {
		cfg := Config{BaseURL: "https://cloud.example.com", Auth: a}
		c, err := New(cfg)
		if err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
			for _, v := range []any{a, &a, cfg, &cfg, c, *c, []Auth{a}, struct{ inner Auth }{a}, error(&Error{Op: "x"})} {
				fmt.Fprintf(&out, verb+"\n", v)
			}
		}
		for _, h := range []slog.Handler{slog.NewTextHandler(&out, nil), slog.NewJSONHandler(&out, nil)} {
			slog.New(h).Info("m", "auth", a, "cfg", fmt.Sprint(cfg))
		}
		for _, leak := range []string{"hush", fmt.Sprintf("%x", "hush"), "[104 117 115 104]"} {
			if strings.Contains(out.String(), leak) {
				t.Errorf("%v: printed as %q somewhere in:\n%s", a, leak, out.String())
			}
		}
	}
	if got := fmt.Sprint(Basic("anna", "hush")); !strings.Contains(got, "anna") {
		t.Errorf("%q does not name the user", got)
	}
}

func TestCredentialsRefused(t *testing.T) {
	t.Parallel()
	for _, a := range []Auth{
		Basic("", "hush"), Basic("an:na", "hush"), Basic("anna", ""), Basic("anna", "hush\n"), Basic("an\x00na", "hush"),
		Bearer(""), Bearer("hu\r\nsh"),
	} {
		_, err := New(Config{BaseURL: "https://cloud.example.com", Auth: a})
		if !errors.Is(err, ErrInvalid) || asError(t, err).Field != "auth" {
			t.Errorf("%v: %v", a, err)
		} else if strings.Contains(err.Error(), "hu") {
			t.Errorf("the error tells a secret: %v", err)
		}
	}
	for _, a := range []Auth{nil, None(), Basic("anna", "p w:ü"), Bearer("tok")} {
		if _, err := New(Config{BaseURL: "https://cloud.example.com", Auth: a}); err != nil {
			t.Errorf("%v: %v", a, err)
		}
	}
}
