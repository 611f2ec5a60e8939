package ocs

import (
	"errors"
	"fmt"
	"io"
	"testing"
	"time"
)

func TestErrorText(t *testing.T) {
	t.Parallel()
	const chat = "/ocs/v2.php/apps/spreed/api/v1/chat/abcd"
	for _, tt := range []struct {
		err  error
		want string
	}{
		{
			&Error{Op: "send message", Method: "POST", Path: chat, StatusCode: 400, OCSCode: 400, Reason: "reply-to", Attempts: 1},
			"talk: send message: POST " + chat + ": 400 Bad Request: reply-to",
		},
		{
			&Error{Op: "set password", Method: "PUT", Path: room, StatusCode: 400, Reason: "value", Message: "too short"},
			"talk: set password: PUT " + room + ": 400 Bad Request: value: too short",
		},
		{
			&Error{Op: "read", Method: "GET", Path: room, StatusCode: 429, RetryAfter: time.Minute, Attempts: 4},
			"talk: read: GET " + room + ": 429 Too Many Requests (retry after 1m0s) (tried 4 times)",
		},
		{
			&Error{Op: "read", Method: "GET", Path: chat, StatusCode: 412},
			"talk: read: GET " + chat + ": 412 Precondition Failed; the lobby of the conversation is active",
		},
		{&Error{Method: "GET", Path: room, StatusCode: 599}, "talk: GET " + room + ": 599"},
		{&Error{Op: "read", Err: errors.Join(io.EOF, io.ErrNoProgress)}, "talk: read: EOF: multiple Read calls return no data or error"},
		{Invalid("send message", "message", "must not be empty"), "talk: send message: message: must not be empty"},
		{Invalid("upload", "file", "cannot be read: %w", io.ErrNoProgress), "talk: upload: file: cannot be read: multiple Read calls return no data or error"},
		{Unsupported("create poll", "talk-polls"), `talk: create poll: the server does not support "talk-polls"`},
		{BadResponse("get status", "GET", "/status.php", io.EOF), "talk: get status: GET /status.php: EOF"},
		{&Error{}, "talk"},
	} {
		if got := tt.err.Error(); got != tt.want {
			t.Errorf("got  %s\nwant %s", got, tt.want)
		}
	}
}

func TestConstructedErrors(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ err, is, isNot error }{
		{Invalid("o", "f", "x"), ErrInvalid, ErrUnsupported},
		{Invalid("o", "f", "x: %w", io.EOF), io.EOF, ErrBadResponse},
		{Unsupported("o", "f"), ErrUnsupported, ErrInvalid},
		{BadResponse("o", "m", "p", io.EOF), ErrBadResponse, ErrConnection},
		{BadResponse("o", "m", "p", io.EOF), io.EOF, ErrInvalid},
		{fmt.Errorf("later: %w", Unsupported("o", "f")), ErrUnsupported, ErrNotFound},
	} {
		if !errors.Is(tt.err, tt.is) || errors.Is(tt.err, tt.isNot) {
			t.Errorf("%v: want %v and not %v", tt.err, tt.is, tt.isNot)
		}
	}
	if e := asError(t, Unsupported("o", "talk-polls")); e.Reason != "talk-polls" {
		t.Errorf("Reason = %q", e.Reason)
	}
}
