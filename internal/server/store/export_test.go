package store

import "os"

// Break has what brings contents to the disk fail; nil leaves it as it is.
func (b *Blobs) Break(sync func(*os.File) error, rename func(from, to string) error) {
	if sync != nil {
		b.sync = sync
	}
	if rename != nil {
		b.rename = rename
	}
}
