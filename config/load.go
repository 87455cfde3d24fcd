package config

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/rules"
)

// Bounds on what is read, so that a slip or a bomb ends in a message.
const (
	maxFile   = 10 << 20 // bytes of one YAML file
	maxSecret = 1 << 20  // bytes of a secret file
	maxFiles  = 1000

	maxMistakes = 1000 // shown one by one
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
	defer f.Close()
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

// relative gives a path as it is seen from a folder; on machines where the
// folders differ the result is the same.
func relative(dir, path string) string {
	if isPack(path) {
		return path
	}
	if rel, err := filepath.Rel(dir, path); err == nil {
		return filepath.ToSlash(rel)
	}
	return path
}

// loader is one run of Load.
type loader struct {
	path      string
	folder    folder
	env       Getenv
	rulesOnly bool

	order    map[string]int // of the files, by path
	digests  map[string][32]byte
	mistakes Mistakes
	absences []absence
	lost     bool // a file could not be read or is no YAML: what is missing may stand there

	tables   *tables
	places   places
	keys     map[string]position // of every setting, and every name of a source, rule or concept
	spoilt   map[string]bool     // paths at or below which there are mistakes
	halfRead map[string]bool     // paths of nodes one of whose keys is wrong

	conceptsLost bool          // concepts could not be read: those that are used are not unknown
	changes      []change      // to the rules of packs
	borrowed     []borrowed    // concepts of packs that are used outside
	replaced     []int         // indexes of the packs' sources that the user's take the place of
	misspelt     []news.Source // sources that would be changes except for a wrong key

	sourceChanges []sourceChange // to the sources of packs

	config     Config
	definition rules.Definition
}

func newLoader(path string, f folder, env Getenv) *loader {
	return &loader{
		path: filepath.Clean(path), folder: f, env: env,
		order: map[string]int{}, digests: map[string][32]byte{}, tables: newTables(),
		keys: map[string]position{}, spoilt: map[string]bool{}, halfRead: map[string]bool{},
	}
}

func (l *loader) load(uses []Use) (*Config, error) {
	l.read()
	l.finish()
	missed, rest := missing(l.absences, l.config.Sources, uses)
	l.mistakes = slices.Concat(l.mistakes, missed, rest)
	found := l.report()
	if len(found.Errors()) > 0 {
		return nil, found
	}
	c := l.config // a copy, for a pointer into the loader would keep its trees
	c.Path, c.Hash, c.Warnings, c.absences = l.path, l.hash(), found.Warnings(), l.absences
	c.Files = make(map[string][]byte, len(l.places.files))
	read := make([]*file, len(l.places.files))
	for i, f := range l.places.files {
		c.Files[relative(filepath.Dir(l.path), f.path)] = f.text
		read[i] = &file{path: f.path, text: f.text, secrets: f.secrets}
	}
	replaced := l.replaced
	c.places = sync.OnceValue(func() *places {
		p := reread(read)
		p.sources = without(p.sources, replaced)
		return p
	})
	return &c, nil
}

// report is all mistakes in order with their source lines. Beyond maxMistakes
// they are only counted, warnings first.
func (l *loader) report() Mistakes {
	found := l.mistakes.sorted(l.order)
	if errs := found.Errors(); len(found) > maxMistakes && len(errs) > 0 {
		found = errs
	}
	if more := len(found) - maxMistakes; more > 0 {
		found = append(found[:maxMistakes:maxMistakes], Mistake{File: l.path, Message: fmt.Sprintf("and %d more", more), Severity: found[0].Severity})
	}
	for i := range found {
		l.quote(&found[i])
	}
	for i := range l.absences {
		l.quote(&l.absences[i].mistake)
	}
	return found
}

// quote adds the source line to a mistake that has none.
func (l *loader) quote(m *Mistake) {
	if m.Excerpt == "" {
		m.Excerpt = l.places.excerpt(position{file: m.File, line: m.Line})
	}
}

// read reads and decodes the file that was asked for and all it includes.
func (l *loader) read() {
	l.defaults()
	if err := l.open(l.path, nil); err != nil {
		l.lost = true
		l.add(Mistake{File: l.path, Message: cause(err), Severity: Error})
	}
}

// open reads one file and what it includes. The chain is the files that led to
// it, to find cycles. The error is one of reading; mistakes are collected.
func (l *loader) open(path string, chain []string) error {
	if _, seen := l.order[path]; seen {
		return nil // reached on two ways: it counts once
	}
	l.order[path] = len(l.order)
	text, err := l.folder.read(path)
	if err != nil {
		l.digest(path, []byte("error: "+cause(err)))
		return err
	}
	l.digest(path, text)
	f := newFile(path, text)
	l.places.files = append(l.places.files, f)
	top, wrong := parse(f)
	if wrong != nil {
		l.syntax(f, wrong)
	}
	if top == nil {
		return nil
	}
	l.places.add(f, resolve(top))
	for _, pattern := range l.document(value{file: f, node: resolve(top), index: inMap}) {
		l.include(pattern, append(slices.Clone(chain), path))
	}
	return nil
}

// include opens the files of one pattern of an include list.
func (l *loader) include(v value, chain []string) {
	pattern, ok := l.text(v)
	if !ok || !l.checkPattern(v, pattern) {
		return
	}
	if isPack(pattern) {
		l.includePack(v, pattern)
		return
	}
	if v.file.pack != "" {
		l.mistake(v, "", "a pack includes nothing but packs")
		return
	}
	from := v.file.path
	full := pattern
	if !filepath.IsAbs(full) {
		full = filepath.Join(filepath.Dir(from), full)
	}
	paths := []string{full}
	if isPattern := strings.ContainsAny(pattern, "*?["); isPattern {
		found, err := l.folder.glob(full)
		if errors.Is(err, errWidePattern) {
			l.mistake(v, "name the folders, and write * only for the files in them", "%q is too wide: %v", pattern, err)
			l.lost = true
			return
		}
		if err != nil {
			l.mistake(v, "write patterns with *, ? and [a-z]", "%q is no pattern of file names", pattern)
			return
		}
		paths = slices.DeleteFunc(found, func(p string) bool {
			return p == from || strings.HasPrefix(filepath.Base(p), ".") && !strings.HasPrefix(filepath.Base(pattern), ".")
		})
		if len(paths) == 0 {
			l.mistake(v, "patterns are read from the folder of the file they are written in", "no file matches %q", pattern)
			l.lost = true
		}
	}
	for _, path := range paths {
		l.includeFile(v, path, chain)
	}
}

func (l *loader) includeFile(v value, path string, chain []string) {
	if isPack(path) {
		l.mistake(v, "give the file another name", "%s is a pack, not a file", path)
		return
	}
	if slices.Contains(chain, path) {
		l.mistake(v, "a file cannot include one that includes it", "%s is included in a circle", path)
		return
	}
	if len(l.order) >= maxFiles {
		l.mistake(v, "", "more than %d files are included", maxFiles)
		return
	}
	if err := l.open(path, chain); err != nil {
		l.lost = true
		l.mistake(v, "", "%s: %s", path, cause(err))
	}
}

// checkPattern refuses what would silently mean something else.
func (l *loader) checkPattern(v value, pattern string) bool {
	switch {
	case pattern == "":
		l.mistake(v, "", "the name of the file is missing")
	case strings.Contains(pattern, "**"):
		l.mistake(v, "write one pattern for each folder, such as rules/*.yaml and rules/*/*.yaml", "** is not supported")
	default:
		return true
	}
	return false
}

func (l *loader) digest(path string, text []byte) {
	l.digests[relative(filepath.Dir(l.path), path)] = sha256.Sum256(text)
}

// hash sums all files by their names and contents.
func (l *loader) hash() string {
	h := sha256.New()
	for _, name := range slices.Sorted(maps.Keys(l.digests)) {
		sum := l.digests[name]
		fmt.Fprintf(h, "%s\x00%x\n", name, sum)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// cause is what an error of the file system says, without the path that the
// mistake gives anyway.
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
