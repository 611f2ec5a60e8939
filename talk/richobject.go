package talk

import "github.com/confab-go/confab/internal/wire"

// RichObject is what a placeholder of a message stands for: a person, a file, a poll, a place … Which fields are set
// depends on its Type. Servers send every value as a string, numbers too.
type RichObject struct {
	// Type is the kind of object, as in "user", "guest", "call", "file", "talk-poll" or "geo-location".
	Type string `json:"type"`
	ID   string `json:"id"`
	Name string `json:"name"`
	// MentionID is what mentions the object when written after an @, quoted if need be.
	MentionID string `json:"mention-id,omitempty"`
	// Server is the home of a federated user.
	Server string `json:"server,omitempty"`
	Link   string `json:"link,omitempty"`
	// CallType is the kind of the conversation that a call stands for: "one2one", "group" or "public".
	CallType string `json:"call-type,omitempty"`
	IconURL  string `json:"icon-url,omitempty"`

	// Of a file:
	Size             string `json:"size,omitempty"` // bytes
	Path             string `json:"path,omitempty"` // in the reader's own files
	ETag             string `json:"etag,omitempty"`
	Permissions      string `json:"permissions,omitempty"`
	MimeType         string `json:"mimetype,omitempty"`
	PreviewAvailable string `json:"preview-available,omitempty"` // "yes" or "no"
	HideDownload     string `json:"hide-download,omitempty"`     // "yes" or "no"
	Width            string `json:"width,omitempty"`             // pixels
	Height           string `json:"height,omitempty"`
	Blurhash         string `json:"blurhash,omitempty"`

	// Of a place, in degrees:
	Latitude  string `json:"latitude,omitempty"`
	Longitude string `json:"longitude,omitempty"`

	// Of a card of the Deck app:
	BoardName string `json:"boardname,omitempty"`
	StackName string `json:"stackname,omitempty"`

	Extra Extra `json:"-"`
}

// UnmarshalJSON decodes an object as a server sends it.
func (o *RichObject) UnmarshalJSON(data []byte) error { return wire.Unmarshal(data, o) }

// MarshalJSON encodes the object as a server sends it.
func (o RichObject) MarshalJSON() ([]byte, error) { return wire.Marshal(o) }
