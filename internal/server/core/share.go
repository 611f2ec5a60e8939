package core

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"
)

// objectKeys are what is to be known of each type of object that can be shared,
// besides its type and id. Polls are shared by making them.
var objectKeys = map[string][]string{
	"addressbook":         {"name"},
	"addressbook-contact": {"name", "addressbook-id", "addressbook-name"},
	"announcement":        {"name"},
	"app":                 {"name"},
	"calendar":            {"name"},
	"calendar-event":      {"name"},
	"call":                {"name", "call-type"},
	"circle":              {"name", "link"},
	"deck-board":          {"name", "link"},
	"deck-card":           {"name", "boardname", "stackname", "link"},
	"email":               {"name"},
	"file":                {"name", "path"},
	"forms-form":          {"name", "link"},
	geoLocation:           {"name", "latitude", "longitude"},
	"guest":               {"name"},
	"highlight":           {"name"},
	"open-graph":          {"name"},
	"systemtag":           {"name", "visibility", "assignable"},
	"talk-attachment":     {"name", "conversation"},
	"user":                {"name"},
	"user-group":          {"name"},
}

const geoLocation = "geo-location"

// geoPattern is a geo URI: latitude, longitude, and maybe altitude, system and uncertainty.
var geoPattern = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?i)^geo:-?\d{1,2}(\.\d+)?,-?\d{1,3}(\.\d+)?(,-?\d+(\.\d+)?)?(;crs=wgs84)?(;u=\d+(\.\d+)?)?$`)
})

// NewObject is an object to be shared.
type NewObject struct {
	Type        string
	ID          string
	MetaData    string // JSON: what is known of it
	ReferenceID string
}

// ShareObject posts a message that shows an object.
func (c *Core) ShareObject(ctx context.Context, caller Caller, token string, in NewObject) (out Posted, err error) {
	err = c.write(ctx, caller, token, needWritable|needLobby|needChat, func(s *scope) error {
		o, err := in.object(caller.BaseURL)
		if err != nil {
			return err
		}
		if err := s.fillOneToOne(); err != nil {
			return err
		}
		if err := s.shareObject(o, cut(strings.Trim(in.ReferenceID, phpSpace), maxReferenceID)); err != nil {
			return err
		}
		m, err := s.tx.Message(s.room.ID, s.room.LastMessageID)
		if err != nil {
			return err
		}
		return s.posted(m, &out)
	})
	return out, err
}

// object checks what is to be shared. Its link stays on the server whose own links start with base.
func (in *NewObject) object(base string) (o object, err error) {
	if utf8.RuneCountInString(in.MetaData)+utf8.RuneCountInString(in.ID) > MaxMessageLength {
		return o, refuse(TooLarge, "message")
	}
	o = object{Type: in.Type, ID: in.ID}
	if o.Fields, err = decodeFields(in.MetaData); err != nil {
		return o, refuse(Invalid, "object")
	}
	o.Fields = slices.DeleteFunc(o.Fields, func(f Field) bool { return f.Key == "type" || f.Key == "id" || f.Key == "icon-url" })
	if link, ok := o.field("link"); ok && !trusted(link, base) {
		return o, refuse(Invalid, "link")
	}
	keys, known := objectKeys[in.Type]
	if !known || in.ID == "" || in.Type == geoLocation && !geoPattern().MatchString(in.ID) {
		return o, refuse(Invalid, "object")
	}
	for _, key := range keys {
		if _, ok := o.field(key); !ok {
			return o, refuse(Invalid, "object")
		}
	}
	return o, nil
}

func (o *object) field(key string) (value string, ok bool) {
	for _, f := range o.Fields {
		if f.Key == key {
			return f.Value, true
		}
	}
	return "", false
}

var errNoObject = errors.New("not a JSON object of texts")

// decodeFields reads a JSON object of texts in its order. The last of equal keys holds.
func decodeFields(text string) ([]Field, error) {
	d := json.NewDecoder(strings.NewReader(text))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil, orElse(err, errNoObject)
	}
	var out []Field
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return nil, err
		}
		var value *string
		if err := d.Decode(&value); err != nil || value == nil {
			return nil, fmt.Errorf("%v: %w", key, orElse(err, errNoObject))
		}
		f := Field{Key: fmt.Sprint(key), Value: *value}
		if i := slices.IndexFunc(out, func(o Field) bool { return o.Key == f.Key }); i >= 0 {
			out[i] = f
			continue
		}
		out = append(out, f)
	}
	if _, err := d.Token(); err != nil {
		return nil, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) { // More would take a closing brace for an end
		return nil, errNoObject
	}
	return out, nil
}

// trusted reports whether a link stays on the server whose own links start with base.
func trusted(link, base string) bool {
	u, err := url.Parse(link)
	if err != nil {
		return false
	}
	own, err := url.Parse(base)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host == own.Host
}
