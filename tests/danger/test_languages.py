"""It recognises languages that faqbot does not speak, and takes no English for another."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from faqbot.bot import Bot
from faqbot.danger.languages import detect_language, languages

HERE = Path(__file__).parent
SAMPLE = HERE.parent.parent / "knowledge"
SAID = {
    "ar": "أمي لا تستطيع التنفس",
    "bn": "আমার বাবার বুকে খুব ব্যথা",
    "de": "ich spüre meine Beine nicht",
    "es": "cuánto cuesta la operación",
    "fr": "je ne sens plus mes jambes",
    "he": "אני לא יכול לנשום",
    "hi": "मुझे सांस नहीं आ रही",
    "ht": "manman mwen pa ka santi janm li",
    "it": "non riesco a respirare",
    "ja": "手術は何時間ですか",
    "ko": "가슴이 아프고 숨을 못 쉬겠어요",
    "pl": "nie czuję nóg",
    "pt": "não consigo respirar",
    "ru": "У мамы отнялись ноги",  # noqa: RUF001
    "tl": "masakit ang dibdib ko",
    "uk": "я не відчуваю ніг",
    "ur": "میری ماں سانس نہیں لے سکتی",
    "vi": "tôi bị đau ngực",
    "yi": "איך קען נישט אטעמען",
    "zh-Hans": "我妈妈胸口痛,喘不过气",
    "zh-Hant": "我媽媽胸口痛",
}


@pytest.fixture(scope="module")
def bot(sample: Bot) -> Bot:
    return sample


def test_there_is_a_line_for_each() -> None:
    assert sorted(SAID) == sorted(languages())


@pytest.mark.parametrize(("code", "text"), SAID.items())
def test_who_writes_in_another_language_is_told_so_in_it(bot: Bot, code: str, text: str) -> None:
    found = detect_language(text)
    assert found
    assert found.code == code
    reply = bot.ask(text)
    assert reply.kind == "office"
    assert (reply.language, reply.message) == (code, found.message)
    assert reply.caution
    assert "911" in reply.caution.message
    assert reply.phones


def test_danger_in_spanish_is_answered_in_spanish(bot: Bot) -> None:
    reply = bot.ask("no siento las piernas").to_dict()
    assert (reply["kind"], reply["language"]) == ("emergency", "es")
    assert "Llame al 911" in reply["message"]


def test_no_english_is_taken_for_another_language() -> None:
    asked = [
        json.loads(line)["question"]
        for file in (HERE.parent / "practices").glob("*/questions.jsonl")
        for line in file.read_text("utf-8").splitlines()
    ]
    assert len(asked) > 1_000
    assert [text for text in asked if detect_language(text)] == []


@pytest.mark.parametrize("text", ["", "?!", "asdf qwer", "kyphoplasty vertebroplasty", "🙂", "ok"])
def test_what_is_in_no_certain_language_is_in_none(text: str) -> None:
    assert detect_language(text) is None
