"""Takes the pictures of the guide: a throw-away demo firm behind a real server, a real Chromium, every scene at two widths
and in both languages. One rule: a scene leaves the firm as the next one expects it.

    .venv/bin/python docs/guide/pictures.py              all of them, into docs/guide/images (some minutes)
    .venv/bin/python docs/guide/pictures.py find bulk    only these scenes
"""

from __future__ import annotations

import contextlib
import io
import re
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from importlib import import_module
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from PIL import Image
from playwright.sync_api import Error, sync_playwright
from scene import ADMIN, SCENES, Scene, prepare
from waitress.server import create_server

from dougong.actions.create_demo import YEAR, create_demo
from dougong.actions.installation import Installation
from dougong.actions.load_seed import load_seed
from dougong.actions.sign_in import DEMO
from dougong.app import create_app
from dougong.jobs.worker import Worker
from dougong.kernel.clock import FixedClock
from dougong.kernel.settings import Settings

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1]))
from tests.chromium import FLAGS, find  # noqa: E402 - the browser of the tests

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

#: In this order: what the lists import and take back, the admins find in the recycle bin.
ACTS = ("scenes_lists", "scenes_forms", "scenes_admin")
#: The last evening of the demo firm's year.
NOW = datetime.fromisoformat("2025-12-31T22:30:00+08:00")
SCREENS = {"1280": (1280, 800), "360": (360, 740)}
LANGUAGES = {"zh": "zh-CN", "en": "en-US"}
#: Colours of a picture; screens of few colours stay small and sharp with them.
COLOURS = 48


@dataclass
class Stage:
    """One person at one screen."""

    page: Page
    server: str
    language: str
    screen: str

    @property
    def phone(self) -> bool:
        return self.screen == "360"

    def go(self, address: str) -> None:
        self.page.goto(self.server + address)
        self.page.wait_for_load_state("load")
        self.rest()

    def rest(self) -> None:
        """Wait until nothing is asked of the server any more."""
        self.page.wait_for_timeout(250)
        self.page.wait_for_function("() => !document.querySelector('.htmx-request')")
        self.page.wait_for_timeout(60)

    def pick(self, field: str, text: str) -> None:
        """Choose from the last picker of that field by typing."""
        box = self.page.locator(f"#sheet [role=combobox][hx-get$='{field}']").last
        box.click()
        box.fill(text)
        self.page.locator(".pick-l [role=option]:visible").filter(has_text=text).first.click()
        self.rest()

    def top(self, selector: str = "") -> None:
        """Bring this to the top of the picture; nothing named: the top of the page."""
        if selector:
            self.page.locator(selector).first.evaluate(
                "each => window.scrollTo(0, each.getBoundingClientRect().top + window.scrollY - 72)"
            )
        else:
            self.page.evaluate("window.scrollTo(0, 0)")
        self.page.wait_for_timeout(100)


def main(wanted: list[str]) -> int:
    failed: list[str] = []
    for each in ACTS:
        import_module(each)
    scenes = [each for each in SCENES if not wanted or each.name in wanted]
    with firm() as server, sync_playwright() as play:
        browser = play.chromium.launch(executable_path=find(), args=list(FLAGS))
        with contextlib.closing(Desk(browser, server, "zh", "1280")) as desk:
            prepare(desk.sit(ADMIN))
        for language, screen in product(LANGUAGES, SCREENS):
            with contextlib.closing(Desk(browser, server, language, screen)) as desk:
                for scene in scenes:
                    try:
                        take(desk, scene)
                    except Error as error:
                        failed.append(f"{scene.name} {language} {screen}: {error}")
        browser.close()
    for each in failed:
        tell(each)
    tell(f"{sum(each.stat().st_size for each in HERE.glob('images/*/*.png')):,} bytes in all")
    return 1 if failed else 0


@contextlib.contextmanager
def firm() -> Iterator[str]:
    """The address of a server with the demo firm and its year."""
    with TemporaryDirectory() as folder:
        inst = Installation.open(Settings(data=Path(folder)), FixedClock(NOW))
        create_demo(inst)
        load_seed(inst, DEMO, YEAR)
        worker = Worker(inst, pause=0.2)
        worker.start()
        listening: Any = create_server(create_app(installation=inst), host="127.0.0.1", port=0, threads=6)
        thread = threading.Thread(target=_run, args=(listening,), daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listening.effective_port}"
        worker.stop()
        listening.close()
        listening.task_dispatcher.shutdown()
        thread.join(timeout=5)
        inst.close()


def _run(listening: Any) -> None:
    """waitress ends with an OSError when its socket is closed from another thread."""
    with contextlib.suppress(OSError):
        listening.run()


@dataclass
class Desk:
    """One screen in one language, at which everybody signs in once."""

    browser: Browser
    server: str
    language: str
    screen: str
    people: dict[str | None, BrowserContext] = field(default_factory=dict)

    def close(self) -> None:
        for each in self.people.values():
            each.close()

    def sit(self, person: str | None) -> Stage:
        """A fresh page for this person at the workbench; nobody: at the sign-in page."""
        known = self.people.get(person)
        context = known or self._context()
        self.people[person] = context
        stage = Stage(context.new_page(), self.server, self.language, self.screen)
        stage.page.set_default_timeout(15_000)
        stage.go("/" if known else "/login")
        if person and not known:
            stage.page.get_by_role("button", name=person).click()
            stage.page.wait_for_url(self.server + "/")
        return stage

    def _context(self) -> BrowserContext:
        width, height = SCREENS[self.screen]
        return self.browser.new_context(
            viewport={"width": width, "height": height},
            locale=LANGUAGES[self.language],
            timezone_id="Asia/Shanghai",
            reduced_motion="reduce",
        )


def take(desk: Desk, scene: Scene) -> None:
    stage = desk.sit(scene.person)
    for part in scene.play(stage):
        name = "-".join(filter(None, (scene.name, part, desk.screen)))
        to = HERE / "images" / desk.language / f"{name}.png"
        if to in shown():
            keep(stage.page.screenshot(animations="disabled", caret="hide"), to)
    stage.page.close()


@cache
def shown() -> set[Path]:
    """The pictures the guide shows."""
    pages = [(page.parent, page.read_text(encoding="utf-8")) for page in HERE.glob("*/*.md")]
    return {(folder / each).resolve() for folder, text in pages for each in re.findall(r'src="([^"]+)"', text)}


def keep(raw: bytes, to: Path) -> None:
    """Write it with few colours."""
    to.parent.mkdir(parents=True, exist_ok=True)
    drawn = Image.open(io.BytesIO(raw)).convert("RGB")
    drawn.quantize(COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(to, optimize=True)
    tell(str(to.relative_to(HERE)))


def tell(words: str) -> None:
    sys.stderr.write(words + "\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
