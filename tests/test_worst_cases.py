"""Whatever is typed, the reply is quick, keeps no memory, and is an answer only to a question.

Times are processor times, so that a busy machine fails no test; `python -m
tests.benchmarks.worst_cases` says how long it takes. The texts are the worst that two hours of hill
climbing found, from words, similar words, contexts, separators and signs that NFKC makes longer.
"""

from __future__ import annotations

import gc
import json
import random
import re
import signal
import string
import time
import tracemalloc
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from html.parser import HTMLParser
from itertools import cycle
from pathlib import Path
from types import FrameType

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings, target
from hypothesis import strategies as st

from faqbot.app import create_app
from faqbot.bot import Bot
from faqbot.danger import concepts
from faqbot.danger.concepts import ConceptFinder, phrases
from faqbot.privacy import anonymise, blank
from faqbot.quality.explanation import explain
from tests.hostile import LONGEST, MARK, PARTS, QUESTIONS, Hostile, strings

DAY = re.compile(
    "(?:mon|tues|wednes|thurs|fri|satur|sun|holi)day|shutdown", re.IGNORECASE
)  # in the noise

HERE = Path(__file__).parent
LONG = 1.0  # seconds; one question takes a hundredth, the worst found took 0.04


@contextmanager
def at_most(seconds: float = LONG, what: str = "It") -> Iterator[None]:
    """Stops what takes longer, also in the midst of a regular expression that would never end."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise AssertionError(f"{what} took more than {seconds} s.")

    if not hasattr(signal, "setitimer"):  # on Windows
        yield
        return
    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def filled(unit: str) -> str:
    """The unit over and over, as long as a question may be."""
    return (unit * LONGEST)[:LONGEST]


def words_of(letters: int, seed: int = 1, between: str = " ") -> str:
    """Words that nobody ever typed, each of which is compared with thousands of known ones."""
    chance = random.Random(seed)  # noqa: S311
    number = LONGEST // letters + 1
    made = ("".join(chance.choices(string.ascii_lowercase, k=letters)) for _ in range(number))
    return between.join(made)[:LONGEST]


def fractions(ending: str) -> str:
    """Sentences of four words in two characters, each another one."""
    signs = "½¼¾⅐⅑⅒⅓⅔⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞"
    return "".join(f"{a}{b}{ending}" for a in signs for b in signs)[:LONGEST]


FOUND = {
    "made-up words of 3 letters": words_of(3),
    "of 4": words_of(4),
    "of 5": words_of(5),
    "of 8": words_of(8),
    "sentences of made-up words": words_of(4, between=". "),
    "166 sentences": fractions("\n"),
    "sentences of letters": "".join(chr(0x249C + i * i % 26) for i in range(375)).translate(
        {0x249C: "\n"}
    ),
    "sentences of common words": " ".join(
        f"{a} {b} {c}." for a in ("i", "my", "is", "it") for b in ("in", "to", "do") for c in "aio1"
    ),
    "signs of 18 letters": "\ufdfa" * LONGEST,
    "signs of 18 letters, apart": filled("\ufdfa. "),
    "signs that come apart": filled("\u1f82\u3300\u3200"),
    "one word": "a" * LONGEST,
    "one word of ligatures": "\ufb03" * LONGEST,
    "one-letter words": filled("a "),
    "other one-letter words": filled("a b c d e f g h "),
    "nothing but no": filled("no "),
    "numbers of records": filled("record no "),
    "denied over and over": filled("no my leg is numb, "),
    "supposed over and over": filled("if i "),
    "digits": "1" * LONGEST,
    "digits apart": filled("1 "),
    "marks upon marks": filled("Z\u0351\u036b\u0343\u036a\u0302"),
    "a family": filled("👩\u200d👩\u200d👧\u200d👦"),
    "right to left": filled("\u202eشلل في ساقي "),
    "question marks": filled("?"),
    "apostrophes": filled("a'"),
    "dots": filled("a.dot."),
    "dashes": filled("x-dash-"),
    "spoken dots": filled("a dot "),
    "mail providers": filled("gmail "),
    "births": filled("born on the 1 of "),
    "streets": filled("12 calle a "),
    "names": filled("my name is Ann, "),
    "spelled names": filled("a-"),
    "numbers in words": filled("one dash "),
    "accounts": filled("username is 1"),
}


# time


def test_no_text_takes_long(sample: Bot) -> None:
    for name, text in FOUND.items():
        assert len(text) <= LONGEST
        asked = (sample.ask, sample.suggest, sample.reply_while_paused, partial(explain, sample))
        for work in asked:
            with at_most(what=name):
                work(text)


def test_no_text_takes_long_to_be_kept() -> None:
    for name, text in FOUND.items():
        with at_most(what=name):
            anonymise(text * 4)
        with at_most(what=name):
            blank(text)


PIECES = st.one_of(
    st.sampled_from([w for text in FOUND.values() for w in text.split()[:3]]),
    st.sampled_from(["my legs are numb", "how long", "no", "if", "½¼", "\ufdfa", "ago", "@", "12"]),
    st.text(max_size=12),
    st.text(string.ascii_lowercase, min_size=3, max_size=9),
)
TEXTS = st.builds(
    lambda pieces, joints: "".join(map("".join, zip(pieces, cycle(joints), strict=False))),
    st.lists(PIECES, min_size=1, max_size=120),
    st.lists(st.sampled_from([" ", ". ", "\n", "? ", ", ", "-", ".", " and "]), min_size=1),
)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(TEXTS)
def test_no_text_that_can_be_made_up_takes_long(bot: Bot, text: str) -> None:
    text = text[:LONGEST]
    started = time.thread_time()
    with at_most(3 * LONG):
        bot.ask(text)
        bot.suggest(text)
        anonymise(text)
    target(time.thread_time() - started)


# memory


def held(work: Callable[[], object]) -> int:
    """The bytes that are held after the work and were not before it."""
    gc.collect()
    tracemalloc.start()
    work()
    gc.collect()
    size, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return size


@pytest.mark.usefixtures("no_dry_run")
def test_long_words_are_not_held(bot: Bot) -> None:
    bot.ask(words_of(LONGEST, 10))  # loads what is loaded once
    more = held(lambda: [bot.ask(words_of(LONGEST, seed)) for seed in range(10)])
    assert more < 10 * 20_000  # bytes a word; its thousand runs of letters would be 100,000


@pytest.mark.long
@pytest.mark.usefixtures("no_dry_run")
def test_states_are_forgotten_before_they_fill_the_memory(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lines = (HERE / "cases" / "safety.jsonl").read_text("utf-8").splitlines()[::3]
    texts = [json.loads(line)["question"] for line in lines]
    usual = ConceptFinder(phrases())
    expected = [usual.read(text) for text in texts]
    monkeypatch.setattr(concepts, "MAX_STATES", 20)
    forgetful = ConceptFinder(phrases())
    assert [forgetful.read(text) for text in texts] == expected
    kept = held(lambda: sum(len(forgetful.read(text).mentions) for text in texts))
    assert kept < 1_000_000


def test_danger_is_heard_however_much_stands_around_it(sample: Bot) -> None:
    danger = "I cannot move my legs."
    for around in (fractions("\n"), filled("a b c.\n"), filled("😀 "), filled("\ufdfa. ")):
        room = LONGEST - len(danger) - 1
        assert sample.ask(f"{around[:room]}\n{danger}").kind == "emergency"
        assert sample.ask(f"{danger}\n{around[:room]}").kind == "emergency"


# texts without a meaningful word


@pytest.mark.parametrize(
    "text",
    [
        "' OR '1'='1",
        "' OR 1=1 --",
        "=1+1",
        '" OR ""="',
        "%x %x %x %p",
        "1",
        "x",
        "coffee please my? \r=1+1\r=1+1",
        "thursday sunday\n%x %x %x %p",
        "monday? \t=1+1\n\t=1+1",
    ],
)
def test_a_text_that_shares_no_telling_word_with_an_entry_gets_no_answer(
    sample: Bot, text: str
) -> None:
    assert sample.ask(text).kind != "answer"


def test_one_meaningful_word_is_enough(sample: Bot) -> None:
    assert sample.ask("recovery").kind == "answer"


# ten thousand hostile strings


@pytest.fixture(scope="module")
def hostile() -> list[Hostile]:
    return strings()


@pytest.fixture(scope="module")
def visitor(bot: Bot) -> FlaskClient:
    return create_app(bot).test_client()


def is_refused(text: str) -> bool:
    """Whether the API takes it for no question: too long, empty, or with signs nobody types."""
    unseen = any((c < " " and c not in "\t\n\r") or c == "\x7f" for c in text)
    return len(text) > LONGEST or unseen or not text.strip()


def sent(text: str) -> str:
    """What arrives: half a character cannot be sent."""
    return text.encode("utf-8", "replace").decode()


def test_they_are_of_every_kind_and_the_same_each_time(hostile: list[Hostile]) -> None:
    kinds = Counter(one.kind for one in hostile)
    assert len(hostile) == 10_000 == len({one.text for one in hostile})
    assert min(kinds.values()) >= 30
    assert hostile == strings()
    assert hostile[:500] == strings(500)


@pytest.mark.parametrize(("first", "step"), PARTS)
def test_none_breaks_the_api_none_comes_back_none_is_answered(
    visitor: FlaskClient, hostile: list[Hostile], first: int, step: int
) -> None:
    kinds = Counter[str]()
    for one in hostile[first::step]:
        text = sent(one.text)
        answer = visitor.post("/api/ask", json={"question": text})
        assert answer.mimetype == "application/json"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert MARK not in answer.text
        if is_refused(text):
            assert answer.status_code in (400, 413)
            continue
        assert answer.status_code == 200, one
        reply = answer.get_json()
        assert reply["phones"]
        kinds[reply["kind"]] += 1
        if reply["kind"] == "answer":
            by_day = "hours" if DAY.search(text) else None
            assert reply["entries"][0]["id"] == QUESTIONS.get(one.asks, by_day), one
    assert kinds["answer"] > 500 / step  # around a real question
    assert kinds["office"] > 5_000 / step


class Elements(HTMLParser):
    """The elements of a page, each with the names of its attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: set[tuple[str, ...]] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.found.add((tag, *sorted(name for name, _ in attributes)))


@pytest.mark.parametrize("step", [50, pytest.param(10, marks=pytest.mark.long)])
def test_none_becomes_an_element_of_the_page_without_script(
    visitor: FlaskClient, hostile: list[Hostile], step: int
) -> None:
    said = (
        *(
            "how long does it take",
            "xyzzy",
            "",
            "my legs are numb",
            "a" * 2_001,
            "a@b.org",
            "hello",
        ),
        *("nie czuję nóg", "I want to kill myself", "weakness"),
    )
    tame: set[tuple[str, ...]] = set()
    for text in said:
        tame |= Elements(visitor.post("/chat", data={"question": text}).text).found
    for one in hostile[::step]:
        text = sent(one.text)
        answer = visitor.post("/chat", data={"question": text})
        if answer.status_code == 413:
            assert len(text) > LONGEST
            continue
        assert answer.status_code == 200
        assert Elements(answer.text).found <= tame, one


@pytest.mark.parametrize("number", [200, pytest.param(2_000, marks=pytest.mark.long)])
def test_the_sample_answers_hardly_any_of_them(
    sample: Bot, hostile: list[Hostile], number: int
) -> None:
    some = [one for one in hostile[:number] if len(one.text) <= LONGEST and not one.asks]
    answered = [one for one in some if sample.ask(one.text).kind == "answer"]
    assert len(answered) <= 1, answered
