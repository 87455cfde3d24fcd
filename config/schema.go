package config

import (
	"bytes"
	"encoding/json"
	"slices"

	"github.com/copytaster/copytaster/rules"
)

// Schema is the JSON Schema (draft 7) of every file that a config is made of,
// for editors: it knows the keys that Load knows, what they are for, and what
// most of their values look like. What only all files together show, such as
// an unknown concept, is left to Load.
func Schema() []byte {
	t := newTables()
	t.source.more.OneOf = append(t.source.more.OneOf, packChangeForm())
	whole := t.document.form()
	whole.Schema = "http://json-schema.org/draft-07/schema#"
	whole.Title = "copytaster"
	whole.Description = "A config file of copytaster, or a file that one includes."
	whole = optional(whole)
	whole.Definitions = properties{
		{"crawl", optional(t.crawl.form())},
		{"slack", optional(t.slack.form())},
		{"alerts", optional(t.alerts.form())},
		{"route", t.route.form()},
		{"if_unanswered", t.fallback.form()},
		{"sink", t.sink.form()},
		{"mail", t.mail.form()},
		{"auth", optional(t.auth.form())},
		{"auth_user", t.authUser.form()},
		{"channel", t.channel.form()},
		{"storm", t.storm.form()},
		{"source", t.source.form()},
		{"basic_auth", t.basicAuth.form()},
		{"defaults", optional(t.defaults.form())},
		{"concepts", conceptsForm()},
		{"rule", t.rule.form()},
		{"escalate", t.escalate.form()},
		{"burst", t.burst.form()},
		{"expect", expectForm(&t.expect)},
		{"node", nodeForm(&t.node)},
		{"nodes", form{Type: kinds{"array"}, MinElements: 1, Elements: &form{AllOf: the("node").AllOf}}},
		{"filter", t.only.form()},
		{"test", t.test.form()},
		{"story", storyForm(&t.story)},
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(whole); err != nil {
		panic(err) // forms hold nothing that JSON cannot
	}
	return b.Bytes()
}

// nodeForm is a term, a list or a map in one: JSON Schema's conditions on lists
// and maps pass over what is none. So mistakes are reported in the one form
// that is meant, not in each of three.
func nodeForm(t *table[rules.Node]) form {
	f := t.form()
	f.Type = kinds{"string", "number", "boolean", "null", "array", "object"}
	f.Markdown = termHelp
	f.Pattern = something
	f.Elements, f.MinElements, f.MinProperties = &form{AllOf: the("node").AllOf}, 1, 1
	return f
}

const termHelp = "What to look for: a term, a list (any of), or a map.\n\n" +
	"| a term | finds |\n|---|---|\n" +
	"| `Kim Jong-un` | the words, whatever their case, hyphens and possessives |\n" +
	"| `=US` | in this case only, so not “us” |\n" +
	"| `~weapon` | with its inflections: weapons |\n" +
	"| `missile*` | what begins with it: missiles |\n" +
	"| `organi?ation` | `?` is exactly one letter |\n" +
	"| `\"/re2/\"` | a regular expression |\n" +
	"| `$kim` | the concept of that name; `$dprk.kim` is one of a pack |\n"

// conceptsForm is a map of nodes by their names.
func conceptsForm() form {
	name := matching(conceptForm.String()).or("use up to 64 letters, digits, and _ - between them")
	name.Type = nil
	return optional(form{Type: kinds{"object"}, PropertyNames: &name, Additional: the("node")})
}

// storyForm is a text, or a map of fields.
func storyForm(t *table[rules.TestStory]) form {
	f := t.form()
	f.Type = slices.Concat(scalar().Type, kinds{"object"})
	f.Pattern, f.MinProperties = something, 1
	return f
}

// period is a duration.
func period() form {
	return matching(wholeDuration.String()).or("write it like 500ms, 30s, 5m, 48h or 90d").like("30s", "5m", "48h", "90d")
}

// address is the URL of something on the web.
func address() form {
	return env(matching(`^https?://[^\s/@]+(/\S*)?$`)).or("write it like https://example.org/feed.xml; user and password have a key of their own")
}

// title is the name of a source or rule.
func title() form {
	return form{Type: scalar().Type, Pattern: nameForm.String()}.or("use up to 64 letters, digits, and . _ - between them")
}

func countryCode() form {
	return matching(countryForm.String()).or("write it like KR or RU (ISO 3166-1)")
}

func languageCode() form {
	return matching(languageForm.String()).or("write it like en, ko or zh-Hant (BCP 47)")
}

func zoneName() form {
	return matching(zonePattern).or("write a name such as UTC, Europe/Moscow or Asia/Seoul")
}

// zonePattern is what the names of time zones look like.
const zonePattern = `^[A-Z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+)*$`

// orWords is a form or one of some words.
func orWords(f form, words ...string) form {
	for _, word := range words {
		f.Pattern += "|^" + word + "$"
	}
	f.Examples = append(f.Examples, words...)
	return f
}

// includedForm is a file or a pack to include.
func includedForm() form {
	known := form{}
	for _, name := range Packs() {
		known.Enum = append(known.Enum, packPrefix+name)
	}
	f := words()
	f.AnyOf = []form{known, {Not: &form{Pattern: `^` + packPrefix + `|\*\*`}}}
	return f
}

// oneKey is the choice between keys of which there must be exactly one.
func oneKey(names ...string) []form {
	var all []form
	for _, name := range names {
		all = append(all, form{Required: []string{name}})
	}
	return all
}
