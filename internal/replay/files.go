package replay

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"sync/atomic"

	"github.com/copytaster/copytaster/internal/news"
)

const (
	// partSize is how many bytes of lines are one part: enough for the
	// hand-over between goroutines to cost nothing beside the work.
	partSize = 256 << 10
	// maxLine is the longest line that is read.
	maxLine = 16 << 20
	tooLong = "it is longer than 16 MB"
)

// Files are files with a story a line, in JSON; a file may be packed with
// gzip, whatever its name.
type Files struct {
	Paths []string  // "-" is Stdin
	Stdin io.Reader // may be nil without "-"
}

// size is the files' size on disk, 0 when one of them has none.
func (f Files) size(context.Context) (total int64, err error) {
	for _, path := range f.Paths {
		if path == "-" {
			return 0, nil
		}
		info, err := os.Stat(path)
		if err != nil {
			return 0, fmt.Errorf("read stories: %w", err)
		}
		if info.IsDir() {
			return 0, fmt.Errorf("read stories: %s is a folder", path)
		}
		if !info.Mode().IsRegular() {
			return 0, nil
		}
		total += info.Size()
	}
	return total, nil
}

func (f Files) parts(_ context.Context, send func(*part) bool) error {
	var read atomic.Int64
	for _, path := range f.Paths {
		more, err := f.partsOf(path, &read, send)
		if err != nil {
			return fmt.Errorf("read %s: %w", path, err)
		}
		if !more {
			break
		}
	}
	return nil
}

// partsOf cuts one file; more is false when no more is wanted.
func (f Files) partsOf(path string, read *atomic.Int64, send func(*part) bool) (more bool, err error) {
	in := f.Stdin
	if path != "-" {
		file, err := os.Open(path)
		if err != nil {
			return false, errors.Unwrap(err)
		}
		defer file.Close() //nolint:errcheck // read only
		in = file
	}
	unpacked, err := unpack(&counter{in, read})
	if err != nil {
		return false, err
	}
	first := true
	return cut(unpacked, func(text []byte, long bool) bool {
		p := &part{text: text, long: long, path: path, first: first, read: read.Load()}
		first = false
		return send(p)
	})
}

// counter counts what is read through it.
type counter struct {
	io.Reader
	read *atomic.Int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.read.Add(int64(n))
	return n, err
}

// unpack looks whether a file is packed, and leaves a byte order mark out.
func unpack(in io.Reader) (io.Reader, error) {
	buffered := bufio.NewReaderSize(in, 64<<10)
	if magic, _ := buffered.Peek(2); bytes.Equal(magic, []byte{0x1f, 0x8b}) {
		unzipped, err := gzip.NewReader(buffered)
		if err != nil {
			return nil, whole(err)
		}
		buffered = bufio.NewReader(unzipped)
	}
	if mark, _ := buffered.Peek(3); string(mark) == "\ufeff" {
		_, _ = buffered.Discard(len(mark)) // they are in the buffer
	}
	return buffered, nil
}

// whole says of a packed file that ends too soon what is wrong with it.
func whole(err error) error {
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("the packed file is cut short: %w", err)
	}
	return err
}

// cut sends a text in stretches of whole lines. Of a line that is much longer
// than maxLine only that it was there is sent. Before an error everything but the
// line that it broke is sent.
func cut(in io.Reader, send func(text []byte, long bool) bool) (more bool, err error) {
	text := make([]byte, 0, partSize)
	for {
		if len(text) == cap(text) {
			text = append(make([]byte, 0, 4*cap(text)), text...)
		}
		n, err := in.Read(text[len(text):cap(text)])
		text = text[:len(text)+n]
		switch {
		case err == io.EOF:
			return len(text) == 0 || send(text, false), nil
		case err != nil:
			if end := bytes.LastIndexByte(text, '\n') + 1; end > 0 {
				send(text[:end], false)
			}
			return false, whole(err)
		case len(text) < cap(text):
			continue
		}
		end := bytes.LastIndexByte(text, '\n') + 1
		switch {
		case end > 0:
			rest := append(make([]byte, 0, max(partSize, 2*(len(text)-end))), text[end:]...)
			if !send(text[:end], false) {
				return false, nil
			}
			text = rest
		case len(text) >= maxLine:
			if !send(nil, true) {
				return false, nil
			}
			if text, err = afterLine(in, make([]byte, 0, partSize)); err != nil && err != io.EOF {
				return false, whole(err)
			}
		}
	}
}

// afterLine reads on to the end of a line and returns what was read beyond it.
func afterLine(in io.Reader, buffer []byte) ([]byte, error) {
	for {
		n, err := in.Read(buffer[:cap(buffer)])
		if end := bytes.IndexByte(buffer[:n], '\n'); end >= 0 {
			return buffer[:copy(buffer[:n], buffer[end+1:n])], err
		}
		if err != nil {
			return buffer[:0], err
		}
	}
}

// stories reads the lines of a part; blank ones are passed over.
func (Files) stories(p *part) (r content) {
	if p.long {
		return content{lines: 1, bad: []BadLine{{p.path, 1, tooLong}}}
	}
	r.stories = make([]*news.Story, 0, len(p.text)/1024+1)
	for line := range bytes.Lines(p.text) {
		r.lines++
		if line = bytes.TrimSpace(line); len(line) == 0 {
			continue
		}
		if len(line) > maxLine {
			r.bad = append(r.bad, BadLine{p.path, r.lines, tooLong})
			continue
		}
		story, err := readStory(line)
		if err != nil {
			r.bad = append(r.bad, BadLine{p.path, r.lines, err.Error()})
			continue
		}
		r.stories = append(r.stories, story)
	}
	r.count = len(r.stories)
	return r
}
