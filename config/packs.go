package config

import (
	"embed"
	"io/fs"
	"strings"
)

//go:embed packs/*.yaml
var packs embed.FS

// packPrefix begins the name of a pack in include lists and positions.
const packPrefix = "pack:"

func isPack(path string) bool { return strings.HasPrefix(path, packPrefix) }

// Packs returns the names of the packs: files of rules and sources that are part
// of the program.
func Packs() []string {
	files, err := fs.Glob(packs, "packs/*.yaml")
	if err != nil {
		panic(err) // the pattern is valid
	}
	for i, name := range files {
		files[i] = strings.TrimSuffix(strings.TrimPrefix(name, "packs/"), ".yaml")
	}
	return files
}

// readPack reads a pack by its name in an include list.
func readPack(path string) ([]byte, error) {
	return packs.ReadFile("packs/" + strings.TrimPrefix(path, packPrefix) + ".yaml")
}

// packOf returns the pack that a full name belongs to, "" when there is none.
func packOf(name string) string {
	pack, _, dotted := strings.Cut(name, ".")
	if !dotted {
		return ""
	}
	if _, err := fs.Stat(packs, "packs/"+pack+".yaml"); err != nil {
		return ""
	}
	return pack
}
