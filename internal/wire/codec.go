package wire

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"sync"
	"time"
)

// style is how a field's tag wants its value treated.
type style uint8

const (
	plain      style = 0
	omitEmpty  style = 1 << iota // the zero value is left out
	zeroNull                     // the zero value is null
	emptyArray                   // an empty map is []
	boolNumber                   // a boolean is 0 or 1
	inlined                      // a struct whose fields stand beside those of its parent
	asString                     // a number or a time is a string, and nothing an empty one
)

var styles = map[string]style{
	"omitempty": omitEmpty, "null": zeroNull, "array": emptyArray, "number": boolNumber, "inline": inlined, "string": asString,
}

// codec reads and writes the values of one type.
type codec struct {
	decode func(d *decoder, v reflect.Value, s style) error
	encode func(b []byte, v reflect.Value, s style) ([]byte, error)
}

var (
	codecs sync.Map // reflect.Type -> *codec; made once a type, never changed
	making sync.Mutex

	timeType     = reflect.TypeFor[time.Time]()
	durationType = reflect.TypeFor[time.Duration]()
	rawType      = reflect.TypeFor[json.RawMessage]()
	extraType    = reflect.TypeFor[Extra]()
	unmarshaler  = reflect.TypeFor[json.Unmarshaler]()
	marshaler    = reflect.TypeFor[json.Marshaler]()
)

// codecOf gives the codec of a type, made at its first use. A plain mutex guards the making: it may happen inside of a
// bubble of testing/synctest as well as outside.
func codecOf(t reflect.Type) *codec {
	if c, ok := codecs.Load(t); ok {
		return c.(*codec)
	}
	making.Lock()
	defer making.Unlock()
	b := builder{}
	c := b.codecOf(t)
	for t, c := range b {
		codecs.Store(t, c)
	}
	return c
}

// builder makes the codecs of a type and of all that it holds. They point to one another, and are seen by others only when
// all of them are done.
type builder map[reflect.Type]*codec

func (b builder) codecOf(t reflect.Type) *codec {
	if c, ok := codecs.Load(t); ok {
		return c.(*codec)
	}
	if c, ok := b[t]; ok {
		return c // of a type that contains itself, perhaps not filled yet
	}
	c := new(codec)
	b[t] = c
	*c = *b.newCodec(t)
	return c
}

func (b builder) newCodec(t reflect.Type) *codec {
	switch t {
	case timeType:
		return &codec{decodeTime, encodeTime}
	case durationType:
		return &codec{decodeDuration, encodeDuration}
	case rawType:
		return &codec{decodeRaw, encodeRaw}
	}
	switch t.Kind() {
	case reflect.Struct:
		return b.structCodec(t)
	case reflect.Pointer:
		return b.pointerCodec(t)
	}
	if reflect.PointerTo(t).Implements(unmarshaler) || t.Implements(marshaler) {
		return &codec{decodeForeign, encodeForeign}
	}
	switch t.Kind() {
	case reflect.Bool:
		return &codec{decodeBool, encodeBool}
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return &codec{decodeInt, encodeInt}
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return &codec{decodeUint, encodeUint}
	case reflect.Float32, reflect.Float64:
		return &codec{decodeFloat, encodeFloat}
	case reflect.String:
		return &codec{decodeString, encodeString}
	case reflect.Slice:
		return b.sliceCodec(t)
	case reflect.Map:
		return b.mapCodec(t)
	}
	return &codec{decodeForeign, encodeForeign}
}

// field is one key of a struct.
type field struct {
	key    string
	index  []int
	bit    int
	style  style
	codec  *codec
	group  int // 1-based number of the inline struct it belongs to, 0 for none
	quoted string
}

// structInfo is what is known of a struct type.
type structInfo struct {
	fields []field
	byKey  map[string]int
	groups [][]int // index of each inline struct
	extra  []int   // index of its Extra, nil when it has none
}

func (b builder) infoOf(t reflect.Type) (*structInfo, error) {
	info := &structInfo{byKey: make(map[string]int)}
	if err := info.add(b, t, nil, 0); err != nil {
		return nil, err
	}
	if len(info.fields) > maxFields {
		return nil, fmt.Errorf("wire: %v has %d fields, more than %d", t, len(info.fields), maxFields)
	}
	for i, f := range info.fields {
		if _, twice := info.byKey[f.key]; twice {
			return nil, fmt.Errorf("wire: %v has key %q twice", t, f.key)
		}
		info.byKey[f.key] = i
	}
	return info, nil
}

func (info *structInfo) add(b builder, t reflect.Type, prefix []int, group int) error {
	for i := range t.NumField() {
		sf := t.Field(i)
		index := append(append([]int(nil), prefix...), i)
		if sf.Type == extraType {
			if prefix == nil {
				info.extra = index
			}
			continue
		}
		tag, ok := sf.Tag.Lookup("json")
		if !ok || tag == "-" || !sf.IsExported() {
			continue
		}
		key, options, _ := strings.Cut(tag, ",")
		var s style
		for option := range strings.SplitSeq(options, ",") {
			if option == "" {
				continue
			}
			bit, known := styles[option]
			if !known {
				return fmt.Errorf("wire: %v.%s: unknown tag option %q", t, sf.Name, option)
			}
			s |= bit
		}
		if s&inlined != 0 {
			info.groups = append(info.groups, index)
			if err := info.add(b, sf.Type, index, len(info.groups)); err != nil {
				return err
			}
			continue
		}
		info.fields = append(info.fields, field{
			key: key, index: index, bit: len(info.fields), style: s, codec: b.codecOf(sf.Type), group: group,
			quoted: string(appendString(nil, key)) + ":",
		})
	}
	return nil
}
