"""How the words of a message are meant: denied, asked in general, old, or seen to.

Each frame covers some of the words around it; a sign of danger among covered words does not count.
The frames are the concepts with a tilde in the tables.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from .reading import Mark, Reading

# Why a word does not count; a word may have several reasons, added up.
DENIED, ASKED, OLD, GONE = 1, 2, 4, 8
EVERYTHING = DENIED | ASKED | OLD | GONE
_SUPPOSING = 5  # words behind an "if" in which its verb is looked for
_REACH = 6  # words that "no" covers when nothing ends it before
_LISTING = frozenset("or nor and y o ni any no".split())
# Nouns that "no" goes on to cover behind a comma: "no fever, chills, numbness".
_LISTED = frozenset(
    "numbness tingling weakness fever fevers chills bleeding swelling redness drainage discharge "
    "pus pain chest shortness trouble difficulty incontinence seizures seizure headache headaches "
    "nausea vomiting dizziness confusion rash cough blood bowel bladder loss leg arm weight trauma "
    "falls infection symptoms signs problems issues anything other breathing stroke injury "
    "paralysis fiebre dolor sangre debilidad entumecimiento".split()
)
_PAST = frozenset(
    "had was were couldnt could fell went got did passed fainted broke lost took hit woke stopped "
    "tuve tenia fui era estaba".split()
)
_FINITE = frozenset("is are has keeps wont cant isnt went looks smells hurts feels".split())
_YEARS = frozenset(map(str, range(1940, 2040)))


def frames(reading: Reading, background: frozenset[str] = frozenset()) -> list[int]:
    """For each word, the frames that cover it; `background` are the concepts that are no signs."""
    return _Framing(reading, background).covers


class _Framing:
    """One message being framed; `covers` is filled frame by frame."""

    def __init__(self, reading: Reading, background: frozenset[str]) -> None:
        self.words = reading.words
        self.covers = [0] * len(reading.words)
        self.marks: dict[str, list[Mark]] = {}
        for mark in reading.marks:
            self.marks.setdefault(mark.concept, []).append(mark)
        if not self.words:
            return
        self.signs = {
            m.start for m in reading.marks if m.concept[0] != "~" and m.concept not in background
        }
        self.reports = self._reports()
        self.turns = {mark.start for mark in self.marks.get("~turn", ())}
        self.begins = {i for i, word in enumerate(self.words) if word.begins}
        self._deny()
        self._ask()
        self._age()
        self._settle()

    def _reports(self) -> set[int]:
        """Where a report begins: "my legs" does, but not in "will my legs"."""
        stopped = {mark.end for mark in self.marks.get("~no-report", ())}
        found = {mark.start for mark in self.marks.get("~report", ())}
        return {i for i in found if i not in stopped or self.words[i].begins}

    def _cover(self, span: Iterable[int], frame: int) -> None:
        for index in span:
            self.covers[index] |= frame

    # ------------------------------------------------------------ denied

    def _deny(self) -> None:
        only = self.turns | self.reports | self.begins
        only |= {mark.start for mark in self.marks.get("~only", ())}
        for mark in self.marks.get("~not", ()):
            self._cover(range(mark.end, self._denied_until(mark.end, only)), DENIED)

    def _denied_until(self, start: int, ends: set[int]) -> int:
        left = _REACH
        for index in range(start, len(self.words)):
            word = self.words[index]
            if index in ends and index > start:
                return index
            if (word.comma and index > start) or word.text in _LISTING:
                left = self._reach_over(index)
            if left == 0:
                return index
            left -= 1
        return len(self.words)

    def _reach_over(self, index: int) -> int:
        """How far a denial goes on over a comma, "or" or "and"."""
        if self.words[index].text in ("or", "nor", "ni", "o", "any", "no"):
            return _REACH
        following = self.words[index : index + 3]
        return _REACH if any(word.text in _LISTED for word in following) else 0

    # ------------------------------------------------------------ asked

    def _ask(self) -> None:
        ends = self.turns | self.reports | self.begins
        for mark in self.marks.get("~asking", ()):
            if not self._has_begun(mark):
                self._cover(self._until(mark.end, ends | self._statements()), ASKED)
        for mark in self.marks.get("~if", ()):
            if self._is_supposed(mark) and not self._has_begun(mark):
                self._cover(self._until(mark.end, self.turns | self.begins), ASKED)
        for mark in self.marks.get("~about", ()):
            if not self._has_begun(mark):
                self._cover(self._about(mark, ends), ASKED)
        for mark in self.marks.get("~usual", ()):
            thought = self._about(mark, self.begins | self.turns)
            spoken_of = any(one.start in thought for one in self.marks.get("person", ()))
            if not spoken_of and not self._has_begun(mark):
                self._cover(thought, ASKED)

    def _statements(self) -> set[int]:
        """Where a comma parts off a statement: "can I get a pill, the wound is red"."""
        return {
            i
            for i, word in enumerate(self.words)
            if word.comma
            and word.text not in _LISTING
            and any(later.text in _FINITE for later in self.words[i + 1 : i + 5])
        }

    def _has_begun(self, mark: Mark) -> bool:
        """Whether the sentence says when it began: "is it a stroke if … since an hour" is told."""
        begin = next(i for i in range(mark.start, -1, -1) if i in self.begins or i == 0)
        sentence = self._until(mark.end, self.begins - {mark.end})
        return any(begin <= one.start < sentence.stop for one in self.marks.get("~begun", ()))

    def _is_supposed(self, mark: Mark) -> bool:
        """Whether an "if" supposes: "what if", "if it bleeds"; not "do I wait if I can't pee"."""
        if self._follows(mark, "~no-if"):
            return False
        if mark.end - mark.start > 1 or mark.start in self.begins:
            return True
        near = range(mark.end, mark.end + _SUPPOSING)
        return any(one.start in near for one in self.marks.get("~supposing", ()))

    def _until(self, start: int, ends: set[int]) -> range:
        stop = next((i for i in range(start, len(self.words)) if i in ends), len(self.words))
        return range(start, stop)

    def _follows(self, mark: Mark, concept: str) -> bool:
        return any(other.end == mark.start for other in self.marks.get(concept, ()))

    def _about(self, mark: Mark, ends: set[int]) -> range:
        """All of the thought, or what follows if the thought begins with a report."""
        first = next(i for i in range(mark.start, -1, -1) if i in ends or i == 0)
        stop = self._until(mark.end, ends).stop
        return range(mark.end if first in self.reports else first, stop)

    # ------------------------------------------------------------ old

    def _age(self) -> None:
        old = [*self.marks.get("~past", ()), *self._dates()]
        lasting = self.marks.get("~chronic", ())
        before = self.marks.get("~history", ())
        if not old and not lasting and not before:
            return
        pieces = self._pieces()
        for mark in before:
            piece = next(piece for piece in pieces if mark.start in piece)
            self._cover(range(mark.end, piece.stop), OLD)
        for mark in old:
            self._cover(self._piece_of(mark, pieces), OLD)
            for piece in self._told_with(mark, pieces):
                self._cover(piece, OLD)
        for mark in lasting:
            piece = self._piece_of(mark, pieces)
            if not self._worsens(piece, pieces):
                self._cover(piece, OLD)

    def _dates(self) -> list[Mark]:
        """Years, as in "a stroke in 2012"."""
        return [
            Mark(i, i + 1, "~past", "") for i, word in enumerate(self.words) if word.text in _YEARS
        ]

    def _pieces(self) -> list[range]:
        """The message in pieces, parted at stops, commas and new thoughts."""
        urgent = {mark.start for mark in self.marks.get("~urgent", ())}
        cuts = [0]
        for i, word in enumerate(self.words[1:], 1):
            parted = word.begins or word.comma or i in self.turns or i in self.reports
            if parted or (word.text in ("and", "y") and any(u >= i for u in urgent)):
                cuts.append(i)
        return [range(a, b) for a, b in zip(cuts, [*cuts[1:], len(self.words)], strict=True)]

    def _piece_of(self, mark: Mark, pieces: list[range]) -> range:
        """The piece of the mark; when that names no sign, the one before or behind it."""
        place = next(n for n, piece in enumerate(pieces) if mark.start in piece)
        for n in (place, place - 1, place + 1):
            if not 0 <= n < len(pieces) or not self._names_sign(pieces[n], mark):
                continue
            if n == place:
                return pieces[n]
            if not self._is_new(pieces[max(n, place)]):
                return _joined(pieces[n], pieces[place])
        return pieces[place]

    def _told_with(self, mark: Mark, pieces: list[range]) -> Iterator[range]:
        """Other pieces of the sentence that tell of the past: "ten years ago | I couldn't move"."""
        first = max((i for i in self.begins if i <= mark.start), default=0)
        sentence = self._until(mark.end, self.begins - {mark.start})
        urgent = {one.start for one in self.marks.get("~urgent", ())}
        for piece in pieces:
            if first <= piece.start < sentence.stop and not urgent.intersection(piece):
                told = self.words[piece.start : piece.start + 3]
                if piece.start in self.reports and any(word.text in _PAST for word in told):
                    yield piece

    def _is_new(self, piece: range) -> bool:
        """Whether a piece begins a new thought or says that something is urgent."""
        urgent = any(one.start in piece for one in self.marks.get("~urgent", ()))
        return urgent or piece.start in self.turns

    def _names_sign(self, piece: range, mark: Mark) -> bool:
        return any(i in self.signs for i in piece if not mark.start <= i < mark.end)

    def _worsens(self, piece: range, pieces: list[range]) -> bool:
        place = pieces.index(piece) if piece in pieces else 0
        near = {i for one in pieces[place : place + 3] for i in one}
        return any(mark.start in near for mark in self.marks.get("worse", ()))

    # ------------------------------------------------------------ seen to

    def _settle(self) -> None:
        """A doctor looked at it, or it is over: what was told before that does not count.

        Unless it goes on behind it: "the ER sent me home, and now it is worse".
        """
        seen = self.marks.get("~checked", ())
        if not seen:
            return
        last = max(seen, key=lambda mark: mark.start)
        if any(mark.start >= last.end for mark in self.marks.get("~again", ())):
            return
        pieces = self._pieces()
        own = next(piece for piece in pieces if last.end - 1 in piece)
        self._cover(range(own.stop), GONE)


def _joined(one: range, other: range) -> range:
    return range(min(one.start, other.start), max(one.stop, other.stop))
