"""The debugger's page in a browser: how it is laid out, and that it runs and loads nothing.

It needs the extra ``browser``, and Chromium with its driver.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from braze_engage import BrazeClient, Delivery, EngageRules, EngageSync
from braze_engage.testing import FakeBraze
from tests.support.changes import call

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

webdriver: Any = pytest.importorskip(  # Any: the extra may be absent
    "selenium.webdriver", reason="selenium is not installed: pip install '.[browser]'"
)
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
DRIVER = shutil.which("chromedriver")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not (CHROMIUM and DRIVER),
        reason="there is no Chromium with its driver: apt-get install chromium chromium-driver",
    ),
]

WIDE = (1280, 900)
PHONE = (390, 844)
ELSEWHERE = "http://127.0.0.1:9/"
"""Nothing listens there; a page that loads something from it shows in the log all the same."""

HOSTILE = (
    f"</pre></style></title><script>window.ran = 1</script><script src={ELSEWHERE}a.js></script>"
    f"<img src={ELSEWHERE}b.png onerror='window.ran = 1'><style>@import '{ELSEWHERE}c.css'</style>"
)
OVERFLOWING = """
return [...document.querySelectorAll("body, body *")].filter(element =>
  element.getBoundingClientRect().right > document.documentElement.clientWidth + 0.5
  || (element.clientWidth && element.scrollWidth > element.clientWidth + 1)
).map(element => element.outerHTML.slice(0, 200));
"""
COLUMNS = """
return [".left", ".right"].map(name => document.querySelector(name).getBoundingClientRect())
  .map(box => ({left: box.left, right: box.right, top: box.top, bottom: box.bottom}));
"""
COLOURS = """
let paper = document.querySelector(arguments[0]);
const ink = getComputedStyle(paper).color;
while (getComputedStyle(paper).backgroundColor === "rgba(0, 0, 0, 0)") paper = paper.parentElement;
return [ink, getComputedStyle(paper).backgroundColor];
"""


class Browser:
    """Chromium without a window, and what it did."""

    def __init__(self, profile: Path) -> None:
        options = webdriver.ChromeOptions()
        options.binary_location = CHROMIUM
        for argument in (
            "headless",
            "disable-gpu",
            "disable-quic",
            "disable-dev-shm-usage",
            "no-first-run",
            "disable-background-networking",
            "disable-component-update",
            "disable-sync",
            f"user-data-dir={profile}",
        ):
            options.add_argument(f"--{argument}")
        if os.geteuid() == 0:
            options.add_argument("--no-sandbox")
        options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
        service = webdriver.ChromeService(executable_path=DRIVER)
        self._driver = webdriver.Chrome(options=options, service=service)

    def open(self, path: Path, size: tuple[int, int] = WIDE, scheme: str = "light") -> None:
        self._driver.get("about:blank")
        for kind in ("performance", "browser"):
            self._driver.get_log(kind)  # forgets what was
        width, height = size
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self._driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
        wanted = {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
        self._driver.execute_cdp_cmd("Emulation.setEmulatedMedia", wanted)
        self._driver.get(path.as_uri())

    def ask(self, script: str, *arguments: object) -> Any:  # Any: JSON
        return self._driver.execute_script(script, *arguments)

    def requests(self) -> dict[str, bool]:
        """What the page asked for since it was opened, and whether the request left."""
        told = [
            json.loads(entry["message"])["message"] for entry in self._driver.get_log("performance")
        ]
        blocked = {
            message["params"]["requestId"]
            for message in told
            if message["method"] == "Network.loadingFailed" and "blockedReason" in message["params"]
        }
        return {
            message["params"]["request"]["url"]: message["params"]["requestId"] not in blocked
            for message in told
            if message["method"] == "Network.requestWillBeSent"
        }

    def complaints(self) -> list[str]:
        """What the console says, such as that the policy of the page was breached."""
        return [entry["message"] for entry in self._driver.get_log("browser")]

    def close(self) -> None:
        self._driver.quit()


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    opened = Browser(tmp_path_factory.mktemp("profile"))
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page with long, deep and hostile parts."""
    deep: object = "end"
    for _ in range(40):
        deep = {"in": deep}
    raw = call("u-1047", message_id="m" * 300)
    raw["traits"] |= {
        HOSTILE: HOSTILE,
        "long": "x" * 2_000,
        "k" * 400: 1,
        "deep": deep,
        "many": list(range(200)),
        "gender": "none of them",
    }
    fake = FakeBraze()
    with BrazeClient(fake.rest_api_key, data_center="US-06", session=fake.session()) as rest:
        rules = EngageRules(audiences=Delivery.IDENTIFY | Delivery.BOOLEAN)
        sent = EngageSync(rest=rest, rules=rules).send_test(raw)
    assert sent.accepted
    return sent.to_html(tmp_path_factory.mktemp("page") / "page.html")


def test_event_and_requests_stand_side_by_side(browser: Browser, page: Path) -> None:
    browser.open(page, WIDE)
    left, right = browser.ask(COLUMNS)
    assert left["right"] < right["left"]
    assert left["top"] == right["top"]
    assert min(left["right"] - left["left"], right["right"] - right["left"]) > 400


def test_on_a_phone_one_follows_the_other(browser: Browser, page: Path) -> None:
    browser.open(page, PHONE)
    left, right = browser.ask(COLUMNS)
    assert left["bottom"] <= right["top"]
    assert (left["left"], left["right"]) == (right["left"], right["right"])


@pytest.mark.parametrize("size", [WIDE, (700, 900), PHONE, (320, 568)], ids=str)
def test_nothing_overflows(browser: Browser, page: Path, size: tuple[int, int]) -> None:
    browser.open(page, size)
    assert browser.ask("return innerWidth") == size[0]
    assert browser.ask(OVERFLOWING) == []
    browser.ask("document.querySelector('.json').style.whiteSpace = 'nowrap'")
    assert browser.ask(OVERFLOWING) != [], "the measure sees what overflows"


def test_no_script_runs_and_nothing_is_loaded(browser: Browser, page: Path) -> None:
    browser.open(page)
    assert browser.requests() == {page.as_uri(): True}
    assert browser.complaints() == []
    assert browser.ask("return [document.scripts.length, document.images.length]") == [0, 0]
    assert browser.ask("return window.ran") is None
    assert HOSTILE.replace('"', '\\"') in browser.ask("return document.body.textContent")


def test_the_policy_holds_even_for_what_slips_through(browser: Browser, page: Path) -> None:
    slipped = page.with_name("slipped.html")
    slipped.write_text(page.read_text("utf-8").replace("<main>", f"<main>{HOSTILE}"), "utf-8")
    browser.open(slipped)
    left = [url for url, whether in browser.requests().items() if whether]
    assert left == [slipped.as_uri()]
    assert browser.ask("return [document.scripts.length, document.images.length]") == [2, 1]
    assert browser.ask("return window.ran") is None
    assert browser.complaints()


def test_without_escaping_and_policy_it_would_run(browser: Browser, tmp_path: Path) -> None:
    bare = tmp_path / "bare.html"
    bare.write_text(f"<!DOCTYPE html><title>{HOSTILE}</title>", "utf-8")
    browser.open(bare)
    assert browser.requests() == {
        bare.as_uri(): True,
        **{f"{ELSEWHERE}{name}": True for name in ("a.js", "b.png", "c.css")},
    }
    assert browser.ask("return window.ran") == 1


def test_the_event_reads_as_json(browser: Browser, page: Path) -> None:
    browser.open(page)
    event = json.loads(browser.ask("return document.querySelector('.json').innerText"))
    assert event["userId"] == "id-1"
    assert event["traits"][HOSTILE] == HOSTILE
    assert event["traits"]["many"] == list(range(200))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_is_legible_by_day_and_by_night(browser: Browser, page: Path, scheme: str) -> None:
    browser.open(page, scheme=scheme)
    back = luminance(browser.ask("return getComputedStyle(document.body).backgroundColor"))
    assert (back > 0.5) is (scheme == "light")
    for name in ("h1", "dt", "dd", ".key", ".string", ".plain", ".id", ".status", "li", ".soft"):
        ink, paper = browser.ask(COLOURS, name)
        lighter, darker = sorted((luminance(ink), luminance(paper)), reverse=True)
        assert (lighter + 0.05) / (darker + 0.05) >= 4.5, (name, ink, paper)


def luminance(colour: str) -> float:
    """How bright a colour such as ``rgb(1, 2, 3)`` is, by the rules for legible pages."""
    parts = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
