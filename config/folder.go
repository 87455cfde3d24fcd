package config

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
)

// folder is where YAML files come from: the disk or copies kept elsewhere.
type folder interface {
	read(path string) ([]byte, error)
	glob(pattern string) ([]string, error)
}

type disk struct{}

func (disk) read(path string) ([]byte, error) {
	if isPack(path) {
		return readPack(path)
	}
	return readFile(path, maxFile)
}

func (disk) glob(pattern string) ([]string, error) {
	return (&globber{left: maxLookedAt}).glob(pattern)
}

// readFile reads at most limit bytes; more is an error.
func readFile(path string, limit int64) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close() //nolint:errcheck // read only
	text, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err == nil && int64(len(text)) > limit {
		err = fmt.Errorf("the file is larger than %d MB", limit>>20)
	}
	return text, err
}

// copies are files held in memory, by path relative to dir. A pack among them
// is that of the program that made the copies.
type copies struct {
	dir   string
	files map[string][]byte
}

func (c copies) read(path string) ([]byte, error) {
	text, ok := c.files[relative(c.dir, path)]
	if !ok && isPack(path) {
		return readPack(path)
	}
	if !ok {
		return nil, fs.ErrNotExist
	}
	if len(text) > maxFile {
		return nil, fmt.Errorf("the file is larger than %d MB", maxFile>>20)
	}
	return text, nil
}

func (c copies) glob(pattern string) ([]string, error) {
	var paths []string
	for _, name := range slices.Sorted(maps.Keys(c.files)) {
		path := name
		if !filepath.IsAbs(name) {
			path = filepath.Join(c.dir, name)
		}
		ok, err := filepath.Match(pattern, path)
		if err != nil {
			return nil, err
		}
		if ok {
			paths = append(paths, path)
		}
	}
	return paths, nil
}

// relative returns a path as it is seen from a folder. The result is the same on
// machines where the folders differ.
func relative(dir, path string) string {
	if isPack(path) {
		return path
	}
	if rel, err := filepath.Rel(dir, path); err == nil {
		return filepath.ToSlash(rel)
	}
	return path
}

// cause returns what an error of the file system says, without the path: the
// mistake names it already.
func cause(err error) string {
	var pathErr *fs.PathError
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "there is no such file"
	case errors.Is(err, fs.ErrPermission):
		return "the file may not be read by this user"
	case errors.As(err, &pathErr):
		return pathErr.Err.Error()
	default:
		return err.Error()
	}
}
