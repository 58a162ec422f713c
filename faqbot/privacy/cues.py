"""What stands before a person's name: "my name is", "my wife", "ich bin"; and after it."""

# ruff: noqa: RUF001 - letters of other scripts are meant

from __future__ import annotations

import re
from enum import Enum, auto

from faqbot.privacy.patterns import any_of


class Cue(Enum):
    """How strongly what stands before a word says that it is a name."""

    SURE = auto()  # "my name is": nearly any word
    TITLE = auto()  # "Mrs.": family names and rare words
    MAYBE = auto()  # "my wife", "I'm": given names, rare capitalised words, unknown words
    FOREIGN = auto()  # "ich bin", "ma mère": as MAYBE, but an unknown word says nothing
    NONE = auto()  # a given name by itself


_NAME = r"(?:na+me?s?|nam|naem|nmae|anme)"
_WHOSE = any_of(
    r"my mi his her our their the whose patient['\u2019]?s? first last full middle maiden family "
    r"legal \w{1,40}['\u2019]s"
)
_PART = any_of("full first last middle maiden legal given")
_I_AM = any_of(r"(?:i_)?am i['\u2019]?m this_is it['\u2019]?s(?:_me)? it_is soy aqu[ií] habla")
_RELATION = any_of(
    "(?:mother|father|sister|brother|son|daughter)[-_]in[-_]law husband hubby wife spouse mother "
    "mom mum mommy mama father dad daddy papa pop son daughter brother sister aunt auntie uncle "
    "niece nephew cousin grandmother grandma granny nana grandfather grandpa grandson "
    "granddaughter step(?:mother|father|son|daughter) partner fianc[eé]e? boyfriend girlfriend "
    "friend neighbou?r roommate boss aide nurse caregiver espos[oa] marido mujer mam[aá] pap[aá] "
    "madre padre hij[oa] herman[oa] abuel[oa] t[ií][oa] sobrin[oa] prim[oa] suegr[oa] cu[nñ]ad[oa] "
    "niet[oa] novi[oa] amig[oa] vecin[oa] baba amma appa nonn[oa] oma opa babushka dedushka mutti "
    "gran gramps mum(?:my)? pops mami papi t[ií]t[aeo] bibi missus"
)
_FOREIGN_RELATION = "|".join(  # the nouns have no capitals, so that a capital is a name's
    (
        r"(?:mon|ma|notre|son|sa|votre) ?"
        + any_of(
            "mari femme (?:grand-|belle-)?m[eè]re (?:grand-|beau-)?p[eè]re fils fille fr[eè]re "
            "s(?:œ|oe)ur maman papa [ée]poux [ée]pouse oncle tante conjointe? compagne"
        ),
        any_of(
            "marito moglie mi[oa]_(?:madre|padre) mamma pap[aà] figli[oa] fratello sorella zi[oa] "
            "suocer[oa] mulher m[aã]e pai filh[oa] irm[aã]o? av[oóô] sogr[oa] m[aą][zż] m[eę][zż]a "
            "[zż]on[aęy] matk[aięą] ojc(?:iec|a) tat[aęy] c[oó]rk[aięą] siostr[aęy] babci[aęi]? "
            "dziad(?:ek|ka) annem babam e[sş]im o[gğ]lum k[ıi]z[ıi]m kocam kar[ıi]m karde[sş]im "
            "dedem teyzem (?:m[eẹ]|b[oố]|ch[oồ]ng|v[oợ])_t[oô]i (?:mama|baba|mume|mke)_[wy]angu "
            "(?:ibu|ayah|suami|istri|anak)_saya (?:asawa|nanay|tatay|anak|kapatid)_ko(?:ng|_si)? "
            "(?:manman|papa|mari|madanm)_mwen mer[aei]_(?:maa|pati|patni|papa|beta|beti)(?:_ji)? "
            "so[tț]ul_meu mama_mea"
        ),
        r"(?:mijn|min|mitt) ?"
        + any_of(
            "vader moeder man vrouw zoon dochter broer zus mor far mamma pappa kone fru s[oøö]n "
            "datt?er dotter bror s[oøy]ster"
        ),
        # In German, where all nouns have capitals, a verb must follow the name.
        r"(?:mein|unser)e?[mnr]? ?"
        + any_of(
            "mann frau (?:gro(?:ß|ss))?(?:mutter|vater) sohn tochter bruder schwester oma opa "
            "mama papa tante onkel"
        )
        + r"(?= [^\W\d_]+ (?:hat|hatte|ist|war|wurde|wird|kann|soll|muss|leidet|nimmt|und ich)\b)",
    )
)
_PERSON = any_of(
    "patient pt client resident member insured subscriber beneficiary caller paciente policy_holder"
)
_OFFICE = any_of(  # "this is Dr. Klein"
    "dr dra doctora? nurse prof professor rev reverend pastor rabbi father sister attorney"
)
_PATTERNS = [
    (
        rf"{_WHOSE}\s*(?:{_PART} )*{_NAME}\s*(?:['\u2019]s|is|si|iz|ist|was|are|[:=])|"
        rf"(?:sur|first ?|last ?|full ?)?names?\s?[:=]|"
        + any_of(
            r"names?_is names?_on_(?:\w+_){1,2}is "
            r"name['\u2019]s my_?name_?is my_names first_and_last_name me_llamo "
            r"mi_nombre(?:_completo)?_es nombre(?:_completo)?\s?(?:es|:) "
            r"apellidos?(?:_es|_son|\s?:) a_nombre_de signed shmi "
            r"je_m['\u2019]appelle s['\u2019]appelle mon_nom_est ich_hei(?:ß|ss)e mein_name_ist "
            r"mi_chiamo il_mio_nome_[eè] si_chiama meu_nome_[eé] me_chamo chamo[-_]me se_chama "
            r"nazywam_si[eę] mam_na_imi[eę] зовут звати mera_naa?m t[oô]i_t[eê]n(?:_l[aà])? "
            r"t[eê]n_t[oô]i_l[aà] ako_(?:po_)?si pangalan_ko_ay mwen_rele non_mwen_se "
            r"(?:benim_)?ad[ıi]m jina_langu_ni με_λένε chama-se hei(?:ß|ss)t_sie sie_hei(?:ß|ss)t "
            r"(?:jeg|jag)_h[ae]d?d?ter (?:mit|mitt)_navn_er mijn_naam_is ik_heet m[aă]_numesc "
            r"jmenuji_se zovem_se (?:ismim|nama_saya) nickname_is (?:real|full)_name"
        ),
        Cue.SURE,
    ),
    (
        r"mrs|mr|mister|ms|miss|se[nñ]ora?|srt?a?|do[nñ]a|"
        rf"{_I_AM}\s+(?:the |a |el |la )?{_OFFICE}|"
        rf"{_I_AM}(?=(?:\s+[^\W\d_]\S*){{1,4}}?,?\s+(?:calling|speaking|writing|llamando)\b)",
        Cue.TITLE,
    ),
    (
        rf"{_I_AM}|{_RELATION}(?:['\u2019]?s name)?|{_PERSON}(?: is| es)?|{_WHOSE}\s+{_NAME}|"
        + any_of(
            "name last_name first_name surname maiden_name apellidos? nombre under mine_is "
            r"call(?:s|ed)?_(?:me|him|her|them) go(?:es)?_by known_as nicknamed a\.?k\.?a "
            "short_for (?:is|was)_(?:named|called) se_llama ask_for "
            "calling_(?:for|about|re) call tell reach this_is_about "
            "speak_(?:to|with) on_behalf_of de_parte_de c/o attn attention sincerely regards "
            "respectfully yours(?:_truly)? thanks thank_you thx cheers saludos atentamente gracias "
            "firmado faithfully (?:best|kind)_wishes warmly best(?=,) god_bless love(?=,) "
            "cordialement merci bien_[aà]_vous (?:cordiali|distinti)_saluti grazie obrigad[oa] "
            "atenciosamente (?:freundlichen|liebe|viele|beste)_gr(?:ü|ue)(?:ß|ss)en? mfg [lv]g "
            "danke vriendelijke_groet(?:en)? (?:med_)?v[aä]nlig_h[aä]lsning mvh hilsen pozdrawiam "
            "dzi[eę]kuj[eę] sayg[ıi]lar[ıi]mla te[sş]ekk[uü]rler salamat_po m[eè]si c[aả]m_[oơ]n"
        ),
        Cue.MAYBE,
    ),
    (
        rf"{_FOREIGN_RELATION}|"
        + any_of("je_suis ich_bin sono (?:eu_)?sou jestem я είμαι ben jag_[aä]r ik_ben"),
        Cue.FOREIGN,
    ),
]
CUES = [
    (re.compile(rf"(?<![^\W_])(?:{pattern})(?![^\W_])\.?[\s,:;=\"“'(-]*", re.IGNORECASE), cue)
    for pattern, cue in _PATTERNS
]
WHO_IT_IS = re.compile(  # "Jane Doe here", "Jane is the patient", "Bob my brother fell"
    r"(?:^|[.,!?;:\n-] ?)(?=[^\W\d_]+(?: [^\W\d_]+)? "
    rf"(?:here|speaking|calling|(?:(?:is|was) )?(?:my|the|our) (?:{_RELATION}|{_PERSON}))\b)",
    re.IGNORECASE,
)

# Scripts without capitals and, some of them, without spaces. `name` is the name.

_HAN, _KANA = "\u4e00-\u9fff", "\u3041-\u30ff"
_FAMILY = (  # the Chinese family names of nine in ten
    "王李张張刘劉陈陳杨楊黄黃赵趙吴吳周徐孙孫马馬朱胡郭何林高罗羅郑鄭梁谢謝宋唐许許韩韓邓鄧冯馮曹彭曾肖田董潘袁"
    "蔡蒋蔣余于杜叶葉程魏苏蘇吕呂丁任卢盧姚沈钟鍾姜崔谭譚陆陸范汪廖石金贾賈夏方邹鄒熊白孟秦邱侯江尹薛闫段雷龙龍"
)
_CHINESE_RELATION = "[妈媽爸爷爺奶公婆哥姐弟妹儿兒女丈老先太夫妻子生人亲親外母父朋友的]{1,4}"
_KOREAN_FAMILY = "김이박최정강조윤장임한오서신권황안송류전홍"
_KOREAN_IS = "(?=입니다|이에요|예요|이고|이라고)"
_ARABIC_RELATION = "المريضة?|[أا]مي|والدتي|والدي|[أا]بي|زوجي|زوجتي|ابني|ابنتي"
_ARABIC_VERB = (
    "(?:عنده|عندها|يعاني|تعاني|عمره|عمرها|لديه|لديها|[أا]جرى|[أا]جرت|يحتاج|تحتاج|مصابة?|مريضة?)"
)
_ARABIC, _DEVANAGARI = r"[\u0621-\u064a]+", r"[\u0900-\u097f]+"
_CAPITALISED = (  # a Greek or Cyrillic word
    "(?!Болезн|Синдром|Доктор|Врач|Перелом|Хвороб)"
    r"[\u0386-\u03ab\u0400-\u042f][\u03ac-\u03ce\u0430-\u045f]+"
)
_CASED_RELATION = (
    "(?:[Мм]уж|[Жж]ен|[Мм]ат|[Мм]ам|[Пп]ап|[Оо]т(?:ец|ц)|[Тт]ат|[Сс]ын|[Дд]оч|[Бб]рат|[Сс]ест[ер]|"
    "[Бб]аб|[Дд]ед|[Дд]ід|[Тт][её]т|[Дд]яд|[Вв]нук|[Вв]нуч|[Сс]упруг|[Пп]одруг|[Дд]руг|[Сс]осед|"
    "[Чч]оловік|[Дд]ружин|[Бб]атьк|[Пп]ациент|[Уу]важени|[Сс]пасибо|[Дд]якую|[Пп]овагою)"
    "[а-яёіїє]{0,4},?|(?:[Μμ]ητέρα|[Ππ]ατέρας?|[Σσ]ύζυγ[οό]ς?|[Γγ]ιος?|[Κκ]όρη|[Μμ]αμά)(?: μου)?"
)
SCRIPTS = [
    re.compile(pattern)
    for pattern in (
        rf"(?:我|他|她|{_CHINESE_RELATION})(?:的?名字)?(?:叫做?|叫作)\s?"
        rf"(?P<name>[{_HAN}]{{2,4}}?(?=$|[^{_HAN}]|[我他她今你您想是])|[{_HAN}]{{3}})",
        rf"(?:姓名|名字)(?:是|叫)?[\s:,]*(?P<name>[{_HAN}]{{2,4}})",
        rf"(?:我|病人|患者|{_CHINESE_RELATION})是\s?(?P<name>(?!高血|白血|白内|白內|石)[{_FAMILY}]"
        rf"[{_HAN}]{{1,2}})(?=$|[^{_HAN}]|[我他她今想])",
        rf"(?:名前|氏名)は\s?(?P<name>[{_HAN}{_KANA} ]{{2,9}}?)(?=です|と|、|,|\.|$)",
        rf"(?:^|[は、,. ])(?P<name>[{_HAN}{_KANA}]{{2,9}}?)(?=と申します|といいます)",
        rf"(?:이름|성함|성명)(?:은|이|:)\s?(?P<name>[가-힣]{{2,4}}?)(?:{_KOREAN_IS}|(?=$|\W))",
        rf"(?:저는|나는|환자는)\s(?P<name>(?!한국)[{_KOREAN_FAMILY}][가-힣]{{2}}){_KOREAN_IS}",
        rf"(?:[اإ]سم(?:ي|ه|ها|\s(?:{_ARABIC_RELATION}))|[أا]دعى)(?:\sهو|\sهي)?[\s:]+"
        rf"(?P<name>{_ARABIC}(?:\s(?!و|في\b|من\b|عندي|لدي|[أا]نا\b){_ARABIC}){{0,2}})",
        rf"नाम\s?:?\s(?P<name>{_DEVANAGARI}(?:\s(?!है|हैं|हूँ|और){_DEVANAGARI}){{0,2}})"
        r"(?=\sहै|\sहैं|$|\W)",
        # After kinship words, where what follows shows that it was a name.
        rf"(?:^|\s|و)(?:{_ARABIC_RELATION}|[أا]خي|[أا]ختي|جدي|جدتي|عمي|خالي|خالتي|عمتي)\s"
        rf"(?P<name>(?!ال|في|من|لا|لم|كان){_ARABIC}(?:\s(?!{_ARABIC_VERB}){_ARABIC})?)"
        rf"(?=\s{_ARABIC_VERB}|،)",
        rf"(?:^|[.!?؟،,] )(?P<name>(?:[أا]م|[أا]بو)\s{_ARABIC})$",
        rf"(?<!\w)(?:{_CASED_RELATION})\s(?P<name>{_CAPITALISED}(?:\s{_CAPITALISED}){{0,2}})",
        rf"(?:^|[.!?,] )(?P<name>{_CAPITALISED}(?:\s{_CAPITALISED}){{1,2}})(?=[.!]?$|,)",
        rf"(?:माँ|मां|पिता(?:जी)?|पति|पत्नी|बेट[ाेी]|भाई|बहन|दादी|दादा|नानी|नाना)\s"
        rf"(?P<name>(?!को|का|की|ने|के|जी|से){_DEVANAGARI}(?:\s(?!को|का|की|ने|के|जी|से){_DEVANAGARI})?)"
        r"(?=\s(?:को|ने|जी)(?:\s|$))",
        r"(?:אמא שלי|אבא שלי|אמי|אבי|בעלי|אשתי|בני|בתי|אחי|אחותי|סבתא|סבא)\s"
        r"(?P<name>[\u05d0-\u05ea]+)(?=\s(?:סובלת?|בן|בת|עברה?|צריכה?|לא|נפלה?|הייתה|היה|יש)\b|,)",
        rf"(?:我|的)?{_CHINESE_RELATION}(?P<name>(?!高血|高烧|白内|白內|石|金属|方便|马上|馬上|于)"
        rf"[{_FAMILY}][{_HAN}]{{1,2}})(?=[,。做要想]|今年|最近|昨天|上周|\d)",
        rf"(?P<name>[{_FAMILY}][{_HAN}]{{0,2}})(?=女士|太太|先生|小姐|さん|様)",
        rf"(?P<name>(?!患者|息子|医者|看護|業者|職員)[{_HAN}]{{2,4}}(?<!師))(?=さん)",
        r"(?:어머니|아버지|엄마|아빠|남편|아내|아들|딸|할머니|할아버지|형|누나|언니|오빠|동생)\s"
        rf"(?P<name>(?!이번|이제|조금|정말|정도|전에|임플|강직|신경|오늘|오래)[{_KOREAN_FAMILY}][가-힣]{{2}})"
        r"(?=님|씨|는|은|가|이|께서|[.,])",
        rf"(?P<name>[{_KOREAN_FAMILY}][가-힣]{{1,2}})(?=\s?씨(?:[는은가를의]|\W|$))",
        r"(?:שמי|קוראים לי|השם שלי)\s(?P<name>[\u05d0-\u05ea]+(?:\s[\u05d0-\u05ea]+)?)",
    )
]
