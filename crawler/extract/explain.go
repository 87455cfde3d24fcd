package extract

import "github.com/copytaster/copytaster/internal/news"

// Reader names a way to find the text of an article.
type Reader string

// The readers of an article's text.
const (
	ReaderNone        Reader = ""            // there is no text
	ReaderVote        Reader = "vote"        // the blocks on which readability and trafilatura agree
	ReaderReadability Reader = "readability" // the element with the article, all of it
	ReaderTrafilatura Reader = "trafilatura" // the paragraphs that look like an article's
	ReaderJSONLD      Reader = "json-ld"     // articleBody of the page's linked data
	ReaderLiveBlog    Reader = "live blog"   // liveBlogUpdate of the page's linked data
	ReaderHydration   Reader = "hydration"   // the data from which the page's script builds it
	ReaderLongBlocks  Reader = "long blocks" // what is surely text, of a page too large for the others
)

// Reading says how the text of an article was found. Explain returns it.
type Reading struct {
	Reader     Reader      // whose text was taken
	Why        string      // why it was, one sentence without a full stop
	Agreement  float64     // share of readability's words that trafilatura has too, 0 to 1; 0 when they did not vote
	Flat       bool        // the page was nested too deep for a tree and was read without its containers
	Candidates []Candidate // what each reader found, in the order they were asked
	Blocks     []Verdict   // every block that a reader wanted, in the order of the page
	Origins    []Origin    // where the other fields of the story came from
}

// Candidate is the text that one reader found.
type Candidate struct {
	Reader Reader
	Blocks int // paragraphs, headings, list items
	Bytes  int // of text
}

// Verdict says what became of one block of text.
type Verdict struct {
	Text    string // one line
	Dropped string // why it is no part of the story; "" when it is
}

// Explain reads the page of one story as Article does and says beside it how
// its text was found.
func Explain(body []byte, o Options) (news.Story, Reading, error) {
	var r Reading
	story, err := readArticle(body, o, &r)
	return story, r, err
}

// candidate notes what a reader found. Nobody listens to a nil Reading.
func (r *Reading) candidate(reader Reader, blocks []block) {
	if r != nil {
		r.Candidates = append(r.Candidates, Candidate{reader, len(blocks), len(lines(blocks))})
	}
}

// settle notes whose votes counted in an election and what became of every
// block that some reader wanted.
func (r *Reading) settle(e *election) {
	if r == nil {
		return
	}
	r.Reader, r.Why = ReaderNone, "no reader found a text"
	for _, b := range e.votes {
		if b.dropped == "" {
			r.Reader, r.Why, r.Agreement = e.mode, e.why(), e.shared
		}
		if b.deep || b.wide || b.dropped == "" {
			r.Blocks = append(r.Blocks, Verdict{b.text, b.dropped})
		}
	}
}

// replace notes that another text went before what the readers of the page
// found.
func (r *Reading) replace(reader Reader, why string, blocks []block) {
	if r == nil {
		return
	}
	r.candidate(reader, blocks)
	r.Reader, r.Why, r.Blocks = reader, why, nil
	for _, b := range blocks {
		r.Blocks = append(r.Blocks, Verdict{Text: b.text})
	}
}
