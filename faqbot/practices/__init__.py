"""Many practices in one service: each has a folder, is loaded when first asked, and stands alone.

`directory` knows which there are, `shelf` holds those that are loaded, `poller` follows their
folders, `memory` tells what they cost, and `web` finds the one that a request is for.
"""

from faqbot.practices.registry import MOST_MEMORY, Practices, Trouble
from faqbot.practices.routing import here, install

from .directory import Directory
from .opening import warm

__all__ = [
    "MOST_MEMORY",
    "Directory",
    "Practices",
    "Trouble",
    "here",
    "install",
    "warm",
]
