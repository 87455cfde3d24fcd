package extract

import (
	"regexp"
	"strings"
)

// commentLabels are what stands over readers' comments, in lower case and
// without the signs and numbers around it. A word that may be the label of an
// opinion piece is not among them.
var commentLabels = labels(`comments|reader comments|readers' comments|readers comments|user comments|your comments|
		latest comments|recent comments|view comments|all comments|comments on this story|comments on this article|
		leave a comment|leave a reply|post a comment|add a comment|write a comment|join the conversation|
		join the discussion|have your say|kommentare|leserkommentare|kommentare der leser|kommentar schreiben|
		kommentar verfassen|schreibe einen kommentar|ihr kommentar|diskutieren sie mit|commentaires|
		les commentaires|vos commentaires|laisser un commentaire|commentaires des lecteurs|vos réactions|
		comentarios|deja un comentario|deja una respuesta|comentarios de los lectores|comentários|
		deixe um comentário|deixe uma resposta|comentários dos leitores|commenti|i commenti|lascia un commento|
		commenti dei lettori|reacties|geef een reactie|plaats een reactie|komentarze|dodaj komentarz|
		komentarze czytelników|комментарии|оставить комментарий|добавить комментарий|комментарии читателей|
		коментарі|залишити коментар|додати коментар|yorumlar|okur yorumları|yorum yap|yorum yaz|kommentarer|
		skriv en kommentar|skriv kommentar|lämna en kommentar|legg igjen en kommentar|kommentit|kommentoi|komentáře|
		komentáre|diskuze|hozzászólások|kommentek|comentarii|lasă un comentariu|σχόλια|αφήστε ένα σχόλιο|التعليقات|
		تعليقات|أضف تعليق|أضف تعليقا|اترك تعليقا|תגובות|הוסף תגובה|הוספת תגובה|komentari|komentarji|
		tinggalkan komentar|bình luận|ý kiến bạn đọc|댓글|댓글 쓰기|コメント|読者のコメント|コメントを残す|评论|評論|网友评论|用户评论|留言|发表评论|發表評論|
		發表留言|टिप्पणियाँ|ความคิดเห็น|แสดงความคิดเห็น|коментари|نظرات|دیدگاه` + "\u200c" + `ها`)

// countedComments is such a label with a number: "3 comments",
// "One thought on “A headline”".
var countedComments = regexp.MustCompile(`(?i)^(?:(?:\d[\d.,]*|one|no|ein|un|uno|een) (?:thoughts?|responses?|comments?|replies|reply|gedanken?|kommentare?|antworten|` +
	`commentaires?|réflexions?|comentarios?|pensamientos?|comentários?|commenti|pensieri|reacties|komentarz[eya]?|myśli|komentarów)(?: (?:on|to|about|zu|auf|sur|en|sobre|em|su|op|do)\b.*)?` +
	`|(?:comments?|kommentare|commentaires|comentarios|comentários|commenti|reacties|komentarze|комментарии|коментарі|yorumlar|kommentarer|댓글|コメント|评论|評論) ?[(\[:]? ?\d[\d.,]*[)\]]?)$`)

func labels(list string) map[string]bool {
	set := map[string]bool{}
	for l := range strings.SplitSeq(list, "|") {
		set[strings.TrimSpace(l)] = true
	}
	return set
}

// isCommentsLabel reports whether a text is what stands over readers' comments.
func isCommentsLabel(text string) bool {
	const longest = 200 // bytes
	if len(text) > longest || len(text) < 4 {
		return false
	}
	lower := strings.ReplaceAll(strings.ToLower(squeeze(text)), "’", "'")
	if commentLabels[strings.Trim(lower, around)] {
		return true
	}
	first, _, _ := strings.Cut(lower, " ")
	switch first {
	case "one", "no", "ein", "un", "uno", "een":
	default:
		if !strings.ContainsAny(lower, "0123456789") {
			return false
		}
	}
	return countedComments.MatchString(lower)
}
