package extract

import (
	"maps"
	"slices"
)

// bylineWords are what stands before the names of authors, in lower case, and
// whether it is a word for authors, which counts wherever it stands.
var bylineWords = map[string]bool{
	"by": false, "written": false, "reported": false, "von": false, "par": false, "por": false, "di": false,
	"door": false, "af": false, "av": false,
	"od": false, "text": false, "texte": false, "texto": false, "testo": false, "tekst": false, "words": false,
	"story":  false,
	"author": true, "authors": true, "author(s)": true, "reporter": true, "autor": true, "autorin": true,
	"autoren": true, "autorinnen": true,
	"autor/in": true, "autor/autorin": true, "autorin/autor": true, "autor*in": true, "autor:in": true,
	"verfasser": true, "redakteur": true, "auteur": true,
	"auteurs": true, "auteur(s)": true, "autores": true, "autora": true, "autore": true, "autrice": true,
	"autori": true, "redactie": true, "forfatter": true,
	"författare": true, "kirjoittaja": true, "автор": true, "авторы": true, "автори": true, "yazar": true,
	"szerző": true, "συντάκτης": true, "penulis": true,
}

// bylineNoise are words of buttons and remarks that stand beside names, in lower
// case. None of them is a name.
var bylineNoise = labels(`bio|bios|biography|profile|comment|comments|follow|following|subscribe|share|tweet|email|
		e-mail|mail|contact|view|read|more|full|see|about|posts|articles|stories|published|updated|posted|
		newsletter|photo|photos|photograph|photographs|photography|image|video|audio|facebook|twitter|instagram|
		linkedin|rss|archive|profil|kommentar|kommentare|folgen|teilen|mehr|artikel|beiträge|seite|partager|suivre|
		commentaires|voir|perfil|comentarios|compartir|seguir|ver|leggi|segui|min|minutes|hour|hours|ago|today|
		yesterday`)

// bylineLetters are the letters with which such a word begins.
var bylineLetters = firstLetters(slices.Collect(maps.Keys(bylineWords)))
