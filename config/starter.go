package config

import (
	"embed"
	"io/fs"
)

//go:embed starter
var starter embed.FS

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
