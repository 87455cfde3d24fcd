package config

import (
	"bytes"
	"embed"
	"io/fs"
	"path/filepath"
	"strings"
)

//go:embed starter
var starter embed.FS

// Where the packages keep what the daemon of a config in /etc records.
const (
	systemFolder = "/etc"
	systemStore  = "/var/lib/copytaster/copytaster.db"
)

// StarterFor returns a file of Starter as it is for a folder. In /etc it names the store of the
// unit, so that commands find it that are typed outside of the unit.
func StarterFor(dir, name string) ([]byte, error) {
	text, err := fs.ReadFile(Starter(), name)
	if err != nil || !strings.HasPrefix(filepath.Clean(dir)+"/", systemFolder+"/") {
		return text, err
	}
	return bytes.Replace(text, []byte("# storage: copytaster.db  "), []byte("storage: "+systemStore), 1), nil
}

// Starter is the files that `init` writes: a commented config with sources and
// rules to begin with, the schema for editors, and the manifest of the Slack
// app. The config loads as it is, without an environment.
func Starter() fs.FS {
	files, err := fs.Sub(starter, "starter")
	if err != nil {
		panic(err) // "starter" is a valid path
	}
	return files
}
