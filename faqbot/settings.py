"""The settings, each stated once: for the code, the command's help and the docs."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass

from rapidfuzz import process

PREFIX = "FAQBOT_"


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting: the environment variable FAQBOT_NAME, or the option --name."""

    name: str
    default: str
    help: str

    def read(self) -> str:
        """The environment's value, or else the default."""
        return os.environ.get(self.variable) or self.default

    @property
    def variable(self) -> str:
        """The environment variable's name."""
        return PREFIX + self.name.upper()


KNOWLEDGE = Setting("knowledge", "./knowledge", "The folder with the practice's answers.")
HOST = Setting("host", "127.0.0.1", "The address to serve at; 0.0.0.0 for other computers too.")
PORT = Setting("port", "8000", "The port to serve at; 0 takes a free one.")
JOURNAL = Setting(
    "journal",
    "",
    "Where visitors' open questions are kept: a file, a postgresql:// address, or “off”.",
)
# A clinic behind one address: 50 people who each type a question letter by letter within the same
# minute (35 requests for suggestions on average), send it, and have 20 requests to spare.
RATE_LIMIT = Setting(
    "rate_limit",
    "3000 per minute",
    "How many requests one address may send, whatever it asks for; “off” for measuring.",
)
STORE = Setting(
    "store", "memory://", "Where rate limits are counted: in memory, or at a redis:// address."
)
PROXIES = Setting(
    "proxies",
    "0",
    "How many reverse proxies in front of faqbot are trusted to report visitors' addresses.",
)
LOG = Setting("log", "text", "A line for each request: “text”, “json” or “off”.")
PRACTICES = Setting("practices", "", "A folder of practices' folders, to serve all of them.")
SETTINGS = (
    KNOWLEDGE,
    PRACTICES,
    HOST,
    PORT,
    PROXIES,
    RATE_LIMIT,
    STORE,
    JOURNAL,
    LOG,
)


def misspelt(environment: Mapping[str, str]) -> list[str]:
    """A sentence for each unknown FAQBOT_ variable, with the closest known name."""
    known = [setting.variable for setting in SETTINGS]
    unknown = sorted(n for n in environment if n.startswith(PREFIX) and n not in known)
    return [
        f"There is no setting {name}. Did you mean {process.extractOne(name, known)[0]}?"
        for name in unknown
    ]
