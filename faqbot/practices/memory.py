"""What objects cost in memory, with all that they lead to."""

from __future__ import annotations

import ctypes
import gc
import sys
import threading
from collections.abc import Iterable, Set
from contextlib import suppress
from functools import cache
from types import BuiltinFunctionType, FunctionType, ModuleType
from typing import TYPE_CHECKING

import numpy as np

from faqbot.common.lexicon import lexicon
from faqbot.common.topics import topics
from faqbot.danger import Detector
from faqbot.understanding.calibration import calibration
from faqbot.understanding.topics import speller, topic_model
from faqbot.understanding.vectors import word_vectors

if TYPE_CHECKING:
    from faqbot.bot import Bot

_ARENAS = -8  # M_ARENA_MAX of malloc.h
# What is there anyway, or leads to everything.
_SHARED = (type, ModuleType, FunctionType, BuiltinFunctionType, threading.Thread)


def hold_together() -> None:
    """Let all threads take memory from one place; before they start, and where there is glibc.

    It gives each thread a place of its own otherwise, with holes in each: 1,000 practices, loaded
    by four threads, took two thirds more. Python lets one thread at a time ask for memory anyway.
    """
    with suppress(OSError, AttributeError, TypeError):
        ctypes.CDLL(None).mallopt(_ARENAS, 1)


def size(roots: Iterable[object], seen: set[int], besides: Set[int] = frozenset()) -> int:
    """Bytes of the objects and of what they lead to, but for what is `seen`, which grows.

    `besides`: the ids of what does not count either.

    It goes by what the collector knows, so that caches count with what they hold. 5 ms for a
    small practice, half a second for one with 10,000 phrasings; other threads go on meanwhile.
    """
    total, left = 0, list(roots)
    while left:
        thing = left.pop()
        if id(thing) in seen or id(thing) in besides or isinstance(thing, _SHARED):
            continue
        seen.add(id(thing))
        total += sys.getsizeof(thing)
        if isinstance(thing, np.ndarray) and thing.base is not None:
            left.append(thing.base)
        left += gc.get_referents(thing)
    return total


def size_of(bot: Bot) -> int:
    """What the bot costs, without what all practices share."""
    return size([bot], set(), _common(bot.knowledge.pack))


@cache
def _common(pack: str) -> frozenset[int]:
    """What all practices with this pack share: tables of danger, word vectors, topics and so on."""
    seen: set[int] = set()
    shared = [_detector(), word_vectors(), calibration(), lexicon(), topics(pack)]
    size([*shared, topic_model(pack), speller(pack)], seen)
    return frozenset(seen)


@cache
def _detector() -> Detector:
    """Kept, so that no other object gets the same id."""
    return Detector()
