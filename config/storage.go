package config

import (
	"path/filepath"
	"regexp"
)

// storageLine finds the key in a file that is no YAML as a whole.
var storageLine = regexp.MustCompile(`(?m)^["']?storage["']?\s*:.*$`)

// StorageOf says which storage a config names (Config.Storage), even when the
// config is wrong elsewhere: that is where the last good one is kept. It is the
// default when no file that can be read names one. The error is Mistakes about
// the storage itself.
func StorageOf(path string, env Getenv) (string, error) {
	l := newLoader(path, disk{}, env)
	l.read()
	if _, set := l.keys["storage"]; set {
		return l.storageRead()
	}
	for _, f := range l.places.files {
		if line := storageLine.Find(f.text); line != nil {
			dir, base := filepath.Dir(f.path), filepath.Base(f.path)
			alone := newLoader(f.path, copies{dir: dir, files: map[string][]byte{base: line}}, env)
			if alone.read(); alone.lost {
				return "", alone.report()
			}
			return alone.storageRead()
		}
	}
	return l.config.Storage, nil
}

// storageRead is the storage when it could be read.
func (l *loader) storageRead() (string, error) {
	if !l.spoilt["storage"] {
		return l.config.Storage, nil
	}
	for _, a := range l.absences {
		if a.part == UseStorage {
			l.add(a.mistake)
		}
	}
	return "", l.report()
}
