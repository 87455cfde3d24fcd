package config

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/copytaster/copytaster/config/yamlfile"
	"github.com/copytaster/copytaster/internal/text"
)

// Bounds on what is read, so that a slip or a bomb ends in a message.
const (
	maxFile   = 10 << 20 // bytes of one YAML file
	maxSecret = 1 << 20  // bytes of a secret file
	maxFiles  = 1000
)

// documents is what the first phase returns: the YAML files of a config, each
// parsed into a tree. A file stands before those that it includes.
type documents struct {
	path    string // of the first file
	files   []*file
	order   map[string]int // of the files that were asked for, by path; some may not be there
	digests digests
}

// read reads a file and everything it includes. What is wrong with the files or
// their YAML goes to the reporter.
func read(path string, from folder, env Getenv, rep *reporter) *documents {
	docs := &documents{path: filepath.Clean(path), order: map[string]int{}, digests: digests{}}
	r := &reader{reporter: rep, folder: from, docs: docs, texts: &decoder{reporter: rep, env: env}}
	if err := r.open(docs.path, nil); err != nil {
		r.lost = true
		r.add(Mistake{File: docs.path, Message: cause(err), Severity: Error})
	}
	return docs
}

// readRules reads one text that holds rules alone.
func readRules(name string, text []byte, rep *reporter) *documents {
	docs := &documents{path: filepath.Clean(name), order: map[string]int{}}
	f := newFile(yamlfile.New(docs.path, text))
	f.onlyRules = true
	(&reader{reporter: rep, docs: docs}).parse(f)
	return docs
}

// reader is one run of read.
type reader struct {
	*reporter

	folder folder
	docs   *documents
	texts  *decoder // of include lists, which say what to read next
}

// open reads one file and what it includes. The chain is the files that led to
// it, to find cycles. The error is one of reading the file itself.
func (r *reader) open(path string, chain []string) error {
	if _, seen := r.docs.order[path]; seen {
		return nil // a file that is reached on two ways counts once
	}
	r.docs.order[path] = len(r.docs.order)
	text, err := r.folder.read(path)
	if err != nil {
		r.docs.digest(path, []byte("error: "+cause(err)))
		return err
	}
	r.docs.digest(path, text)
	f := newFile(yamlfile.New(path, text))
	r.parse(f)
	for _, pattern := range r.includes(f) {
		r.include(pattern, append(slices.Clone(chain), path))
	}
	return nil
}

// parse adds a file to the documents.
func (r *reader) parse(f *file) {
	r.docs.files = append(r.docs.files, f)
	if diagnostic := f.Parse(); diagnostic != nil {
		r.lost = true
		at := f.Place(diagnostic, r.tables.slips())
		r.add(Mistake{
			File: f.Path, Line: at.Line, Column: at.Column,
			Message: at.Message, Hint: at.Hint, Severity: Error, Excerpt: at.Excerpt,
		})
	}
}

// includes returns the patterns of the include list of a file.
func (r *reader) includes(f *file) []value {
	if f.Top == nil {
		return nil
	}
	top := f.root()
	if list := yamlfile.Lookup(f.Top, "include"); list != nil {
		return r.texts.list(top.member("include", list), "a list of files")
	}
	return nil
}

// include opens the files of one pattern.
func (r *reader) include(v value, chain []string) {
	pattern, ok := r.texts.text(v)
	switch {
	case !ok || !r.checkPattern(v, pattern):
	case isPack(pattern):
		r.includePack(v, pattern)
	case v.file.pack != "":
		r.mistake(v, "", "a pack includes nothing but packs")
	default:
		for _, path := range r.matches(v, pattern) {
			r.includeFile(v, path, chain)
		}
	}
}

// checkPattern refuses what would silently mean something else.
func (r *reader) checkPattern(v value, pattern string) bool {
	switch {
	case pattern == "":
		r.mistake(v, "", "the name of the file is missing")
	case strings.Contains(pattern, "**"):
		r.mistake(v, "write one pattern for each folder, such as rules/*.yaml and rules/*/*.yaml", "** is not supported")
	default:
		return true
	}
	return false
}

// matches returns the files that a pattern means. A pattern with wildcards means
// neither the file it is written in nor hidden ones, unless it asks for them.
func (r *reader) matches(v value, pattern string) []string {
	from, full := v.file.Path, pattern
	if !filepath.IsAbs(full) {
		full = filepath.Join(filepath.Dir(from), full)
	}
	if !strings.ContainsAny(pattern, "*?[") {
		return []string{full}
	}
	found, err := r.folder.glob(full)
	if errors.Is(err, errWidePattern) {
		r.mistake(v, "name the folders, and write * only for the files in them", "%q is too wide: %v", pattern, err)
		r.lost = true
		return nil
	}
	if err != nil {
		r.mistake(v, "write patterns with *, ? and [a-z]", "%q is no pattern of file names", pattern)
		return nil
	}
	hidden := strings.HasPrefix(filepath.Base(pattern), ".")
	found = slices.DeleteFunc(found, func(p string) bool {
		return p == from || !hidden && strings.HasPrefix(filepath.Base(p), ".")
	})
	if len(found) == 0 {
		r.mistake(v, "patterns are read from the folder of the file they are written in", "no file matches %q", pattern)
		r.lost = true
	}
	return found
}

func (r *reader) includeFile(v value, path string, chain []string) {
	if isPack(path) {
		r.mistake(v, "give the file another name", "%s is a pack, not a file", path)
		return
	}
	if slices.Contains(chain, path) {
		r.mistake(v, "a file cannot include one that includes it", "%s is included in a circle", path)
		return
	}
	if len(r.docs.order) >= maxFiles {
		r.mistake(v, "", "more than %d files are included", maxFiles)
		return
	}
	if err := r.open(path, chain); err != nil {
		r.lost = true
		r.mistake(v, "", "%s: %s", path, cause(err))
	}
}

// includePack opens a pack. One that is included twice counts once.
func (r *reader) includePack(v value, path string) {
	err := r.open(path, nil)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrInvalid) {
		name := strings.TrimPrefix(path, packPrefix)
		hint := "there are " + strings.Join(Packs(), ", ")
		if near := text.Nearest(name, Packs()); near != "" {
			hint = "did you mean `" + packPrefix + near + "`? " + hint
		}
		r.mistake(v, hint, "there is no pack %q", shorten(name))
		r.lost = true
	} else if err != nil {
		r.mistake(v, "", "%s: %s", path, cause(err))
	}
}

// dir is the folder that names of files are relative to.
func (d *documents) dir() string { return filepath.Dir(d.path) }

func (d *documents) digest(path string, text []byte) {
	d.digests.add(relative(d.dir(), path), text)
}

// has reports whether a pack is among the files.
func (d *documents) has(pack string) bool {
	_, ok := d.order[packPrefix+pack]
	return ok
}

// quote adds the source line to a mistake that has none.
func (d *documents) quote(m *Mistake) {
	if m.Excerpt == "" {
		m.Excerpt = excerptOf(d.files, position{file: m.File, line: m.Line})
	}
}

// excerptOf returns a line of one of the files, with secrets masked.
func excerptOf(files []*file, at position) string {
	for _, f := range files {
		if f.Path == at.file {
			return f.Excerpt(at.line)
		}
	}
	return ""
}

// digests are hashes of files by their names.
type digests map[string][sha256.Size]byte

func (d digests) add(name string, text []byte) { d[name] = sha256.Sum256(text) }

// with returns one hash over the names and contents of the files of d and more.
func (d digests) with(more digests) string {
	all := maps.Clone(d)
	maps.Copy(all, more)
	h := sha256.New()
	for _, name := range slices.Sorted(maps.Keys(all)) {
		sum := all[name]
		h.Write(fmt.Appendf(nil, "%s\x00%x\n", name, sum)) // a hash takes everything
	}
	return hex.EncodeToString(h.Sum(nil))
}
