"""Each setting is stated once, and a misspelt one is told with the nearest that there is."""

from __future__ import annotations

import pytest

from faqbot.settings import HOST, KNOWLEDGE, PORT, SETTINGS, STORE, misspelt


def test_every_setting_has_a_name_and_a_help() -> None:
    assert {KNOWLEDGE, HOST, PORT, STORE} <= set(SETTINGS)
    assert len({setting.name for setting in SETTINGS}) == len(SETTINGS)
    for setting in SETTINGS:
        assert setting.variable == f"FAQBOT_{setting.name.upper()}"
        assert setting.help.endswith(".")


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("FAQBOT_KNOWLEGE", "FAQBOT_KNOWLEDGE"),
        ("FAQBOT_PORTS", "FAQBOT_PORT"),
        ("FAQBOT_HSOT", "FAQBOT_HOST"),
        ("FAQBOT_STOR", "FAQBOT_STORE"),
    ],
)
def test_a_misspelt_variable_is_told_with_the_nearest(name: str, meant: str) -> None:
    assert misspelt({name: "1"}) == [f"There is no setting {name}. Did you mean {meant}?"]


def test_each_misspelt_variable_is_told() -> None:
    told = misspelt({"FAQBOT_PROT": "1", "FAQBOT_HOSTS": "1", "FAQBOT_PORT": "1"})
    assert [line.split()[4] for line in told] == ["FAQBOT_HOSTS.", "FAQBOT_PROT."]


def test_our_own_and_others_variables_are_fine() -> None:
    ours = {setting.variable: "" for setting in SETTINGS}
    assert misspelt({**ours, "PATH": "", "PORT": "80", "faqbot_port": ""}) == []
