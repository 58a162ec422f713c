"""Whether a message tells of somebody in danger, how sure that is, and what to say then.

`concepts` finds the concepts of the tables in a message, `context` which of them are denied,
hypothetical, past or resolved, `rules` which rule the others meet. `classifier` has learnt from
many messages; `detector` joins the two. `cards` and `languages` hold what is said.
"""

from faqbot.danger.detector import Danger, Detector

__all__ = ["Danger", "Detector"]
