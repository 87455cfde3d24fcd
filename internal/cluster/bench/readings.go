package main

import (
	"bufio"
	"cmp"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// inKanji is a name that is listed with its reading.
var (
	inKanji = regexp.MustCompile(`^[一-龥々]{2,3}$`)
	inLatin = regexp.MustCompile(`^[a-z]{4,}$`)
)

const mostReadings = 2 // of one name, the likeliest

// printReadings prints how Japanese names of people and places are read, as package
// cluster embeds them in readings.txt. folder holds the tables of the IPA dictionary
// for MeCab, as in Debian's package mecab-ipadic, in UTF-8 (iconv -f EUC-JP).
// What is a common noun, too, is left out.
func printReadings(out *strings.Builder, folder string) error {
	common := map[string]bool{}
	readings := map[string]map[string]int{} // what each costs: the likelier the less
	for _, table := range []string{"Noun", "Noun.verbal", "Noun.adverbal", "Noun.name", "Noun.place"} {
		err := eachNoun(filepath.Join(folder, table+".csv"), func(noun, kana string, cost int) {
			reading := longVowels.Replace(romanised(kana))
			switch {
			case table != "Noun.name" && table != "Noun.place":
				common[noun] = true
			case !common[noun] && inKanji.MatchString(noun) && inLatin.MatchString(reading):
				if readings[noun] == nil {
					readings[noun] = map[string]int{}
				}
				if known, ok := readings[noun][reading]; !ok || cost < known {
					readings[noun][reading] = cost
				}
			}
		})
		if err != nil {
			return err
		}
	}
	for _, noun := range slices.Sorted(maps.Keys(readings)) {
		list := slices.SortedFunc(maps.Keys(readings[noun]), func(a, b string) int {
			return cmp.Or(cmp.Compare(readings[noun][a], readings[noun][b]), cmp.Compare(a, b))
		})
		fmt.Fprintln(out, noun, strings.Join(list[:min(mostReadings, len(list))], " "))
	}
	return nil
}

// eachNoun yields the nouns of a table.
func eachNoun(name string, yield func(noun, kana string, cost int)) error {
	file, err := os.Open(name)
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		fields := strings.Split(lines.Text(), ",")
		if len(fields) < 12 {
			return fmt.Errorf("read %s: %d fields in %q, want 12 or more", name, len(fields), lines.Text())
		}
		cost, err := strconv.Atoi(fields[3])
		if err != nil {
			return fmt.Errorf("read %s: %w", name, err)
		}
		yield(fields[0], fields[11], cost)
	}
	return lines.Err()
}

var longVowels = strings.NewReplacer("ou", "o", "oo", "o", "uu", "u")

// romanised writes katakana as Hepburn did, without marks for long vowels.
func romanised(kana string) string {
	return strings.ReplaceAll(doubled.ReplaceAllString(hepburn.Replace(kana), "$1$1"), "cch", "tch")
}

var doubled = regexp.MustCompile("ッ(.)")

var hepburn = strings.NewReplacer(strings.Fields(`
	キャ kya キュ kyu キョ kyo シャ sha シュ shu ショ sho チャ cha チュ chu チョ cho ニャ nya ニュ nyu ニョ nyo ヒャ hya ヒュ hyu ヒョ hyo
	ミャ mya ミュ myu ミョ myo リャ rya リュ ryu リョ ryo ギャ gya ギュ gyu ギョ gyo ジャ ja ジュ ju ジョ jo ビャ bya ビュ byu ビョ byo
	ピャ pya ピュ pyu ピョ pyo ア a イ i ウ u エ e オ o カ ka キ ki ク ku ケ ke コ ko ガ ga ギ gi グ gu ゲ ge ゴ go サ sa シ shi ス su
	セ se ソ so ザ za ジ ji ズ zu ゼ ze ゾ zo タ ta チ chi ツ tsu テ te ト to ダ da ヂ ji ヅ zu デ de ド do ナ na ニ ni ヌ nu ネ ne
	ノ no ハ ha ヒ hi フ fu ヘ he ホ ho バ ba ビ bi ブ bu ベ be ボ bo パ pa ピ pi プ pu ペ pe ポ po マ ma ミ mi ム mu メ me モ mo
	ヤ ya ユ yu ヨ yo ラ ra リ ri ル ru レ re ロ ro ワ wa ヲ o ン n ヴ v`)...)
