package revision

// The words of notices, as regular expressions in lower case. The order of the
// languages is the same everywhere: English; German; French; Spanish; Italian;
// Portuguese; Dutch; Polish; Russian; Ukrainian; Turkish; Arabic; Japanese; Korean;
// Chinese. They are the words of agencies' handbooks and of outlets' own notices.

// heldOpenings head an advisory not to use a story until it was checked.
const heldOpenings = `(?:story |editorial |urgent |advisory )?hold(?: advisory)?|advisory[ ,:-]+(?:please )?(?:hold|do not use)|` +
	`do not use|not for use|` +
	`bitte (?:vorerst |derzeit )?nicht verwenden|(?:vorerst |derzeit )?nicht verwenden|meldung angehalten|` +
	`(?:prière de )?ne pas utiliser|(?:dépêche|article) suspendue?|` +
	`no (?:usar|utilizar|publicar)|noticia retenida|` +
	`(?:si prega di )?non (?:usare|utilizzare)|notizia sospesa|` +
	`não (?:usar|utilizar|publicar)|notícia suspensa|` +
	`niet gebruiken|bericht aangehouden|` +
	`(?:prosimy )?nie (?:używać|publikować)|depesza wstrzymana|wstrzymane|` +
	`(?:просьба )?не (?:использовать|публиковать)|сообщение приостановлено|` +
	`(?:прохання )?не (?:використовувати|публікувати)|повідомлення призупинено|` +
	`kullanmayınız|haber beklemede|` +
	`يرجى عدم (?:استخدام|نشر)|` +
	`(?:配信|記事|使用)?保留|使用見合わせ|` +
	`(?:기사 ?|보도 ?|사용 ?)?보류|` +
	`(?:稿件)?暂缓(?:使用|发表|刊发)?|(?:稿件)?暫緩(?:使用|發表)?|请勿使用`

// heldSayings say the same within a sentence.
const heldSayings = `\b(?:please )?(?:do not|don't) (?:use|publish|run) (?:this|the|our) (?:story|article|report|item)\b|` +
	`\b(?:this|the|our) (?:story|article|report|item) (?:is|has been|was) (?:on hold|put on hold|placed on hold|being held|held back)\b|` +
	`(?:diese|die|unsere) (?:meldung|nachricht) (?:bitte )?(?:vorerst |derzeit )?nicht (?:zu )?(?:verwenden|veröffentlichen)|` +
	`ne pas utiliser (?:cette|notre|la) (?:dépêche|information)|(?:cette|notre) dépêche est suspendue|` +
	`no (?:usar|utilizar|publicar) (?:esta|la|nuestra) (?:noticia|información|nota)|` +
	`non (?:usare|utilizzare) (?:questa|la) (?:notizia|ansa)|` +
	`não (?:usar|utilizar|publicar) (?:esta|a) (?:notícia|matéria)|` +
	`(?:dit|het|ons) bericht (?:voorlopig )?niet (?:te )?gebruiken|` +
	`(?:prosimy )?nie (?:używać|publikować) (?:tej )?(?:depeszy|informacji)|` +
	`просим не (?:использовать|публиковать) (?:это )?(?:сообщение|новость)|` +
	`просимо не (?:використовувати|публікувати) (?:це )?(?:повідомлення|новину)|` +
	`bu haber(?:i|in)? (?:şimdilik )?(?:kullanmayınız|kullanılmaması)|` +
	`يرجى عدم (?:استخدام|نشر) (?:هذا )?الخبر|` +
	`(?:この|先の)?記事の使用を(?:見合わせ|控え)|(?:この|先の)記事を保留|` +
	`(?:이|위) ?기사(?:의|를)? ?(?:사용|보도)(?:을|를)? ?보류|` +
	`(?:请|請)(?:暂缓|暫緩|勿)(?:使用|刊发|发表)(?:该|此|本)?(?:稿|稿件|消息|报道)`

// killedOpenings head the order of an agency not to use a story any more.
const killedOpenings = `(?:mandatory |story |news |bulletin |advisory )*kill(?:ed)?(?: advisory)?|story killed|` +
	`(?:achtung[: -]+)?meldung annulliert|annulliert|` +
	`annulation|(?:dépêche )?annulée|` +
	`anulación|(?:noticia )?anulad[oa]|` +
	`annullamento|(?:notizia )?annullat[oa]|` +
	`anulação|(?:notícia )?anulad[oa]|` +
	`intrekking|bericht geannuleerd|` +
	`anulowan[eay]|anulowanie(?: depeszy)?|` +
	`аннулировано|аннуляция|сообщение аннулировано|` +
	`анульовано|повідомлення анульовано|` +
	`(?:haber )?iptal(?: edildi)?|` +
	`إلغاء(?: خبر)?|(?:خبر )?ملغ[ىي]|` +
	`(?:全文|記事)取り?消し?|` +
	`(?:전문|기사|전문 기사) ?취소|` +
	`撤稿|撤销(?:稿件|此稿)|撤銷(?:稿件|此稿)`

// killedSayings say the same within a sentence.
const killedSayings = `\bkill (?:the|this|our) (?:\S+ )?(?:story|item|report|bulletin)\b|` +
	`\b(?:this|the|our) (?:story|item|report|bulletin) (?:has been|is|was) killed\b|\ba kill is mandatory\b|` +
	`(?:diese|die|unsere) meldung (?:ist|wird|wurde) annulliert|` +
	`(?:annule|annulons) (?:cette|notre|la) dépêche|(?:cette|notre|la) dépêche (?:est|a été) annulée|` +
	`(?:esta|la|nuestra) (?:noticia|nota) (?:queda|ha sido|fue) anulada|` +
	`(?:questa|la|nostra) notizia (?:è|è stata|va) (?:considerata )?annullata|` +
	`(?:esta|a|nossa) notícia (?:foi|está|fica) anulada|` +
	`(?:dit|het|ons) bericht is geannuleerd|` +
	`(?:ta |nasza )?depesza (?:została )?anulowana|anulujemy depeszę|` +
	`(?:это |наше )?сообщение (?:аннулировано|аннулируется)|аннулируем (?:это |наше )?сообщение|` +
	`(?:це |наше )?повідомлення (?:анульовано|анулюється)|` +
	`(?:bu |bu )haber(?:imiz)? iptal edil(?:di|miştir)|` +
	`(?:يلغى|تلغي|ألغت) .{0,30}(?:هذا )?الخبر|تم إلغاء (?:هذا )?الخبر|` +
	`(?:この|先の|前の)?(?:記事|全文)を(?:全文)?取り消し|` +
	`(?:이|위|앞선) ?기사(?:를|는)? ?(?:전문 ?)?취소(?:합니다|됐습니다|되었습니다)|` +
	`(?:此|该|本)(?:稿|稿件|报道)(?:予以|已)?撤(?:销|稿)|(?:现|特此)撤稿`

// headings head a retraction, whatever it goes on with.
const headings = `(?:notice of )?retraction(?: notice)?|editorial retraction|rétractation|retractación|ritrattazione|retratação|` +
	`retractie|отзыв публикации|記事の?(?:撤回|削除)(?:について|のお知らせ)|기사 ?철회(?: 안내)?|撤稿(?:声明|启事)`

// retractedOpenings head a story that its outlet took back.
const retractedOpenings = `(?:story |article |report )?(?:withdrawn|retracted)|(?:story|article|report) (?:removed|taken down|unpublished|deleted)|` +
	`(?:artikel |meldung |bericht )?zurückgezogen|(?:artikel|meldung|bericht) (?:gelöscht|entfernt)|` +
	`(?:article |dépêche )?(?:retirée?|rétractée?)|(?:article|contenu) supprimé|` +
	`(?:noticia |artículo |información )?(?:retirad[oa]|retractad[oa])|(?:noticia|artículo) eliminad[oa]|` +
	`(?:articolo |notizia )?(?:ritirat[oa]|ritrattat[oa])|(?:articolo|notizia) rimoss[oa]|` +
	`(?:notícia |artigo |matéria |reportagem )?(?:retirad[oa]|retratad[oa])|(?:notícia|artigo|matéria) removid[oa]|` +
	`(?:artikel |bericht )?ingetrokken|(?:artikel|bericht) verwijderd|` +
	`(?:artykuł |tekst )?wycofan[yae]|(?:artykuł|tekst) usunięty|` +
	`(?:новость |материал |статья )?(?:отозван[оа]?|снят[оа]? с публикации)|(?:новость|материал|статья) удален[оа]?|` +
	`(?:новину |матеріал |статтю )?(?:відкликано|знято з публікації)|(?:новину|матеріал|статтю) видалено|` +
	`(?:haber )?geri çekildi|haber (?:kaldırıldı|silindi)|` +
	`(?:تم )?سحب(?: الخبر| المقال)?|حذف (?:الخبر|المقال)|` +
	`(?:記事)?撤回|記事削除|` +
	`(?:기사 ?)?(?:철회|삭제)|` +
	`(?:报道|稿件|文章)(?:已)?(?:撤回|撤下|删除)|已撤(?:回|稿)`

// after is what may follow a story's removal for it to be the outlet's notice, and no
// story about a thing that is called article or report.
const after = `(?:\s*(?:[.,;:!)\]–—-]|$)|\s+(?:by|because|after|pending|due|at the|as|and|while|` +
	`from (?:our|this|the) (?:site|website|web|archives?|service|wire|platform))\b)`

// retractedSayings say the same within a sentence.
const retractedSayings = `\b(?:this|the above|the preceding|our) (?:story|article|report|item|post|dispatch|column|piece) ` +
	`(?:has been|has since been|was|is|is being) (?:withdrawn|retracted|removed|taken down|unpublished|deleted)` + after + `|` +
	`\b(?:has|have|is|are|hereby) (?:withdrawn|withdrawing|retracted|retracting|retract|withdraw) (?:this|its|our|the above) (?:story|article|report|column)\b|` +
	`\bwe (?:retract|withdraw) (?:this|our|the) (?:story|article|report|column)\b|` +
	`\bthis (?:story|article|report|page) is no longer available\b|` +
	`(?:dieser|der|unser) (?:artikel|bericht|beitrag|text) (?:wurde|ist) (?:von der redaktion )?(?:zurückgezogen|gelöscht|entfernt|offline genommen)|` +
	`(?:diese|die|unsere) (?:meldung|nachricht) (?:wurde|ist|wird) (?:von der redaktion )?(?:zurückgezogen|gelöscht)|` +
	`(?:haben|hat) (?:diesen|den|unseren) (?:artikel|bericht|beitrag|text) (?:zurückgezogen|gelöscht|entfernt)|dieser artikel ist nicht mehr verfügbar|` +
	`cet article (?:a été|est) (?:retiré|supprimé|dépublié|rétracté)|cette dépêche (?:a été|est) retirée|` +
	`(?:retire|retirons|avons retiré) (?:cet|notre) article|cet article n[’']est plus disponible|` +
	`(?:este artículo|esta noticia|esta nota|esta información) (?:ha sido|fue) (?:retirad[oa]|eliminad[oa]|retractad[oa])|` +
	`(?:este artículo|esta noticia) ya no está disponible|` +
	`(?:questo articolo|questa notizia) è stat[oa] (?:ritirat[oa]|rimoss[oa]|cancellat[oa])|questo articolo non è più disponibile|` +
	`(?:este artigo|esta notícia|esta matéria|esta reportagem|este texto) (?:foi|está) (?:retirad[oa]|removid[oa]|despublicad[oa])|` +
	`(?:esta notícia|esta matéria|este artigo) não está mais disponível|` +
	`dit (?:artikel|bericht) is (?:ingetrokken|verwijderd|offline gehaald|niet meer beschikbaar)|` +
	`(?:ten )?(?:artykuł|tekst) został (?:wycofany|usunięty)|artykuł nie jest już dostępny|` +
	`(?:эта )?(?:новость|публикация|статья) (?:отозвана|удалена|снята с публикации)|` +
	`(?:этот )?материал (?:отозван|удал[её]н|снят с публикации)|` +
	`(?:цю )?(?:новину|публікацію|статтю) (?:відкликано|видалено|знято з публікації)|(?:цей )?матеріал (?:відкликано|видалено)|` +
	`bu (?:haber|makale|yazı) (?:geri çekil(?:di|miştir)|(?:yayından )?kaldırıl(?:dı|mıştır)|silin(?:di|miştir))|` +
	`تم (?:سحب|حذف) (?:هذا )?(?:الخبر|المقال|التقرير)|سحبت? (?:هذا )?(?:الخبر|المقال)|` +
	`(?:この|本|当該)記事(?:を|は)(?:、)?(?:撤回|削除|取り下げ)|` +
	`(?:이|본|해당) ?기사(?:는|를) ?(?:철회|삭제)(?:했습니다|합니다|되었습니다|됐습니다)|` +
	`(?:本|该|此)(?:文|文章|报道|稿件)(?:已|已被|现已)(?:撤回|撤下|删除|撤稿)|(?:本|该|此)(?:文|報導)(?:已|已被)(?:撤回|撤下|刪除)`
