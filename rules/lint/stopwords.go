package lint

import "strings"

// frequent are words, folded, that hardly a story of their language is without.
// Those that are also acronyms of the news, like un, are left out, and single
// Latin letters.
var frequent = wordSet(
	"the an of and to in is it on for that with as at by from this be are was has have he she they you we us who or not but his her its",
	"der die das den dem des und ist im von mit auf zu nicht ein eine einen fur sich es er sie wir als auch bei nach",
	"le la les des du et est dans pour que qui sur au aux pas une ce il elle nous vous",
	"el los las del en es por con una para que se su lo como mas",
	"os do da dos das em um uma com nao ao il di che non per della sono gli het van een niet dat ve bir bu ile icin",
	"и в не на что с по как это он она они но из за от к у о для был была же то а",
	"і та з у до що це він вона як",
	"في من على الى عن ان هذا التي الذي مع و",
	"של את על לא זה הוא היא עם",
	"的 了 是 在 和 不 有 一 は が の を に で と も",
	"이 그 수 것 및 के है में की और का से ที่ และ ใน",
)

func wordSet(lists ...string) map[string]bool {
	words := map[string]bool{}
	for _, list := range lists {
		for w := range strings.FieldsSeq(list) {
			words[w] = true
		}
	}
	return words
}
