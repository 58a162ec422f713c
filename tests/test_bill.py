"""The bill of materials is of what is pinned, and every licence is known."""

from __future__ import annotations

import json

from tests.bill import BILL, bill, pinned


def test_names_what_the_lock_pins_with_its_hashes() -> None:
    told = json.loads(BILL.read_text("utf-8"))["components"]
    assert [(c["name"], c["version"]) for c in told] == [(n, v) for n, v, _, _ in pinned()]
    assert all(component["hashes"] for component in told)
    assert len(told) > 20


def test_knows_every_licence() -> None:
    assert [
        c["name"] for c in bill()["components"] if not c["licenses"][0]["license"]["name"]
    ] == []


def test_no_licence_asks_for_more_than_to_be_named() -> None:
    told = " ".join(c["licenses"][0]["license"]["name"] for c in bill()["components"])
    assert not any(word in told for word in ("GPL", "AGPL", "SSPL"))
