package config

import (
	"embed"
	"io/fs"
	"strings"
)

//go:embed packs/*.yaml
var packs embed.FS

// packPrefix is what the name of a pack begins with in an include list, and in
// the places of what stands in it.
const packPrefix = "pack:"

func isPack(path string) bool { return strings.HasPrefix(path, packPrefix) }

// Packs lists the names of the files of rules and sources that the program
// brings along.
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

// packOf is the pack that a full name belongs to; "" when it is none's.
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
