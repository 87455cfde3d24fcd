package crawler

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zlib"
	"github.com/klauspost/compress/zstd"
)

// pack encodes a text as a Content-Encoding header says, left to right.
func pack(t testing.TB, text []byte, encodings string) []byte {
	t.Helper()
	for encoding := range strings.SplitSeq(encodings, ",") {
		var b bytes.Buffer
		var w io.WriteCloser
		switch strings.TrimSpace(encoding) {
		case "gzip", "x-gzip":
			w = gzip.NewWriter(&b)
		case "br":
			w = brotli.NewWriter(&b)
		case "zstd":
			w, _ = zstd.NewWriter(&b)
		case "zlib":
			w = zlib.NewWriter(&b)
		case "deflate":
			w, _ = flate.NewWriter(&b, 6)
		default:
			continue
		}
		if _, err := w.Write(text); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		text = b.Bytes()
	}
	return text
}

func TestEncodings(t *testing.T) {
	s := newSite(t)
	text := []byte(strings.Repeat("news and more news\n", 5000))
	for i, c := range []struct{ path, header, really string }{
		{"plain", "", ""},
		{"plain", "identity", ""},
		{"gzip", "gzip", "gzip"},
		{"x-gzip", "X-GZIP", "gzip"},
		{"br", "br", "br"},
		{"zstd", "zstd", "zstd"},
		{"two", "gzip, br", "gzip, br"},
		{"zlib", "deflate", "zlib"},
		{"deflate", "deflate", "deflate"},
		{"said twice", "gzip, utf-8", "gzip"},
		{"a charset", "UTF-8", ""},
		{"a transfer encoding", "binary", ""},
		{"not packed at all", "zstd", ""},
		{"gzip by the name of deflate", "deflate", "gzip"},
		{"gzip by the name of brotli", "br", "gzip"},
		{"gzip by a name of its own", "application/gzip", "gzip"},
		{"not packed at all", "gzip", ""},
		{"packed without a word", "", "gzip"},
		{"map.xml.gz", "", "gzip"},
		{"map.xml.gz", "gzip", "gzip, gzip"},
		{"map.xml.gz", "br", "gzip, br"},
	} {
		path := fmt.Sprintf("/%d/%s", i, c.path)
		s.funcs[path] = func(w http.ResponseWriter, r *http.Request) {
			if got := r.Header.Get("Accept-Encoding"); got != "gzip, br, zstd" {
				t.Errorf("asked for %q", got)
			}
			w.Header().Set("Content-Encoding", c.header)
			_, _ = w.Write(pack(t, text, c.really))
		}
		doc, err := newCrawler(t, nil).Fetch(t.Context(), s.source("", "/"), s.URL+path)
		if err != nil || !bytes.Equal(doc.Body, text) {
			t.Errorf("%s: %d bytes of %d, %v", path, len(doc.Body), len(text), err)
		}
		if doc.Header.Get("Content-Encoding") != "" {
			t.Errorf("%s: a decoded document is said to be encoded", path)
		}
	}
}

// A body of exactly the limit is whole; one byte more is too much, and a cut
// one just ends there.
func TestBodyLimit(t *testing.T) {
	for _, encoding := range []string{"", "gzip", "br", "zstd"} {
		for size := int64(998); size <= 1002; size++ {
			checkBodyLimit(t, encoding, size, false)
			checkBodyLimit(t, encoding, size, true)
		}
	}
}

// checkBodyLimit reads a body of a size where 1000 bytes are the limit.
func checkBodyLimit(t *testing.T, encoding string, size int64, cut bool) {
	t.Helper()
	packed := pack(t, bytes.Repeat([]byte("x"), int(size)), encoding)
	closed := 0
	b := &body{
		raw:       rawBody{ReadCloser: io.NopCloser(bytes.NewReader(packed)), left: 1000},
		encodings: []string{encoding}, left: 1000, limit: 1000, cut: cut, done: func() { closed++ },
	}
	got, err := io.ReadAll(b)
	if size <= 1000 && err != nil || size > 1000 && (err == nil) != cut {
		t.Errorf("%q, %d bytes, cut %v: %v", encoding, size, cut, err)
	}
	if want := min(size, 1000); int64(len(got)) != want && (err == nil || int64(len(got)) > want) {
		t.Errorf("%q, %d bytes, cut %v: read %d", encoding, size, cut, len(got))
	}
	if b.Close() != nil || closed != 1 {
		t.Errorf("%q: closed %d times", encoding, closed)
	}
	if _, err := b.Read(make([]byte, 1)); err == nil {
		t.Error("a closed body can be read")
	}
}

// Of a file that is torn off, or has something behind its end, what can be
// unpacked is read; one of which nothing can be unpacked is an error.
func TestTornFiles(t *testing.T) {
	text := []byte(strings.Repeat("news and more news, and never the same: ", 3000))
	for i := range text {
		if i%7 == 0 {
			text[i] = byte('a' + i*i%26)
		}
	}
	read := func(packed []byte, encoding string) ([]byte, error) {
		b := &body{
			raw:       rawBody{ReadCloser: io.NopCloser(bytes.NewReader(packed)), left: 1 << 20},
			encodings: []string{encoding}, left: 1 << 20, limit: 1 << 20, done: func() {},
		}
		return io.ReadAll(b)
	}
	for _, encoding := range []string{"gzip", "br", "zstd", "deflate"} {
		packed := pack(t, text, encoding)
		// gzip and deflate give what they have; the others only whole blocks.
		got, err := read(packed[:len(packed)-8], encoding)
		if (encoding == "gzip" || encoding == "deflate") && (err != nil || len(got) < len(text)/3) || !bytes.HasPrefix(text, got) {
			t.Errorf("%s torn off: %d bytes of %d, %v", encoding, len(got), len(text), err)
		}
		if got, err := read(append(slices.Clone(packed), "\r\nrubbish"...), encoding); err != nil || !bytes.Equal(got, text) {
			t.Errorf("%s with something behind it: %d bytes of %d, %v", encoding, len(got), len(text), err)
		}
		if got, err := read(packed[:4], encoding); len(got) > 0 || err == nil {
			t.Errorf("%s of 4 bytes: %q, %v", encoding, got, err)
		}
	}
}

func FuzzBody(f *testing.F) {
	for _, encoding := range []string{"", "gzip", "br", "zstd", "gzip, zstd", "deflate"} {
		f.Add(encoding, pack(f, []byte("some news"), encoding))
	}
	f.Fuzz(func(t *testing.T, encodings string, data []byte) {
		b := &body{
			raw:       rawBody{ReadCloser: io.NopCloser(bytes.NewReader(data)), left: 4096},
			encodings: strings.Split(encodings, ","), left: 4096, limit: 4096, done: func() {},
		}
		if got, _ := io.ReadAll(b); len(got) > 4096 {
			t.Errorf("%d bytes came through", len(got))
		}
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	})
}

// The charset of the header must reach the extractor, and nobody before it.
func TestCharsetIsNotApplied(t *testing.T) {
	s := newSite(t)
	const encoded = "<title>\xba\xcf\xc7\xd1</title>" // EUC-KR
	s.funcs["/kr.xml"] = func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/xml; charset=EUC-KR")
		fmt.Fprint(w, encoded)
	}
	doc, err := newCrawler(t, nil).Fetch(t.Context(), s.source("", "/"), s.URL+"/kr.xml")
	if err != nil || doc.Charset != "EUC-KR" || doc.Header.Get("Content-Type") != "text/xml" || string(doc.Body) != encoded {
		t.Errorf("charset %q, type %q, %v", doc.Charset, doc.Header.Get("Content-Type"), err)
	}
}

func TestCharsetOf(t *testing.T) {
	for params, want := range map[string]string{
		"": "", " charset=utf-8": "utf-8", ` q=1; CHARSET = "windows-1251" `: "windows-1251", "charset='euc-kr'": "euc-kr",
		" charset=utf-8; charset=utf-8": "utf-8", "charset": "", "x=charset=utf-8": "",
	} {
		if got := charsetOf(params); got != want {
			t.Errorf("charsetOf(%q) = %q, want %q", params, got, want)
		}
	}
}
