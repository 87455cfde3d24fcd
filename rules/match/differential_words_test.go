package match_test

// word is a word of the vocabulary.
type word struct {
	written     string
	texts       []string
	expressions []string // regular expressions as a rule writes them
}

// inflecting is how many words of the vocabulary, the first, have the
// inflections of English.
const inflecting = 8

// vocabulary is what the stories and the terms of differential tests are made
// of: words as a rule would write them, how texts write them and their likes,
// and regular expressions that find some of these.
var vocabulary = []word{
	{"weapon", []string{"weapon", "weapons", "Weapons", "weapon's", "weaponry"}, []string{`/weapons?|arms/`}},
	{"sanction", []string{"sanctions", "sanctioned", "Sanctions", "sanction", "sanctioning"}, []string{`/sanction(s|ed)\b/`}},
	{"strike", []string{"strikes", "strike", "striking", "air strikes", "strike's"}, []string{`/str.k/`}},
	{"explosion", []string{"explosions", "explosion", "EXPLOSIONS"}, nil},
	{"missile", []string{"missile", "missiles", "missile-defence", "MISSILES"}, []string{`/miss\w+/`}},
	{"organisation", []string{"organisation", "organization", "Organizations", "organ"}, []string{`/organi[sz]ation/`}},
	{"arms", []string{"arms", "Arms", "arm", "armies", "arms deal"}, []string{`/arm/`}},
	{"coup", []string{"coup", "coups", "2021 coup", "coup de grâce", "Coup"}, []string{`/[0-9]+/`, `/\d{4} coup/`}},
	{"Putin", []string{"Putin", "Putin's", "PUTIN", "Putin’in", "Rasputin", "Ｐｕｔｉｎ", "pu\u00adtin"}, []string{`/put[io]n/`, `/\bputin\b/`, `/(?-i)Putin/`}},
	{"Kim Jong-un", []string{"Kim Jong Un", "KIM JONG-UN'S", "Kim Jong", "Kim\u00a0Jong-un", "Kim. Jong-un", "Jong-un"}, []string{`/kim\W+jong/`, `/\bk\w+/`}},
	{"Kim", []string{"Kim", "Kim’s", "kim", "Kim."}, []string{`/kim?/`}},
	{"US", []string{"US", "U.S.", "us", "USA", "US's"}, []string{`/(?-i)\bUS\b/`, `/u\.?s/`}},
	{"U.N.", []string{"U.N.", "UN", "un", "U.N. The"}, []string{`/u\.n\./`}},
	{"state owned", []string{"state owned", "state‐owned", "state–owned", "state", "owned"}, []string{`/state.owned/`}},
	{"1,279", []string{"1,279", "1279", "1,279.54", "279", "1"}, []string{`/\d/`, `/[,.]/`}},
	{"G7", []string{"G7", "G-7", "g7", "7"}, []string{`/g.?7/`}},
	{"São Paulo", []string{"São Paulo", "Sao Paulo", "SAO PAULO", "São-Paulo", "Paulo"}, []string{`/s[aã]o/`}},
	{"Iran", []string{"Iran", "l’Iran", "Iran's", "d'Iran", "IRAN", "Iranian"}, []string{`/['’]iran/`}},
	{"C++", []string{"C++", "C", "C#", "c++'s", "Ｃ＋＋", "C+"}, []string{`/c\+\+/`}},
	{"5%", []string{"5%", "5", "5％", "15%", "5%+"}, nil},
	{"F-35", []string{"F-35", "F-35s", "F-35's", "35", "F"}, nil},
	{"NGO", []string{"NGO", "NGOs", "NGOS", "ngos"}, nil},
	{"O'Brien", []string{"O’Brien", "O'Brien", "OBrien", "O Brien"}, []string{`/brien/`}},
	{"Straße", []string{"Straße", "STRASSE", "Strasse"}, []string{`/stra(ss|ß)e/`}},
	{"Ελλάδα", []string{"Ελλάδα", "ΕΛΛΑΔΑ", "Ελλαδα"}, nil},
	{"Путин", []string{"Путин", "Путиным", "Путина", "ПУТИН", "Распутин", "путины"}, []string{`/путин/`}},
	{"Ким Чен Ын", []string{"Ким Чен Ыну", "Ким Чен Ын", "Кима Чен Ына", "Ким"}, nil},
	{"Лавров", []string{"Лавров", "Лаврова", "Лавровым", "лавр"}, nil},
	{"ВС", []string{"ВС", "все", "вс"}, []string{`/(?-i)ВС/`}},
	{"Львів", []string{"Львів", "Львова", "Львові"}, nil},
	{"김정은", []string{"김정은", "김정은이", "김정은숙", "김정은에게도", "金김정은"}, []string{`/김정은.?/`}},
	{"핵실험", []string{"핵실험", "지하핵실험을", "핵 실험", "핵실험장"}, []string{`/핵/`}},
	{"무기", []string{"무기", "무기를", "나무 기둥", "대량무기"}, nil},
	{"金正恩", []string{"金正恩", "北朝鮮の金正恩総書記は", "金正", "金"}, []string{`/金.恩/`}},
	{"プーチン", []string{"プーチン", "プーチン大統領", "ﾌﾟｰﾁﾝ", "プー"}, nil},
	{"京都", []string{"京都", "東京都", "京都。", "都"}, []string{`/[京都]/`}},
	{"بوتين", []string{"بوتين", "وبوتين", "لبوتين", "بُوتين"}, []string{`/بوتين/`}},
	{"أسلحة", []string{"أسلحة", "الأسلحة", "للأسلحة", "اسلحه"}, nil},
	{"נתניהו", []string{"נתניהו", "ונתניהו", "שלנתניהו"}, nil},
	{"צה״ל", []string{`צה"ל`, "צה״ל", "וצה״ל", "צהל"}, nil},
	{"ปูติน", []string{"ปูติน", "พบปูตินที่", "ปู"}, []string{`/ติน/`}},
	{"भारत", []string{"भारत", "भारत।", "भारतीय"}, nil},
	{"film review", []string{"film review", "film", "review", "film\u2011review"}, []string{`/ +/`, `/film|review/`}},
}

// fillers stand between the words that rules look for.
var fillers = []string{
	"the", "of", "said", "on", "met", "and", "he", "in a", "Mr.", "The", "deal", "2021", "at 9.5 %", "with", "transfer",
	"и", "в", "그", "및", "の", "で", "在", "في", "את", "ที่",
	"—", "…", "(", "No.", "vs.", "\xff", "©", "½",
}

// separators stand between words.
var separators = []string{" ", " ", " ", " ", " ", " ", " ", " ", ", ", "-", "", "; ", "  ", " “", "’ ", ".", "\u00a0", "/"}

// stops end sentences, or seem to.
var stops = []string{". ", ". ", ". ", "! ", "? ", "。", "…\u201d ", ".) ", " ", ".\t", "\n", "।"}
