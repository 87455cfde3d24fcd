package config

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// maxLookedAt is how many files and folders a pattern may look at. A folder of
// rules has a few hundred.
const maxLookedAt = 20_000

var errWidePattern = errors.New("it looks through more than 20,000 files and folders")

// globber is filepath.Glob with a bound on the files and folders looked at. It
// follows the pattern from the left, one folder at a time, and skips what it may
// not read.
type globber struct{ left int }

func (g *globber) glob(pattern string) ([]string, error) {
	if _, err := filepath.Match(pattern, ""); err != nil {
		return nil, err
	}
	volume := filepath.VolumeName(pattern)
	root, rest := volume, pattern[len(volume):]
	for strings.HasPrefix(rest, string(filepath.Separator)) {
		root, rest = volume+string(filepath.Separator), rest[1:]
	}
	found := []string{root}
	for part := range strings.SplitSeq(rest, string(filepath.Separator)) {
		var next []string
		for _, folder := range found {
			names, err := g.within(folder, part)
			if err != nil {
				return nil, err
			}
			next = append(next, names...)
		}
		found = next
	}
	return found, nil
}

// within returns the paths in a folder that match one part of a pattern, in
// order.
func (g *globber) within(folder, part string) ([]string, error) {
	if !strings.ContainsAny(part, `*?[\\`) {
		path := filepath.Join(folder, part)
		if g.left--; g.left < 0 {
			return nil, errWidePattern
		}
		if _, err := os.Lstat(path); err != nil {
			return nil, nil // it is not there, or not for us
		}
		return []string{path}, nil
	}
	if folder == "" {
		folder = "."
	}
	dir, err := os.Open(folder)
	if err != nil {
		return nil, nil // as above
	}
	defer dir.Close() //nolint:errcheck // read only
	names, _ := dir.Readdirnames(g.left + 1)
	if g.left -= len(names); g.left < 0 {
		return nil, errWidePattern
	}
	slices.Sort(names)
	var paths []string
	for _, name := range names {
		if ok, _ := filepath.Match(part, name); ok { // the pattern is a good one
			paths = append(paths, filepath.Join(folder, name))
		}
	}
	return paths, nil
}
