package api

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
)

// capabilitiesJSON is what each app of Nextcloud announces, to users and to
// everybody else, in the order of the wire. Talk's own is made elsewhere, and is null.
//
//go:embed capabilities.json
var capabilitiesJSON []byte

// appCapabilities are what apps announce, by what they announce it to.
type appCapabilities struct {
	User  ordered `json:"user"`
	Guest ordered `json:"guest"`
}

// ordered is a JSON object that keeps the order of its keys, and its values as they are.
type ordered []struct {
	key   string
	value json.RawMessage
}

// UnmarshalJSON reads an object in its order.
func (o *ordered) UnmarshalJSON(text []byte) error {
	d := json.NewDecoder(bytes.NewReader(text))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return errors.Join(errors.New("not an object"), err)
	}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return err
		}
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return err
		}
		*o = append(*o, struct {
			key   string
			value json.RawMessage
		}{fmt.Sprint(key), value})
	}
	return nil
}

// apps returns what the apps announce to users, or to everybody else.
func (rq *request) apps(toUser bool) (object, error) {
	base, err := json.Marshal(rq.base())
	if err != nil {
		return nil, err
	}
	var all appCapabilities
	text := bytes.ReplaceAll(capabilitiesJSON, []byte("{base}"), base[1:len(base)-1])
	if err := json.Unmarshal(text, &all); err != nil {
		return nil, fmt.Errorf("read capabilities: %w", err)
	}
	blocks := all.Guest
	if toUser {
		blocks = all.User
	}
	out := make(object, 0, len(blocks))
	for _, b := range blocks {
		out = append(out, member{b.key, b.value})
	}
	return out, nil
}
