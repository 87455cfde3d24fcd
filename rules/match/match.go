package match

import (
	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/text"
)

// Match returns the rules that match a story, in the order of the rules, with
// the places that made them match.
func (x *Index) Match(story *news.Story) []news.Match {
	e := x.begin(story)
	defer e.Close()
	facts := FactsOf(story)
	var matches []news.Match
	for _, i := range e.candidates() {
		if !e.decided(int(i)) && !e.Matches(int(i), facts) {
			continue
		}
		e.used = true
		e.split()
		c := x.Compiled(int(i))
		matches = append(matches, news.Match{Rule: c.Name, Hash: c.Hash, Severity: c.Severity, Topic: c.Topic,
			Instruction: c.Instruction, To: c.To, AlsoTo: c.AlsoTo, Evidence: e.Evidence(c.Root)})
	}
	return matches
}

// Matched appends to into the numbers of the rules that match a story, in their
// order. It decides as Match does, without the evidence, and costs much less.
func (x *Index) Matched(story *news.Story, into []int) []int {
	e := x.begin(story)
	defer e.Close()
	var facts *Facts
	for _, i := range e.candidates() {
		matches := e.decided(int(i))
		if !matches {
			if facts == nil {
				facts = FactsOf(story)
			}
			matches = e.Matches(int(i), facts)
		}
		if matches {
			into = append(into, int(i))
		}
	}
	return into
}

// begin reads a story.
func (x *Index) begin(story *news.Story) *Evaluation {
	e := x.acquire()
	e.Fields = story.AppendFields(e.Fields[:0])
	e.read()
	return e
}

// candidates returns the rules that could match, in their order.
func (e *Evaluation) candidates() []uint32 { return e.index.postings.candidates(e.finder, &e.search) }

// decided reports whether a candidate is a match without being evaluated. It is
// not when phrases were found in the URL alone.
func (e *Evaluation) decided(rule int) bool { return e.index.postings.ruleConclusive(rule) && !e.inURL }

// Open begins the evaluation of a story, given by its fields, in which every
// rule may be asked for everything. It ends with Close.
func (x *Index) Open(fields []news.Field) *Evaluation {
	e := x.acquire()
	e.Fields = append(e.Fields[:0], fields...)
	e.read()
	e.used = true
	e.split()
	return e
}

// acquire returns an evaluation for one goroutine; its memory may have served
// other stories.
func (x *Index) acquire() *Evaluation {
	if e, ok := x.idle.Get().(*Evaluation); ok {
		return e
	}
	finder := text.NewFinder(x.postings.phrases, x.postings.keys-x.postings.phrases.Phrases())
	return &Evaluation{StoryText: newDocument(x, finder, nil), search: search{listed: make([]uint64, len(x.names)/64+1)}}
}

// Close ends an evaluation.
func (e *Evaluation) Close() {
	e.finder.Forget()
	clear(e.Fields)
	if e.used {
		*e = Evaluation{StoryText: newDocument(e.index, e.finder, e.Fields), search: e.search}
	}
	e.index.idle.Put(e)
}
