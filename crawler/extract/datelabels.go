package extract

import "strings"

// labelling is what a word beside a date says of it.
type labelling uint8

const (
	labelJoint     labelling = 1 << iota // "on", "at", "o'clock": says nothing
	labelPublished                       // the story appeared then
	labelUpdated                         // it was changed then
	labelBy                              // names follow
	labelOther                           // the date is of something else
)

// dateLabels are the words beside a date in the header of a story, in lower case
// and in the languages in which feeds are read.
var dateLabels = labelWords(map[labelling]string{
	labelJoint: `on at the of in a an time est edt et pt ct pst pdt gmt utc cet cest bst ist kst jst msk wib wita
		wit am pm a.m p.m vom am um uhr der den dem die das datum tag h den le à du de mis en heures heure date el
		las los a hs hrs hr horas hora del día fecha em às as data do da dia o il alle ore del ora lo la op om uur
		dag z dnia godz godzina o r w в во на г года год от время мск о об р року від час дата tarihi tarih saat
		saati kl klo klokken d den dagen kello v ve dne hod hodin dňa ora la din το στις στης ώρα ημερομηνία في
		الساعة بتاريخ تاريخ م ה ב בשעה שעה תאריך pada tanggal pukul jam hari lúc ngày giờ năm vào u sati sat ob ч
		часа 시 분 초 일시 时间 時間 日期 日時 日付 th st nd rd er first monday tuesday wednesday thursday friday saturday sunday
		mon tue tues wed thu thur thurs fri sat sun montag dienstag mittwoch donnerstag freitag samstag sonnabend
		sonntag mo di mi do fr sa so lundi mardi mercredi jeudi vendredi samedi dimanche lunes martes miércoles
		jueves viernes sábado domingo segunda terça quarta quinta sexta feira segunda-feira lunedì martedì
		mercoledì giovedì venerdì sabato domenica maandag dinsdag woensdag donderdag vrijdag zaterdag zondag
		poniedziałek wtorek środa czwartek piątek sobota niedziela понедельник вторник среда четверг пятница
		суббота воскресенье пн вт ср чт пт сб вс понеділок вівторок середа четвер пʼятниця п'ятниця субота неділя
		pazartesi salı çarşamba perşembe cuma cumartesi pazar måndag tisdag onsdag torsdag fredag lördag söndag
		mandag tirsdag lørdag søndag maanantai tiistai keskiviikko torstai perjantai lauantai sunnuntai maanantaina
		tiistaina keskiviikkona torstaina perjantaina lauantaina sunnuntaina pondělí úterý středa čtvrtek pátek
		neděle hétfő kedd szerda csütörtök péntek szombat vasárnap luni marți miercuri joi vineri sâmbătă duminică
		δευτέρα τρίτη τετάρτη πέμπτη παρασκευή σάββατο κυριακή الاثنين الإثنين الثلاثاء الأربعاء الاربعاء الخميس
		الجمعة السبت الأحد الاحد יום ראשון שני שלישי רביעי חמישי שישי שבת senin selasa rabu kamis jumat sabtu
		minggu thứ hai ba tư sáu bảy chủ nhật ponedjeljak utorak srijeda četvrtak petak subota nedjelja понеделник
		вторник сряда четвъртък петък събота неделя 월요일 화요일 수요일 목요일 금요일 토요일 일요일 월 화 수 목 금 토 星期一 星期二 星期三 星期四 星期五 星期六
		星期日 月曜日 火曜日 水曜日 木曜日 金曜日 土曜日 日曜日 火 水 木 金 土`,
	labelPublished: `published publish publication posted post created issued released online dated originally
		added submitted filed appeared pressemitteilung pressemeldung medienmitteilung presseinformation meldung
		nachricht communiqué comunicado veröffentlicht erstellt publiziert erschienen eingestellt online
		erstveröffentlichung publié publiée paru parue ligne posté publicado publicada publicación creado subido
		publicação postado criado pubblicato pubblicata pubblicazione inserito creato gepubliceerd geplaatst
		publicatie opublikowano opublikowany publikacji publikacja dodano utworzono опубликовано опубликована
		опубликован публикации публикация размещено добавлено создано опубліковано опублікована публікації додано
		yayınlanma yayın yayınlandı eklenme giriş haber publicerad publicerat publiceret offentliggjort udgivet
		publisert julkaistu publikováno zveřejněno vydáno publikované zverejnené megjelent közzétéve publicat
		postat δημοσίευση δημοσιεύτηκε δημοσιεύθηκε نشر نُشر النشر נشرت פורסם תפרסם diterbitkan dipublikasikan
		tayang terbit đăng xuất bản objavljeno objavljen objavljeno публикувана публикувано публикуван 입력 기사입력 등록
		등록일 승인 송고 게재 작성 작성일 발행 发布 发布时间 發布 發布時間 發表 发表 发表于 發佈 刊登 公開 公開日 掲載 掲載日 配信 投稿 投稿日 発表 発行 初版 作成 登録`,
	labelUpdated: `updated update modified edited revised last changed aktualisiert aktualisierung geändert
		bearbeitet stand letzte mise jour modifié modifiée actualisé actualisée actualizado actualizada
		actualización modificado atualizado atualizada atualização aggiornato aggiornata modifica ultima bijgewerkt
		laatst gewijzigd zaktualizowano aktualizacja aktualizacji обновлено обновлена изменено оновлено güncelleme
		güncellenme güncellendi uppdaterad opdateret oppdatert sist päivitetty aktualizováno aktualizované
		frissítve módosítva actualizat ενημέρωση ενημερώθηκε τελευταία تحديث آخر עודכן diperbarui terakhir cập nhật
		ažurirano обновена 수정 최종수정 최종 업데이트 更新 更新日 更新日時 最終更新 最后更新 修改`,
	labelBy: `by von par por di door przez автор av af oleh från author autor auteur reporter written redaktion
		redacción από מאת بواسطة yazan tác giả 기자 记者 記者 来源 來源 作者 编辑 編輯 文 출처`,
	labelOther: `copyright copyrighted photo photograph photographer picture image foto fotos archiv archive
		archivbild file filephoto caption born geboren geb né née nacido until till since seit bis ab deadline
		expires expiry valid gültig termin veranstaltung event events beginn starts start ends ende next nächste
		joined member members registered subscribed stock jusqu'au hasta até fino tot до с архив фото 사진 写真 图 資料写真
		撮影 died death anniversary edition issue ausgabe volume vol crawled generated print gedruckt abgerufen
		accessed retrieved`,
})

func labelWords(lists map[labelling]string) map[string]labelling {
	words := map[string]labelling{}
	for says, list := range lists {
		for w := range strings.FieldsSeq(list) {
			words[w] |= says
		}
	}
	return words
}
