package pages

import (
	"crypto/sha256"
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"time"
)

//go:embed assets templates
var embedded embed.FS

// file is a file that pages load.
type file struct {
	content string
	kind    string // its media type
	tag     string // of its content, in hex
}

// kindOf returns the media type of a file, by the end of its name.
func kindOf(name string) string {
	switch path.Ext(name) {
	case ".css":
		return "text/css; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	default:
		return "image/svg+xml"
	}
}

// readFiles reads the files, by name.
func readFiles() (map[string]file, error) {
	names, err := fs.Glob(embedded, "assets/*")
	if err != nil {
		return nil, fmt.Errorf("read assets: %w", err)
	}
	all := map[string]file{}
	for _, name := range names {
		content, err := embedded.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("read assets: %w", err)
		}
		sum := sha256.Sum256(content)
		all[path.Base(name)] = file{content: string(content), kind: kindOf(name), tag: fmt.Sprintf("%x", sum[:8])}
	}
	return all, nil
}

// asset serves a file. One that is asked for by its tag never changes.
func (s *site) asset(w http.ResponseWriter, r *http.Request) {
	f, ok := s.files[r.PathValue("name")]
	if !ok {
		s.refuse(w, r, http.StatusNotFound, "There is no such file.")
		return
	}
	h := w.Header()
	h.Set("Cache-Control", "no-cache")
	if r.URL.Query().Get("v") == f.tag {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	h.Set("Content-Type", f.kind)
	h.Set("ETag", `"`+f.tag+`"`)
	http.ServeContent(w, r, "", time.Time{}, strings.NewReader(f.content))
}

// readFrames parses the templates: each page within the frame.
func readFrames(s *site) (map[string]*template.Template, error) {
	frame, err := template.New("frame").Funcs(s.words()).ParseFS(embedded, "templates/frame.html", "templates/parts.html")
	if err != nil {
		return nil, fmt.Errorf("read templates: %w", err)
	}
	names, err := fs.Glob(embedded, "templates/*.html")
	if err != nil {
		return nil, fmt.Errorf("read templates: %w", err)
	}
	all := map[string]*template.Template{}
	for _, name := range names {
		whole, err := frame.Clone()
		if err == nil {
			_, err = whole.ParseFS(embedded, name)
		}
		if err != nil {
			return nil, fmt.Errorf("read templates: %w", err)
		}
		all[strings.TrimSuffix(path.Base(name), ".html")] = whole
	}
	return all, nil
}
