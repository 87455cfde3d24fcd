package cluster

import (
	"strings"
	"unicode/utf8"
)

// soundOf returns the consonants that a name is heard with, the same for one name
// in most scripts: Клинтон, クリントン and Clinton are krmtm. Letters that one
// script or another does not tell apart are one: l and r, m and n, s and z, b and
// v, g and j, for the g of Roger is a j elsewhere. An r counts before a vowel only. It is "" for
// a name of fewer than three consonants, which would be that of too many.
func soundOf(name string) string {
	name = romanised(name)
	name = soundsLike.Replace(name)
	var sound []byte
	for i := range len(name) {
		c := name[i]
		if c == 'c' {
			c = 'k'
			if i+1 < len(name) && strings.IndexByte("eiy", name[i+1]) >= 0 {
				c = 's'
			}
		}
		if c == ' ' || c == 'r' && (i+1 == len(name) || strings.IndexByte("aeiouy", name[i+1]) < 0) {
			continue // an r that no vowel follows is not heard in English, nor written in katakana
		}
		if c >= 0x80 {
			return ""
		}
		if c = soundClass[c]; c != 0 && (len(sound) == 0 || sound[len(sound)-1] != c) {
			sound = append(sound, c)
		}
	}
	if len(sound) < 3 {
		return ""
	}
	return string(sound)
}

// soundsLike writes what several letters stand for as one; C is the ch of church.
var soundsLike = strings.NewReplacer("tsch", "C", "shch", "C", "tch", "C", "sch", "s", "sh", "s", "ch", "C", "kh", "h",
	"ph", "f", "th", "t", "dzh", "j", "dj", "j", "dge", "j", "zh", "j", "gh", "g", "ck", "k", "qu", "k", "ts", "s", "x", "ks",
	"ß", "s", "æ", "e", "ð", "d", "þ", "t")

// soundClass is what a letter is heard as; 0 is nothing: vowels, h, w and y.
var soundClass = [128]byte{
	'b': 'b', 'v': 'b', 'C': 'C', 'd': 'd', 'f': 'f', 'g': 'g', 'j': 'g', 'k': 'k', 'q': 'k', 'l': 'r', 'r': 'r',
	'm': 'm', 'n': 'm', 'p': 'p', 's': 's', 'z': 's', 't': 't',
}

// romanised writes a folded name in Latin letters.
func romanised(name string) string {
	ascii := true
	for i := range len(name) {
		ascii = ascii && name[i] < utf8.RuneSelf
	}
	if ascii {
		return name
	}
	var out strings.Builder
	for _, r := range name {
		switch latin, known := romanLetters[r]; {
		case known:
			out.WriteString(latin)
		case r >= 0xAC00 && r <= 0xD7A3:
			out.WriteString(romanSyllable(r))
		default:
			out.WriteRune(r)
		}
	}
	return out.String()
}

// romanSyllable writes a syllable of Hangul in the Revised Romanization of 2000.
// Unicode numbers them by their 19 initials, 21 vowels and 28 finals.
func romanSyllable(r rune) string {
	n := int(r - 0xAC00)
	return initials[n/588] + vowels[n/28%21] + finals[n%28]
}

var (
	initials = strings.Split("g kk n d tt r m b pp s ss  j jj ch k t p h", " ")
	vowels   = strings.Split("a ae ya yae eo e yeo ye o wa wae oe yo u wo we wi yu eu ui i", " ")
	finals   = strings.Split(" k k k n n n t l k m l l l p l m p p t t ng t t k t p t", " ")
)

// romanLetters writes letters of other alphabets in Latin ones: Cyrillic, Greek,
// Arabic, Hebrew and katakana.
var romanLetters = readLetters(`
	а a б b в v г g ґ g д d е e є e ё e ж zh з z и i і i ї i й i к k л l м m н n о o п p р r с s т t у u ў u ф f х kh
	ц ts ч ch ш sh щ shch ы y э e ю yu я ya ј j љ l њ n ћ ch ђ dj џ dzh қ k ғ g ә a ө o ү u ұ u ң n һ h
	α a β v γ g δ d ε e ζ z η i θ th ι i κ k λ l μ m ν n ξ x ο o π p ρ r σ s ς s τ t υ y φ f χ kh ψ ps ω o
	ا a أ a إ i آ a ب b ة a ت t ث th ج j ح h خ kh د d ذ d ر r ز z س s ش sh ص s ض d ط t ظ z غ gh ف f ق k ك k ل l م m ن n
	ه h و w ي y ى a پ p چ ch ژ zh گ g ک k ی y ڤ v
	א a ב b ג g ד d ה h ו v ז z ח h ט t י y כ k ך k ל l מ m ם m נ n ן n ס s פ p ף f צ ts ץ ts ק k ר r ש sh ת t
	ア a イ i ウ u エ e オ o ァ a ィ i ゥ u ェ e ォ o カ ka キ ki ク ku ケ ke コ ko ガ ga ギ gi グ gu ゲ ge ゴ go
	サ sa シ shi ス su セ se ソ so ザ za ジ ji ズ zu ゼ ze ゾ zo タ ta チ chi ツ tsu テ te ト to ダ da ヂ ji ヅ zu デ de
	ド do ナ na ニ ni ヌ nu ネ ne ノ no ハ ha ヒ hi フ fu ヘ he ホ ho バ ba ビ bi ブ bu ベ be ボ bo パ pa ピ pi プ pu
	ペ pe ポ po マ ma ミ mi ム mu メ me モ mo ヤ ya ユ yu ヨ yo ャ ya ュ yu ョ yo ラ ra リ ri ル ru レ re ロ ro ワ wa ン n
	ヴ v ー -`)

func readLetters(table string) map[rune]string {
	letters := map[rune]string{'ь': "", 'ъ': "", 'ع': "", 'ء': "", 'ئ': "", 'ؤ': "", 'ッ': ""}
	words := strings.Fields(table)
	for i := 0; i+1 < len(words); i += 2 {
		r, _ := utf8.DecodeRuneInString(words[i])
		letters[r] = strings.Trim(words[i+1], "-")
	}
	return letters
}

// spellingOf writes a folded name in Latin letters, its long vowels short; "" where a
// letter has none.
func spellingOf(name string) string {
	name = longVowels.Replace(romanised(name))
	for i := range len(name) {
		if name[i] >= utf8.RuneSelf {
			return ""
		}
	}
	return name
}

var longVowels = strings.NewReplacer("ou", "o", "oo", "o", "oh", "o", "uu", "u", "-", "")
