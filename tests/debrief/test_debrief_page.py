"""The page in a browser: it plays, goes where it is pressed, and asks nothing of any network."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from debrief_sessions import SIZE_PX, clip_of, number_in, numbered_session, pictures_in
from debriefs import Debrief

from guidance_app.presentation.recorded import RecordedScreen
from guidance_app.session.reader import SessionReader

webdriver = pytest.importorskip("selenium.webdriver", reason="selenium is not installed")
CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
pytestmark = pytest.mark.skipif(
    CHROMIUM is None or DRIVER is None, reason="chromium and chromium-driver are not installed"
)
WITHIN_MS = 20
"""Half of the shortest time between two pictures."""

PLAY_UNTIL = """
const [seconds, done] = arguments, clip = document.getElementById("clip");
clip.muted = true;
clip.addEventListener("timeupdate", function told() {
  if (clip.currentTime < seconds) return;
  clip.removeEventListener("timeupdate", told);
  clip.pause();
  done([clip.currentTime, parseFloat(document.getElementById("cursor").getAttribute("x1"))]);
});
clip.play();
"""
PRESS = """
const [share, done] = arguments, clip = document.getElementById("clip");
const line = document.getElementById("time-line"), box = line.getBoundingClientRect();
clip.addEventListener("seeked", () => {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [clip.videoWidth, clip.videoHeight];
  const pen = canvas.getContext("2d");
  pen.drawImage(clip, 0, 0);
  const grey = Array.from(pen.getImageData(0, 0, canvas.width, canvas.height).data)
    .filter((_, place) => place % 4 === 0);
  done([clip.currentTime, document.getElementById("cursor").getAttribute("x1"), grey]);
}, { once: true });
line.dispatchEvent(new PointerEvent("pointerdown", {
  clientX: box.left + share * box.width, clientY: box.top + 10, pointerId: 1, bubbles: true,
}));
"""
KEY = """
const [key, done] = arguments, clip = document.getElementById("clip");
clip.addEventListener("seeked", () => done(clip.currentTime), { once: true });
document.getElementById("time-line").dispatchEvent(
  new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
"""
LOADED = """
const done = arguments[0], clip = document.getElementById("clip");
const tell = () => done([clip.readyState, clip.duration, clip.error && clip.error.message]);
clip.readyState >= 3 ? tell() : clip.addEventListener("canplay", tell, { once: true });
"""
REACH_OUT = """
const done = arguments[0];
document.addEventListener("securitypolicyviolation",
  (event) => done(event.effectiveDirective), { once: true });
const picture = document.createElement("img");
picture.src = "https://example.invalid/a.png";
document.body.append(picture);
"""


@pytest.fixture
def browser() -> Iterator["webdriver.Chrome"]:
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for argument in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
    service = webdriver.ChromeService(DRIVER)
    with webdriver.Chrome(options=options, service=service) as driver:
        driver.set_script_timeout(60)
        yield driver


@pytest.fixture
def session(tmp_path: Path) -> Path:
    return numbered_session(tmp_path)


@pytest.fixture
def page(session: Path, debrief: Debrief, tmp_path: Path) -> Path:
    path = tmp_path / "page.html"
    path.write_text(debrief(session)[0], "utf-8")
    return path


def test_it_plays_goes_where_it_is_pressed_and_stays_by_itself(
    browser: "webdriver.Chrome", session: Path, page: Path
) -> None:
    browser.get(page.as_uri())
    ready, length_s, error = browser.execute_async_script(LOADED)
    assert (ready >= 3, error) == (True, None)
    with SessionReader(session) as reader:
        recorded_s = (reader.ended_ns - reader.manifest.started.perf_counter_ns) / 1e9
        assert length_s == pytest.approx(recorded_s, abs=0.05)
        at_s, cursor = browser.execute_async_script(PLAY_UNTIL, 0.3)
        assert at_s >= 0.3 and cursor == pytest.approx(100 * at_s / recorded_s, abs=1.0)
        box, screen = _box(page), RecordedScreen(reader)
        for share in (0.9, 0.121, 0.5, 0.73):
            at_s, cursor, grey = browser.execute_async_script(PRESS, share)
            assert at_s == pytest.approx(share * recorded_s, abs=WITHIN_MS / 1e3)
            assert float(cursor[:-1]) == pytest.approx(100 * at_s / recorded_s, abs=0.1)
            place = screen.place_at(reader.manifest.started.perf_counter_ns + round(at_s * 1e9))
            shown = number_in(np.array(grey, np.uint8).reshape(_shape(page)), box)
            assert shown == screen.at_place(place).snapshot.frame.number
    assert browser.execute_async_script(KEY, "Home") == 0
    assert browser.execute_async_script(KEY, "ArrowRight") == pytest.approx(1, abs=1e-3)
    stepped = browser.execute_async_script(KEY, ".")
    times_s = [ms / 1e3 for ms, _ in pictures_in(clip_of(page.read_text("utf-8")))]
    assert stepped == pytest.approx(next(s for s in times_s if s > 1.001), abs=2e-3)
    assert browser.get_log("browser") == []
    assert set(_asked_for(browser)) <= {page.as_uri()}
    assert browser.execute_async_script(REACH_OUT) == "img-src"


def test_a_narrow_screen_needs_no_scrolling_to_the_side(
    browser: "webdriver.Chrome", page: Path
) -> None:
    telephone = {"width": 390, "height": 844, "deviceScaleFactor": 2, "mobile": True}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", telephone)
    browser.get(page.as_uri())
    assert browser.execute_script("return document.documentElement.scrollWidth") == 390


def _asked_for(browser: "webdriver.Chrome") -> Iterator[str]:
    """Addresses of everything that was asked for, apart from what stands in the page itself."""
    for entry in browser.get_log("performance"):
        message = json.loads(entry["message"])["message"]
        if message["method"] == "Network.requestWillBeSent":
            address = message["params"]["request"]["url"]
            if not address.startswith("data:"):
                yield address


def _shape(page: Path) -> tuple[int, ...]:
    return pictures_in(clip_of(page.read_text("utf-8")))[0][1].shape[:2]


def _box(page: Path) -> tuple[float, float, float]:
    """Where the frame lies in the clip's pictures: found by its ground, which is even."""
    _, shown = pictures_in(clip_of(page.read_text("utf-8")))[5]
    rows, columns = np.nonzero(np.abs(shown[:, :, 0].astype(int) - 60) < 6)
    left, right = np.percentile(columns, [0.5, 99.5])
    scale = (right - left + 1) / SIZE_PX[0]
    return left, np.percentile(rows, 0.5), scale
