package wire

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// mapCodec reads an object, or an array, which is what PHP makes of a map whose keys happen to be 0, 1, 2 … or that is empty.
func (b builder) mapCodec(t reflect.Type) *codec {
	elem := b.codecOf(t.Elem())
	return &codec{
		decode: func(d *decoder, v reflect.Value, s style) error {
			v.SetZero()
			put := func(key string) error {
				if v.IsNil() {
					v.Set(reflect.MakeMap(t))
				}
				k, err := mapKey(t.Key(), key)
				if err != nil {
					return d.errorf("%v", err)
				}
				e := reflect.New(t.Elem()).Elem()
				if err := elem.decode(d, e, plain); err != nil {
					return under(err, key)
				}
				v.SetMapIndex(k, e)
				return nil
			}
			var err error
			switch c := d.peek(); {
			case c == '{':
				err = d.object(put)
			case d.nothing():
				if c != '[' {
					return nil
				}
			case c == '[':
				err = d.array(func(i int) error { return put(strconv.Itoa(i)) })
			default:
				return d.unlike("an object")
			}
			if err == nil && v.IsNil() && s&omitEmpty != 0 {
				v.Set(reflect.MakeMap(t)) // there and empty is not the same as absent
			}
			return err
		},
		encode: func(b []byte, v reflect.Value, s style) ([]byte, error) {
			if v.Len() == 0 && s&emptyArray != 0 {
				return append(b, "[]"...), nil
			}
			keys := v.MapKeys()
			slices.SortFunc(keys, func(a, b reflect.Value) int {
				if a.Kind() == reflect.String {
					return strings.Compare(a.String(), b.String())
				}
				return int(min(max(a.Int()-b.Int(), -1), 1))
			})
			b = append(b, '{')
			for i, k := range keys {
				if i > 0 {
					b = append(b, ',')
				}
				if k.Kind() == reflect.String {
					b = appendString(b, k.String())
				} else {
					b = append(strconv.AppendInt(append(b, '"'), k.Int(), 10), '"')
				}
				b = append(b, ':')
				var err error
				if b, err = elem.encode(b, v.MapIndex(k), plain); err != nil {
					return nil, err
				}
			}
			return append(b, '}'), nil
		},
	}
}

func mapKey(t reflect.Type, key string) (reflect.Value, error) {
	k := reflect.New(t).Elem()
	switch t.Kind() {
	case reflect.String:
		k.SetString(key)
		return k, nil
	case reflect.Int, reflect.Int64:
		n, err := strconv.ParseInt(key, 10, 64)
		if err != nil || k.OverflowInt(n) {
			return k, fmt.Errorf("key %q is not a number", key)
		}
		k.SetInt(n)
		return k, nil
	}
	return k, fmt.Errorf("maps with keys of type %v are not supported", t)
}
