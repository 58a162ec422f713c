"""Whether a message is about somebody in danger, how sure that is, and what to reply.

`concepts` finds the concepts of the tables in a message, `context` which of them are denied,
hypothetical, past or resolved, and `rules` which rule the others match. `classifier` is trained on
many messages; `detector` combines the two. `cards` and `languages` hold what visitors are told.
"""

from faqbot.danger.detector import Danger, Detector

__all__ = ["Danger", "Detector"]
