package wire

import (
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"strconv"
	"time"
	"unicode/utf8"
)

func encodeBool(b []byte, v reflect.Value, s style) ([]byte, error) {
	if s&boolNumber == 0 {
		return strconv.AppendBool(b, v.Bool()), nil
	}
	if v.Bool() {
		return append(b, '1'), nil
	}
	return append(b, '0'), nil
}

func encodeInt(b []byte, v reflect.Value, _ style) ([]byte, error) {
	return strconv.AppendInt(b, v.Int(), 10), nil
}

func encodeUint(b []byte, v reflect.Value, _ style) ([]byte, error) {
	return strconv.AppendUint(b, v.Uint(), 10), nil
}

func encodeFloat(b []byte, v reflect.Value, _ style) ([]byte, error) {
	f := v.Float()
	if math.IsInf(f, 0) || math.IsNaN(f) {
		return nil, fmt.Errorf("json: %v has no form in JSON", f)
	}
	return strconv.AppendFloat(b, f, 'g', -1, v.Type().Bits()), nil
}

func encodeString(b []byte, v reflect.Value, _ style) ([]byte, error) {
	return appendString(b, v.String()), nil
}

func encodeTime(b []byte, v reflect.Value, _ style) ([]byte, error) {
	t := v.Interface().(time.Time)
	if t.IsZero() {
		return append(b, '0'), nil
	}
	return strconv.AppendInt(b, t.Unix(), 10), nil
}

func encodeDuration(b []byte, v reflect.Value, _ style) ([]byte, error) {
	return strconv.AppendInt(b, v.Int()/int64(time.Second), 10), nil
}

func encodeRaw(b []byte, v reflect.Value, _ style) ([]byte, error) {
	raw := v.Bytes()
	if len(raw) == 0 {
		return append(b, "null"...), nil
	}
	if !Valid(raw) {
		return nil, fmt.Errorf("json: a raw value is not JSON")
	}
	return append(b, raw...), nil
}

func encodeForeign(b []byte, v reflect.Value, _ style) ([]byte, error) {
	raw, err := json.Marshal(v.Interface())
	if err != nil {
		return nil, err
	}
	return append(b, raw...), nil
}

const hexDigits = "0123456789abcdef"

func appendString(b []byte, s string) []byte {
	b = append(b, '"')
	start := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= utf8.RuneSelf {
			r, n := utf8.DecodeRuneInString(s[i:])
			if r == utf8.RuneError && n == 1 {
				b = append(append(b, s[start:i]...), "�"...)
				start = i + 1
			}
			i += n
			continue
		}
		if c >= ' ' && c != '"' && c != '\\' {
			i++
			continue
		}
		b = append(b, s[start:i]...)
		switch c {
		case '"', '\\':
			b = append(b, '\\', c)
		case '\n':
			b = append(b, '\\', 'n')
		case '\r':
			b = append(b, '\\', 'r')
		case '\t':
			b = append(b, '\\', 't')
		default:
			b = append(b, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&0xf])
		}
		i++
		start = i
	}
	return append(append(b, s[start:]...), '"')
}
