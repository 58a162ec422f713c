"""How many personal details are missed, and how many ordinary questions lose a word?

    python -m tests.benchmarks.privacy

The lines of `tests/cases/personal-unseen.jsonl` were set aside before the rules were changed for
their likes. The questions are public ones, in which hardly anybody names a real person.
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
    rows = (ROOT / "tests/cases/personal-unseen.jsonl").read_text("utf-8").splitlines()
    unseen = [json.loads(row) for row in rows]
    missed = sum(any(one in anonymise(row["text"]) for one in row["secret"]) for row in unseen)
    print(f"a detail was missed in {missed} of {len(unseen)} unseen lines")
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
