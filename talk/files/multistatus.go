package files

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
)

// maxResponse limits what a server may say of one file, in bytes, and so the memory that it can claim.
const maxResponse = 1 << 20

// davResponse is what a multistatus says of one resource.
type davResponse struct {
	Href      string        `xml:"DAV: href"`
	Status    string        `xml:"DAV: status"`
	Propstats []davPropstat `xml:"DAV: propstat"`
}

type davPropstat struct {
	Status string  `xml:"DAV: status"`
	Prop   davProp `xml:"DAV: prop"`
}

type davProp struct {
	LastModified  string `xml:"DAV: getlastmodified"`
	ETag          string `xml:"DAV: getetag"`
	ContentType   string `xml:"DAV: getcontenttype"`
	ContentLength string `xml:"DAV: getcontentlength"`
	ResourceType  struct {
		Collection *struct{} `xml:"DAV: collection"`
	} `xml:"DAV: resourcetype"`
	FileID           string `xml:"http://owncloud.org/ns fileid"`
	Permissions      string `xml:"http://owncloud.org/ns permissions"`
	Size             string `xml:"http://owncloud.org/ns size"`
	OwnerID          string `xml:"http://owncloud.org/ns owner-id"`
	OwnerDisplayName string `xml:"http://owncloud.org/ns owner-display-name"`
	HasPreview       string `xml:"http://nextcloud.org/ns has-preview"`
	PhotoSize        struct {
		Width  string `xml:"width"`
		Height string `xml:"height"`
	} `xml:"http://nextcloud.org/ns metadata-photos-size"`
}

// multistatus gives the responses of a WebDAV multistatus one at a time, while it arrives.
type multistatus struct {
	in     *meteredReader
	dec    *xml.Decoder
	inside bool
	err    error // what ended it
}

func newMultistatus(r io.Reader) *multistatus {
	in := &meteredReader{r: r}
	// The decoder knows the five entities of XML only and expands no others.
	return &multistatus{in: in, dec: xml.NewDecoder(in)}
}

// next gives the next response. It ends with [io.EOF] after the last one. A text that breaks off gives an error that
// wraps [io.ErrUnexpectedEOF]. Errors stay.
func (m *multistatus) next() (*davResponse, error) {
	if m.err != nil {
		return nil, m.err
	}
	r, err := m.read()
	if err != nil {
		syntax, ok := errors.AsType[*xml.SyntaxError](err)
		switch {
		case m.in.err != nil:
			err = fmt.Errorf("the list breaks off: %w: %w", io.ErrUnexpectedEOF, m.in.err)
		case ok && syntax.Msg == "unexpected EOF":
			err = fmt.Errorf("the list breaks off: %w", io.ErrUnexpectedEOF)
		}
		m.err = err
		return nil, err
	}
	return r, nil
}

func (m *multistatus) read() (*davResponse, error) {
	for {
		m.in.since = 0
		token, err := m.dec.Token()
		if errors.Is(err, io.EOF) {
			return nil, io.ErrUnexpectedEOF // the end of the list has not been seen
		}
		if err != nil {
			return nil, err
		}
		switch t := token.(type) {
		case xml.Directive:
			return nil, errors.New("the list has a document type, which may hide entities")
		case xml.StartElement:
			switch {
			case !m.inside:
				if t.Name != (xml.Name{Space: "DAV:", Local: "multistatus"}) {
					return nil, fmt.Errorf("the answer is <%s>, not a WebDAV multistatus", t.Name.Local)
				}
				m.inside = true
			case t.Name == xml.Name{Space: "DAV:", Local: "response"}:
				var r davResponse
				if err := m.dec.DecodeElement(&r, &t); err != nil {
					return nil, err
				}
				return &r, nil
			default:
				if err := m.dec.Skip(); err != nil {
					return nil, err
				}
			}
		case xml.EndElement:
			return nil, io.EOF
		}
	}
}

// meteredReader stops a server that sends without end and never completes a response, and keeps the failure of the
// connection apart from those of the text.
type meteredReader struct {
	r     io.Reader
	since int // bytes since the last response
	err   error
}

func (r *meteredReader) Read(p []byte) (int, error) {
	if r.since > maxResponse {
		return 0, fmt.Errorf("more than %d bytes about one file", maxResponse)
	}
	n, err := r.r.Read(p)
	r.since += n
	if err != nil && !errors.Is(err, io.EOF) {
		r.err = err
	}
	return n, err
}
