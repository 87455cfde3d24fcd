package crawler

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zlib"
	"github.com/klauspost/compress/zstd"
)

// maxWindow is the largest zstd window that is decoded: RFC 9659 forbids a
// larger one on the web.
const maxWindow = 8 << 20

// tooLargeError is a body above its limit of bytes.
type tooLargeError struct{ limit int64 }

func (e tooLargeError) Error() string {
	if e.limit < 1<<20 {
		return fmt.Sprintf("more than %d KB", e.limit>>10)
	}
	return fmt.Sprintf("more than %d MB", e.limit>>20)
}

// encodingError is a body that its Content-Encoding cannot explain.
type encodingError struct{ err error }

func (e encodingError) Error() string { return e.err.Error() }

// body decodes a response's body, up to a limit. The bytes that are read are
// limited too: a compressed body may be endless and decode to nothing.
type body struct {
	raw       rawBody
	encodings []string // as the server applied them
	limit     int64
	left      int64  // of the limit
	cut       bool   // end at the limit without an error
	torn      func() // called when the end of the file is missing; may be nil
	done      func()

	decoded io.Reader // nil before the first Read
	closers []func()
	err     error
}

// rawBody is the body as it is sent.
type rawBody struct {
	io.ReadCloser
	left int64
	err  error
}

func (r *rawBody) Read(p []byte) (int, error) {
	n, err := r.ReadCloser.Read(p)
	if r.left -= int64(n); r.left < 0 && err == nil {
		err = tooLargeError{}
	}
	if err != nil && err != io.EOF {
		r.err = err
	}
	return n, err
}

// Read reads from the decoded body.
func (b *body) Read(p []byte) (int, error) {
	if b.err == nil && b.decoded == nil {
		b.decoded, b.err = b.decode()
	}
	if b.err != nil || len(p) == 0 {
		return 0, b.err
	}
	// One byte more than is left tells an end at the limit from one beyond it.
	n, err := b.decoded.Read(p[:min(int64(len(p)), b.left+1)])
	if b.left -= int64(n); b.left < 0 {
		n--
		err = tooLargeError{b.limit}
	}
	b.err = b.explain(err)
	if _, torn := b.err.(encodingError); torn && b.left < b.limit { //nolint:errorlint // explain makes it
		b.err = io.EOF // what can be unpacked of a torn file is read, as of one with something behind its end
		if b.torn != nil {
			b.torn()
		}
	}
	return n, b.err
}

// explain tells errors of the connection from errors of the encoding.
func (b *body) explain(err error) error {
	var large tooLargeError
	switch {
	case err == nil || err == io.EOF:
		return err
	case errors.As(err, &large), errors.As(b.raw.err, &large),
		errors.Is(err, zstd.ErrDecoderSizeExceeded), errors.Is(err, zstd.ErrWindowSizeExceeded):
		if b.cut {
			return io.EOF
		}
		return tooLargeError{b.limit}
	case b.raw.err != nil:
		return b.raw.err
	}
	return encodingError{err}
}

// decode takes the encodings off in reverse order, then what is still a gzip
// file: *.gz is served under many types and none.
func (b *body) decode() (io.Reader, error) {
	r := bufio.NewReader(&b.raw)
	if len(b.encodings) > 3 {
		return nil, encodingError{errors.New("too many encodings")}
	}
	for _, encoding := range slices.Backward(b.encodings) {
		decoder, err := b.decoder(r, strings.ToLower(strings.TrimSpace(encoding)))
		if err != nil {
			return nil, b.explain(err)
		}
		if decoder != r {
			r = bufio.NewReader(decoder)
		}
	}
	decoder, err := gunzip(r)
	if err != nil {
		return nil, b.explain(err)
	}
	return decoder, nil
}

func (b *body) decoder(r *bufio.Reader, encoding string) (io.Reader, error) {
	if _, err := r.Peek(1); err == io.EOF {
		return r, nil // as the answer to a conditional request is
	}
	// Packed with gzip, whatever it is said to be: the third byte names its only
	// method, and no other encoding begins so.
	if magic, _ := r.Peek(3); string(magic) == "\x1f\x8b\x08" {
		return gunzip(r)
	}
	switch encoding {
	case "deflate":
		return inflate(r)
	case "br":
		if isPlain(r) {
			return r, nil
		}
		return brotli.NewReader(r), nil
	case "zstd":
		if magic, _ := r.Peek(4); string(magic) != "\x28\xb5\x2f\xfd" {
			return r, nil
		}
		z, err := zstd.NewReader(r,
			zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(maxWindow))
		if err != nil {
			return nil, err
		}
		b.closers = append(b.closers, z.Close)
		return z, nil
	case "compress", "x-compress", "exi", "pack200-gzip", "dcb", "dcz", "sdch", "xz", "bzip2", "lzma":
		return nil, fmt.Errorf("unknown content encoding %q", encoding)
	}
	// A server says "utf-8", "none", "8bit", "text/xml" and the like of a plain body.
	return r, nil
}

// inflate decodes "deflate", which servers write with zlib's frame, as they
// should (RFC 9110, section 8.4.1.2), or without.
func inflate(r *bufio.Reader) (io.Reader, error) {
	if isPlain(r) {
		return r, nil
	}
	if head, _ := r.Peek(2); len(head) == 2 && head[0]&0x0f == 8 && (int(head[0])<<8|int(head[1]))%31 == 0 {
		return zlib.NewReader(r)
	}
	return flate.NewReader(r), nil
}

// isPlain reports whether a body begins as documents do, and nothing that is
// packed.
func isPlain(r *bufio.Reader) bool {
	head, _ := r.Peek(64)
	head = bytes.ToLower(bytes.TrimSpace(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf"))))
	for _, start := range []string{"<?xml", "<!doctype", "<!--", "<rss", "<rdf", "<feed", "<urlset", "<sitemapindex", "<html", "<head", "<body", "<title", "{\""} {
		if bytes.HasPrefix(head, []byte(start)) {
			return true
		}
	}
	return false
}

// gunzip decodes what is gzip by its first bytes, whatever it is said to be:
// servers say so of plain files, and do not say so of packed ones.
func gunzip(r *bufio.Reader) (io.Reader, error) {
	if magic, _ := r.Peek(2); string(magic) != "\x1f\x8b" {
		return r, nil
	}
	return gzip.NewReader(r)
}

// Close ends the request.
func (b *body) Close() error {
	for _, c := range b.closers {
		c()
	}
	b.closers, b.err = nil, io.ErrClosedPipe
	err := b.raw.Close()
	b.done()
	return err
}
