package extract

import (
	"net/url"
	"slices"
	"strings"
)

// edition is one of Google News: a country, and the language that is read
// there, as the parameter ceid names them ("KR:ko").
type edition struct{ country, language string }

// editions are those that Google News offers in its settings. The first one
// of a language or of a country stands for it.
var editions = []edition{
	{"US", "en"}, {"GB", "en"}, {"IN", "en"}, {"AU", "en"}, {"CA", "en"}, {"IE", "en"}, {"NZ", "en"}, {"SG", "en"}, {"ZA", "en"},
	{"KE", "en"}, {"NG", "en"}, {"PK", "en"}, {"PH", "en"}, {"MY", "en"}, {"IL", "en"}, {"GH", "en"}, {"TZ", "en"}, {"UG", "en"}, {"ZW", "en"},
	{"KR", "ko"}, {"JP", "ja"}, {"RU", "ru"}, {"CN", "zh-Hans"}, {"TW", "zh-Hant"}, {"HK", "zh-Hant"},
	{"DE", "de"}, {"AT", "de"}, {"CH", "de"}, {"FR", "fr"}, {"BE", "fr"}, {"CA", "fr"}, {"CH", "fr"}, {"MA", "fr"}, {"SN", "fr"},
	{"ES", "es"}, {"MX", "es-419"}, {"AR", "es-419"}, {"CO", "es-419"}, {"CL", "es-419"}, {"PE", "es-419"}, {"VE", "es-419"}, {"CU", "es-419"}, {"US", "es-419"},
	{"BR", "pt-419"}, {"PT", "pt-150"}, {"IT", "it"}, {"NL", "nl"}, {"BE", "nl"}, {"PL", "pl"}, {"UA", "uk"}, {"UA", "ru"},
	{"TR", "tr"}, {"EG", "ar"}, {"SA", "ar"}, {"AE", "ar"}, {"LB", "ar"}, {"IL", "he"}, {"GR", "el"}, {"CZ", "cs"}, {"SK", "sk"},
	{"HU", "hu"}, {"RO", "ro"}, {"BG", "bg"}, {"RS", "sr"}, {"SI", "sl"}, {"LT", "lt"}, {"LV", "lv"}, {"SE", "sv"}, {"NO", "no"},
	{"ID", "id"}, {"VN", "vi"}, {"TH", "th"}, {"IN", "hi"}, {"IN", "ta"}, {"IN", "te"}, {"IN", "ml"}, {"IN", "mr"}, {"BD", "bn"}, {"IN", "bn"},
}

// GoogleNewsURL returns the feed of what Google News finds for a query, in the
// edition of a language (BCP 47, such as "ko" or "zh-Hant") and a country (ISO
// 3166-1, such as "KR"). Either may be "": the first edition that fits is
// taken, and without both that of the United States.
func GoogleNewsURL(query, language, country string) string {
	e := editionOf(language, country)
	values := url.Values{}
	values.Set("q", query)
	values.Set("hl", e.interfaceLanguage())
	values.Set("gl", e.country)
	values.Set("ceid", e.country+":"+e.language)
	return "https://news.google.com/rss/search?" + values.Encode()
}

// editionOf finds an edition. A language and a country that Google offers no
// edition for are asked for all the same: it answers with what comes near.
func editionOf(language, country string) edition {
	base, rest, _ := strings.Cut(language, "-")
	script := ""
	for part := range strings.SplitSeq(rest, "-") {
		switch {
		case len(part) == 4:
			script = part
		case country == "" && len(part) == 2:
			country = strings.ToUpper(part)
		}
	}
	fits := func(e edition) bool {
		known, variant, _ := strings.Cut(e.language, "-")
		return (base == "" || base == known && (script == "" || script == variant)) && (country == "" || country == e.country)
	}
	if i := slices.IndexFunc(editions, fits); i >= 0 {
		return editions[i]
	}
	if base == "" {
		base = "en"
	}
	if script != "" {
		base += "-" + script
	}
	if country == "" {
		country = "US"
	}
	return edition{country, base}
}

// interfaceLanguage is the parameter hl: the language, with the country where
// Google tells its kinds apart by that.
func (e edition) interfaceLanguage() string {
	switch base, _, _ := strings.Cut(e.language, "-"); base {
	case "en", "zh", "pt":
		return base + "-" + e.country
	}
	return e.language
}
