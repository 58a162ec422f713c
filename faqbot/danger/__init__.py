"""Whether a message tells of somebody in danger, how sure that is, and what to say then.

`tables` are words and rules, as text files for a clinician; `reading` finds their concepts in a
message, `context` what is denied, asked in general, old or settled, and `rules` which rule the rest
meets. `classifier` has learnt from many messages; `detector` joins the two.
"""

from .cards import CALL, CALLING, CAUTION, GENERAL, SUICIDE, UNITED_STATES, cards, soothes
from .detector import Danger, Detector, Language
from .languages import SPANISH, Foreign, foreign

__all__ = [
    "CALL",
    "CALLING",
    "CAUTION",
    "GENERAL",
    "SPANISH",
    "SUICIDE",
    "UNITED_STATES",
    "Danger",
    "Detector",
    "Foreign",
    "Language",
    "cards",
    "foreign",
    "soothes",
]
