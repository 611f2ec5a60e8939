package talk

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"os"
	"strconv"
	"time"

	"github.com/confab-go/confab/internal/ocs"
)

// The file of an outbox is a journal: a line for each thing that happened, with a checksum before it. What happened is appended, and
// on the disk before anything is built on it; from time to time the file is replaced by one without what is over.

const (
	outboxVersion = 1
	maxOutboxLine = 16 << 20 // of a message of maxOutboxText, whatever JSON makes of it
	maxOutboxText = 1 << 20
	outboxWaste   = 1 << 20 // how much of a file may be over before it is replaced
)

// outboxRecord is a line of the journal: one of its fields.
type outboxRecord struct {
	Outbox *outboxHeader `json:"outbox,omitempty"`
	Put    *outboxPut    `json:"put,omitempty"`
	Base   *outboxBase   `json:"base,omitempty"`
	End    *outboxEnd    `json:"end,omitempty"`
}

// outboxHeader is the first line: whose messages these are.
type outboxHeader struct {
	Version int    `json:"version"`
	Server  string `json:"server"`
	Account string `json:"account,omitempty"`
}

// outboxPut is a message that was put.
type outboxPut struct {
	Token   string      `json:"token"`
	Put     time.Time   `json:"put"`
	Message sendRequest `json:"message"`
}

// outboxBase tells of a message that was in a conversation before anything was tried there.
type outboxBase struct {
	Token string `json:"token"`
	After int64  `json:"after"`
}

// outboxEnd tells that a message is sent, as ID, or given up.
type outboxEnd struct {
	Token       string `json:"token"`
	ReferenceID string `json:"referenceId"`
	ID          int64  `json:"id,omitempty"`
}

func putRecord(e *outboxEntry) outboxRecord {
	return outboxRecord{Put: &outboxPut{e.Token, e.Put, e.Options.request(e.Text)}}
}

func baseRecord(token string, after int64) outboxRecord {
	return outboxRecord{Base: &outboxBase{token, after}}
}

func endRecord(e *outboxEntry, id int64) outboxRecord {
	return outboxRecord{End: &outboxEnd{e.Token, e.Options.ReferenceID, id}}
}

// entry reads what putRecord wrote.
func (p *outboxPut) entry() *outboxEntry {
	m := p.Message
	return &outboxEntry{OutboxMessage: OutboxMessage{Token: p.Token, Text: m.Message, Put: p.Put, Options: SendOptions{
		ReplyTo: m.ReplyTo, ReplyToToken: m.ReplyToToken, ThreadID: m.ThreadID, ThreadTitle: m.ThreadTitle, Silent: m.Silent,
		ReferenceID: m.ReferenceID, ActorDisplayName: m.ActorDisplayName,
	}}}
}

var outboxSums = crc32.MakeTable(crc32.Castagnoli)

// line writes a record down.
func (r outboxRecord) line() ([]byte, error) {
	text, err := json.Marshal(r)
	if err != nil {
		return nil, err
	}
	return fmt.Appendf(nil, "%08x %s\n", crc32.Checksum(text, outboxSums), text), nil
}

// readRecord reads a line.
func readRecord(line []byte) (r outboxRecord, err error) {
	sum, text, ok := bytes.Cut(line, []byte(" "))
	want, err := strconv.ParseUint(string(sum), 16, 32)
	switch {
	case !ok || len(sum) != 8 || err != nil:
		return r, errors.New("no checksum")
	case crc32.Checksum(text, outboxSums) != uint32(want):
		return r, errors.New("its checksum is another one")
	}
	return r, json.Unmarshal(text, &r)
}

// load takes the file for this outbox and reads what waits in it.
func (o *Outbox) load() error {
	lock, err := lockOutbox(o.options.File + ".lock")
	if err != nil {
		return err
	}
	o.journal = &journal{path: o.options.File, lock: lock}
	if err := o.read(); err != nil {
		return errors.Join(err, lock.Close())
	}
	if err := o.journal.rewrite(o.records()); err != nil {
		return errors.Join(err, lock.Close())
	}
	return nil
}

func (o *Outbox) read() error {
	file, err := os.Open(o.options.File)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	damage, torn, err := o.replay(file)
	switch {
	case err != nil:
		return err
	case torn:
		o.client.log.Warn("the last line of the outbox was cut off, and is left out", "file", o.options.File)
	}
	if damage == nil {
		return nil
	}
	if !o.options.Salvage {
		return fmt.Errorf("%w: %w", ErrOutboxDamaged, damage)
	}
	kept, err := keepCopy(file, o.options.File+".damaged")
	if err != nil {
		return fmt.Errorf("%w, and a copy cannot be kept: %w", ErrOutboxDamaged, err)
	}
	o.client.log.Warn("the outbox was damaged; what could be read goes on", "file", o.options.File, "copy", kept, "damage", damage)
	return nil
}

// replay reads a journal. Damage tells of lines that cannot be; err of a journal that is not this outbox's, or cannot be read.
func (o *Outbox) replay(file io.Reader) (damage error, torn bool, err error) {
	in := bufio.NewReader(file)
	var broken []error
	for n := 1; ; n++ {
		line, err := readLine(in)
		if errors.Is(err, io.EOF) {
			return errors.Join(broken...), len(line) > 0, nil
		}
		if err != nil {
			return nil, false, fmt.Errorf("line %d: %w", n, err)
		}
		record, err := readRecord(line)
		if err == nil {
			err = o.apply(record, n == 1)
		}
		if foreign, ok := errors.AsType[*Error](err); ok {
			return nil, false, foreign
		}
		if err != nil && len(broken) < 10 {
			broken = append(broken, fmt.Errorf("line %d: %w", n, err))
		}
	}
}

// readLine gives a line without its end; with io.EOF what comes after the last one.
func readLine(in *bufio.Reader) (line []byte, err error) {
	for {
		part, err := in.ReadSlice('\n')
		line = append(line, part...)
		switch {
		case err == nil:
			return line[:len(line)-1], nil
		case !errors.Is(err, bufio.ErrBufferFull):
			return line, err
		case len(line) > maxOutboxLine:
			return nil, fmt.Errorf("more than %d bytes: this is no outbox", maxOutboxLine)
		}
	}
}

// apply has a record happen again.
func (o *Outbox) apply(r outboxRecord, first bool) error {
	switch {
	case first != (r.Outbox != nil):
		return errors.New("the first line, and no other, says whose outbox it is")
	case first:
		return o.own(*r.Outbox)
	case r.Put != nil:
		entry := r.Put.entry()
		if entry.Token == "" || entry.Options.ReferenceID == "" || o.waiting[entry.key()] != nil {
			return errors.New("no message can be put like that")
		}
		o.enqueue(entry)
		entry.doubt = o.rooms[entry.Token].based
	case r.Base != nil:
		room := o.room(r.Base.Token)
		room.based, room.after = true, max(room.after, r.Base.After)
		for _, entry := range room.queue {
			entry.doubt = true
		}
	case r.End != nil:
		entry := o.waiting[outboxKey{r.End.Token, r.End.ReferenceID}]
		if entry == nil { // one of those that are remembered when they are over
			entry = &outboxEntry{OutboxMessage: OutboxMessage{Token: r.End.Token, Options: SendOptions{ReferenceID: r.End.ReferenceID}}}
			o.room(r.End.Token)
		}
		journal := o.journal
		o.journal = nil // which has it
		err := o.forget(entry, r.End.ID)
		o.journal = journal
		return err
	default:
		return errors.New("it says nothing that is known")
	}
	return nil
}

// own refuses the messages of somebody else.
func (o *Outbox) own(h outboxHeader) error {
	const op = "open outbox"
	mine := o.header()
	switch {
	case h.Version != outboxVersion:
		return ocs.Invalid(op, "file", "its version %d is not the %d that this program knows", h.Version, outboxVersion)
	case h.Server != mine.Server:
		return ocs.Invalid(op, "file", "its messages are for %s", h.Server)
	case h.Account != mine.Account:
		return ocs.Invalid(op, "file", "its messages are %q's", h.Account)
	}
	return nil
}

func (o *Outbox) header() outboxHeader {
	return outboxHeader{outboxVersion, o.client.BaseURL().String(), o.client.ocs.User()}
}

// records gives what a journal holds that has happened in one go. The mutex is held, or nobody else has the outbox yet.
func (o *Outbox) records() []outboxRecord {
	header := o.header()
	records := []outboxRecord{{Outbox: &header}}
	for _, key := range o.recent.keys {
		records = append(records, outboxRecord{End: &outboxEnd{key.token, key.referenceID, o.recent.ids[key]}})
	}
	for token, room := range o.rooms {
		if room.based {
			records = append(records, baseRecord(token, room.after))
		}
		for _, entry := range room.queue {
			records = append(records, putRecord(entry))
		}
	}
	return records
}

// keepCopy writes what a file holds into another one, which has a name that is free.
func keepCopy(file *os.File, path string) (name string, err error) {
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return "", err
	}
	var to *os.File
	for n := 1; to == nil; n++ {
		name = path
		if n > 1 {
			name = path + "." + strconv.Itoa(n)
		}
		to, err = os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if err != nil && !errors.Is(err, fs.ErrExist) {
			return "", err
		}
	}
	_, err = io.Copy(to, file)
	if err == nil {
		err = to.Sync()
	}
	return name, errors.Join(err, to.Close())
}
