"""How much one address may ask, so that a flood from a few leaves the others their answers.

There is one limit for each address, over all that it asks of all practices, and none for all
addresses together: a few could use that up, and close the chat for everybody.

Counted with `limits`, the engine of Flask-Limiter, but without Flask-Limiter's hooks: these take
0.1 ms a request, and fail with 500 where several requests find Redis away at once.
"""

from __future__ import annotations

import ipaddress
import logging
import math
import re
import threading
import time
from collections import OrderedDict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Flask, request
from limits import RateLimitItem, parse_many
from werkzeug.exceptions import TooManyRequests
from werkzeug.middleware.proxy_fix import ProxyFix

from faqbot import assets
from faqbot.settings import PROXIES, RATE_LIMIT, STORE

if TYPE_CHECKING:
    from limits.storage import RedisStorage

REDIS_TIMEOUT = 0.1  # seconds for each call to Redis; a request makes two or three
RETRY_EVERY = 0.5  # seconds between attempts to reach a Redis that is away
MAX_ADDRESSES = 100_000  # addresses counted in memory, and as many that are refused: 23 MB each

_WITH_PORT = re.compile(r"\[([^]]*)\](?::\d+)?|([\d.]+):\d+")

log = logging.getLogger("faqbot.serving.limits")


@dataclass(frozen=True, slots=True)
class Config:
    """What the environment says about limits."""

    rates: tuple[RateLimitItem, ...]  # for one address; () is off
    store: str
    proxies: int

    @classmethod
    def read(cls) -> Config:
        """Raises ValueError for what cannot be understood, in words for whoever set it."""
        store = STORE.read()
        if store != "memory://" and not store.startswith(("redis://", "rediss://", "redis+unix:/")):
            # The value is not repeated: there may be a password in it.
            raise ValueError(f"{STORE.variable} must be memory://, or begin with redis://.")
        proxies = PROXIES.read()
        if not re.fullmatch(r"\d\d?", proxies):
            raise ValueError(
                f"{PROXIES.variable} is “{proxies}”. Write how many proxies a request passes: 0, 1…"
            )
        return cls(_rates(RATE_LIMIT.read()), store, int(proxies))


def _rates(setting: str) -> tuple[RateLimitItem, ...]:
    if setting.strip().lower() == "off":
        return ()
    try:
        rates = tuple(parse_many(setting))
    except ValueError:
        rates = ()
    if not rates or any(rate.amount < 1 for rate in rates):
        raise ValueError(
            f"{RATE_LIMIT.variable} is “{setting}”. "
            "Write it as “3000 per minute”, or “3000 per minute; 50000 per day”, or “off”."
        )
    return rates


def limit(blueprint: Blueprint, views: Collection[str]) -> None:
    """Let these views of the blueprint raise TooManyRequests beyond what one address may ask.

    Whose request it is, the app that has the blueprint says. Raises ValueError as `Config.read`.
    """
    config = Config.read()
    if not config.rates:
        return
    counter = MemoryCounter() if config.store == "memory://" else RedisCounter(config.store)
    limiter = Limiter(counter, config.rates)
    busy = assets.ui_texts()["errorBusy"]

    @blueprint.before_request
    def refuse() -> None:
        view = (request.endpoint or "").rpartition(".")[2]
        if view not in views or request.method == "OPTIONS":
            return
        if seconds := limiter.hit(request.remote_addr or ""):
            raise TooManyRequests(busy, retry_after=seconds)


def believe_proxies(app: Flask) -> None:
    """Take a visitor's address from as many proxies as the settings say.

    Raises ValueError as `Config.read`.
    """
    if proxies := Config.read().proxies:
        # Not host and prefix, which a proxy may pass on as a visitor sent them.
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=1)  # type: ignore[method-assign]


@lru_cache(maxsize=4096)
def network(address: str) -> str:
    """The network of one subscriber: an IPv4 address, or an IPv6 /64."""
    if found := _WITH_PORT.fullmatch(address):
        address = found[1] or found[2]
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address[:64]
    if isinstance(parsed, ipaddress.IPv6Address):
        # All of IPv4 would share one network where it is written as IPv6.
        parsed = parsed.ipv4_mapped or ipaddress.IPv6Network((parsed, 64), strict=False)[0]
    return str(parsed)


class MemoryCounter:
    """Counts by key in this process, for the `MAX_ADDRESSES` addresses that asked last.

    The one of `limits` goes through all addresses every 10 ms, which under a flood of many
    addresses takes longer than answering. Here each call takes the same time, however many there
    are; and an address that asks all the time is not forgotten for others that come and go.
    """

    def __init__(self) -> None:
        # The one asked for longest ago is first. A plain dict takes ever longer to find its
        # first key, the more were deleted in front of it.
        self._counts: OrderedDict[str, tuple[int, float]] = OrderedDict()
        self._lock = threading.Lock()

    def add(self, key: str, seconds: float) -> int:
        """Count one more; the number within `seconds` of the first."""
        now = time.monotonic()
        with self._lock:
            number, end = self._counts.pop(key, (0, 0.0))
            if end <= now:
                number, end = 0, now + seconds
            self._counts[key] = number + 1, end
            self._forget(now)
        return number + 1

    def seconds_left(self, key: str) -> float:
        """Seconds until the count restarts; 0 or less if there is none."""
        with self._lock:
            if key not in self._counts:
                return 0.0
            self._counts.move_to_end(key)
            return self._counts[key][1] - time.monotonic()

    def forget(self, key: str) -> None:
        """Restart the count of a key."""
        with self._lock:
            self._counts.pop(key, None)

    def _forget(self, now: float) -> None:
        """Delete at most two: more than a call adds, and never so many that somebody waits."""
        for key in tuple(islice(self._counts, 2)):
            if self._counts[key][1] > now and len(self._counts) <= MAX_ADDRESSES:
                break
            del self._counts[key]


class RedisCounter:
    """Counts by key in Redis, for all instances; in this process while Redis is away."""

    def __init__(self, url: str) -> None:
        self._redis = _redis(url)
        self._memory = MemoryCounter()
        self._away = False
        self._lock = threading.Lock()

    def add(self, key: str, seconds: int) -> int:
        """Count one more; the number within `seconds` of the first."""
        if not self._away:
            try:
                return self._redis.incr(key, seconds)
            except Exception as error:  # whatever it is, the visitor gets a reply
                self._lose(error)
        return self._memory.add(key, seconds)

    def seconds_left(self, key: str) -> float:
        """Seconds until the count restarts."""
        if not self._away:
            try:
                return self._redis.get_expiry(key) - time.time()
            except Exception as error:
                self._lose(error)
        return self._memory.seconds_left(key)

    def _lose(self, error: Exception) -> None:
        with self._lock:
            if self._away:
                return
            self._away = True
        log.warning("Redis is away; each instance counts by itself until it is back. %s", error)
        threading.Thread(target=self._reconnect, name="faqbot-limits", daemon=True).start()

    def _reconnect(self) -> None:
        """In a thread of its own, so that no visitor waits for an attempt."""
        while not self._is_back():
            time.sleep(RETRY_EVERY)
        self._away = False
        log.info("Redis is back.")

    def _is_back(self) -> bool:
        """Whether it counts: one that is full or read-only answers a ping too."""
        try:
            return self._redis.incr("look", 1) > 0
        except Exception:
            return False


def _redis(url: str) -> RedisStorage:
    """Quick to give up: Redis answers in less than a millisecond, or there is something wrong."""
    try:
        from redis.backoff import NoBackoff
        from redis.retry import Retry
    except ImportError:
        raise ValueError(
            f"{STORE.variable} needs the package redis: pip install 'faqbot[redis]'."
        ) from None
    from limits.storage import RedisStorage

    options: dict[str, Any] = {
        "socket_timeout": REDIS_TIMEOUT,
        "socket_connect_timeout": REDIS_TIMEOUT,
        "retry": Retry(NoBackoff(), 0),  # by itself it tries four times
    }
    return RedisStorage(url, key_prefix="faqbot", **options)


class Limiter:
    """Counts the requests of each address, and of no other: what one asks costs no other a reply.

    Refused addresses are remembered in this process until their time is up, so a flood costs Redis
    nothing.
    """

    def __init__(
        self, counter: MemoryCounter | RedisCounter, rates: Sequence[RateLimitItem]
    ) -> None:
        self._counter = counter
        self._rates = [(rate.amount, rate.get_expiry()) for rate in rates]
        self._refused = MemoryCounter()

    def hit(self, address: str) -> int:
        """Count a request. 0 if it is allowed, otherwise seconds until the next one is."""
        visitor = network(address)
        if (seconds_left := self._refused.seconds_left(visitor)) > 0:
            return math.ceil(seconds_left)
        for amount, seconds in self._rates:
            key = f"{visitor}/{seconds}"
            if self._counter.add(key, seconds) > amount:
                seconds_left = self._counter.seconds_left(key)
                self._refused.add(visitor, seconds_left)
                return max(1, math.ceil(seconds_left))
        return 0
