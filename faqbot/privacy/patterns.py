"""The patterns that find what identifies a visitor.

They favour finding: a phone number comes in fifty forms, and a question that lost a harmless
number can still be read. What a pattern's first group holds stays in the text.
"""

from __future__ import annotations

import re


def any_of(words: str) -> str:
    """A pattern for any of these words; "_" stands for an optional space."""
    return f"(?:{'|'.join(word.replace('_', ' ?') for word in words.split())})"


# E-mail addresses and links, also spoken: "bob at gmail dot com".

_MAIL = any_of(
    "g_mail yahoo hot_mail outlook aol icloud msn comcast verizon proton(?:mail)? optonline "
    "sbcglobal earthlink ymail"
)
_DOT = r"\s*[\[({<]?\s*(?:dot|punto|\.)\s*[\])}>]?\s*"
_ENDING = (
    rf"(?:{_DOT}(?:com|net|org|edu|gov|mil|info|biz|io)|"
    r"\s*(?:dot|punto)\s+(?:us|uk|mx|es|co|me|ca))\b"
)
_AT = r"\s*[\[({<]?\s*(?:@|\bat\b|\barroba\b)\s*[\])}>]?\s*"
_BARE = rf"[\s,]{{1,4}}{_MAIL}"  # "jane.doe gmail.com"
_SPOKEN = any_of("dot punto period under_score dash hyphen plus gui[oó]n(?:_bajo)?")
_DOMAIN = rf"(?:[\w-]+(?:{_DOT}[\w-]+)??{_ENDING}|{_MAIL}\b)"


def _local(then: str) -> str:
    """What stands before `then`: "jane.doe" and "jane dot doe".

    The loop is possessive: otherwise "a.dot.a.dot." and so on could be read in so many ways that
    trying them all would take years.
    """
    return rf"(?:(?:(?!{then})[\w.+'-])+\s*\b{_SPOKEN}\b(?!{then})\s*)*+[\w.+'-]+{then}"


_ASKED_FOR = r"(?:e-?mail(?: address)?|correo(?: electr[oó]nico)?|mail|write|reach|contact)"
MAILS = [
    rf"({_ASKED_FOR}\b(?:\s+(?:is|es|me|to|at|him|her|us)\b)*[\s:=-]+)(?:[\w.'-]+\s+){{0,3}}"
    rf"{_local(_AT)}(?:[\w-]+\s)?{_DOMAIN}",
    rf"()(?<![\w.+'-]){_local(_AT)}{_DOMAIN}",
    r"()(?<![^\s@])[^\s@]+@[^\s@]+",
    rf"()(?<![\w.+'-]){_local(_BARE)}\s*(?:{_ENDING}|com\b|net\b|org\b)",
    r"()(?<![\w@])@[\w.-]{3,}",
]
LINKS = [
    r"()\b(?:https?|hxxps?|ftp)\s?:\s?/\s?/\s?\S+",
    r"()\bwww(?:\s?\.\s?\S+|\s+[\w-]+(?:[\s.]+(?:com|net|org)\b)?)",
    r"()(?<![\w.-])(?:[\w-]+\.)+[a-z]{2,}/\S+",
    r"()\b(?:facebook|instagram|linkedin|twitter|tiktok)\s?/\s?\S+",
]
DOMAINS = [
    r"()(?<![\w.-])(?:[\w-]+\.)+(?:com|net|org|edu|gov|mil|info|biz|health|io|uk|mx|app|ly|tv)\b",
    r"()(?<![\w-])[\w-]+\s+(?:dot|punto)\s+(?:com|net|org|edu|gov|info)\b(?:\s*(?:slash|/)\s*\S+)*",
]

# Dates of birth, and every full date.

_MONTH = (
    any_of(  # and what comes of it on a phone's keys: febuary, septemeber
        "jan[uary]* f[eb]{2}r?[uary]* mar(?:ch|hc|zo)? a[pb]r[il]* mayo? jun[eio]* jul[yio]* "
        "a[ug]{2}[ust]* ago[sto]* s[ep]{2}[tembri]* oct[ober]* nov[iembr]* d[ei]c[iembr]* ene[ro]*"
    )
    + r"\b\.?"
)
_UNITS = any_of("one two three four five six seven eight nine")
TENS = any_of("ten twenty thirty forty fifty sixty seventy eighty ninety")
TEENS = any_of("eleven twelve (?:thir|four|fif|six|seven|eigh|nine)teen")
_NUMBER_WORD = rf"(?:{TENS}(?:[- ]?{_UNITS})?|{TEENS}|{_UNITS})"
_ORDINAL = r"(?:(?:twenty|thirty)[- ]?)?" + any_of(
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth "
    "(?:thir|four|fif|six|seven|eigh|nine)teenth twentieth thirtieth"
)
_DAY = rf"(?:\d{{1,2}}(?:st|nd|rd|th)?|{_ORDINAL}|{_NUMBER_WORD})"
_NOT_YEARS = any_of(r"am pm a\.m p\.m : % years? yrs? yo mg lbs? days? min hours? weeks?")
_YEAR = (
    rf"(?:(?:19|20)\d\d|['\u2019]\d\d|\d\d(?!\d|\s?{_NOT_YEARS})|"
    rf"(?:nineteen|twenty|two thousand)(?:[- ](?:hundred|oh|and|{_NUMBER_WORD}))+)(?!\d)"
)
_OF = r"[\s,./-]*(?:\b(?:of|de|del|the|in)\b\s*)*"
_BORN = (
    r"\b(?:born|b[- ]?day|birth ?(?:day|date)?|d\.?\s?o\.?\s?b\.?|date of birth|nac[ií](?:d[oa]|"
    r"miento)?|cumplea[nñ]os|n[ée]e?|nat[oa]|nascid[oa]|geboren|geb\.|urodzon[ya])(?:[\s:,=#-]|\b(?:is|was|on|in|the|my|date|of|es|el|en|fue|le|il|em|am|den)\b)*"
)
DATES = [
    r"()(?<![\d/.-])\d{1,2}\s?[-/.|_]\s?\d{1,2}\s?[-/.|_]\s?(?:(?:19|20)\d\d|['\u2019]?\d\d)(?!\d)",
    r"()(?<!\d)(?:19|20)\d\d\s?[-/. ]\s?\d{1,2}\s?[-/. ]\s?\d{1,2}(?!\d)",
    r"()(?<![\d/.-])\d{1,2}[ ,]{1,2}\d{1,2}[ ,]{1,2}(?:19|20)\d\d(?!\d)",
    rf"()\b{_DAY}{_OF}{_MONTH}{_OF}{_YEAR}",
    rf"()\b{_MONTH}{_OF}{_DAY}{_OF}{_YEAR}",
    rf"()\b{_DAY} of the {_DAY}{_OF}{_YEAR}",
    r"()\b[a-zé]+(?: y [a-z]+)? de [a-zé]+ de(?:l)? (?:mil novecientos|dos mil)(?: [a-zé]+){1,3}",
    rf"({_BORN}|\bb\.\s?)['\u2019]\d\d(?!\d)",
    rf"({_BORN})(?:(?:{_NUMBER_WORD}|{_ORDINAL})(?:[\s,-]+(?:{_NUMBER_WORD}|{_ORDINAL})){{2,5}}\b|"
    rf"\d{{1,4}}(?:\s?[-/.]\s?|\s)\d{{1,2}}(?:\s?[-/.]\s?|\s)['\u2019]?\d{{2,4}}|"
    rf"\d{{6,8}}|\d{{1,2}}/\d{{2,4}}|{_DAY}{_OF}{_MONTH}(?!{_OF}{_YEAR})|"
    rf"(?:{_DAY}{_OF})?{_MONTH}{_OF}(?:{_DAY}\b(?:{_OF}{_YEAR})?|{_YEAR})|"
    r"\d{1,2}[-/]\d{1,2}(?![-/\d])|"
    r"\d{1,2}(?:st|nd|rd|th|\.)?[\s,]+(?:of |de )?[^\W\d_]{3,10}[\s,]+(?:of |de )?(?:19|20)?\d\d|"
    r"[a-zé]{3,10}[\s,]+\d{1,2}(?:st|nd|rd|th)?[\s,]+(?:19|20)?\d\d)(?!\d)",
    r"(\b(?:d\.?\s?o\.?\s?b\.?|date of birth|birth ?date)[\s:=-]*(?:is )?)(?:19|20)?\d\d\b",
]

# What a payment card has besides its number, which is found as any long number is.

_EXPIRES = any_of(
    r"exp\.? exp(?:ir(?:es|y|ed|ing|ation))?(?:_date)? good_thru valid_(?:thru|through|until) "
    r"vence v[aá]lida_hasta caduca expira"
)
_CODE = any_of(
    r"cv[vc]2? ccv cid (?:security|verification|card)_(?:code|number) c[oó]digo(?:_de_seguridad)? "
    r"digits_(?:on|at)_the_back(?:_of_(?:it|(?:my|the)_card))?"
)
_NO_CARD = "".join(
    f"(?<!{of} )" for of in "area zip postal cpt icd drg billing procedure error".split()
)
_IS = r"(?:is|are|es|on|el|en|date|number|:|=|#|-|\.|\s)*"
CARDS = [
    rf"(\b{_EXPIRES}\b{_IS})(?:\d{{1,2}}\s?[-/]\s?(?:20)?\d\d|\d{{4}}|"
    rf"{_MONTH}[\s,/-]*(?:of )?(?:20)?\d\d)(?![\d/-])",
    rf"(\b{_CODE}{_IS})\d{{3,4}}(?!\d)",
    rf"({_NO_CARD}\bcode\b{_IS})(?!911)\d{{3,4}}(?!\d)",
]

# Addresses: a number, a name and what streets are called.

_NO_STREET = any_of(
    "and or i im can do does did is are was my the a an to of on in for with at by from if how "
    "what when where who why but so that this it you he she they we not no have has had will would "
    "please need want call am pm more less other hours? hrs? minutes? mins? days? weeks? months? "
    "years? yrs? miles? blocks? times? levels? pounds? lbs mg percent feet y o tengo quiero puedo"
)
_HOUSE = r"(?<![\w$.,/-])#?\d{1,5}(?:-\d{1,4})?[a-z]?,?\s+"
_STREET = any_of(
    "street str st avenue ave av road rd boulevard blvd parkway pkwy highway hwy broadway"
)
_PLACE = any_of(
    "lane ln court ct circle cir terrace ter place pl drive dr way square sq plaza alley loop "
    "trail path row crossing gardens heights mews crescent "
    "(?-i:Close|Grove|Walk|Hill|View|Green|Park|Apartments|Nagar|Colony|Estate|Towers)"
)
_CALLE = any_of("calle avenida avda carrera paseo camino")
_STATE = any_of(  # the small letters of most are words: in, or, me, hi, ok
    "A[KLRZ] C[AOT] D[CE] FL GA HI I[ADLN] K[SY] LA M[ADEINOST] N[CDEHJMVY] O[HKR] P[AR] RI S[CD] "
    "T[NX] UT V[AT] W[AIVY] (?i:ny|nj|ct|pa|fl|ca|tx|ma|new_york|new_jersey|connecticut|florida)"
)
_ROOM = r"(?:apt|apartment|apto|unit|suite|ste|floor|fl|room|rm|#)\.?\s*#?\s*\d*[a-z]?\b"
_TAIL = (
    rf"\b\.?(?i:,?\s*{_ROOM})?(?i:,?\s*\d+(?:st|nd|rd|th) floor)?"
    rf"(?:,\s*[A-Z][\w.'\u2019]+(?:\s[A-Z][\w.'\u2019]+){{0,2}})?(?:,?\s*{_STATE}\b\.?)?"
    r"(?:,?\s*\d{5}(?:-\d{4})?\b)?"
)
_HOME = (
    r"(?i:\b(?:live[sd]? (?:at|on)|living at|address(?: is|:| -)?|resid(?:e[sd]?|ing) at|"
    r"located at|home is|send (?:it|them) to|mail (?:it|them) to|vivo en|domicilio(?: es|:)?|"
    r"direcci[oó]n(?: es|:)?)\s*,?\s*)"
)
_TOWN = r"[A-Z][\w.]{1,40}"
ADDRESSES = [
    rf"({_HOME}(?i:(?:el|la) )?)#?\d[\w-]*(?:,?\s+(?!(?i:{_NO_STREET})\b)[\w.'\u2019#-]+){{1,7}}",
    rf"()(?i:{_HOUSE}(?:(?!{_NO_STREET}\b)[\w.'\u2019]+\s+){{0,4}}?{_STREET}){_TAIL}",
    rf"()(?i:{_HOUSE})(?:(?:[A-Z][\w.'\u2019]*|\d+(?:st|nd|rd|th)|[nsew]\.?)\s+){{1,4}}?"
    rf"(?i:{_PLACE}){_TAIL}",
    r"()(?i:\b(?:p\.?\s?o\.?\s*)?box\s*#?\s*\d+)",
    r"()(?i:\b(?:apt|apartment|apto|unit|suite|ste)\b\.?\s*#?\s*(?:\d+[a-z]?|[a-z]\d+)\b)",
    rf"()(?i:\b{_CALLE}\.?\s+(?:[\w.'\u2019]+\s+){{0,4}}?(?:n[uú]m(?:ero)?\.?\s*|"
    r"no\.?\s*|#\s*)?\d+\w*(?:\s*(?:#|n[uú]m(?:ero)?\.?|no\.?)\s*\d+)?)",
    rf"()(?i:\b\d{{1,5}}\s+{_CALLE}\s+\w+)",
    rf"()(?i:{_HOUSE}(?:(?!{_NO_STREET}\b)[\w.'\u2019]+\s+){{1,3}}?{_PLACE})(?=,)",
    rf"()(?i:{_HOUSE})(?:(?!(?i:{_NO_STREET})\b)[\w.'\u2019,]+\s+){{1,6}}?{_STATE},?\s+\d{{5}}\b",
    rf"()(?:{_TOWN}(?: {_TOWN})?,?\s+)?\b{_STATE}\b\.?,?\s+\d{{5}}(?:-\d{{4}})?\b",
    r"()\b\d{5}(?:-\d{4})?(?i:(?= is my (?:zip|post)))",
    r"((?i:\b(?:zip|post(?:al)?|pin)(?: ?code)?(?: is|:)?\s*))\d{5}(?:-\d{4})?\b",
]

# Streets of other countries. Small letters would make too many words into streets' names.

_ARTICLE = (
    r"(?:(?:de|du|des|da|do|dos|das|la|le|les|del|della|dei|degli|di)\s|d['\u2019]|l['\u2019])"
)
_STREET_NAME = (
    rf"{_ARTICLE}*[^\W\da-z_][\w.'\u2019-]*(?:\s{_ARTICLE}*[^\W\da-z_][\w.'\u2019-]*){{0,2}}"
)
_NO_UNIT = rf"(?!\s?(?i:{_NO_STREET})\b)"
FOREIGN_ADDRESSES = [
    rf"()\b\d{{1,4}}(?: ?bis| ?ter)?,?\s+(?:(?i:rue|all[ée]e|chemin|impasse|quai)\s+"
    rf"(?:{_STREET_NAME}|{_ARTICLE}+[\w-]+)|"
    rf"(?i:avenue|av\.?|boulevard|bd|place|cours|route|square)\s+{_STREET_NAME})",
    rf"()\b(?i:via|viale|piazza|corso|vicolo|rua|rue|strada|av\.|travessa|estrada|pra[cç]a|"
    rf"ulica|ul\.|aleja|al\.|os\.|plaza|jalan|jl\.)\s+{_STREET_NAME},?\s+(?:n[.º°]?\s*)?"
    rf"\d{{1,4}}(?:/\d+)?[a-z]?\b{_NO_UNIT}",
    r"()\b[^\W\da-z_][\w-]{2,}(?:[ -]?[Ss]tra(?:ß|ss)e|[ -]?[Ss]tr\.|weg|gasse|platz|allee|ufer|"
    r"straat|laan|plein|gracht|gatan|v[äa]gen|veien|vej| utca| Weg| Platz)\s+\d{1,4}"
    r"(?:\s?[a-z])?\b",
    r"()\b(?i:flat|plot|house)\s(?:(?i:no\.?)\s?)?\d{1,4}[A-Za-z]?(?=,)",
    r"()\b[^\W\da-z_]\w+\s+(?:Soka[kğ]\w?|Sok\.|Caddesi|Cad\.|Mahallesi)(?:\s+(?:No:?)?\s*\d+)?",
    r"()\b(?i:ул\.|улиц[аеы]|вул\.|вулиц[яі]|просп(?:ект|\.)|пр-т|пер(?:еулок|\.)|шоссе|бульвар)"
    r"\s*[\w.-]+(?:\s[\w.-]+)?,?\s+(?:д(?:\.|ом)\s*)?\d+\w?(?:,?\s*кв(?:\.|артира)\s*\d+)?",
    r"()شارع\s[\u0621-\u064a]+(?:\s[\u0621-\u064a]+){0,2}(?:\s(?:رقم\s)?\d+)?",
    r"()[\u4e00-\u9fff]{1,6}(?:路|街|道|巷|弄)\d+号(?:\d+[室楼])?",
    r"()[가-힣]{1,10}[시구군]\s[가-힣]{1,10}(?:로|길)\s?\d+(?:-\d+)?",
]

# Numbers of all kinds.

DIGIT_WORD = any_of(
    "zero oh one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
    "fifteen sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty "
    "ninety hundred cero uno dos tres cuatro cinco seis siete ocho nueve"
)
_SEPARATOR = r"[\s:\-\u2010-\u2014./()_*\u2022\u00b7,+#~|\\]{0,4}"
_LINKING = any_of(
    "dash hyphen minus dot point space then and_then gui[oó]n punto ext extension x double triple "
    "area_code"
)
# Digits and words for digits, with what people put between them: "five five five - 0142".
RUN = re.compile(
    rf"(?<![\w$€£])[(+]{{0,2}}(?:\d++|{DIGIT_WORD}\b)"
    rf"(?:{_SEPARATOR}(?:{_LINKING}\b{_SEPARATOR})?(?:\d++|\b{DIGIT_WORD}\b))*",
    re.IGNORECASE,
)
DOUBLES = re.compile(r"\d|[a-z]+", re.IGNORECASE)
# Years, thousands, blood pressures, small ranges and times of day.
HARMLESS = re.compile(
    r"(?:19|20)\d\d(?:[-/](?:19|20)?\d\d)?|\d{1,3}(?:,\d{3})+|\d{2,3}/\d{2,3}|\d{1,2}-\d{1,2}|"
    r"\d{1,2}:\d\d(?:-\d{1,2}:\d\d)?"
)
# Letters and digits together, as in an insurance number.
MIXED = re.compile(
    r"(?<!\w)[x*]{2,3}[- ]?[x*]{2}[- ]?\d{4}\b|"
    r"(?<![\w-])(?=[\w-]{0,39}[^\W\d])(?=(?:[\w-]*?\d){5})[\w-]{6,40}|"
    r"\b\d[a-z][a-z\d]\d[ -]?[a-z][a-z\d]\d[ -]?[a-z]{2}\d\d\b",  # Medicare's own numbers
    re.IGNORECASE,
)
# What looks like an id and is none: vertebrae (L4), ages, years and decades, doses.
NOT_AN_ID = re.compile(
    r"(?:[ctls]\d{1,2}|\d{1,3}[a-z]*|[a-z]+|(?:19|20)\d\ds?|\d+(?:mc?g|ml|iu|k))", re.IGNORECASE
)
_OWNED = any_of(  # what has a number that is one person's
    r"mrn m\.r\.n\.? (?:med|medical|health)\.?_rec(?:ord)?s? record ssn ss social(?:_security)? "
    r"last_(?:four|4) member(?:ship)? subscriber policy account acct claim confirmation passport "
    r"licen[cs]e p[oó]liza expediente seguro(?:_social)? afiliado dni nie curp rfc cpf nif nin "
    r"bvn iban aadhaar снилс полис паспорт"
)
_MAYBE_OWNED = any_of(  # the same, where it is called a number or is long
    r"chart ending ends group grp case ref(?:erence)? medicare medicaid insurance id i\.d\. "
    r"patient card pin password rx prescription invoice bill order auth(?:orization)? plates? room "
    r"hospital carnet tarjeta number n[uú]m[eé]ro nummer номер nhs badge locker no\. nr\. num"
)
_BETWEEN = any_of(
    "no num numbers? id is are es ist est lautet "
    "ends? ending in with de digits of my ssn social card code member "
    "security s policy account"
)
_SAYS = any_of("says? said lists? shows? has had was for from over and")  # "my bill says 22612"
_UNIT = any_of(
    "% percent years? yrs? yo days? weeks? months? people patients? procedures? dollars pounds lbs "
    "mg hours? minutes?"
)
_WITH_DIGIT = r"(?=\S{0,40}\d)[\w-]+"
CUED_NUMBER = re.compile(
    rf"(?P<cue>\b(?:{_OWNED}|{_MAYBE_OWNED})|(?<!cpt )(?<!code )#)(?![^\W\d])"
    rf"(?P<link>(?:[\s:#=.,'\u2019-]|\b{_BETWEEN}\b){{0,14}})"
    rf"(?P<value>(?!{_SAYS}\s)(?:[a-z]{{1,4}}\s)?{_WITH_DIGIT}(?:[ /-]{_WITH_DIGIT}){{0,3}})"
    rf"(?P<unit>\s?{_UNIT})?",
    re.IGNORECASE,
)
# Words that say that what follows is a number of somebody.
NUMBER_IS_NAMED = re.compile(
    rf"{_OWNED}|#|\b(?:no|num|numbers?|id|ending|ends?|digits)\b", re.IGNORECASE
)
ACCOUNT = (
    r"(\b(?:user ?names?|login|user id|handle|skype|insta(?:gram)?|snapchat|twitter|facebook|"
    r"telegram|g ?mail|e-?mail|mail|icloud|portal id)\b"
    r"(?:[\s:=]|\b(?:is|as|es|name|me|at|under|live)\b)+)"
    r"(?=\S*[a-z])(?=\S*[\d_])[^\s@]{4,}"
)
YEARS = re.compile(r"(?:19|20)\d\d")
TWO_DIGITS = re.compile(rf"{TENS}|{TEENS}|hundred", re.IGNORECASE)
ONE_DIGIT = re.compile(DIGIT_WORD, re.IGNORECASE)


def _compiled(patterns: list[str], flags: re.RegexFlag) -> list[re.Pattern[str]]:
    return [re.compile(pattern, flags) for pattern in patterns]


BEFORE_NUMBERS = [  # masked first, as all of them may contain numbers
    (_compiled(LINKS, re.IGNORECASE), "[link]"),
    (_compiled(MAILS, re.IGNORECASE), "[e-mail]"),
    (_compiled(DOMAINS, re.IGNORECASE), "[link]"),
    (_compiled([ACCOUNT], re.IGNORECASE), "[name]"),
    (_compiled(DATES, re.IGNORECASE), "[date]"),
    (_compiled(CARDS, re.IGNORECASE), "[card]"),
]
PLACES = [(_compiled(ADDRESSES + FOREIGN_ADDRESSES, re.NOFLAG), "[address]")]
