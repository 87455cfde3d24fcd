package notify

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/text"
)

// dots stand between two sentences that do not follow each other.
const dots = " … "

// Bounds of the search for a passage, so that a hostile text costs little.
const (
	halfQuote    = (maxQuote - len(dots)) / 2
	maxSentence  = 2000 // bytes of a sentence that are looked at
	maxSentences = 24   // sentences that are weighed against each other
	leadIn       = 40   // runes kept in front of the first match of a cut sentence
)

// passage is a stretch of a story, cleaned, with what rules found in it.
type passage struct {
	text  string
	marks []mark
}

// mark is a place that made a rule match.
type mark struct {
	start, end int
	key        string
	sentence   string // that the rule saw around it, "" when it did not say
}

// sentenceAt is a sentence of a field that holds evidence.
type sentenceAt struct {
	field      int
	start, end int
	whole      passage
	half       passage // no longer than half a quote
}

// quote chooses the shortest passage that holds the evidence: one or two
// sentences with as many of the concepts as can be had in maxQuote runes. When
// all evidence is in the headline it is the lead's first sentence.
func quote(s *news.Story, matches []news.Match) []QuotePart {
	fields := s.Fields()
	var best passage
	bestKeys, bestParts := 0, 0
	weigh := func(p passage, parts int) {
		keys := len(p.keys())
		better := cmp.Or(cmp.Compare(keys, bestKeys), cmp.Compare(bestParts, parts), cmp.Compare(best.length(), p.length()))
		if keys > 0 && better > 0 {
			best, bestKeys, bestParts = p, keys, parts
		}
	}
	sentences := evident(fields, matches)
	for i, a := range sentences {
		weigh(a.whole.crop(maxQuote), 1)
		for _, b := range sentences[i+1:] {
			weigh(join(a, b, fields))
		}
	}
	if bestKeys == 0 {
		return opening(fields)
	}
	return best.spans()
}

// evident returns the sentences of lead and body that hold evidence, in the
// story's order.
func evident(fields []news.Field, matches []news.Match) []sentenceAt {
	places := map[int][]mark{}
	for _, m := range matches {
		for _, e := range m.Evidence {
			if f, at, ok := locate(fields, e); ok {
				places[f] = append(places[f], mark{start: at, end: at + len(e.Text), key: key(e), sentence: e.Sentence})
			}
		}
	}
	var found []sentenceAt
	for f := range fields {
		marks := places[f]
		slices.SortFunc(marks, func(a, b mark) int { return cmp.Or(a.start-b.start, a.end-b.end) })
		for _, m := range marks {
			if n := len(found); n > 0 && found[n-1].field == f && m.end <= found[n-1].end {
				continue
			}
			if len(found) == maxSentences {
				return found
			}
			start, end := sentenceAround(fields[f].Text, m)
			whole := extract(fields[f].Text, start, end, marks)
			found = append(found, sentenceAt{field: f, start: start, end: end, whole: whole, half: whole.crop(halfQuote)})
		}
	}
	return found
}

// locate finds the place of evidence in lead or body. A story may have been
// read anew since it matched: then the place is looked for again.
func locate(fields []news.Field, e news.Evidence) (field, at int, ok bool) {
	if e.Text == "" || e.Field != news.FieldLead && e.Field != news.FieldBody {
		return 0, 0, false
	}
	again := -1
	for i, f := range fields {
		if f.Name != news.FieldLead && f.Name != news.FieldBody {
			continue
		}
		if f.Name == e.Field && f.Variant == e.Variant && e.Start >= 0 && e.Start <= len(f.Text) &&
			strings.HasPrefix(f.Text[e.Start:], e.Text) {
			return i, e.Start, true
		}
		if j := strings.Index(f.Text, e.Text); j >= 0 && again < 0 {
			again, at = i, j
		}
	}
	return again, at, again >= 0
}

// sentenceAround returns the bounds of the sentence that holds a mark: the one
// that the rule saw, else the one that stands there now.
func sentenceAround(field string, m mark) (start, end int) {
	if n := len(m.sentence); n >= m.end-m.start && n <= maxSentence {
		from := max(0, m.end-n)
		if i := strings.Index(field[from:min(len(field), m.start+n)], m.sentence); i >= 0 && from+i <= m.start {
			return from + i, from + i + n
		}
	}
	return text.SentenceAt(field, m.start, m.end)
}

// extract cleans a stretch of a field and takes the marks along.
func extract(text string, start, end int, marks []mark) passage {
	at := make([]int, end-start+1)
	p := passage{text: scrub(text[start:end], at)}
	for _, m := range marks {
		if m.start < start || m.end > end || at[m.start-start] == at[m.end-start] {
			continue
		}
		p.marks = append(p.marks, mark{start: at[m.start-start], end: at[m.end-start], key: m.key})
	}
	return p
}

// join puts two sentences into one passage, cutting both when they are too
// long together. A gap between them counts like a sentence: what can be read
// in one go is better.
func join(a, b sentenceAt, fields []news.Field) (p passage, parts int) {
	gap, parts := dots, 3
	if a.field == b.field && strings.TrimSpace(fields[a.field].Text[min(a.end, b.start):b.start]) == "" {
		gap, parts = " ", 2
	}
	left, right := a.whole, b.whole
	if left.length()+right.length() > 2*halfQuote {
		left, right = a.half, b.half
		if strings.HasSuffix(left.text, "…") || strings.HasPrefix(right.text, "…") {
			gap = dots
		}
	}
	if gap == dots { // it stands for those beside it, too
		left = left.part(0, len(strings.TrimSuffix(left.text, "…")))
		right = right.part(len(right.text)-len(strings.TrimPrefix(right.text, "… ")), len(right.text))
	}
	p = passage{text: left.text + gap + right.text, marks: slices.Clone(left.marks)}
	shift := len(left.text) + len(gap)
	for _, m := range right.marks {
		p.marks = append(p.marks, mark{start: m.start + shift, end: m.end + shift, key: m.key})
	}
	return p, parts
}

// part is the stretch of a passage between two offsets, with the marks that
// lie in it.
func (p passage) part(from, to int) passage {
	part := passage{text: p.text[from:to]}
	for _, m := range p.marks {
		if m.start >= from && m.end <= to {
			part.marks = append(part.marks, mark{start: m.start - from, end: m.end - from, key: m.key})
		}
	}
	return part
}

// crop cuts a passage to limit runes, to the window with the most concepts.
func (p passage) crop(limit int) passage {
	if fits(p.text, limit) {
		return p
	}
	var best passage
	for _, m := range p.marks {
		if w := p.window(m, limit); len(w.keys()) > len(best.keys()) {
			best = w
		}
	}
	return best
}

// window is the stretch of a passage that begins shortly before a mark, with
// ellipses where something is left out.
func (p passage) window(m mark, limit int) passage {
	from := p.back(m.start, leadIn)
	head := ""
	if from > 0 {
		head = dots[1:]
	}
	text := cut(p.text[from:], limit-utf8.RuneCountInString(head))
	kept := len(text)
	if from+len(text) != len(p.text) {
		kept = len(strings.TrimSuffix(text, "…"))
	}
	w := p.part(from, from+kept)
	for i := range w.marks {
		w.marks[i].start += len(head)
		w.marks[i].end += len(head)
	}
	w.text = head + text
	return w
}

// back returns the beginning of the word about n runes before an offset, or 0
// when that is near; where no word begins, the offset itself.
func (p passage) back(offset, n int) int {
	from := offset
	for range n {
		if from == 0 {
			return 0
		}
		_, size := utf8.DecodeLastRuneInString(p.text[:from])
		from -= size
	}
	if i := strings.IndexByte(p.text[from:offset], ' '); i >= 0 {
		return from + i + 1
	}
	return offset
}

func (p passage) length() int { return utf8.RuneCountInString(p.text) }

// keys are the different keys of the passage's marks.
func (p passage) keys() []string {
	var keys []string
	for _, m := range p.marks {
		if !slices.Contains(keys, m.key) {
			keys = append(keys, m.key)
		}
	}
	return keys
}

// spans cuts the passage where matches begin and end. Matches that overlap
// become one.
func (p passage) spans() []QuotePart {
	var spans []QuotePart
	at := 0
	for i := 0; i < len(p.marks); {
		start, end := p.marks[i].start, p.marks[i].end
		for i++; i < len(p.marks) && p.marks[i].start <= end; i++ {
			end = max(end, p.marks[i].end)
		}
		spans = append(spans, QuotePart{Text: p.text[at:start]}, QuotePart{Text: p.text[start:end], Match: true})
		at = end
	}
	spans = append(spans, QuotePart{Text: p.text[at:]})
	return slices.DeleteFunc(spans, func(s QuotePart) bool { return s.Text == "" })
}

// opening is the first sentence of the lead, else of the body.
func opening(fields []news.Field) []QuotePart {
	for _, f := range fields {
		if f.Name != news.FieldLead && f.Name != news.FieldBody {
			continue
		}
		first := clean(text.FirstSentence(f.Text[:runes(f.Text, maxSentence)]))
		if !blank(first) {
			return []QuotePart{{Text: cut(first, maxQuote)}}
		}
	}
	return nil
}

// plain is the text of spans.
func plain(spans []QuotePart) string {
	var b strings.Builder
	for _, s := range spans {
		b.WriteString(s.Text)
	}
	return b.String()
}
