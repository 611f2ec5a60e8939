package wire

import (
	"encoding/json"
	"reflect"
	"strconv"
	"strings"
	"time"
)

// scalar takes a value that is to become one number, string or boolean, as text; what means nothing gives "".
func (d *decoder) scalar(want string) (string, error) {
	switch c := d.peek(); {
	case c == '"':
		return d.str()
	case c == '-' || c >= '0' && c <= '9':
		return d.number()
	case d.literal("null"):
		return "", nil
	case d.literal("true"):
		return "true", nil
	case d.literal("false"):
		return "false", nil
	case d.emptyArray():
		return "", nil
	}
	return "", d.unlike(want)
}

// integer takes a whole number, also from a string, a float or a boolean.
func (d *decoder) integer() (int64, error) {
	start := d.i
	text, err := d.scalar("a whole number")
	if err != nil {
		return 0, err
	}
	switch text {
	case "", "false":
		return 0, nil
	case "true":
		return 1, nil
	}
	n, ok := intText(strings.TrimSpace(text))
	if !ok {
		d.i = start
		return 0, d.errorf("want a whole number, got %s", brief(d.s[start:]))
	}
	return n, nil
}

// brief cuts a value short for a message.
func brief(text string) string {
	if end := strings.IndexAny(text, ",}]\n"); end >= 0 {
		text = text[:end]
	}
	if len(text) > 40 {
		text = text[:40] + "…"
	}
	return strings.ToValidUTF8(text, "�")
}

func decodeInt(d *decoder, v reflect.Value, _ style) error {
	start := d.i
	n, err := d.integer()
	if err != nil {
		return err
	}
	if v.OverflowInt(n) {
		d.i = start
		return d.errorf("%d does not fit", n)
	}
	v.SetInt(n)
	return nil
}

func decodeUint(d *decoder, v reflect.Value, _ style) error {
	start := d.i
	n, err := d.integer()
	if err != nil {
		return err
	}
	if n < 0 || v.OverflowUint(uint64(n)) {
		d.i = start
		return d.errorf("%d does not fit", n)
	}
	v.SetUint(uint64(n))
	return nil
}

func decodeFloat(d *decoder, v reflect.Value, _ style) error {
	start := d.i
	text, err := d.scalar("a number")
	if err != nil {
		return err
	}
	if text == "" || text == "false" {
		v.SetFloat(0)
		return nil
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || v.OverflowFloat(f) {
		d.i = start
		return d.errorf("want a number, got %s", brief(d.s[start:]))
	}
	v.SetFloat(f)
	return nil
}

func decodeBool(d *decoder, v reflect.Value, _ style) error {
	start := d.i
	text, err := d.scalar("a boolean")
	if err != nil {
		return err
	}
	switch text {
	case "", "0", "false", "no":
		v.SetBool(false)
	case "1", "true", "yes":
		v.SetBool(true)
	default:
		n, ok := intText(text)
		if !ok {
			d.i = start
			return d.errorf("want a boolean, got %s", brief(d.s[start:]))
		}
		v.SetBool(n != 0)
	}
	return nil
}

func decodeString(d *decoder, v reflect.Value, _ style) error {
	text, err := d.scalar("a string")
	if err != nil {
		return err
	}
	v.SetString(text)
	return nil
}

func decodeTime(d *decoder, v reflect.Value, _ style) error {
	start := d.i
	text, err := d.scalar("a time in Unix seconds")
	if err != nil {
		return err
	}
	if text == "" || text == "0" || text == "false" {
		v.SetZero()
		return nil
	}
	t, ok := timeText(text)
	if !ok {
		d.i = start
		return d.errorf("want a time in Unix seconds, got %s", brief(d.s[start:]))
	}
	v.Set(reflect.ValueOf(t))
	return nil
}

// timeText reads Unix seconds, with a fraction or not, or a date as some of Nextcloud's older answers have it.
func timeText(text string) (time.Time, bool) {
	if n, ok := intText(text); ok {
		if n == 0 {
			return time.Time{}, true
		}
		return time.Unix(n, 0).UTC(), true
	}
	if f, err := strconv.ParseFloat(text, 64); err == nil && f > -1<<53 && f < 1<<53 {
		sec := int64(f)
		return time.Unix(sec, int64((f-float64(sec))*1e9)).UTC(), true
	}
	for _, layout := range []string{time.RFC3339, time.DateTime, time.DateOnly} {
		if t, err := time.Parse(layout, text); err == nil {
			return t.UTC(), true
		}
	}
	return time.Time{}, false
}

// maxSeconds is the longest duration that fits a time.Duration.
const maxSeconds = int64(1<<63-1) / int64(time.Second)

func decodeDuration(d *decoder, v reflect.Value, _ style) error {
	start := d.i
	n, err := d.integer()
	if err != nil {
		return err
	}
	if n > maxSeconds || n < -maxSeconds {
		d.i = start
		return d.errorf("%d seconds do not fit a duration", n)
	}
	v.SetInt(n * int64(time.Second))
	return nil
}

func decodeRaw(d *decoder, v reflect.Value, _ style) error {
	start := d.i
	if err := d.skip(); err != nil {
		return err
	}
	v.SetBytes([]byte(d.s[start:d.i]))
	return nil
}

// decodeForeign leaves a type that this package does not know to encoding/json.
func decodeForeign(d *decoder, v reflect.Value, _ style) error {
	start := d.i
	if err := d.skip(); err != nil {
		return err
	}
	if err := json.Unmarshal([]byte(d.s[start:d.i]), v.Addr().Interface()); err != nil {
		return &Error{Offset: start, Msg: err.Error(), Err: err}
	}
	return nil
}

func (b builder) pointerCodec(t reflect.Type) *codec {
	elem := b.codecOf(t.Elem())
	return &codec{
		decode: func(d *decoder, v reflect.Value, s style) error {
			if d.literal("null") || t.Elem().Kind() == reflect.Struct && d.nothing() {
				v.SetZero()
				return nil
			}
			p := reflect.New(t.Elem())
			if err := elem.decode(d, p.Elem(), s); err != nil {
				return err
			}
			v.Set(p)
			return nil
		},
		encode: func(b []byte, v reflect.Value, s style) ([]byte, error) {
			if v.IsNil() {
				return append(b, "null"...), nil
			}
			return elem.encode(b, v.Elem(), s)
		},
	}
}

// sliceCodec reads an array, or an object whose keys PHP did not renumber.
func (b builder) sliceCodec(t reflect.Type) *codec {
	elem := b.codecOf(t.Elem())
	return &codec{
		decode: func(d *decoder, v reflect.Value, s style) error {
			v.SetZero()
			grow := func(i int) error {
				if i >= v.Cap() {
					v.Grow(1)
				}
				v.SetLen(i + 1)
				v.Index(i).SetZero()
				e := v.Index(i)
				if err := elem.decode(d, e, plain); err != nil {
					return underIndex(err, i)
				}
				if e.Kind() == reflect.Pointer && e.IsNil() {
					e.Set(reflect.New(t.Elem().Elem())) // a null in a list is nobody's nil pointer
				}
				return nil
			}
			switch c := d.peek(); {
			case c == '{':
				n := 0
				return d.object(func(string) error { n++; return grow(n - 1) })
			case d.nothing():
				if c == '[' && s&omitEmpty != 0 {
					v.Set(reflect.MakeSlice(t, 0, 0))
				}
				return nil
			case c == '[':
				return d.array(grow)
			}
			return d.unlike("an array")
		},
		encode: func(b []byte, v reflect.Value, _ style) ([]byte, error) {
			b = append(b, '[')
			for i := range v.Len() {
				if i > 0 {
					b = append(b, ',')
				}
				var err error
				if b, err = elem.encode(b, v.Index(i), plain); err != nil {
					return nil, err
				}
			}
			return append(b, ']'), nil
		},
	}
}
