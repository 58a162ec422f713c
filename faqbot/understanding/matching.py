"""Which entries a text may mean, each with its probability.

`Matcher` ranks the entries of a practice, or of one of its pages; `Interpreter` decides which pages
a text may be about, and ranks the entries of these.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from math import log

import numpy as np

from faqbot.knowledge import Entry, Knowledge, Role
from faqbot.knowledge.values import EMERGENCY, OUT_OF_SCOPE
from faqbot.text import sentences
from faqbot.understanding.calibration import (
    ANSWER_THRESHOLD,
    TOPIC_THRESHOLD,
    Calibration,
    calibration,
)
from faqbot.understanding.evidence import COLUMNS, MAX_CANDIDATES, Candidates, Evidence
from faqbot.understanding.features import Features
from faqbot.understanding.reference import Procedures
from faqbot.understanding.voting import EXACT_SIMILARITY

COVERAGE = COLUMNS.index("coverage")
SIMILARITY = COLUMNS.index("vote times similarity")
UNKNOWN, SOFT_UNKNOWN = COLUMNS.index("unknown"), COLUMNS.index("soft unknown")
PHRASINGS = COLUMNS.index("phrasings")
LOG_MANY_PHRASINGS = log(12)  # from which an entry should have most words
UNKNOWN_SHARE = 0.3  # of a question's words, by weight, that no entry has
UNKNOWN_MEANING_SHARE = 0.55  # … and for which no entry has a word of similar meaning
MIN_CANDIDATE_PROBABILITY = 0.01
SINGLE_PAGE_THRESHOLD = 0.85  # to answer from one page if the text names none …
RIVAL_THRESHOLD = 0.1  # … and no entry of another page has this probability


@dataclass(frozen=True, slots=True)
class Match:
    """An entry that a text may mean."""

    entry: Entry
    probability: float  # that it is meant, from 0 to 1
    similarity: float  # 0 and up: (vote + 1) * similarity; not relative to rivals
    word_coverage: float  # from 0 to 1: the share of the text's words, by weight, that it knows
    phrasing: str  # the nearest phrasing
    exact: bool = False  # whether the text is that phrasing, word forms aside
    has_unknown_words: bool = False  # words that so many phrasings should have
    by_topic: bool = False  # whether the probability is that of a topic that the entry claims

    @classmethod
    def certain(cls, entry: Entry) -> Match:
        """An entry that was picked, not found."""
        return cls(entry, 1.0, 4.0, 1.0, entry.id)


@dataclass(frozen=True, slots=True)
class Ranking:
    """What a text may mean: entries and topics, each likeliest first."""

    matches: tuple[Match, ...] = ()
    topics: tuple[tuple[str, float], ...] = ()  # ids, with their probabilities
    one_of_each_procedure: tuple[Match, ...] = ()  # the best of each, if the procedure is unclear


class Matcher:
    """Understands the questions of one practice; safe to use from several threads."""

    def __init__(
        self,
        entries: Sequence[Entry],
        synonyms: Sequence[Sequence[str]] = (),
        examples: Sequence[tuple[str, frozenset[str]]] = (),
        previous: Matcher | None = None,
        pack: str = "",
    ) -> None:
        """At least one entry.

        `examples`: the practice's own questions, each with the ids that are right for it;
        `previous`: an older matcher whose unchanged parts are reused; `pack`: of the practice's
        pages.
        """
        self.candidates: Candidates = Candidates(
            entries, synonyms, previous.candidates if previous else None, pack
        )
        labelled = [self.candidates.labelled(text, right) for text, right in examples]
        self.calibration: Calibration = calibration().refine([one for one in labelled if one])

    @property
    def phrasings(self) -> tuple[str, ...]:
        """All phrasings, entry by entry."""
        return self.candidates.phrasings.lines

    @property
    def features(self) -> Features:
        """How texts are read and weighed."""
        return self.candidates.phrasings.features

    def rank(self, text: str) -> Ranking:
        """The entries and topics for a text, at most 8 each; none for a text without words.

        There are no entries where nothing in the text is known to any.
        """
        found = self.candidates.find(text)
        if found is None:
            return Ranking()
        ids = self.candidates.claims.model.ids
        likeliest = np.argsort(-found.topics[:-1], kind="stable")[:MAX_CANDIDATES]
        topics = tuple((ids[i], float(found.topics[i])) for i in likeliest.tolist())
        return Ranking(() if _is_strange(found) else self._matches(found, dict(topics)), topics)

    def _matches(self, found: Evidence, topics: dict[str, float]) -> tuple[Match, ...]:
        exact = found.similarity > EXACT_SIMILARITY
        probabilities = np.where(exact, 1.0, self.calibration.probabilities(found.columns))
        matches = [
            _by_topic(
                Match(
                    entry=self.candidates.entries[found.entries[i]],
                    probability=float(probabilities[i]),
                    similarity=float(found.columns[i, SIMILARITY]),
                    word_coverage=float(found.columns[i, COVERAGE]),
                    phrasing=self.phrasings[found.nearest[i]],
                    exact=bool(exact[i]),
                    has_unknown_words=not exact[i] and _has_unknown_words(found, i),
                ),
                topics,
            )
            for i in np.argsort(-probabilities, kind="stable").tolist()
        ]
        return tuple(sorted(matches, key=lambda match: -match.probability))


def _by_topic(match: Match, topics: dict[str, float]) -> Match:
    """What the office says of a topic is at least as likely as the topic, where that is likely.

    Such an entry has few phrasings, or none but its topic's heading.
    """
    claimed = match.entry.topics or () if match.entry.role is Role.OFFICE_ANSWER else ()
    likeliest = max((topics.get(topic, 0.0) for topic in claimed), default=0.0)
    if likeliest < TOPIC_THRESHOLD:
        return match
    return replace(match, probability=max(match.probability, likeliest), by_topic=True)


def _has_unknown_words(found: Evidence, candidate: int) -> bool:
    """Whether the text has what an entry with many phrasings would have, and does not.

    "Wheezing after kyphoplasty normal?" is much like "what is normal after kyphoplasty". On the
    sample's tuning questions this takes the answer from 9 wrong ones and from 1 right one.
    """
    unknown, phrasings = found.columns[candidate, [UNKNOWN, PHRASINGS]]
    return bool(phrasings >= LOG_MANY_PHRASINGS and unknown >= UNKNOWN_SHARE)


def _is_strange(found: Evidence) -> bool:
    """Whether the practice has none of a text's words, nor any of like meaning: "asdf"."""
    unknown, soft = found.columns[0, UNKNOWN], found.columns[0, SOFT_UNKNOWN]
    return bool(unknown > 0.999 and soft > UNKNOWN_MEANING_SHARE)


class Interpreter:
    """Ranks what a text may mean, in a practice of one page or of several procedures."""

    def __init__(
        self, knowledge: Knowledge, entries: Sequence[Entry], previous: Interpreter | None = None
    ) -> None:
        """`entries`: those that are not about danger; `previous`: as in `Matcher`."""
        examples = [
            (one.question, frozenset(() if OUT_OF_SCOPE in one.accept else one.accept))
            for one in knowledge.examples
            if EMERGENCY not in one.accept
        ]
        self.matcher: Matcher = Matcher(
            entries,
            knowledge.synonyms,
            examples,
            previous.matcher if previous else None,
            knowledge.pack,
        )
        self.procedures: Procedures = Procedures(knowledge.page_infos)
        self._by_page: dict[str, Matcher] = {}
        for page, info in knowledge.page_infos.items() if len(knowledge.page_infos) > 1 else ():
            own = [e for e in entries if not _is_of_page(e) or e.page_stem == page]
            older = previous._by_page.get(page) if previous else None
            self._by_page[page] = Matcher(own, knowledge.synonyms, (), older, info.pack)

    def pages(
        self, text: str, last_page: str = "", current_pages: Iterable[str] = ()
    ) -> frozenset[str]:
        """The pages that a text may be about; empty if that is open, or there is only one.

        The procedure named in the text decides, else the page of the last answer, else
        `current_pages`, where the visitor is. A part of a name, a condition or a body part only
        adds to these.
        """
        if not self._by_page:
            return frozenset()
        named, whole = self.procedures.named(self.matcher.features.tokens(text))
        return named if whole else named.union({last_page} if last_page else current_pages)

    def rank(self, text: str, pages: frozenset[str] = frozenset()) -> Ranking:
        """What a text may mean that is about one of these pages, or any.

        Stories mostly end in the question. Where the last sentence alone leads to the same entry as
        the whole, the higher probability counts; where it leads elsewhere, that entry comes second.
        """
        whole = self._rank(text, pages)
        *last_page, last = sentences(text)
        tail = self._rank(last, pages).matches[:1] if last_page else ()
        if not whole.matches or not tail:
            return whole
        (best, *others), second = whole.matches, tail[0]
        if second.entry.id == best.entry.id and best.probability >= MIN_CANDIDATE_PROBABILITY:
            likelier = max(best, second, key=lambda match: match.probability)
            return replace(whole, matches=(likelier, *others))
        others = [match for match in others if match.entry.id != second.entry.id]
        second = replace(second, probability=min(second.probability, best.probability))
        return replace(whole, matches=(best, second, *others))

    def _rank(self, text: str, pages: frozenset[str]) -> Ranking:
        if len(pages) == 1:
            return self._by_page[next(iter(pages))].rank(text)
        ranking = self.matcher.rank(text)
        return self._among(text, ranking, pages) if self._by_page else ranking

    def _among(self, text: str, ranking: Ranking, pages: frozenset[str]) -> Ranking:
        """The ranking of a text that may be about several pages, each judged by itself.

        An entry is as likely as it would be if its page were the only one; where entries of several
        pages are likely, it is open which one is meant.
        """
        near = dict.fromkeys(m.entry.page_stem for m in ranking.matches if _is_of_page(m.entry))
        best: list[Match] = []
        for page in near:
            if not pages or page in pages:
                own = [m for m in self._by_page[page].rank(text).matches if _is_of_page(m.entry)]
                best += [match for match in own if match.probability >= RIVAL_THRESHOLD][:1]
        best.sort(key=lambda match: -match.probability)
        rest = [match for match in ranking.matches if not _is_of_page(match.entry)]
        if not best or (rest and rest[0].probability >= best[0].probability):
            return replace(ranking, matches=(*rest, *best))
        if len(best) > 1:
            return replace(ranking, matches=(*best, *rest), one_of_each_procedure=tuple(best))
        first = best[0]
        if first.probability < SINGLE_PAGE_THRESHOLD:
            first = replace(
                first,
                probability=min(first.probability, ANSWER_THRESHOLD - MIN_CANDIDATE_PROBABILITY),
            )
        return replace(ranking, matches=(first, *rest))


def _is_of_page(entry: Entry) -> bool:
    return entry.role is Role.ANSWER
