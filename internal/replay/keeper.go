package replay

import (
	"bufio"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"unicode/utf8"

	"github.com/copytaster/copytaster/internal/cluster"
	"github.com/copytaster/copytaster/internal/news"
)

// keeper returns stories that were read before, so that a month of them need not be
// held in memory.
type keeper interface {
	// pack returns what keep needs of a story, on any goroutine.
	pack(s *news.Story) ([]byte, error)
	// keep returns the place of a story that was packed, more than 0.
	keep(id int64, packed []byte) (place int64, err error)
	// read returns the stories of some places, nil for one that is gone. Their ID is the
	// place.
	read(ctx context.Context, places []int64) ([]*news.Story, error)
	Close() error
}

// forNews reads them from the store: a place is the ID of a story. What was told in
// the two weeks before the stories that count is read, too.
func (a *Archive) forNews() (Input, keeper, error) {
	wider := *a
	if wider.from = a.span.Since; !wider.from.IsZero() {
		wider.span.Since = wider.from.Add(-cluster.HistoryOf)
	}
	return &wider, archived{a}, nil
}

type archived struct{ *Archive }

func (archived) pack(*news.Story) ([]byte, error)       { return nil, nil }
func (archived) keep(id int64, _ []byte) (int64, error) { return id, nil }
func (archived) Close() error                           { return nil } // the archive is its opener's

func (a archived) read(ctx context.Context, places []int64) ([]*news.Story, error) {
	stories, err := a.store.Stories.Some(ctx, places)
	for _, s := range stories {
		if s != nil {
			s.Origin = a.origin(s.Origin.Source)
		}
	}
	return stories, err
}

// forNews keeps them in a file of its own, for standard input comes once, and a packed
// file can only be read from its beginning.
func (f Files) forNews() (Input, keeper, error) {
	kept, err := os.CreateTemp("", "copytaster-backtest-*")
	if err != nil {
		return nil, nil, fmt.Errorf("keep stories: %w", err)
	}
	return f, &spool{file: kept, out: bufio.NewWriterSize(kept, 1<<20)}, nil
}

// spool is a file of packed stories: each is its length in four bytes, then JSON. A
// place is where one begins, and 1.
type spool struct {
	file *os.File
	out  *bufio.Writer
	size int64
}

// mostText is how much of a text is kept: as much as package cluster reads.
const mostText = 64 << 10

func (*spool) pack(s *news.Story) ([]byte, error) {
	kept := *s
	kept.Text = strings.ToValidUTF8(kept.Text[:min(len(kept.Text), mostText+utf8.UTFMax)], "")
	return json.Marshal(&kept) //nolint:musttag // read by this process alone
}

func (s *spool) keep(_ int64, packed []byte) (int64, error) {
	place := s.size + 1
	_, err := s.out.Write(binary.BigEndian.AppendUint32(nil, uint32(len(packed))))
	if err == nil {
		_, err = s.out.Write(packed)
	}
	s.size += int64(4 + len(packed))
	if err != nil {
		return 0, fmt.Errorf("keep stories: %w (TMPDIR names another folder for them)", err)
	}
	return place, nil
}

func (s *spool) read(ctx context.Context, places []int64) ([]*news.Story, error) {
	if err := errors.Join(ctx.Err(), s.out.Flush()); err != nil {
		return nil, fmt.Errorf("keep stories: %w", err)
	}
	all := make([]*news.Story, len(places))
	for i, place := range places {
		var size [4]byte
		_, err := s.file.ReadAt(size[:], place-1)
		packed := make([]byte, binary.BigEndian.Uint32(size[:]))
		if err == nil {
			_, err = s.file.ReadAt(packed, place+3)
		}
		all[i] = &news.Story{}
		if err = ended(err); err == nil {
			err = json.Unmarshal(packed, all[i]) //nolint:musttag // as above
		}
		if err != nil {
			return nil, fmt.Errorf("read kept stories: %w", err)
		}
		all[i].ID = place
	}
	return all, nil
}

// ended is nil for io.EOF, which ReadAt may return with the last bytes of a file.
func ended(err error) error {
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

// Close removes the file.
func (s *spool) Close() error {
	return errors.Join(s.file.Close(), os.Remove(s.file.Name()))
}
