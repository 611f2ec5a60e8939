package core

import (
	"context"
	"encoding/csv"
	"errors"
	"io"
	"net/mail"
	"strconv"
	"strings"
)

// EmailImport is what came of inviting people by a table.
type EmailImport struct {
	Invites      int
	Duplicates   int
	InvalidLines []int
	// Type is the conversation's type when it was opened for them, 0 for nothing done.
	Type int
}

// ImportError says why a table is refused. What was counted until then is in Import.
type ImportError struct {
	Reason  string // the word that Talk's API gives
	Message string // for people, "" for none
	Import  *EmailImport
}

func (e *ImportError) Error() string {
	if e.Message == "" {
		return "import e-mails: " + e.Reason
	}
	return "import e-mails: " + e.Reason + ": " + e.Message
}

// invitation is a line of the table.
type invitation struct{ email, name string }

// ImportEmails invites those whose addresses are in a table with the columns
// email and, if it likes, name. A test run only counts, and refuses when lines
// are invalid. A refusal of the table is an *ImportError.
func (c *Core) ImportEmails(ctx context.Context, caller Caller, token string, table io.Reader, testRun bool) (out EmailImport, err error) {
	err = c.write(ctx, caller, token, needModerator, func(s *scope) error {
		if table == nil {
			return &ImportError{Reason: "file", Message: "Uploading the file failed"}
		}
		if s.room.Type != Group && s.room.Type != Public || isBreakout(s.room) {
			return &ImportError{Reason: "room"}
		}
		known, err := s.invitedEmails()
		if err != nil {
			return err
		}
		var invitations []invitation
		if invitations, out, err = readInvitations(table, known); err != nil {
			return err
		}
		if testRun {
			if len(out.InvalidLines) > 0 {
				return &ImportError{Reason: "rows", Message: "Following lines are invalid: " + lines(out.InvalidLines), Import: &out}
			}
			return nil
		}
		for _, in := range invitations {
			if err := s.addEmail(in.email, in.name); err != nil {
				return err
			}
		}
		if s.room.Type != Public {
			if err := s.setType(Public); err != nil {
				return err
			}
		}
		out.Type = Public
		return nil
	})
	return out, err
}

// invitedEmails returns the addresses that are invited already.
func (s *scope) invitedEmails() (map[string]bool, error) {
	attendees, err := s.tx.Attendees(s.room.ID)
	known := map[string]bool{}
	for _, a := range attendees {
		if a.ActorType == ActorEmails {
			known[a.InvitedEmail] = true
		}
	}
	return known, err
}

// readInvitations reads a table. Who is known, or was in it before, is a duplicate.
func readInvitations(table io.Reader, known map[string]bool) (out []invitation, counts EmailImport, err error) {
	r := csv.NewReader(table)
	r.FieldsPerRecord, r.LazyQuotes = -1, true
	header, err := r.Read()
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, counts, &ImportError{Reason: "file", Message: "Uploading the file failed"}
	}
	emailAt, nameAt := -1, -1
	for i, h := range header {
		switch strings.ToLower(strings.TrimPrefix(h, "\ufeff")) {
		case "email":
			emailAt = i
		case "name":
			nameAt = i
		}
	}
	if emailAt < 0 {
		return nil, counts, &ImportError{Reason: "header-email", Message: `Missing "email" field in header line`}
	}
	for {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			return out, counts, nil
		}
		line, _ := r.FieldPos(0)
		if err != nil {
			if bad, ok := errors.AsType[*csv.ParseError](err); ok {
				counts.InvalidLines = append(counts.InvalidLines, bad.StartLine)
				continue
			}
			return nil, counts, err
		}
		in := invitation{}
		if emailAt < len(row) {
			in.email = strings.ToLower(strings.Trim(row[emailAt], phpSpace))
		}
		if nameAt >= 0 && nameAt < len(row) {
			in.name = cut(strings.ToValidUTF8(strings.Trim(row[nameAt], phpSpace), "\ufffd"), maxDisplayName)
		}
		if strings.EqualFold(in.name, in.email) {
			in.name = ""
		}
		switch a, err := mail.ParseAddress(in.email); {
		case known[in.email]:
			counts.Duplicates++
		case err != nil || a.Address != in.email || len(in.email) > maxEmail:
			counts.InvalidLines = append(counts.InvalidLines, line)
		default:
			known[in.email] = true
			out = append(out, in)
			counts.Invites++
		}
	}
}

func lines(numbers []int) string {
	var b strings.Builder
	for i, n := range numbers {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(strconv.Itoa(n))
	}
	return b.String()
}
