// Package robots reads robots.txt as RFC 9309 has it. Parse a file once, then
// ask Rules.Allowed for every path; Rules are read-only and may be shared.
//
// Rules hold the groups of the file in their order; the groups that name an
// agent are merged when they are asked about it. Where the RFC leaves it open,
// it follows Google's open-source parser: frequent misspellings, a missing colon
// and a byte order mark are forgiven.
package robots

import (
	"iter"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// MaxSize is how much of a file is read, in bytes: the least that RFC 9309,
// section 2.5, asks for. The rest is ignored.
const MaxSize = 500 << 10

// maxDelay is the longest Crawl-delay that is believed.
const maxDelay = 24 * time.Hour

// Rules is a parsed robots.txt. The zero value allows everything.
type Rules struct {
	groups []group
	delays map[string]time.Duration // by agent
}

// group is a run of User-agent lines and the rules that follow them.
type group struct {
	agents []string // lower case; "*" for everybody
	rules  []rule
}

// rule is one Allow or Disallow line.
type rule struct {
	allow   bool
	pattern pattern
}

// Parse reads a robots.txt. It never fails: what cannot be understood is
// skipped, as the RFC demands, and so is everything beyond MaxSize.
func Parse(text []byte) *Rules {
	text = text[:min(len(text), MaxSize)]
	var p parser
	for line := range lines(withoutBOM(string(text))) {
		if key, value, ok := splitLine(line); ok {
			p.add(key, value)
		}
	}
	return &Rules{groups: p.groups, delays: p.delays}
}

// Allowed reports whether agent, a product token such as "copytaster", may
// fetch a path with its query, as it stands in a request. The longest pattern
// that matches decides, and Allow wins a tie. /robots.txt itself is always
// allowed.
func (r *Rules) Allowed(agent, pathAndQuery string) bool {
	path := normalise(pathAndQuery, true)
	if path == "/robots.txt" {
		return true
	}
	allow, longest := true, 0
	for g := range r.groupsOf(agent) {
		for _, rule := range g.rules {
			n := rule.pattern.length
			if n < longest || n == longest && (allow || !rule.allow) || !rule.pattern.matches(path) {
				continue
			}
			allow, longest = rule.allow, n
		}
	}
	return allow
}

// CrawlDelay returns the pause that the file asks agent to make between two
// requests, 0 when it asks for none. Crawl-delay is no part of the RFC; of
// several the longest counts.
func (r *Rules) CrawlDelay(agent string) time.Duration {
	return r.delays[r.nameOf(agent)]
}

// For returns what the rules say to one agent, without the rest of the file:
// it answers like r for that agent and takes little memory.
func (r *Rules) For(agent string) *Rules {
	only := group{agents: []string{"*"}}
	for g := range r.groupsOf(agent) {
		for _, rule := range g.rules {
			only.rules = append(only.rules, rule.clone())
		}
	}
	return &Rules{
		groups: []group{only},
		delays: map[string]time.Duration{"*": r.CrawlDelay(agent)},
	}
}

// Size returns about how many bytes the rules take.
func (r *Rules) Size() int {
	const ruleSize, partSize = 64, 24
	size := 0
	for _, g := range r.groups {
		for _, rule := range g.rules {
			size += ruleSize
			for _, part := range rule.pattern.parts {
				size += partSize + len(part)
			}
		}
	}
	return size
}

// groupsOf yields the groups that name the agent, else those for everybody.
func (r *Rules) groupsOf(agent string) iter.Seq[*group] {
	name := r.nameOf(agent)
	return func(yield func(*group) bool) {
		for i := range r.groups {
			if slices.Contains(r.groups[i].agents, name) && !yield(&r.groups[i]) {
				return
			}
		}
	}
}

// nameOf returns the agent as the file names it, "*" when it does not.
func (r *Rules) nameOf(agent string) string {
	name := strings.ToLower(agent)
	if slices.ContainsFunc(r.groups, func(g group) bool { return slices.Contains(g.agents, name) }) {
		return name
	}
	return "*"
}

func (r rule) clone() rule {
	r.pattern.parts = slices.Clone(r.pattern.parts)
	for i, part := range r.pattern.parts {
		r.pattern.parts[i] = strings.Clone(part)
	}
	return r
}

// ProductToken returns the name by which a user agent goes in robots.txt: the
// letters, "-" and "_" that it begins with, and for a user agent that begins
// like a browser's ("Mozilla/5.0 (compatible; name/1.0)") the name behind
// "compatible;".
func ProductToken(userAgent string) string {
	if _, rest, ok := strings.Cut(userAgent, "compatible;"); ok && strings.HasPrefix(userAgent, "Mozilla/") {
		userAgent = strings.TrimSpace(rest)
	}
	end := strings.IndexFunc(userAgent, func(c rune) bool { return !isTokenChar(c) })
	if end < 0 {
		return userAgent
	}
	return userAgent[:end]
}

// isTokenChar holds for what a product token is made of (RFC 9309, 2.2.1).
func isTokenChar(c rune) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '-' || c == '_'
}

// parser gathers groups. A User-agent line after a rule begins a new group;
// lines of any other kind change nothing, even between User-agent lines.
type parser struct {
	groups []group
	closed bool // the last group has a rule: the next User-agent begins a group
	delays map[string]time.Duration
	listed []string // the agents that a Crawl-delay would be for
	spoken bool     // they were given one: the next User-agent begins a list
}

func (p *parser) add(key, value string) {
	switch key {
	case "user-agent", "useragent", "user agent":
		p.addAgent(agentName(value))
	case "allow":
		p.addRule(true, value)
	case "disallow", "dissallow", "dissalow", "disalow", "diasllow", "disallaw":
		p.addRule(false, value)
	case "crawl-delay":
		p.addDelay(parseDelay(value))
	}
}

func (p *parser) addAgent(name string) {
	if len(p.groups) == 0 || p.closed {
		p.groups = append(p.groups, group{})
	}
	if p.closed || p.spoken {
		p.listed = nil
	}
	p.closed, p.spoken = false, false
	g := p.last()
	g.agents = append(g.agents, name)
	p.listed = append(p.listed, name)
}

// addDelay sets the delay of the agents just listed. Unlike a rule it does not
// hold for agents listed later: many files list agents with a delay each, which
// the RFC, knowing nothing of delays, takes for one group.
func (p *parser) addDelay(d time.Duration) {
	p.spoken = true
	for _, agent := range p.listed {
		if p.delays == nil {
			p.delays = map[string]time.Duration{}
		}
		p.delays[agent] = max(p.delays[agent], d)
	}
}

func (p *parser) last() *group {
	if len(p.groups) == 0 {
		return nil
	}
	return &p.groups[len(p.groups)-1]
}

func (p *parser) addRule(allow bool, path string) {
	g := p.last()
	if g == nil { // a rule before the first User-agent is nobody's
		return
	}
	p.closed = true
	if path == "" {
		return
	}
	g.rules = append(g.rules, rule{allow, compile(path)})
	// As Google's parser does: who allows the index file allows its folder.
	if i := strings.LastIndexByte(path, '/'); allow && i >= 0 && strings.HasPrefix(path[i:], "/index.htm") {
		g.rules = append(g.rules, rule{true, compile(path[:i+1] + "$")})
	}
}

// agentName reads the value of a User-agent line: "*", alone or before a
// space, or the product token that it begins with; a version behind is ignored.
func agentName(value string) string {
	if value == "*" || strings.HasPrefix(value, "* ") || strings.HasPrefix(value, "*\t") {
		return "*"
	}
	end := strings.IndexFunc(value, func(c rune) bool { return !isTokenChar(c) })
	if end >= 0 {
		value = value[:end]
	}
	return strings.ToLower(value)
}

func parseDelay(value string) time.Duration {
	seconds, err := strconv.ParseFloat(value, 64)
	if err != nil || math.IsNaN(seconds) || seconds <= 0 {
		return 0
	}
	if seconds >= maxDelay.Seconds() {
		return maxDelay
	}
	return time.Duration(seconds * float64(time.Second))
}
