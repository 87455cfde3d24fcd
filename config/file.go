package config

import (
	"strings"

	"github.com/copytaster/copytaster/config/yamlfile"
)

// file is one file of a config.
type file struct {
	*yamlfile.File

	pack      string // name of the pack that it is; "" is a file of the user's
	onlyRules bool   // it may hold defaults, concepts and rules alone
}

func newFile(text *yamlfile.File) *file {
	f := &file{File: text}
	if isPack(text.Path) {
		f.pack = strings.TrimPrefix(text.Path, packPrefix)
	}
	return f
}

// root returns the value at the top of the tree.
func (f *file) root() *value { return &value{file: f, node: f.Top, index: inMap} }

// full returns the name that a concept or rule of the file has outside of it.
func (f *file) full(name string) string {
	if f.pack == "" || strings.Contains(name, ".") {
		return name
	}
	return f.pack + "." + name
}
