package wire

import "reflect"

func (b builder) structCodec(t reflect.Type) *codec {
	info, err := b.infoOf(t)
	if err != nil { // a mistake in the type, which whoever uses it is told
		return &codec{
			decode: func(*decoder, reflect.Value, style) error { return err },
			encode: func([]byte, reflect.Value, style) ([]byte, error) { return nil, err },
		}
	}
	return &codec{
		decode: func(d *decoder, v reflect.Value, _ style) error { return info.decode(d, v) },
		encode: func(b []byte, v reflect.Value, _ style) ([]byte, error) { return info.encode(b, v) },
	}
}

func at(v reflect.Value, index []int) reflect.Value {
	if len(index) == 1 {
		return v.Field(index[0])
	}
	return v.FieldByIndex(index)
}

func (info *structInfo) decode(d *decoder, v reflect.Value) error {
	v.SetZero()
	if d.peek() != '{' {
		if d.nothing() {
			return nil
		}
		return d.unlike("an object")
	}
	var extra *Extra
	if info.extra != nil {
		extra = v.FieldByIndex(info.extra).Addr().Interface().(*Extra)
		extra.decoded = true
	}
	next := 0 // servers keep their order of keys, so the next field is most often the one after the last
	return d.object(func(key string) error {
		i, known := next, next < len(info.fields) && info.fields[next].key == key
		if !known {
			i, known = info.byKey[key]
		}
		if !known {
			start := d.i
			if err := d.skip(); err != nil {
				return under(err, key)
			}
			if extra != nil {
				extra.keep(key, d.s[start:d.i])
			}
			return nil
		}
		next = i + 1
		f := &info.fields[i]
		if extra != nil {
			extra.mark(f.bit, d.peek() == 'n')
		}
		if err := f.codec.decode(d, at(v, f.index), f.style); err != nil {
			return under(err, key)
		}
		return nil
	})
}

func (info *structInfo) encode(b []byte, v reflect.Value) ([]byte, error) {
	var extra Extra
	if info.extra != nil {
		extra = v.FieldByIndex(info.extra).Interface().(Extra)
	}
	b = append(b, '{')
	first := len(b)
	for i := range info.fields {
		f := &info.fields[i]
		fv := at(v, f.index)
		zero := fv.IsZero()
		if zero && !extra.seen.has(f.bit) && (extra.decoded || f.style&omitEmpty != 0 || f.group > 0 && at(v, info.groups[f.group-1]).IsZero()) {
			continue
		}
		if len(b) > first {
			b = append(b, ',')
		}
		b = append(b, f.quoted...)
		if zero && (extra.null.has(f.bit) || !extra.seen.has(f.bit) && f.style&zeroNull != 0) {
			b = append(b, "null"...)
			continue
		}
		start := len(b)
		var err error
		if b, err = f.codec.encode(b, fv, f.style); err != nil {
			return nil, err
		}
		if f.style&asString != 0 {
			b = quote(b, start)
		}
	}
	for key, raw := range extra.All() {
		if len(b) > first {
			b = append(b, ',')
		}
		b = append(appendString(b, key), ':')
		b = append(b, raw...)
	}
	return append(b, '}'), nil
}

// quote makes a string of what was appended from start on: of a number its digits, of null nothing.
func quote(b []byte, start int) []byte {
	switch value := string(b[start:]); value[0] {
	case '"', '{', '[':
		return b
	case 'n':
		return append(b[:start], `""`...)
	default:
		return appendString(b[:start], value)
	}
}
