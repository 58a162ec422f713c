"""What the box costs, measured: `pytest tests/browser/test_figures.py -rP` prints the figures.

They are those of a quiet machine, with nothing beside it. What is asserted of times holds on a slow
and busy one as well: it fails where something takes ten times as long as it should.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from statistics import median
from typing import Any

import pytest
from playwright.sync_api import CDPSession, Page, expect

from .chat import Chat
from .conftest import HostSite

WATCH = """
window.long = []; window.shift = 0
new PerformanceObserver(list => long.push(...list.getEntries().map(task => task.duration)))
    .observe({ type: 'longtask', buffered: true })
new PerformanceObserver(list => list.getEntries().forEach(entry => { shift += entry.value }))
    .observe({ type: 'layout-shift', buffered: true })
"""
PAINTED = "new Promise(done => requestAnimationFrame(() => setTimeout(done)))"


def devtools(page: Page) -> CDPSession:
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable")
    session.send("Network.enable")
    return session


def metric(session: CDPSession, name: str) -> float:
    metrics = session.send("Performance.getMetrics")["metrics"]
    return next(float(metric["value"]) for metric in metrics if metric["name"] == name)


def test_bytes_until_the_visitor_can_type(page: Page, host_site: HostSite) -> None:
    session = devtools(page)
    asked: dict[str, str] = {}
    sizes: dict[str, float] = {}

    def received(event: dict[str, Any]) -> None:
        asked[event["requestId"]] = event["response"]["url"]

    def finished(event: dict[str, Any]) -> None:
        sizes[event["requestId"]] = event["encodedDataLength"]

    session.on("Network.responseReceived", received)
    session.on("Network.loadingFinished", finished)
    page.goto(f"{host_site.origin}/plain.html")
    page.wait_for_load_state("networkidle")
    chat = Chat(page)
    weight = sum(size for number, size in sizes.items() if "widget.js" in asked[number])
    assert len([url for url in asked.values() if host_site.bot in url]) == 1
    chat.launcher.click()
    expect(chat.input).to_be_focused()
    print(f"bytes until the visitor can type, headers included: {weight:.0f}")
    assert weight <= 12 * 1024


@pytest.mark.long
def test_main_thread_time_on_a_mid_range_phone(page: Page, host_site: HostSite) -> None:
    page.add_init_script(WATCH)
    session = devtools(page)
    session.send("Emulation.setCPUThrottlingRate", {"rate": 4})

    def load(name: str) -> float:
        page.goto("about:blank")
        page.goto(f"{host_site.origin}/{name}")
        page.evaluate(PAINTED)
        kinds = ("Script", "Layout", "RecalcStyle")
        return 1000 * sum(metric(session, f"{kind}Duration") for kind in kinds)

    # Script, style and layout of the page with the box, less those of the same page without it.
    costs = [load("plain.html") - load("bare.html") for _ in range(5)]
    print(f"main-thread time to install, 4 times slower: {median(costs):.1f} ms")
    assert median(costs) <= 300
    load("plain.html")
    print(f"long tasks: {page.evaluate('window.long')}")
    assert page.evaluate("Math.max(0, ...window.long)") < 1_000


def test_the_page_is_painted_before_the_script_has_come_and_nothing_shifts(
    page: Page, host_site: HostSite
) -> None:
    page.add_init_script(WATCH)
    chat = Chat(page)
    held = chat.hold("**/widget.js")
    page.goto(f"{host_site.origin}/plain.html", wait_until="commit")
    page.wait_for_function("performance.getEntriesByName('first-contentful-paint').length")
    expect(chat.element).to_have_count(0)
    chat.first(held).continue_()
    chat.open()
    chat.ask("how long does it take", "answer")
    print(f"layout shift: {page.evaluate('window.shift')}")
    assert page.evaluate("window.shift") == 0


@pytest.mark.long
def test_opening_and_answering(chat: Chat) -> None:
    opening = f"""async box => {{
        const start = performance.now()
        box.shadowRoot.querySelector('.launch').click()
        await {PAINTED}
        return performance.now() - start
    }}"""
    answering = """(box, text) => new Promise(done => {
        const root = box.shadowRoot
        const count = root.querySelectorAll('.answer').length
        const input = root.querySelector('textarea')
        input.value = text
        const start = performance.now()
        const watch = new MutationObserver(() => {
            if (root.querySelectorAll('.answer').length === count) return
            watch.disconnect()
            requestAnimationFrame(() => setTimeout(() => done(performance.now() - start)))
        })
        watch.observe(root, { childList: true, subtree: true })
        input.form.requestSubmit()
    })"""
    openings = []
    for _ in range(10):
        chat.page.reload()
        openings.append(float(chat.element.evaluate(opening)))
        expect(chat.input).to_be_focused()
    answers = [float(chat.element.evaluate(answering, "how long does it take")) for _ in range(20)]
    print(f"open to ready: {median(openings):.0f} ms; Enter to answer: {median(answers):.0f} ms")
    assert median(openings) <= 1_000
    assert median(answers) <= 1_500


@pytest.mark.long
def test_two_hundred_turns(chat: Chat) -> None:
    talk = """async (box, turns) => {
        const root = box.shadowRoot
        const times = []
        for (let turn = 0; turn < turns; turn += 1) {
            const count = root.querySelectorAll('.turn:not(.dots)').length
            const start = performance.now()
            await new Promise(done => {
                const watch = new MutationObserver(() => {
                    if (root.querySelectorAll('.turn:not(.dots)').length < count + 2) return
                    watch.disconnect()
                    done()
                })
                watch.observe(root, { childList: true, subtree: true })
                box.ask(turn % 2 ? 'how long does it take' : 'do u take medicare')
            })
            times.push(performance.now() - start)
        }
        return times
    }"""
    session = devtools(chat.page)
    chat.element.evaluate(talk, 5)
    before = metric(session, "JSEventListeners")
    times: list[float] = chat.element.evaluate(talk, 200)
    session.send("HeapProfiler.collectGarbage")
    after = metric(session, "JSEventListeners")
    early, late = median(times[:50]), median(times[-50:])
    print(f"handlers {before:.0f} -> {after:.0f}; a turn takes {early:.0f} -> {late:.0f} ms")
    assert after <= before
    assert late < 1_000
    assert chat.page.evaluate("Object.values(sessionStorage)[0].length") < 200_000


@pytest.mark.long
def test_typing_does_not_lag_after_two_hundred_turns(
    open_chat: Callable[..., Chat], page: Page, server: str
) -> None:
    turn = {"reply": {"kind": "office", "message": "Our office will tell you.", "entries": []}}
    turns = [{"you": "do u take medicare"}, turn] * 200
    page.goto(server)
    Chat(page).store(json.dumps({"turns": turns}))
    chat = open_chat()
    assert chat.turns() == 401
    took = page.evaluate(
        f"""async () => {{
            const input = document.querySelector('faq-chat').shadowRoot.querySelector('textarea')
            const start = performance.now()
            input.value = 'how long'
            input.dispatchEvent(new Event('input'))
            await {PAINTED}
            return performance.now() - start
        }}"""
    )
    print(f"a letter shows after {took:.0f} ms")
    assert took < 1_000
