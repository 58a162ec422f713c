"""The main ways through the box in Safari's engine and in Firefox."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest

from .axe import RULES, script
from .engines import BOX, Engine, Firefox, WebKit

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="WebKitGTK and its driver are Linux programs"
)


@pytest.fixture(scope="module", params=["webkit", "firefox"])
def engine(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Engine]:
    profile = tmp_path_factory.mktemp("profile")
    started: Engine = WebKit() if request.param == "webkit" else Firefox(profile)
    yield started
    started.quit()


@pytest.fixture
def box(engine: Engine, server: str) -> Engine:
    engine.resize(1280, 900)
    engine.go(server)
    engine.run("sessionStorage.clear()")
    engine.go(server)
    engine.click(".launch")
    engine.wait(lambda: bool(engine.text(".log")))
    return engine


def ask(box: Engine, text: str) -> str:
    """Types a question, and gives the reply's text."""
    before = turns(box)
    box.run(f"{BOX}.querySelector('textarea').focus()")
    box.press(text, "Enter")
    box.wait(lambda: turns(box) == before + 2)
    return box.text(".log > :last-child")


def offer(box: Engine) -> None:
    """Have questions offered for a text that comes at once: half of it would get others first."""
    box.run(
        "(input => { input.value = 'how long'; input.dispatchEvent(new Event('input')) })"
        f"({BOX}.querySelector('textarea'))"
    )
    box.wait(lambda: bool(box.text("[role=option]")))


def turns(box: Engine) -> int:
    return int(box.run(f"{BOX}.querySelectorAll('.turn:not(.dots)').length"))


def focused(box: Engine) -> str:
    return str(box.run(f"{BOX}.activeElement?.className ?? ''"))


def test_ask(box: Engine) -> None:
    assert "about one hour" in ask(box, "how long does it take").lower()
    box.click(".log > :last-child summary")
    assert "The procedure takes about one hour" in box.text(".log > :last-child details")
    assert box.run(f"{BOX}.querySelector('.log > :last-child .phone').href") == "tel:+16465550142"


@pytest.mark.long
def test_choose(box: Engine) -> None:
    box.click(".questions button")
    box.wait(lambda: turns(box) == 3)
    assert "one hour" in box.text(".log > :last-child")


@pytest.mark.long
def test_call(box: Engine) -> None:
    assert "Call Front desk" in ask(box, "do u take medicare")
    assert box.run(f"{BOX}.querySelector('.office .phone').href") == "tel:+16465550142"


def test_emergency(box: Engine) -> None:
    assert "Call 911 now" in ask(box, "i cant feel my legs")
    assert box.run(f"{BOX}.querySelector('.call').href") == "tel:911"
    assert box.run(f"{BOX}.querySelector('[role=alert]').textContent").startswith("Call 911 now.")


def test_error(box: Engine) -> None:
    box.run("document.querySelector('faq-chat').setAttribute('server', 'http://127.0.0.1:9/')")
    assert "I can't reach our answers right now" in ask(box, "how long does it take")
    assert "(646) 555-0142" in box.text(".failed")
    assert box.run(f"{BOX}.querySelector('textarea').value") == "how long does it take"
    box.run("document.querySelector('faq-chat').removeAttribute('server')")
    box.click(".failed .again")
    box.wait(lambda: "one hour" in box.text(".log > :last-child"))
    assert turns(box) == 3


@pytest.mark.long
def test_keyboard(box: Engine) -> None:
    offer(box)
    box.press("Down", "Enter")
    box.wait(lambda: "one hour" in box.text(".log > :last-child"))
    offer(box)
    box.press("Escape")
    box.wait(lambda: box.text("[role=option]") == "")
    assert box.run("document.querySelector('faq-chat').isOpen")
    box.press("Escape")
    box.wait(lambda: not box.run("document.querySelector('faq-chat').isOpen"))
    box.wait(lambda: focused(box) == "launch")
    box.press("Enter")
    box.wait(lambda: bool(box.run("document.querySelector('faq-chat').isOpen")))
    box.press("Shift+Tab")
    box.wait(lambda: focused(box) == "phone")


@pytest.mark.long
def test_small_screen(box: Engine, server: str) -> None:
    box.press("Escape")
    box.resize(480, 700)
    box.wait(lambda: bool(box.run("innerWidth < 512")))
    box.click(".launch")
    box.wait(lambda: bool(box.run(f"{BOX}.querySelector('dialog').matches(':modal')")))
    assert "one hour" in ask(box, "how long does it take")
    box.press("Escape")
    box.wait(lambda: not box.run("document.querySelector('faq-chat').isOpen"))
    box.wait(lambda: focused(box) == "launch")


@pytest.mark.long
def test_the_next_page(box: Engine, server: str) -> None:
    ask(box, "how long does it take")
    box.go(server)
    assert "one hour" in box.text(".log")
    assert box.run("document.activeElement === document.body")


@pytest.mark.long
def test_another_body_that_keeps_what_is_fixed_from_its_corner(box: Engine) -> None:
    ask(box, "how long does it take")
    box.run(
        """(() => {
            const body = document.createElement('body')
            body.append(document.createElement('main'))
            body.style.cssText = 'transform: scale(1); height: 3000px'
            document.body.replaceWith(body)
        })()"""
    )
    box.wait(lambda: "one hour" in box.text(".log"))
    box.run("document.querySelector('faq-chat').close()")
    corner = f"{BOX}.querySelector('.launcher').getBoundingClientRect().bottom"
    box.wait(lambda: abs(box.run(corner) - (box.run("innerHeight") - 16)) <= 1)
    box.click(".launch")
    box.wait(lambda: bool(box.run("document.querySelector('faq-chat').isOpen")))


@pytest.mark.long
def test_looks(box: Engine) -> None:
    """The panel stands in the lower corner, in its colours, whatever the engine."""
    panel = box.run(f"{BOX}.querySelector('.panel').getBoundingClientRect().toJSON()")
    assert abs(panel["right"] - (box.run("document.documentElement.clientWidth") - 16)) <= 1
    assert abs(panel["bottom"] - (box.run("innerHeight") - 16)) <= 1
    assert panel["width"] == 432
    colour = f"getComputedStyle({BOX}.querySelector('.head')).backgroundColor"
    assert box.run(colour) == "rgb(15, 94, 99)"


@pytest.mark.long
@pytest.mark.parametrize("question", ["", "how long does it take", "i cant feel my legs"])
def test_axe_finds_nothing(box: Engine, question: str) -> None:
    if question:
        ask(box, question)
    box.wait(lambda: box.run(f"{BOX}.getAnimations().length") == 0)
    box.run(f"(() => {{ {script()} }})()")
    box.run(
        f"void axe.run({{ runOnly: {RULES} }}).then(all => {{"
        " window.found = all.violations.map(rule => rule.id) })"
    )
    box.wait(lambda: bool(box.run("Boolean(window.found)")))
    assert box.run("window.found") == []
