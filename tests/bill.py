"""The bill of materials: what faqbot runs with, at which version and under which licence.

    python -m tests.bill

Writes docs/sbom.json (CycloneDX 1.5) from requirements.lock and what the installed packages say
of themselves. cyclonedx-py would write the address of an index into it.
"""

from __future__ import annotations

import json
import re
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
LOCK = ROOT / "requirements.lock"
BILL = ROOT / "docs" / "sbom.json"
_PINNED = re.compile(
    r"^([a-z0-9._-]+)==([^\s;\\]+)(?: ; ([^\\\n]+))?((?: ?\\\n +--hash=sha256:[0-9a-f]{64})+)", re.M
)
# Packages whose licence only its file tells, or that are not installed on every system.
LICENCES = {"colorama": "BSD-3-Clause", "tzdata": "Apache-2.0"}


def pinned() -> list[tuple[str, str, str, list[str]]]:
    """Name, version, for which systems, and hashes of each package of the lock."""
    return [
        (name, version, (marker or "").strip(), re.findall(r"sha256:([0-9a-f]{64})", hashes))
        for name, version, marker, hashes in _PINNED.findall(LOCK.read_text("utf-8"))
    ]


def licence(name: str) -> str:
    """As the package says it: an SPDX expression, or else its own words."""
    if name in LICENCES:
        return LICENCES[name]
    try:
        told = metadata(name)
    except PackageNotFoundError:
        return ""
    classified = [
        value.rpartition(" :: ")[2]
        for value in told.get_all("Classifier") or []
        if value.startswith("License :: ")
    ]
    own = told["License-Expression"] or " or ".join(classified) or told["License"] or ""
    return own.splitlines()[0].strip() if own else ""


def bill() -> dict[str, Any]:
    """The bill in CycloneDX's form."""
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {"component": {"type": "application", "name": "faqbot"}},
        "components": [
            {
                "type": "library",
                "name": name,
                "version": version,
                "purl": f"pkg:pypi/{name}@{version}",
                "licenses": [{"license": {"name": licence(name)}}],
                "hashes": [{"alg": "SHA-256", "content": content} for content in hashes],
                **({"properties": [{"name": "marker", "value": marker}]} if marker else {}),
            }
            for name, version, marker, hashes in pinned()
        ],
    }


def main() -> None:
    """Write it."""
    BILL.write_text(json.dumps(bill(), indent=1, ensure_ascii=False) + "\n", "utf-8")
    for name, version, _, _ in pinned():
        print(f"{name} {version}: {licence(name)}")


if __name__ == "__main__":
    main()
