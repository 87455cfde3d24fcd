package config

import (
	"path/filepath"
	"regexp"
)

// storageLine finds the key in a file that is no YAML as a whole.
var storageLine = regexp.MustCompile(`(?m)^["']?storage["']?\s*:.*$`)

// StorageOf says which storage a config names (Config.Storage), even when the
// config is wrong elsewhere: that is where the last good one is kept. When
// none can be made out it is the default.
func StorageOf(path string, env Getenv) string {
	l := newLoader(path, disk{}, env)
	l.read()
	if _, set := l.keys["storage"]; set {
		return l.config.Storage
	}
	for _, f := range l.places.files {
		line := storageLine.Find(f.text)
		if line == nil {
			continue
		}
		dir, base := filepath.Dir(f.path), filepath.Base(f.path)
		alone := newLoader(f.path, copies{dir: dir, files: map[string][]byte{base: line}}, env)
		alone.read()
		return alone.config.Storage
	}
	return l.config.Storage
}
