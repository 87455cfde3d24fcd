package config

import (
	"bufio"
	"net/textproto"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
	"golang.org/x/net/http/httpguts"

	"github.com/copytaster/copytaster/crawler/extract"
	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/schedule"
)

// sources reads a list of sources and adds them to those of other files.
func (l *loader) sources(v value) {
	for _, e := range l.list(v, "a list of sources") {
		if isSourceChange(e.file, e.node) {
			l.sourceChange(e)
			continue
		}
		e.index = len(l.config.Sources)
		src, before := news.Source{FullText: news.FullTextAuto}, len(l.absences)
		if set, whole := object(l, e, &l.tables.source, &src); whole {
			l.checkSource(e, set, &src)
		}
		l.absentFrom(before, &src)
		l.config.Sources = append(l.config.Sources, src)
	}
}

func sourceKeys() []key[news.Source] {
	return slices.Insert([]key[news.Source]{
		{"name", "A short, unique name: letters, digits, and `.` `_` `-` between them.", env(title()),
			func(l *loader, v value, s *news.Source) { s.Name, _ = l.name(v, "source"); s.Origin.Source = s.Name }},
		{"links", "With `page`: CSS selector of the links. Without it they are found automatically.", env(words()),
			func(l *loader, v value, s *news.Source) { s.Links = l.selector(v) }},
		{"schedule", "When to crawl: a cron line (minute, hour, day of month, month, day of week), `@hourly` and the like, or `@every 5m`. Without it the pace is adaptive.",
			env(matching(`^\s*(([^\s=]+\s+){4}\S+|@(yearly|annually|monthly|weekly|daily|midnight|hourly)|@every \S+)\s*$`).or(scheduleHint)).like("*/5 * * * *", "@hourly", "@every 5m"),
			func(l *loader, v value, s *news.Source) { s.Schedule = l.schedule(v) }},
		{"tags", "Words for rules and routes.", tagForm(),
			func(l *loader, v value, s *news.Source) { s.Origin.Tags = l.tags(v) }},
		{"tier", "A word for rules and routes, such as `wire` or `state`.", env(words()),
			func(l *loader, v value, s *news.Source) { s.Origin.Tier, _ = l.word(v) }},
		{"country", "The source's country: two letters of ISO 3166-1, such as `KR`.", env(countryCode()),
			func(l *loader, v value, s *news.Source) { s.Origin.Country = l.country(v) }},
		{"language", "Its language, such as `en`, `ko` or `zh-Hant`. Without it the language of each story is detected.", env(languageCode()),
			func(l *loader, v value, s *news.Source) { s.Language = l.language(v) }},
		{"dates_in", "The zone of dates that name none, such as `Asia/Seoul`.", env(zoneName()).by("UTC"),
			func(l *loader, v value, s *news.Source) { l.zone(v, &s.DatesIn) }},
		{"full_text", "Whether the page of a story is read: `auto` does when the list carries no full text.",
			env(choice(string(news.FullTextAuto), string(news.FullTextAlways), string(news.FullTextNever))).by(string(news.FullTextAuto)),
			func(l *loader, v value, s *news.Source) { l.fullText(v, s) }},
		{"robots", "What to do with robots.txt.", env(choice("obey", "ignore")).by("obey"),
			func(l *loader, v value, s *news.Source) {
				robots, _ := l.choice(v, "obey", "ignore")
				s.IgnoreRobots = robots == "ignore"
			}},
		{"enabled", "`false` switches the source off.", env(truth()).by(true),
			func(l *loader, v value, s *news.Source) { s.Disabled = l.disabled(v) }},
		{"headers", "Headers of every request to the source's host.", form{Type: kinds{"object"}, Additional: words()},
			func(l *loader, v value, s *news.Source) { l.headers(v, s) }},
		{"headers_file", "A file with one header a line, `Name: value`.", env(words()),
			func(l *loader, v value, s *news.Source) { l.headersFile(v, s) }},
		{"basic_auth", "User and password of the site.", the("basic_auth"),
			func(l *loader, v value, s *news.Source) { l.basicAuth(v, s) }},
		{"cookies_file", "A file of cookies in Netscape's format.", env(words()),
			func(l *loader, v value, s *news.Source) { l.cookies(v, s) }},
		{"proxy", "URL of a proxy: `http`, `https` or `socks5`. It may be on a private address; what is asked of it may not, as far as names resolve here: what only the proxy can resolve is left to it.", env(matching(`^(https?|socks5)://`).or("write it like http://proxy.example:3128 or socks5://127.0.0.1:1080")),
			func(l *loader, v value, s *news.Source) { l.proxy(v, s) }},
	}, 1, kindKeys()...)
}

// tagForm is one tag or a list, which may be empty.
func tagForm() form {
	f := oneOrMore(env(words()))
	f.MinElements = 0
	return f
}

// checkSource looks at the source as a whole.
func (l *loader) checkSource(v value, set given, s *news.Source) {
	if !set.has("name") {
		l.mistake(v, "add name: a short word for it", "the source has no name")
	}
	if !slices.ContainsFunc(placeKeys, set.has) {
		l.needsPlace(v, "")
	}
	if s.Kind == news.KindGoogleNews && s.URL != "" { // the query, so far: its edition may be written below it
		s.URL = extract.GoogleNewsURL(s.URL, s.Language, s.Origin.Country)
	}
	if links := set.find("links"); links != nil && !set.has("page") && slices.ContainsFunc(placeKeys, set.has) {
		l.at(links.position(), v.path(), "use it with page", "links are looked for on pages only")
	}
	l.unique(set, "source", s.Name)
}

// unique refuses a name that another one of its kind has. Between a pack and
// its user it is the user who can choose another; a source of the user's takes
// the place of the pack's.
func (l *loader) unique(set given, what, name string) {
	if name == "" {
		return
	}
	v := set.find("name").value
	id, at := what+" named "+name, v.position()
	before, again := l.keys[id]
	if !again {
		l.keys[id] = at
		return
	}
	packed := v.file.pack != ""
	if what == "source" && packed != isPack(before.file) {
		if !packed {
			l.keys[id] = at
		}
		return
	}
	if packed {
		before, at = at, before
	}
	l.at(at, v.path(), "names are unique", "a %s named %q stands in %s:%d already", what, name, before.file, before.line)
}

// onlyPlace notes what kind of source it is, unless that is known already.
func (l *loader) onlyPlace(v value, s *news.Source, kind news.SourceKind) bool {
	if s.Kind != "" {
		l.mistake(v, "make them two sources", "the source has a %s already: only one of %s", s.Kind, strings.Join(placeKeys, ", "))
		return false
	}
	s.Kind = kind
	return true
}

// place reads the URL of the list.
func (l *loader) place(v value, s *news.Source, kind news.SourceKind) {
	if l.onlyPlace(v, s, kind) {
		s.URL, _ = l.link(v, "https", "http")
	}
}

// search reads a query for Google News.
func (l *loader) search(v value, s *news.Source) {
	if l.onlyPlace(v, s, news.KindGoogleNews) {
		s.URL, _ = l.word(v)
		if strings.HasPrefix(s.URL, "http://") || strings.HasPrefix(s.URL, "https://") {
			l.mistake(v, "write what you would type into its search box, or the URL after feed:", "google_news takes a search, not a URL")
		}
	}
}

var nameForm = newBounded(`[\p{L}\p{N}]`, `[\p{L}\p{M}\p{N}._-]`, 64)

// name reads a name that is typed on command lines and shown in metrics.
func (l *loader) name(v value, what string) (string, bool) {
	text, ok := l.text(v)
	if !ok {
		return "", false
	}
	if !nameForm.MatchString(text) {
		hint := "use up to 64 letters, digits, and . _ - between them"
		if word := strings.Join(strings.Fields(strings.ToLower(text)), "-"); nameForm.MatchString(word) {
			hint = "did you mean `" + word + "`?"
		}
		l.mistake(v, hint, "%s is no name for a %s", shown(v), what)
		return "", false
	}
	return text, true
}

// tags reads words of which there may be none.
func (l *loader) tags(v value) []string {
	if v.node.Kind == yaml.SequenceNode && len(v.node.Content) == 0 {
		return nil
	}
	return l.words(v, "tag")
}

// word reads one text that is not empty.
func (l *loader) word(v value) (string, bool) {
	text, ok := l.text(v)
	if ok && strings.TrimSpace(text) == "" {
		l.mistake(v, "leave the key out when there is none", "the value is empty")
		return "", false
	}
	return text, ok
}

func (l *loader) selector(v value) string {
	text, ok := l.word(v)
	if !ok {
		return ""
	}
	if err := extract.CheckSelector(text); err != nil {
		reason := strings.TrimPrefix(err.Error(), "parse selector: ")
		l.mistake(v, "write it like .headlines a[href]", "%s is no CSS selector: %s", shown(v), reason)
		return ""
	}
	return text
}

const scheduleHint = `write "*/10 * * * *" (minute, hour, day of month, month, day of week), @hourly or @every 5m`

// schedule checks a spec and returns it as the source keeps it. An error of a
// spec that the environment gave a part of is not passed on: it quotes the spec.
func (l *loader) schedule(v value) string {
	text, ok := l.word(v)
	if !ok {
		return ""
	}
	if _, err := schedule.Parse(text); err != nil {
		reason := ""
		if text == v.node.Value {
			_, reason, _ = strings.Cut(err.Error(), "\": ")
			reason = ": " + reason
		}
		l.mistake(v, scheduleHint, "%s is no schedule%s", shown(v), reason)
		return ""
	}
	return text
}

var countryForm = regexp.MustCompile(`^[A-Z]{2}$`)

func (l *loader) country(v value) string {
	text, ok := l.text(v)
	if !ok {
		return ""
	}
	if !countryForm.MatchString(text) {
		hint := "write it like KR or RU (ISO 3166-1)"
		if upper := strings.ToUpper(text); countryForm.MatchString(upper) {
			hint = "did you mean `" + upper + "`?"
		}
		l.mistake(v, hint, "%s is no country's two letters", shown(v))
		return ""
	}
	return text
}

var languageForm = regexp.MustCompile(`^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$`)

func (l *loader) language(v value) string {
	text, ok := l.text(v)
	if !ok {
		return ""
	}
	if !languageForm.MatchString(text) {
		hint := "write it like en, ko or zh-Hant (BCP 47)"
		if lower := strings.ToLower(text); languageForm.MatchString(lower) {
			hint = "did you mean `" + lower + "`?"
		}
		l.mistake(v, hint, "%s is no code of a language", shown(v))
		return ""
	}
	return text
}

func (l *loader) languages(v value) []string {
	var all []string
	for _, e := range l.oneOrMore(v, "language") {
		if text := l.language(e); text != "" {
			all = append(all, text)
		}
	}
	return all
}

func (l *loader) fullText(v value, s *news.Source) {
	if text, ok := l.choice(v, string(news.FullTextAuto), string(news.FullTextAlways), string(news.FullTextNever)); ok {
		s.FullText = news.FullText(text)
	}
}

// headers reads a map of headers, whose values are secrets.
func (l *loader) headers(v value, s *news.Source) {
	if v.node.Kind != yaml.MappingNode {
		l.wrongKind(v, "a map of headers")
		return
	}
	written := map[string]position{}
	for _, p := range l.pairs(v) {
		v.file.secrets[p.value.node.Line] = true
		if first, again := written[p.key]; again {
			l.twice(p, first)
			continue
		}
		written[p.key] = p.position()
		if text, ok := l.secret(p.value); ok {
			l.header(p.value, p.position(), s, p.key, text.Reveal())
		}
	}
}

// header adds one header to those of the source.
func (l *loader) header(v value, at position, s *news.Source, name, text string) {
	name = textproto.CanonicalMIMEHeaderKey(name)
	switch _, set := s.Headers[name]; {
	case !httpguts.ValidHeaderFieldName(name):
		l.at(at, v.path(), "write it like X-Api-Key", "this is no header's name")
	case !httpguts.ValidHeaderFieldValue(text):
		l.at(at, v.path(), "", "the value of %s cannot be sent in a header", name)
	case name == "Host" || name == "Content-Length" || name == "Connection" || name == "Transfer-Encoding":
		l.at(at, v.path(), "", "%s is not for configs to set", name)
	case set:
		l.at(at, v.path(), "", "the header %s is set twice", name)
	default:
		if s.Headers == nil {
			s.Headers = map[string]news.Secret{}
		}
		s.Headers[name] = news.Secret(text)
	}
}

// headersFile reads a file with a header a line, "Name: value"; empty lines and
// those that begin with # are passed over.
func (l *loader) headersFile(v value, s *news.Source) {
	text, ok := l.secretFile(v)
	if !ok {
		return
	}
	lines := bufio.NewScanner(strings.NewReader(text.Reveal()))
	lines.Buffer(nil, maxSecret+1)
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		name, val, found := strings.Cut(line, ":")
		if !found {
			l.mistake(v, "write Name: value on each line", "line %d of %s is no header", n, shown(v))
			continue
		}
		l.header(v, v.position(), s, strings.TrimSpace(name), strings.TrimSpace(val))
	}
}

func (l *loader) basicAuth(v value, s *news.Source) {
	v.file.secrets[v.node.Line] = true
	set, whole := object(l, v, &l.tables.basicAuth, s)
	if !whole {
		return
	}
	for _, key := range l.tables.basicAuth.names() {
		if !set.has(key) {
			l.mistake(v, "", "basic_auth needs %s", key)
		}
	}
}

func basicAuthKeys() []key[news.Source] {
	return []key[news.Source]{
		{"user", "The user's name.", env(words()),
			func(l *loader, v value, s *news.Source) {
				if s.User, _ = l.word(v); strings.Contains(s.User, ":") {
					l.mistake(v, "", "a user's name holds no colon")
				}
			}},
		{"password_file", "A file that holds the password.", env(words()),
			func(l *loader, v value, s *news.Source) { s.Password, _ = l.secretFile(v) }},
	}
}

// cookies checks that the file is there; the crawler reads it, and again when
// it has changed.
func (l *loader) cookies(v value, s *news.Source) {
	if _, ok := l.secretFile(v); ok {
		s.CookiesFile, _ = l.filePath(v)
	}
}

func (l *loader) proxy(v value, s *news.Source) {
	text, ok := l.secret(v)
	if !ok {
		return
	}
	u, err := url.Parse(text.Reveal())
	if err != nil || u.Hostname() == "" || u.Scheme != "http" && u.Scheme != "https" && u.Scheme != "socks5" {
		l.mistake(v, "write it like http://proxy.example:3128 or socks5://127.0.0.1:1080", "this is no URL of a proxy")
		return
	}
	s.Proxy = text
}
