package text

import (
	"strings"
	"unicode/utf8"
)

// Korean particles by the sound they follow: a consonant, a vowel (ㄹ counts
// as one before 로), or either.
var (
	afterConsonant = set("은 이 을 과 으로 으로서 으로써 으로부터 이나 이란 이라 이라고 이라는 이며 이고 이든 이다 이었다 이랑 이여 아 이야 이자 이지만 이라도")
	afterVowel     = set("는 가 를 와 나 란 라 라고 라는 며 고 든 다 였다 랑 여 야 자 지만 라도")
	afterLiquid    = set("로 로서 로써 로부터")
	afterAny       = set("의 에 에서 에게 에게서 께 께서 한테 한테서 하고 도 만 까지 부터 마다 보다 처럼 같이 조차 마저 밖에 뿐 대로 들 씨 입니다 에선 에겐 엔 만큼 보다도 에까지 에서부터")
)

// stacked are the particles that may follow another.
var stacked = [...]string{"", "는", "은", "도", "만", "의", "을", "를", "이", "가"}

// maxParticles is the longest run of syllables that is taken for particles.
const maxParticles = 6

// carries reports whether the syllables after the syllable last are nothing but
// particles.
func carries(last, rest string) bool {
	if rest == "" {
		return true
	}
	if after, ok := strings.CutPrefix(rest, "들"); ok && carries("들", after) {
		return true
	}
	if after, ok := strings.CutPrefix(rest, "씨"); ok && carries("씨", after) {
		return true
	}
	for _, tail := range stacked {
		head, ok := strings.CutSuffix(rest, tail)
		if ok && head != "" && follows(last, head) && (tail == "" || stacks(head)) {
			return true
		}
	}
	return false
}

// stacks reports whether a particle may be followed by another: a case
// particle of place or company, not a subject or a topic.
func stacks(particle string) bool {
	return afterLiquid[particle] || afterAny[particle] ||
		strings.HasPrefix(particle, "으로") || particle == "과" || particle == "와"
}

func follows(last, particle string) bool {
	if afterAny[particle] {
		return true
	}
	switch finalOf(last) {
	case 0:
		return afterVowel[particle] || afterLiquid[particle]
	case liquid:
		return afterConsonant[particle] || afterLiquid[particle]
	}
	return afterConsonant[particle]
}

// liquid is the number of the final consonant ㄹ.
const liquid = 8

// finalOf returns the number of a syllable's final consonant, 0 for none: the
// composition of Hangul syllables, Unicode standard, section 3.12.
func finalOf(syllable string) rune {
	r, _ := utf8.DecodeRuneInString(syllable)
	if r < 0xAC00 || r > 0xD7A3 {
		return 0
	}
	return (r - 0xAC00) % 28
}

// inWord reports whether a token goes on a Korean word.
func inWord(tokens []Token, i int) bool {
	return i > 0 && tokens[i].Script == Hangul && tokens[i].Joined && tokens[i-1].Script == Hangul
}

// restOfWord returns the syllables from i on that go on a Korean word, at most
// one more than can be particles.
func restOfWord(tokens []Token, i int) string {
	var b strings.Builder
	for n := 0; i < len(tokens) && inWord(tokens, i) && n <= maxParticles; n++ {
		b.WriteString(tokens[i].Folded)
		i++
	}
	return b.String()
}
