package text

import (
	"slices"
	"testing"
)

// termCase is a term, and what it stands in and does not stand in. Each is a
// decision about a language: what a desk that watches for the term expects.
type termCase struct {
	words string
	look  Look
	in    []string
	not   []string
}

var (
	anyCase   = Look{}
	ownCase   = Look{Exact: true}
	inflected = Look{Stem: true}
	opening   = Look{Prefix: true}
)

var termsByLanguage = map[string][]termCase{
	"English": {
		{"Putin", anyCase, []string{"putin", "PUTIN", "Putin's", "Putin’s", "(Putin)", "anti-Putin", "Putin-Kim", "“Putin”"}, []string{"Putins", "Putinism", "Rasputin"}},
		{"Kim Jong-un", anyCase, []string{"Kim Jong Un", "KIM JONG UN", "Kim Jong‑un’s"}, []string{"Kim\n\nJong Un", "Kim Jong", "Kim Jong Il", "Jong Un Kim"}},
		{"weapon", anyCase, []string{"a weapon", "WEAPON", "weapon's"}, []string{"weapons", "weaponry"}},
		{"weapon", inflected, []string{"weapons", "weapon", "Weapons'"}, []string{"weaponry", "wear"}},
		{"strike", inflected, []string{"strikes", "striking", "striked"}, []string{"struck", "stroke", "striped"}},
		{"die", inflected, []string{"dying", "died", "dies"}, []string{"dice", "dye"}},
		{"policy", inflected, []string{"policies", "policy"}, []string{"police"}},
		{"F-35", inflected, []string{"F-35s", "F 35", "two F-35s’ wings"}, []string{"F-350", "F35"}},
		{"NGO", inflected, []string{"NGOs", "an NGO's"}, nil},
		{"missile", opening, []string{"missiles", "missile", "missile-defence"}, []string{"missal", "antimissile"}},
		{"US", ownCase, []string{"the US", "U.S.", "US-led"}, []string{"us", "Us", "USA"}},
		{"us", anyCase, []string{"US", "us"}, []string{"USA", "bus"}},
		{"May", ownCase, []string{"in May", "May's"}, []string{"may", "MAY"}},
		{"C++", anyCase, []string{"C++", "in C++."}, []string{"C", "C#", "C+"}},
		{"AT&T", anyCase, []string{"AT&T", "AT & T"}, []string{"ATT"}},
		{"9.5", anyCase, []string{"9.5", "9.5 percent"}, []string{"95", "9.55", "9. 5"}},
		{"1,279", anyCase, []string{"1279", "1,279", "１，２７９"}, []string{"1.279", "1,2790"}},
		{"O'Brien", anyCase, []string{"O’Brien", "O'Brien's", "OBrien"}, []string{"O Brien"}},
		{"cafe", anyCase, []string{"café", "CAFÉ", "cafe\u0301"}, []string{"cafes"}},
		{"co-operation", anyCase, []string{"co-operation", "co operation"}, []string{"cooperation", "co\n\noperation"}},
		{"train", anyCase, []string{"a train."}, []string{"trains", "training", "tra-in"}},
	},
	"German": {
		{"Straße", anyCase, []string{"STRASSE", "Strasse", "straße"}, []string{"Straßen"}},
		{"Müller", anyCase, []string{"MÜLLER", "Muller", "Mu\u0308ller"}, []string{"Mueller"}},
		{"Rakete", opening, []string{"Raketen", "Raketenabwehr"}, []string{"Rakel", "Mittelstreckenrakete"}},
		{"Präsident", anyCase, []string{"Präsident"}, []string{"Präsidentin", "Vizepräsident"}},
	},
	"French": {
		{"Iran", anyCase, []string{"l’Iran", "d'Iran", "qu'Iran", "Iran,"}, []string{"Iranien"}},
		{"accord", anyCase, []string{"l'accord", "d’accord", "L’ACCORD"}, []string{"accords", "raccord"}},
		{"École", anyCase, []string{"l’école", "ECOLE", "école"}, []string{"écoles"}},
		{"œuvre", anyCase, []string{"oeuvre", "l’œuvre", "ŒUVRE"}, []string{"œuvres"}},
		{"aujourd'hui", anyCase, []string{"aujourd’hui", "AUJOURD'HUI"}, []string{"hui"}},
	},
	"Italian": {
		{"Italia", anyCase, []string{"dell'Italia", "all’Italia", "l'Italia", "d’Italia"}, []string{"Italiana", "italiano"}},
		{"Aquila", anyCase, []string{"L'Aquila", "dell’Aquila"}, []string{"Aquilano"}},
	},
	"Spanish": {
		{"España", anyCase, []string{"ESPAÑA", "Espana", "¿España?", "¡España!"}, []string{"España2", "español"}},
		{"misil", opening, []string{"misil", "misiles"}, []string{"misión"}},
	},
	"Portuguese": {
		{"São Paulo", anyCase, []string{"Sao Paulo", "SÃO PAULO", "São-Paulo"}, []string{"São\n\nPaulo", "Paulo São"}},
		{"coração", anyCase, []string{"coracao", "CORAÇÃO"}, []string{"corações"}},
	},
	"Turkish": {
		{"İstanbul", anyCase, []string{"Istanbul", "istanbul", "ISTANBUL", "İstanbul'da", "İstanbul’un", "ıstanbul"}, []string{"İstanbullu"}},
		{"Erdoğan", anyCase, []string{"Erdogan", "ERDOĞAN", "Erdoğan'ın", "Erdoğan’a"}, []string{"Erdoğanlar"}},
		{"Putin", anyCase, []string{"Putin'in", "Putin’e", "Putin'den"}, []string{"Putinin"}},
	},
	"Polish": {
		{"Łódź", anyCase, []string{"Lodz", "ŁÓDŹ", "łódź"}, []string{"Łodzi"}},
		{"Biden", anyCase, []string{"Biden'em", "Biden’owi"}, []string{"Bidenem"}},
	},
	"Scandinavian languages": {
		{"Þór", anyCase, []string{"Thor", "ÞÓR"}, []string{"Þórs"}},
		{"Ærø", anyCase, []string{"AERO", "ærø"}, []string{"Ærøs"}},
		{"Åland", anyCase, []string{"Aland", "A\u030Aland"}, []string{"Ålands"}},
	},
	"Vietnamese": {
		{"Việt Nam", anyCase, []string{"VIỆT NAM", "Viet Nam", "Vie\u0323\u0302t Nam"}, []string{"Vietnam", "Nam Việt"}},
		{"Hà Nội", anyCase, []string{"Ha Noi", "hà nội"}, []string{"Hà-Nộis"}},
	},
	"Russian": {
		{"Путин", anyCase, []string{"Путина", "Путину", "Путиным", "о Путине", "ПУТИН", "«Путин»"}, []string{"путь", "Распутин", "путинизм"}},
		{"ракета", anyCase, []string{"ракеты", "ракету", "ракетами", "ракетах", "ракетой"}, []string{"ракетчик"}},
		{"Лавров", anyCase, []string{"Лаврова", "Лаврову", "Лавровым"}, []string{"лавра", "лавры"}},
		{"ёлка", anyCase, []string{"елка", "Ёлки", "елку"}, []string{"ель"}},
		{"поставка", anyCase, []string{"поставок", "поставки", "поставками"}, []string{"поставщик"}},
		{"Киев", anyCase, []string{"Киева", "Киеву", "в Киеве"}, []string{"киевлянин"}},
		{"ВС", anyCase, []string{"ВС", "вс"}, []string{"все", "всю"}},
		{"ВС", ownCase, []string{"ВС РФ"}, []string{"вс", "Вс"}},
		{"пуск", opening, []string{"пуска", "пусковая", "Пуск"}, []string{"выпуск", "запуск"}},
		{"Ким Чен Ын", anyCase, []string{"Ким Чен Ына", "Кима Чен Ына", "КИМ ЧЕН ЫН"}, []string{"Ким Чен Ир", "Чен Ын"}},
	},
	"Ukrainian": {
		{"Київ", anyCase, []string{"Києва", "у Києві", "КИЇВ"}, []string{"києвляни"}},
		{"Україна", anyCase, []string{"України", "Україні", "УКРАЇНА"}, []string{"українець"}},
		{"Харків", anyCase, []string{"Харкова", "Харкові"}, []string{"харків’яни"}},
	},
	"Greek": {
		{"Αθήνα", anyCase, []string{"ΑΘΗΝΑ", "Αθηνα"}, []string{"Αθήνας"}},
		{"οδός", anyCase, []string{"ΟΔΟΣ", "οδος"}, []string{"οδού"}},
	},
	"Arabic": {
		{"بوتين", anyCase, []string{"وبوتين", "لبوتين", "بوتين،"}, []string{"بوتينية"}},
		{"الرئيس", anyCase, []string{"والرئيس", "للرئيس", "بالرئيس", "الرئيس"}, []string{"رئاسة"}},
		{"إيران", anyCase, []string{"ايران", "بإيران", "وإيران", "لإيران"}, []string{"إيرانية"}},
		{"أمة", anyCase, []string{"أُمَّة", "امه", "وأمة"}, []string{"أمم"}},
		{"محمد", anyCase, []string{"مُحَمَّد", "مـحـمـد"}, []string{"أحمد"}},
	},
	"Persian": {
		{"کتاب", anyCase, []string{"کتاب", "كتاب", "کتاب\u200cها", "کتاب\u200cهای"}, []string{"کتابخانه"}},
		{"ایران", anyCase, []string{"ايران", "ایران."}, []string{"ایرانی"}},
	},
	"Hebrew": {
		{"איראן", anyCase, []string{"באיראן", "ובאיראן", "שאיראן", "לאיראן", "מאיראן"}, []string{"איראני"}},
		{"פוטין", anyCase, []string{"ופוטין", "לפוטין", "פּוּטִין"}, []string{"פוטינים"}},
		{"בית", anyCase, []string{"הבית", "בבית", "והבית"}, []string{"ביתי"}},
		{"צה״ל", anyCase, []string{"צה\"ל", "צהל", "בצה״ל"}, []string{"צהלה"}},
	},
	"Korean": {
		{"김정은", anyCase, []string{"김정은이", "김정은은", "김정은의", "김정은에게", "김정은과", "김정은 위원장"}, []string{"김정은숙", "김정일", "김 정 숙"}},
		{"러시아", anyCase, []string{"러시아는", "러시아가", "러시아로", "러시아와의", "러시아에서"}, []string{"러시아어"}},
		{"서울", anyCase, []string{"서울로", "서울에서", "서울은"}, []string{"서울대", "서울역"}},
		{"미사일", anyCase, []string{"미사일을", "미사일들을", "미사일까지"}, []string{"미사일방어"}},
		{"북한", anyCase, []string{"북한이", "북한을", "북한에선"}, []string{"북한산성"}},
	},
	"Chinese": {
		{"金正恩", anyCase, []string{"金正恩", "朝鲜领导人金正恩访问", "「金正恩」"}, []string{"金正日", "金。正恩"}},
		{"导弹", anyCase, []string{"发射导弹试验"}, []string{"导 演", "弹导"}},
		{"G7", anyCase, []string{"出席G7峰会", "Ｇ７"}, []string{"G70", "G8"}},
	},
	"Japanese": {
		{"ミサイル", anyCase, []string{"弾道ミサイルを", "ﾐｻｲﾙ"}, []string{"ミサ", "ミサイ"}},
		{"東京", anyCase, []string{"東京都", "東京で"}, []string{"京東", "京都"}},
		{"プーチン", anyCase, []string{"プーチン大統領は", "ﾌﾟｰﾁﾝ"}, []string{"プチン"}},
	},
	"Thai, Lao, Khmer and Burmese": {
		{"ปูติน", anyCase, []string{"ประธานาธิบดีปูตินกล่าว"}, []string{"ปูน"}},
		{"ລາວ", anyCase, []string{"ປະເທດລາວ"}, []string{"ລາງ"}},
		{"កម្ពុជា", anyCase, []string{"ប្រទេសកម្ពុជា"}, []string{"កម្ពុ"}},
		{"မြန်မာ", anyCase, []string{"မြန်မာနိုင်ငံ"}, []string{"မြန်"}},
	},
	"Hindi": {
		{"हिन्दी", anyCase, []string{"हिंदी", "हिन्दी में"}, []string{"हिन्दू"}},
		{"पाँच", anyCase, []string{"पांच", "पाँच।"}, []string{"पच"}},
		{"ज़मीन", anyCase, []string{"जमीन", "ज\u093Cमीन"}, []string{"जमना"}},
	},
	"Georgian, Armenian and others without care of their own": {
		{"თბილისი", anyCase, []string{"თბილისი.", "«თბილისი»"}, []string{"თბილისში"}},
		{"Երեւան", anyCase, []string{"ԵՐԵՒԱՆ", "Երեւան։"}, []string{"Երեւանում"}},
		{"ኢትዮጵያ", anyCase, []string{"ኢትዮጵያ።"}, []string{"ኢትዮጵያዊ"}},
	},
}

// TestTermsByLanguage: a term stands where it is expected, its index knows the
// place by one of the term's keys, and the finder finds what the phrase finds.
func TestTermsByLanguage(t *testing.T) {
	for language, cases := range termsByLanguage {
		t.Run(language, func(t *testing.T) {
			for _, c := range cases {
				for _, s := range c.in {
					checkTerm(t, c, s, true)
					checkTerm(t, c, "x "+s+" y", true)
				}
				for _, s := range c.not {
					checkTerm(t, c, s, false)
				}
			}
		})
	}
}

func checkTerm(t *testing.T, c termCase, s string, want bool) {
	t.Helper()
	if got := stands(c.words, c.look, s); got != want {
		t.Errorf("%q %+v stands in %q: %v", c.words, c.look, s, got)
		return
	}
	if c.look == anyCase && Holds(c.words, s) != want {
		t.Errorf("Holds(%q, %q) is %v", c.words, s, !want)
	}
	if want && !sharesKey(c, s) {
		t.Errorf("%q stands in %q and shares no key with it", c.words, s)
	}
	b := NewIndexer()
	n, sure, _ := b.Add(c.words, c.look)
	f := NewFinder(b.Index(nil), 0)
	f.Find(s)
	if got := f.Marked(uint32(n)); got != want && (sure || want) {
		t.Errorf("the finder finds %q %+v in %q: %v", c.words, c.look, s, got)
	}
}

// sharesKey reports whether a token of s has one of the keys of a term.
func sharesKey(c termCase, s string) bool {
	p := NewPhrase(c.words, c.look)
	keys, shared := p.Keys(), false
	var ring Keyring
	for _, k := range keys {
		ring.Add(k)
	}
	var stems Stems
	tokens := Split(s)
	for i := range tokens {
		ring.Each(&tokens[i], &stems, func(k Key) { shared = shared || slices.Contains(keys, k) })
	}
	return shared
}

// TestLooks: where a term stands as it is written, it stands in any case.
func TestLooks(t *testing.T) {
	for language, cases := range termsByLanguage {
		for _, c := range cases {
			onlyInCase := func(s string) bool { return stands(c.words, ownCase, s) && !stands(c.words, anyCase, s) }
			if all := slices.Concat(c.in, c.not); slices.ContainsFunc(all, onlyInCase) {
				t.Errorf("%s: %q stands only where case counts in one of %q", language, c.words, all)
			}
		}
	}
}
