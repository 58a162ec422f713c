"""Results are remembered for all objects together, and none of these for longer than it lives."""

from __future__ import annotations

import gc
from weakref import ref

from faqbot.understanding.caching import shared_cache


class Shouter:
    def __init__(self, end: str) -> None:
        self.end = end
        self.heard: list[str] = []

    @shared_cache(3)
    def shout(self, word: str) -> str:
        self.heard.append(word)
        return word.upper() + self.end


def test_it_remembers_each_object_s_own_results() -> None:
    one, other = Shouter("!"), Shouter("?")
    assert [one.shout("a"), other.shout("a"), one.shout("a")] == ["A!", "A?", "A!"]
    assert one.heard == other.heard == ["a"]


def test_it_forgets_what_was_not_asked_for_longest_whoever_asked() -> None:
    one, other = Shouter("!"), Shouter("?")
    for word in "abc":
        one.shout(word)
    other.shout("a")
    one.shout("a")
    assert one.heard == ["a", "b", "c", "a"]
    one.shout("c")
    assert one.heard == ["a", "b", "c", "a"]


def test_it_keeps_no_object_alive() -> None:
    one = Shouter("!")
    one.shout("a")
    gone = ref(one)
    del one
    gc.collect()
    assert gone() is None
