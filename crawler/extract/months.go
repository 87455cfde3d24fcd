package extract

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// A language writes its months, January first, as these words; "/" parts forms
// of one month. Their beginnings of three letters and more are abbreviations of
// them, except where two months of one language begin alike.
var monthNames = []string{
	"january february march april may june july august september october november december", // English
	"januar/jänner/jan februar/feber märz/maerz april mai juni/juno juli/julei august september oktober november dezember",
	"janvier février/fevrier mars avril mai juin juillet août/aout septembre octobre novembre décembre/decembre",
	"enero febrero marzo abril mayo junio julio agosto septiembre/setiembre octubre noviembre diciembre", // Spanish
	"janeiro fevereiro março/marco abril maio junho julho agosto setembro outubro novembro dezembro",     // Portuguese
	"xaneiro febreiro marzo abril maio xuño xullo agosto setembro outubro novembro decembro",             // Galician
	"gener febrer març abril maig juny juliol agost setembre octubre novembre desembre",                  // Catalan
	"gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",      // Italian
	"ianuarie februarie martie aprilie mai iunie iulie august septembrie octombrie noiembrie decembrie",  // Romanian
	"januari februari maart/mrt april mei juni juli augustus september oktober november december",        // Dutch
	"januari februari mars april maj juni juli augusti september oktober november december",              // Swedish
	"januar februar marts april maj/mai juni juli august september oktober november december/desember",   // Danish, Norwegian
	"janúar febrúar mars apríl maí júní júlí ágúst september október nóvember desember",                  // Icelandic
	"jaanuar veebruar märts aprill mai juuni juuli august september oktoober november detsember",         // Estonian
	"janvāris/janvāra februāris/februāra marts/marta aprīlis/aprīļa maijs/maija jūnijs/jūnija jūlijs/jūlija " +
		"augusts/augusta septembris/septembra oktobris/oktobra novembris/novembra decembris/decembra", // Latvian
	"styczeń/stycznia luty/lutego marzec/marca kwiecień/kwietnia maj/maja czerwiec/czerwca lipiec/lipca sierpień/sierpnia " +
		"wrzesień/września październik/października listopad/listopada grudzień/grudnia", // Polish
	"leden/ledna únor/února březen/března duben/dubna květen/května červen/června červenec/července srpen/srpna září " +
		"říjen/října listopad/listopadu prosinec/prosince", // Czech
	"január/januára február/februára marec/marca apríl/apríla máj/mája jún/júna júl/júla august/augusta " +
		"september/septembra október/októbra november/novembra december/decembra", // Slovak
	"január február március április május június július augusztus szeptember október november december", // Hungarian
	"januar/januara februar/februara mart/marta april/aprila maj/maja jun/juna/junij jul/jula/julij " +
		"avgust/avgusta septembar/septembra oktobar/oktobra novembar/novembra decembar/decembra", // Serbian, Bosnian, Slovene
	"ocak şubat/subat mart nisan mayıs/mayis haziran temmuz ağustos/agustos eylül/eylul ekim kasım/kasim aralık/aralik", // Turkish
	"yanvar fevral mart aprel may iyun iyul avqust/avgust sentyabr/sentabr oktyabr/oktabr noyabr dekabr",                // Azeri, Uzbek
	"januari februari maret/mac april mei jun/juni jul/juli/julai agustus/agt/ags/ogos september oktober " +
		"november/nopember desember/disember", // Indonesian, Malay
	"enero pebrero marso abril mayo hunyo hulyo agosto setyembre oktubre nobyembre disyembre", // Filipino
	"январь/января февраль/февраля март/марта апрель/апреля май/мая июнь/июня июль/июля август/августа " +
		"сентябрь/сентября октябрь/октября ноябрь/ноября декабрь/декабря", // Russian
	"січень/січня лютий/лютого березень/березня квітень/квітня травень/травня червень/червня липень/липня серпень/серпня " +
		"вересень/вересня жовтень/жовтня листопад/листопада грудень/грудня", // Ukrainian
	"януари февруари март април май юни юли август септември октомври ноември декември", // Bulgarian
	"јануар/јануари фебруар/февруари март/марта април/априла мај/маја јун/јуна/јуни јул/јула/јули август/августа " +
		"септембар/септембра/септември октобар/октобра/октомври новембар/новембра/ноември децембар/децембра/декември", // Serbian, Macedonian
	"ιανουάριος/ιανουαρίου/ιανουαριου φεβρουάριος/φεβρουαρίου/φεβρουαριου μάρτιος/μαρτίου/μαρτιου απρίλιος/απριλίου/απριλιου " +
		"μάιος/μαΐου/μαϊου/μαίου/μαιου/μάης ιούνιος/ιουνίου/ιουνιου ιούλιος/ιουλίου/ιουλιου αύγουστος/αυγούστου/αυγουστου " +
		"σεπτέμβριος/σεπτεμβρίου/σεπτεμβριου οκτώβριος/οκτωβρίου/οκτωβριου νοέμβριος/νοεμβρίου/νοεμβριου δεκέμβριος/δεκεμβρίου/δεκεμβριου",
	"იანვარი/იანვარს თებერვალი/თებერვალს მარტი/მარტს აპრილი/აპრილს მაისი/მაისს ივნისი/ივნისს ივლისი/ივლისს აგვისტო " +
		"სექტემბერი/სექტემბერს ოქტომბერი/ოქტომბერს ნოემბერი/ნოემბერს დეკემბერი/დეკემბერს", // Georgian
	"հունվար/հունվարի փետրվար/փետրվարի մարտ/մարտի ապրիլ/ապրիլի մայիս/մայիսի հունիս/հունիսի հուլիս/հուլիսի օգոստոս/օգոստոսի " +
		"սեպտեմբեր/սեպտեմբերի հոկտեմբեր/հոկտեմբերի նոյեմբեր/նոյեմբերի դեկտեմբեր/դեկտեմբերի", // Armenian
}

// wholeMonths are like monthNames, of languages whose months are not abbreviated,
// or whose abbreviations are words of others.
var wholeMonths = []string{
	"tammikuu/tammikuuta/tammi helmikuu/helmikuuta/helmi maaliskuu/maaliskuuta/maalis huhtikuu/huhtikuuta/huhti toukokuu/toukokuuta/touko " +
		"kesäkuu/kesäkuuta/kesä heinäkuu/heinäkuuta/heinä elokuu/elokuuta/elo syyskuu/syyskuuta/syys lokakuu/lokakuuta/loka " +
		"marraskuu/marraskuuta/marras joulukuu/joulukuuta/joulu", // Finnish
	"sausis/sausio vasaris/vasario kovas/kovo balandis/balandžio gegužė/gegužės birželis/birželio liepa/liepos " +
		"rugpjūtis/rugpjūčio rugsėjis/rugsėjo spalis/spalio lapkritis/lapkričio gruodis/gruodžio", // Lithuanian
	"janar/janari shkurt/shkurti mars/marsi prill/prilli maj/maji qershor/qershori korrik/korriku gusht/gushti " +
		"shtator/shtatori tetor/tetori nëntor/nëntori dhjetor/dhjetori", // Albanian
	"siječanj/siječnja veljača/veljače ožujak/ožujka travanj/travnja svibanj/svibnja lipanj/lipnja srpanj/srpnja " +
		"kolovoz/kolovoza rujan/rujna october studeni/studenog/studenoga prosinac/prosinca", // Croatian, whose October is Poland's November
	"студзень/студзеня люты/лютага сакавік/сакавіка красавік/красавіка май/мая/траўня чэрвень/чэрвеня ліпень/ліпеня " +
		"жнівень/жніўня верасень/верасня кастрычнік/кастрычніка лістапад/лістапада снежань/снежня", // Belarusian
	"қаңтар ақпан наурыз сәуір мамыр маусым шілде тамыз қыркүйек қазан қараша желтоқсан",                              // Kazakh
	"januari februari machi aprili mei juni julai agosti septemba oktoba novemba desemba",                             // Swahili
	"يناير فبراير مارس أبريل/ابريل/إبريل مايو يونيو/يونيه يوليو/يوليه أغسطس/اغسطس سبتمبر أكتوبر/اكتوبر نوفمبر ديسمبر", // Arabic
	"january شباط آذار/اذار نيسان أيار/ايار حزيران تموز آب/اب أيلول/ايلول october november december",                  // of the Levant; see inEnglish
	"جانفي فيفري مارس أفريل/افريل ماي جوان جويلية أوت/اوت سبتمبر أكتوبر نوفمبر ديسمبر",                                // of Algeria, Tunisia
	"يناير فبراير مارس أبريل ماي يونيو يوليوز غشت شتنبر أكتوبر نونبر دجنبر",                                           // of Morocco
	"ژانویه فوریه مارس آوریل مه/می ژوئن/جون ژوئیه/جولای اوت/آگوست سپتامبر اکتبر نوامبر دسامبر",                        // Persian
	"جنوری فروری مارچ اپریل مئی جون جولائی اگست ستمبر اکتوبر نومبر دسمبر",                                             // Urdu
	"ינואר פברואר מרץ/מרס אפריל מאי יוני יולי אוגוסט ספטמבר אוקטובר נובמבר דצמבר",                                     // Hebrew
	"जनवरी/जन फरवरी/फ़रवरी/फर मार्च अप्रैल मई जून जुलाई अगस्त/अग सितंबर/सितम्बर/सित अक्टूबर/अक्तूबर/अक्टू नवंबर/नवम्बर/नव दिसंबर/दिसम्बर/दिस",
	"जानेवारी फेब्रुवारी मार्च एप्रिल मे जून जुलै ऑगस्ट सप्टेंबर ऑक्टोबर नोव्हेंबर डिसेंबर",                           // Marathi
	"জানুয়ারি/জানুয়ারি ফেব্রুয়ারি/ফেব্রুয়ারি মার্চ এপ্রিল মে জুন জুলাই আগস্ট সেপ্টেম্বর অক্টোবর নভেম্বর ডিসেম্বর", // Bengali
	"ஜனவரி பிப்ரவரி மார்ச் ஏப்ரல் மே ஜூன் ஜூலை ஆகஸ்ட் செப்டம்பர் அக்டோபர் நவம்பர் டிசம்பர்",                           // Tamil
	"มกราคม กุมภาพันธ์ มีนาคม เมษายน พฤษภาคม มิถุนายน กรกฎาคม สิงหาคม กันยายน ตุลาคม พฤศจิกายน ธันวาคม",               // Thai
}

// inEnglish says in English the months whose names are no single word: those of
// the Levant, and the Thai abbreviations, which have dots inside.
var inEnglish = strings.NewReplacer(
	"كانون الثاني", "january", "كانون ثاني", "january", "كانون الأول", "december", "كانون الاول", "december", "كانون أول", "december",
	"تشرين الثاني", "november", "تشرين ثاني", "november", "تشرين الأول", "october", "تشرين الاول", "october", "تشرين أول", "october",
	"ม.ค.", " january ", "ก.พ.", " february ", "มี.ค.", " march ", "เม.ย.", " april ", "พ.ค.", " may ", "มิ.ย.", " june ",
	"ก.ค.", " july ", "ส.ค.", " august ", "ก.ย.", " september ", "ต.ค.", " october ", "พ.ย.", " november ", "ธ.ค.", " december ",
)

// months are the months by their names and abbreviations, in lower case.
var months = monthTable()

func monthTable() map[string]time.Month {
	table := map[string]time.Month{}
	for _, language := range monthNames {
		for word, month := range beginnings(language) {
			addMonth(table, word, month)
		}
	}
	for _, language := range slices.Concat(wholeMonths, monthNames) {
		for i, names := range strings.Fields(language) {
			for name := range strings.SplitSeq(names, "/") {
				table[name] = time.Month(i + 1)
			}
		}
	}
	return table
}

// beginnings are the abbreviations of a language's months.
func beginnings(language string) map[string]time.Month {
	found := map[string]time.Month{}
	for i, names := range strings.Fields(language) {
		for name := range strings.SplitSeq(names, "/") {
			for _, word := range abbreviations(name) {
				addMonth(found, word, time.Month(i+1))
			}
		}
	}
	return found
}

// addMonth enters a month by a word, or 0 when the word stands for another month
// too.
func addMonth(table map[string]time.Month, word string, month time.Month) {
	if other, ok := table[word]; ok && other != month {
		month = 0
	}
	table[word] = month
}

// abbreviations are the beginnings of a name, up to the whole of it.
func abbreviations(name string) []string {
	const least = 3 // letters
	var all []string
	letters := 0
	for at, r := range name {
		if letters++; letters >= least {
			all = append(all, name[:at+utf8.RuneLen(r)])
		}
	}
	return all
}

// monthOf returns the month that a lower-case word names, 0 for none. Hebrew
// writes "in" in one word with it.
func monthOf(word string) time.Month {
	if month := months[word]; month != 0 {
		return month
	}
	return months[strings.TrimPrefix(word, "ב")]
}
