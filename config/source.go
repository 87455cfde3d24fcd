package config

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"github.com/copytaster/copytaster/crawler/extract"
	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/schedule"
)

// decodeSources decodes a list of sources and adds them to those of other files.
func decodeSources(d *decoder, v value) {
	for _, e := range d.list(v, "a list of sources") {
		if isSourceChange(e.file, e.node) {
			decodeSourceChange(d, e)
			continue
		}
		e.index = len(d.out.Sources)
		src, before := news.Source{FullText: news.FullTextAuto}, len(d.absences)
		if set, whole := decodeMap(d, e, &d.tables.source, &src); whole {
			d.finishSource(e, set, &src)
		}
		d.absentFrom(before, &src)
		d.out.Sources = append(d.out.Sources, src)
	}
}

// sourceKeys are the keys of a source.
func sourceKeys(basicAuth *table[news.Source]) []key[news.Source] {
	return slices.Insert([]key[news.Source]{
		custom("name", "A short, unique name: letters, digits, and `.` `_` `-` between them.", env(title()),
			func(d *decoder, v value, s *news.Source) {
				s.Name, _ = nameOf("source")(d, v)
				s.Origin.Source = s.Name
			}),
		row("links", "With `page`: CSS selector of the links. Without it they are found automatically.", env(words()),
			func(s *news.Source) *string { return &s.Links }, decodeSelector),
		row("schedule", "When to crawl: a cron line (minute, hour, day of month, month, day of week), `@hourly` and the like, or `@every 5m`. Without it the pace is adaptive.",
			env(matching(schedulePattern).or(scheduleHint)).like("*/5 * * * *", "@hourly", "@every 5m"),
			func(s *news.Source) *string { return &s.Schedule }, decodeSchedule),
		row("tags", "Words for rules and routes.", tagForm(),
			func(s *news.Source) *[]string { return &s.Origin.Tags }, decodeTags),
		row("tier", "A word for rules and routes, such as `wire` or `state`.", env(words()),
			func(s *news.Source) *string { return &s.Origin.Tier }, (*decoder).word),
		row("owner", "Who owns the outlet, a free word: outlets of one owner count as one where independent reports are counted.", env(words()),
			func(s *news.Source) *string { return &s.Origin.Owner }, (*decoder).word),
		row("country", "The source's country: two letters of ISO 3166-1, such as `KR`.", env(countryCode()),
			func(s *news.Source) *string { return &s.Origin.Country }, decodeCountry),
		row("language", "Its language, such as `en`, `ko` or `zh-Hant`. Without it the language of each story is detected.", env(languageCode()),
			func(s *news.Source) *string { return &s.Language }, decodeLanguage),
		row("dates_in", "The zone of dates that name none, such as `Asia/Seoul`.", env(zoneName()).by("UTC"),
			func(s *news.Source) **time.Location { return &s.DatesIn }, decodeZone),
		row("full_text", "Whether the page of a story is read: `auto` does when the list carries no full text.",
			env(choice(fullTexts()...)).by(string(news.FullTextAuto)),
			func(s *news.Source) *news.FullText { return &s.FullText }, decodeFullText),
		row("expect", "The longest time without a new story: `26h`, or `{within: 26h, on: Mon-Fri}`. When it is over, the ops channel is told, once, and once more when a story comes. Without it that time is learnt.",
			the("expect"),
			func(s *news.Source) *news.Expectation { return &s.Expect }, decodeExpect),
		row("robots", "What to do with robots.txt.", env(choice("obey", "ignore")).by("obey"),
			func(s *news.Source) *bool { return &s.IgnoreRobots },
			func(d *decoder, v value) (bool, bool) {
				robots, ok := oneOf(noSynonyms, "obey", "ignore")(d, v)
				return robots == "ignore", ok
			}),
		row("enabled", "`false` switches the source off.", env(boolean()).by(true),
			func(s *news.Source) *bool { return &s.Disabled }, decodeDisabled),
		withHeaders("headers", "Headers of every request to the source's host.",
			form{Type: kinds{"object"}, Additional: words()}, decodeHeaders),
		withHeaders("headers_file", "A file with one header a line, `Name: value`.", env(words()), decodeHeadersFile),
		withUser("basic_auth", "User and password of the site.", basicAuth),
		row("cookies_file", "A file of cookies in Netscape's format.", env(words()),
			func(s *news.Source) *string { return &s.CookiesFile }, decodeCookies),
		row("proxy", "URL of a proxy: `http`, `https` or `socks5`. It may be on a private address; what is asked of it may not, as far as names resolve here: what only the proxy can resolve is left to it.",
			env(matching(`^(https?|socks5)://`).or(proxyHint)),
			func(s *news.Source) *news.Secret { return &s.Proxy }, decodeProxy),
	}, 1, kindKeys()...)
}

// listedAt is a key that says where a source lists its stories.
func listedAt(name, doc string, f form, kind news.SourceKind, decode decodeFunc[string]) key[news.Source] {
	return custom(name, doc, f, func(d *decoder, v value, s *news.Source) {
		if s.Kind != "" {
			d.mistake(v, "make them two sources", "the source has a %s already: only one of %s", s.Kind, strings.Join(placeKeys, ", "))
			return
		}
		s.Kind = kind
		s.URL, _ = decode(d, v)
	})
}

// decodeSearch decodes a query for Google News.
func decodeSearch(d *decoder, v value) (string, bool) {
	query, ok := d.word(v)
	if strings.HasPrefix(query, "http://") || strings.HasPrefix(query, "https://") {
		d.mistake(v, "write what you would type into its search box, or the URL after feed:", "google_news takes a search, not a URL")
	}
	return query, ok
}

// tagForm is one tag or a list, which may be empty.
func tagForm() form {
	f := oneOrMore(env(words()))
	f.MinElements = 0
	return f
}

// finishSource looks at a source as a whole.
func (d *decoder) finishSource(v value, set given, s *news.Source) {
	if !set.has("name") {
		d.mistake(v, "add name: a short word for it", "the source has no name")
	}
	if !slices.ContainsFunc(placeKeys, set.has) {
		d.needsPlace(v, "")
	}
	if s.Kind == news.KindGoogleNews && s.URL != "" { // it holds the query until the edition is known
		s.URL = extract.GoogleNewsURL(s.URL, s.Language, s.Origin.Country)
	}
	if links := set.find("links"); links != nil && !set.has("page") && slices.ContainsFunc(placeKeys, set.has) {
		d.at(links.position(), v.path(), "use it with page", "links are looked for on pages only")
	}
	d.unique(set, "source", s.Name)
}

// unique refuses a name that another source or rule has. Between a pack and a
// user's file it is the user who can choose another name, so the mistake stands
// there. A user's source replaces the pack's of its name.
func (d *decoder) unique(set given, what, name string) {
	if name == "" {
		return
	}
	v := set.find("name").value
	id, at := what+" named "+name, v.position()
	before, again := d.out.keys[id]
	if !again {
		d.out.keys[id] = at
		return
	}
	packed := v.file.pack != ""
	if what == "source" && packed != isPack(before.file) {
		if !packed {
			d.out.keys[id] = at
		}
		return
	}
	if packed {
		before, at = at, before
	}
	d.at(at, v.path(), "names are unique", "a %s named %q stands in %s:%d already", what, name, before.file, before.line)
}

var nameForm = newBounded(`[\p{L}\p{N}]`, `[\p{L}\p{M}\p{N}._-]`, 64)

// nameOf decodes a name that is typed on command lines and shown in metrics.
func nameOf(what string) decodeFunc[string] {
	return func(d *decoder, v value) (string, bool) {
		text, ok := d.text(v)
		if !ok || nameForm.MatchString(text) {
			return text, ok
		}
		hint := "use up to 64 letters, digits, and . _ - between them"
		if word := strings.Join(strings.Fields(strings.ToLower(text)), "-"); nameForm.MatchString(word) {
			hint = "did you mean `" + word + "`?"
		}
		d.mistake(v, hint, "%s is no name for a %s", v.quoted(), what)
		return "", false
	}
}

// decodeTags decodes words of which there may be none.
func decodeTags(d *decoder, v value) ([]string, bool) {
	if v.node.Kind == yaml.SequenceNode && len(v.node.Content) == 0 {
		return nil, true
	}
	return wordsOf("tag")(d, v)
}

func decodeSelector(d *decoder, v value) (string, bool) {
	text, ok := d.word(v)
	if !ok {
		return "", false
	}
	if err := extract.CheckSelector(text); err != nil {
		reason := strings.TrimPrefix(err.Error(), "parse selector: ")
		d.mistake(v, "write it like .headlines a[href]", "%s is no CSS selector: %s", v.quoted(), reason)
		return "", false
	}
	return text, true
}

const (
	scheduleHint = `write "*/10 * * * *" (minute, hour, day of month, month, day of week), @hourly or @every 5m`
	// schedulePattern is what editors accept as a schedule. schedule.Parse decides.
	schedulePattern = `^\s*(([^\s=]+\s+){4}\S+|@(yearly|annually|monthly|weekly|daily|midnight|hourly)|@every \S+)\s*$`
)

// decodeSchedule checks a schedule and returns it as it is written. The error of
// one that the environment supplied a part of is not passed on: it quotes it.
func decodeSchedule(d *decoder, v value) (string, bool) {
	text, ok := d.word(v)
	if !ok {
		return "", false
	}
	if _, err := schedule.Parse(text); err != nil {
		reason := ""
		if text == v.node.Value {
			_, reason, _ = strings.Cut(err.Error(), "\": ")
			reason = ": " + reason
		}
		d.mistake(v, scheduleHint, "%s is no schedule%s", v.quoted(), reason)
		return "", false
	}
	return text, true
}

var (
	countryForm  = regexp.MustCompile(`^[A-Z]{2}$`)
	languageForm = regexp.MustCompile(`^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$`)
)

func decodeCountry(d *decoder, v value) (string, bool) {
	text, ok := d.text(v)
	if !ok || countryForm.MatchString(text) {
		return text, ok
	}
	hint := "write it like KR or RU (ISO 3166-1)"
	if upper := strings.ToUpper(text); countryForm.MatchString(upper) {
		hint = "did you mean `" + upper + "`?"
	}
	d.mistake(v, hint, "%s is no country's two letters", v.quoted())
	return "", false
}

func decodeLanguage(d *decoder, v value) (string, bool) {
	text, ok := d.text(v)
	if !ok || languageForm.MatchString(text) {
		return text, ok
	}
	hint := "write it like en, ko or zh-Hant (BCP 47)"
	if lower := strings.ToLower(text); languageForm.MatchString(lower) {
		hint = "did you mean `" + lower + "`?"
	}
	d.mistake(v, hint, "%s is no code of a language", v.quoted())
	return "", false
}

func fullTexts() []string {
	return []string{string(news.FullTextAuto), string(news.FullTextAlways), string(news.FullTextNever)}
}

func decodeFullText(d *decoder, v value) (news.FullText, bool) {
	text, ok := oneOf(noSynonyms, fullTexts()...)(d, v)
	return news.FullText(text), ok
}
