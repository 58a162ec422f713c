"""How many personal details are missed, and how many ordinary questions lose a word?

    python -m tests.benchmarks.privacy

The lines of `tests/cases/personal-strangers.jsonl` are a stranger's, never tuned on; those of
`personal-unseen.jsonl` were set aside too, but written by the author of the rules, so they flatter.
The questions are public ones, in which hardly anybody names a real person.
"""

from __future__ import annotations

import gzip
import json
from collections import Counter
from pathlib import Path

from faqbot.privacy import MAX_STORED, anonymise

ROOT = Path(__file__).parents[2]


def main() -> None:
    """Print both figures; what was missed is not shown, so that the lines stay unseen."""
    for name in ("strangers", "unseen"):
        rows = (ROOT / f"tests/cases/personal-{name}.jsonl").read_text("utf-8").splitlines()
        lines = [json.loads(row) for row in rows]
        missed = sum(any(one in anonymise(row["text"]) for one in row["secret"]) for row in lines)
        print(f"personal-{name}: a detail was missed in {missed} of {len(lines)} lines")
    asked, changed = Counter[str](), Counter[str]()
    packed = (ROOT / "models/sources/questions.tsv.gz").read_bytes()
    for line in gzip.decompress(packed).decode().splitlines():
        source, question = line.split("\t", 1)
        asked[source] += 1
        changed[source] += anonymise(question) != " ".join(question.split())[:MAX_STORED].strip()
    for source, number in asked.items():
        print(f"{source}: {changed[source]} of {number} changed ({changed[source] / number:.2%})")


if __name__ == "__main__":
    main()
