package config

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// storageLine finds the key in a file that is not YAML as a whole.
var storageLine = regexp.MustCompile(`(?m)^["']?storage["']?\s*:.*$`)

// StorageOf returns the storage that a config names (Config.Storage), even when
// the config is wrong elsewhere: the last good config is kept in it. It is the
// default when no file that can be read names one. The error is Mistakes about
// the storage itself.
func StorageOf(path string, env Getenv) (string, error) {
	rep := newReporter()
	docs := read(path, disk{}, env, rep)
	said := decode(docs, env, rep)
	if _, set := said.keys["storage"]; set {
		return said.storage(docs, rep)
	}
	for _, f := range docs.files {
		if line := storageLine.Find(f.Text); line != nil {
			return storageAlone(f.Path, line, env)
		}
	}
	return said.Storage, nil
}

// storageAlone is StorageOf of one line of a file.
func storageAlone(path string, line []byte, env Getenv) (string, error) {
	dir, base := filepath.Dir(path), filepath.Base(path)
	rep := newReporter()
	docs := read(path, copies{dir: dir, files: map[string][]byte{base: line}}, env, rep)
	if rep.lost {
		return "", rep.report(docs)
	}
	return decode(docs, env, rep).storage(docs, rep)
}

// storage returns the storage, or Mistakes when it is wrong.
func (said *decoded) storage(docs *documents, rep *reporter) (string, error) {
	if !rep.spoilt["storage"] {
		return said.Storage, nil
	}
	for _, a := range rep.absences {
		if a.part == UseStorage {
			rep.add(a.mistake)
		}
	}
	return "", rep.report(docs)
}

// CheckStorage returns a mistake when a SQLite store can be neither opened nor
// made where the config puts it. Load does not call it: only a command that uses
// the store needs its folder.
func (c *Config) CheckStorage(env Getenv) Mistakes {
	dir := c.storageFolder()
	if dir == "" {
		return nil
	}
	wrong := func(hint, format string, args ...any) Mistakes {
		m := c.Warning("storage", hint, format, args...)
		m.Severity = Error
		return Mistakes{m}
	}
	info, err := os.Stat(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist) && c.makesFolder(dir, env):
		return nil
	case errors.Is(err, fs.ErrNotExist):
		return wrong("make it, for the user that runs copytaster: mkdir -p -m 700 "+dir, "the folder %s does not exist", dir)
	case err != nil:
		return wrong("", "the folder %s cannot be used: %s", dir, cause(err))
	case !info.IsDir():
		return wrong("write the path of a file in a folder, like copytaster.db", "%s is a file, not a folder", dir)
	}
	if info, err := os.Stat(c.Storage); err == nil && info.IsDir() {
		return wrong("write the path of a file, like "+filepath.Join(c.Storage, "copytaster.db"), "%s is a folder", c.Storage)
	}
	return nil
}

// MakeStorageFolder makes the folder of a SQLite store, for the daemon's user
// alone, if it lies beside the config, in $STATE_DIRECTORY or where the unit has it. Anywhere
// else a missing folder is taken for a mistake in the path.
func (c *Config) MakeStorageFolder(env Getenv) error {
	dir := c.storageFolder()
	if dir == "" || !c.makesFolder(dir, env) {
		return nil
	}
	return os.MkdirAll(dir, 0o700)
}

// storageFolder is the folder of a SQLite store, "" on PostgreSQL.
func (c *Config) storageFolder() string {
	if strings.HasPrefix(c.Storage, "postgres://") || strings.HasPrefix(c.Storage, "postgresql://") {
		return ""
	}
	return filepath.Dir(c.Storage)
}

// makesFolder reports whether a folder lies where copytaster makes folders itself.
func (c *Config) makesFolder(dir string, env Getenv) bool {
	homes := []string{filepath.Dir(c.Path), filepath.Dir(systemStore)}
	if env != nil {
		if state, _ := env("STATE_DIRECTORY"); state != "" {
			homes = append(homes, filepath.SplitList(state)...)
		}
	}
	for _, home := range homes {
		if within(home, dir) {
			return true
		}
	}
	return false
}

// within reports whether a path lies in a folder, or is the folder itself.
func within(folder, path string) bool {
	folder, errFolder := filepath.Abs(folder)
	path, errPath := filepath.Abs(path)
	rel, err := filepath.Rel(folder, path)
	return errors.Join(errFolder, errPath, err) == nil && rel != ".." && !strings.HasPrefix(rel, "../")
}
