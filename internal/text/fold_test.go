package text

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Words that are written in several ways and compare as one.
func TestFoldedAlike(t *testing.T) {
	for name, spellings := range map[string][]string{
		"case":                          {"Putin", "PUTIN", "putin", "pUTIN"},
		"composed and decomposed":       {"café", "cafe\u0301", "CAFÉ", "cafe"},
		"the marks of Vietnamese":       {"Nguyễn", "Nguye\u0302\u0303n", "NGUYEN"},
		"full width":                    {"ＫＩＭ", "kim"},
		"ligatures":                     {"ﬁnance", "finance", "ﬁNANCE"},
		"Roman numerals":                {"Ⅷ", "VIII", "viii"},
		"superscripts":                  {"x²", "x2"},
		"a trade mark":                  {"Acme™", "Acme"},
		"sharp s":                       {"Straße", "STRASSE", "STRAẞE", "strasse"},
		"letters of two":                {"Ærø", "AEro", "aero"},
		"French ligatures":              {"cœur", "COEUR"},
		"Icelandic":                     {"Þór", "thor", "THOR"},
		"Polish":                        {"Łódź", "lodz"},
		"Turkish dotted and dotless i":  {"İstanbul", "ISTANBUL", "istanbul", "ıstanbul"},
		"soft hyphens":                  {"co\u00ADop", "coop"},
		"zero width spaces":             {"co\u200Bop", "coop"},
		"word joiners":                  {"co\u2060op", "coop"},
		"apostrophes":                   {"O'Brien", "O’Brien", "O‘Brien", "O＇Brien"},
		"abbreviations":                 {"U.S.", "US", "us"},
		"Cyrillic yo":                   {"ёлка", "елка", "ЁЛКА"},
		"Ukrainian yi":                  {"Україна", "УКРАЇНА"},
		"Greek accents and final sigma": {"οδός", "ΟΔΟΣ", "οδοσ"},
		"Arabic vowels":                 {"مُحَمَّد", "محمد"},
		"Arabic tatweel":                {"مـحـمـد", "محمد"},
		"Arabic alefs":                  {"إيران", "ايران", "أيران"},
		"Arabic and Persian kaf":        {"کتاب", "كتاب"},
		"Arabic ta marbuta":             {"غزة", "غزه"},
		"Hebrew points":                 {"שָׁלוֹם", "שלום"},
		"Hebrew gershayim":              {"צה״ל", "צה\"ל"},
		"half width kana":               {"ﾐｻｲﾙ", "ミサイル"},
		"Hangul jamo":                   {"\u1112\u1161\u11ab", "한"},
		"Devanagari nukta":              {"ज़", "ज"},
		"Devanagari nasal":              {"हिन्दी", "हिंदी"},
		"Devanagari candrabindu":        {"पाँच", "पांच"},
		"digits of Arabic":              {"٢٠٢٦", "2026"},
		"digits of Persian":             {"۲۰۲۶", "2026"},
		"digits of Devanagari":          {"२०२६", "2026"},
		"digits of full width":          {"２０２６", "2026"},
		"thousands":                     {"1,279", "1279", "１，２７９", "١٬٢٧٩"},
	} {
		want := foldedText(spellings[0])
		for _, s := range spellings[1:] {
			if got := foldedText(s); got != want {
				t.Errorf("%s: %q reads %q, %q reads %q", name, spellings[0], want, s, got)
			}
		}
	}
}

// Words that look alike and do not compare as one.
func TestFoldedApart(t *testing.T) {
	for _, pair := range [][2]string{
		{"Putin", "Путин"}, {"A", "А"}, {"cafe", "cafes"}, {"Müller", "Mueller"}, {"1.279", "1279"}, {"1,27", "127"}, {"9.5", "95"},
		{"5", "V"}, {"о", "0"}, {"й", "и"}, {"Йод", "иод"}, {"ґ", "г"}, {"金", "全"}, {"ミ", "み"}, {"은", "는"}, {"ב", "כ"}, {"ة", "ت"},
		{"ज", "य"}, {"US", "USA"}, {"a b", "ab"}, {"co-op", "coop"}, {"2024,300", "2024300"},
	} {
		if foldedText(pair[0]) == foldedText(pair[1]) {
			t.Errorf("%q and %q both read %q", pair[0], pair[1], foldedText(pair[0]))
		}
	}
}

// foldedText returns the folded words of a text, parted by spaces.
func foldedText(s string) string {
	var words []string
	for _, t := range Split(s) {
		words = append(words, t.Folded)
	}
	return strings.Join(words, " ")
}

// Every letter folds to something that folds to itself, whether it is composed
// or not. A few do not: ligatures with an accent, and signs that Unicode
// decomposes into others.
func TestFoldingIsSettled(t *testing.T) {
	const unsettled = "ǢǣǼǽǾǿ\u0374\u1FEF\u1FFD"
	for r := range rune(0x3000) {
		if strings.ContainsRune(unsettled, r) {
			continue
		}
		s := "x" + string(r) + "x"
		folded := foldedText(s)
		if again := foldedText(folded); again != folded {
			t.Errorf("%U reads %q, and that reads %q", r, folded, again)
		}
		if other := foldedText(norm.NFD.String(s)); other != folded && !isDevanagari(r) {
			t.Errorf("%U reads %q, and decomposed %q", r, folded, other)
		}
	}
}

func TestScripts(t *testing.T) {
	for s, want := range map[string]Script{
		"Kim": Latin, "Nguyễn": Latin, "G7": Latin, "7": Number, "1,279": Number, "٣": Number, "Путин": Cyrillic, "Київ": Cyrillic,
		"Αθήνα": Greek, "بوتين": Arabic, "ایران": Arabic, "שלום": Hebrew, "김": Hangul, "金": Han, "ミ": Kana, "み": Kana, "ﾐ": Kana,
		"ป": Unspaced, "ລ": Unspaced, "ក": Unspaced, "မ": Unspaced, "हिंदी": Other, "თბილისი": Other, "Երեւան": Other, "ኢትዮጵያ": Other,
		"বাংলা": Other, "தமிழ்": Other,
	} {
		tokens := Split(s)
		if len(tokens) != 1 || tokens[0].Script != want {
			t.Errorf("%q: %d tokens, script %d, want %d", s, len(tokens), tokens[0].Script, want)
		}
	}
}

// Words of several scripts are several words; what a script needs no space for
// is cut by the character.
func TestSplitByScript(t *testing.T) {
	for s, want := range map[string]string{
		"NATO가":          "nato 가",
		"G7峰会":           "g7 峰 会",
		"F-35战机":         "f 35 战 机",
		"김정은·푸틴":         "김 정 은 푸 틴",
		"東京タワー":          "東 京 タ ワ ー",
		"2026年11月":       "2026 年 11 月",
		"ПутинPutin":     "путин putin",
		"iPhoneの":        "iphone の",
		"COVID-19":       "covid 19",
		"e-mail":         "e mail",
		"https://a.b/c":  "https a b c",
		"@kim #putin":    "kim putin",
		"snake_case":     "snake case",
		"and/or":         "and or",
		"rock’n’roll":    "rocknroll",
		"5,000km":        "5000km",
		"$9.5bn":         "9.5bn",
		"100%":           "100",
		"3.14.15":        "3 14 15",
		"x\u00a0y":       "x y",
		"x\u3000y":       "x y",
		"x\ty\r\nz":      "x y z",
		"«Путин»":        "путин",
		"„Müller“":       "muller",
		"‹a›":            "a",
		"a…b":            "a b",
		"a—b–c":          "a b c",
		"😀 smile 😀":      "smile",
		"a\ufeffb":       "ab",
		"\u202Eabc":      "abc",
		"हिंदी में":      "हिंदी में",
		"الرئيس، بوتين؛": "الرئيس بوتين",
	} {
		if got := foldedText(s); got != want {
			t.Errorf("%q: %q, want %q", s, got, want)
		}
	}
}

// TestWordsByLanguage: about as many as a translation would count.
func TestWordsByLanguage(t *testing.T) {
	for s, want := range map[string]int{
		"The leaders met on Wednesday":              5,
		"Die Staats- und Regierungschefs":           4,
		"l’Iran et l'accord":                        3,
		"Путин встретился с Ким Чен Ыном":           6,
		"김정은이 푸틴을 만났다":                              3,
		"朝鲜领导人金正恩":                                  4,
		"金正恩総書記はミサイルを":                              6,
		"بوتين يلتقي كيم":                           3,
		"פוטין נפגש עם קים":                         4,
		"पुतिन ने किम से मुलाकात की":                6,
		"1,279 days, 9.5 percent":                   4,
		"U.S.-led":                                  2,
		"…":                                         0,
		"\n\n":                                      0,
		strings.Repeat("word ", 1000):               1000,
		strings.Repeat("金", 1000):                   500,
		strings.Repeat("은", 1000):                   1,
		strings.Repeat("ก", 1000):                   250,
		strings.Repeat("김정은이 ", 1000):               1000,
		strings.Repeat("supercalifragilistic-", 10): 10,
	} {
		if got := Words(Split(s)); got != want {
			t.Errorf("Words(%.40q) = %d, want %d", s, got, want)
		}
	}
}

// A cut sentence keeps what was found, in at most as many characters as asked
// for, wherever that stands and whatever the script.
func TestSentenceCutByScript(t *testing.T) {
	for name, piece := range map[string]string{
		"English": "word ", "Russian": "слово ", "Korean": "낱말 ", "Chinese": "词", "Thai": "คำ", "Arabic": "كلمة ", "Hindi": "शब्द ", "no spaces": "x",
	} {
		for _, before := range []int{0, 1, 30, 400} {
			for _, after := range []int{0, 1, 30, 400} {
				t.Run(fmt.Sprintf("%s, %d before, %d after", name, before, after), func(t *testing.T) {
					checkCuts(t, strings.Repeat(piece, before)+"FIND"+strings.Repeat(piece, after))
				})
			}
		}
	}
}

// checkCuts holds the cuts of a sentence around FIND.
func checkCuts(t *testing.T, s string) {
	start := strings.Index(s, "FIND")
	for _, limit := range []int{10, 40, 300} {
		got := Sentence(s, start, start+len("FIND"), limit)
		if n := utf8.RuneCountInString(got); n > limit || !strings.Contains(got, "FIND") || !utf8.ValidString(got) {
			t.Errorf("at most %d: %d runes, %q", limit, n, got)
		}
		if inside := strings.Trim(got, "…"); !strings.Contains(s, inside) {
			t.Errorf("%q is no part of the text", inside)
		}
	}
}

func TestParagraphsOfTokens(t *testing.T) {
	const s = "One two.\nThree\n\nfour 金正\r\nfive"
	want := []int32{0, 0, 1, 3, 3, 3, 4}
	tokens := Split(s)
	for i, got := range Paragraphs(s, tokens) {
		if got != want[i] {
			t.Errorf("%q stands in paragraph %d, want %d", tokens[i].Folded, got, want[i])
		}
	}
}

// Acronyms are of Latin letters, all of them capitals, two or more.
func TestAcronyms(t *testing.T) {
	for s, want := range map[string]bool{
		"NGO": true, "U.S.": true, "G7": true, "ÉU": true, "Ngo": false, "NGOs": false, "A": false, "7": false, "ВС": false, "金": false, "nato": false,
	} {
		if got := Split(s)[0].Acronym(); got != want {
			t.Errorf("%s: %v", s, got)
		}
	}
}

// The sound that a Korean syllable ends in says which particle follows it.
func TestFinals(t *testing.T) {
	for syllable, want := range map[string]rune{
		"가": 0, "은": 4, "울": liquid, "국": 1, "힣": 27, "한글": 4, "a": 0, "": 0, "金": 0, "ㄱ": 0,
	} {
		if got := finalOf(syllable); got != want {
			t.Errorf("%s: %d, want %d", syllable, got, want)
		}
	}
}
