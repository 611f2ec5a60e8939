package wire

import (
	"bytes"
	"iter"
	"maps"
	"slices"
)

// maxFields bounds the fields of one struct whose presence is remembered.
const maxFields = 128

type bits [maxFields / 64]uint64

func (b *bits) set(i int)      { b[i>>6] |= 1 << (i & 63) }
func (b *bits) clear(i int)    { b[i>>6] &^= 1 << (i & 63) }
func (b *bits) has(i int) bool { return b[i>>6]&(1<<(i&63)) != 0 }

// Extra is what a struct remembers of the JSON it was decoded from: the members that it has no field for, and which of
// its fields were there. Its zero value is that of a struct that was not decoded.
type Extra struct {
	unknown map[string]Raw
	decoded bool
	seen    bits // fields that were there
	null    bits // of those, the ones that were null
}

// Get gives the raw value of a member that the struct has no field for.
func (e Extra) Get(key string) (Raw, bool) {
	v, ok := e.unknown[key]
	return v, ok
}

// All goes through the members that the struct has no field for, in the order of their keys.
func (e Extra) All() iter.Seq2[string, Raw] {
	return func(yield func(string, Raw) bool) {
		for _, key := range slices.Sorted(maps.Keys(e.unknown)) {
			if !yield(key, e.unknown[key]) {
				return
			}
		}
	}
}

// Len counts the members that the struct has no field for.
func (e Extra) Len() int { return len(e.unknown) }

// String gives the unknown members as JSON.
func (e Extra) String() string {
	b := []byte{'{'}
	for key, raw := range e.All() {
		if len(b) > 1 {
			b = append(b, ',')
		}
		b = append(append(appendString(b, key), ':'), raw...)
	}
	return string(append(b, '}'))
}

// Equal reports whether both hold the same unknown members.
func (e Extra) Equal(other Extra) bool {
	return maps.EqualFunc(e.unknown, other.unknown, func(a, b Raw) bool { return bytes.Equal(a, b) })
}

func (e *Extra) keep(key string, raw string) {
	if e.unknown == nil {
		e.unknown = make(map[string]Raw)
	}
	e.unknown[key] = Raw(raw)
}

func (e *Extra) mark(i int, null bool) {
	e.seen.set(i)
	if null {
		e.null.set(i)
	} else {
		e.null.clear(i)
	}
}
