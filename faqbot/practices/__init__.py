"""Many practices in one process: each has a folder, is opened when first asked for, stands alone.

`directory` knows which there are, `registry` holds those that are open and follows their folders,
and `routing` finds the one that a request is for.
"""

from faqbot.practices.directory import Directory
from faqbot.practices.registry import Practices, Unavailable, warm
from faqbot.practices.routing import current_service, install

__all__ = ["Directory", "Practices", "Unavailable", "current_service", "install", "warm"]
