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
    FOREIGN = auto()  # "ich bin": as MAYBE, but an unknown word says nothing there
    NONE = auto()  # a given name by itself


_NAME = r"(?:na+me?s?|nam|naem|nmae|anme)"
_WHOSE = any_of(
    r"my mi his her our their the whose patient['\u2019]?s? first last full middle maiden family "
    r"legal \w+['\u2019]s"
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
    "niet[oa] novi[oa] amig[oa] vecin[oa]"
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
            r"names?_is name['\u2019]s my_?name_?is my_names first_and_last_name me_llamo "
            r"mi_nombre(?:_completo)?_es nombre(?:_completo)?\s?(?:es|:) "
            r"apellidos?(?:_es|_son|\s?:) a_nombre_de signed shmi "
            r"je_m['\u2019]appelle s['\u2019]appelle mon_nom_est ich_hei(?:ß|ss)e mein_name_ist "
            r"mi_chiamo il_mio_nome_[eè] si_chiama meu_nome_[eé] me_chamo chamo[-_]me se_chama "
            r"nazywam_si[eę] mam_na_imi[eę] зовут звати mera_naa?m t[oô]i_t[eê]n(?:_l[aà])? "
            r"t[eê]n_t[oô]i_l[aà] ako_(?:po_)?si pangalan_ko_ay mwen_rele non_mwen_se "
            r"(?:benim_)?ad[ıi]m jina_langu_ni με_λένε"
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
            "call(?:s|ed)?_me go(?:es)?_by known_as (?:is|was)_(?:named|called) se_llama ask_for "
            "calling_(?:for|about|re) call tell reach this_is_about "
            "speak_(?:to|with) on_behalf_of de_parte_de c/o attn attention sincerely regards "
            "respectfully yours(?:_truly)? thanks thank_you thx cheers saludos atentamente gracias"
        ),
        Cue.MAYBE,
    ),
    (any_of("je_suis ich_bin sono (?:eu_)?sou jestem я είμαι ben jag_[aä]r ik_ben"), Cue.FOREIGN),
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
_ARABIC, _DEVANAGARI = r"[\u0621-\u064a]+", r"[\u0900-\u097f]+"
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
        r"(?:שמי|קוראים לי|השם שלי)\s(?P<name>[\u05d0-\u05ea]+(?:\s[\u05d0-\u05ea]+)?)",
    )
]
