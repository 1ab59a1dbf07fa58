"""A clerk brings a table of workers: columns are matched, a dry run shows what is wrong, the good rows are written by the
worker while a bar moves, and the whole is undone again."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from waitress.server import create_server

from dougong.actions.create_demo import create_demo
from dougong.actions.installation import Installation
from dougong.app import create_app
from dougong.jobs.worker import Worker
from dougong.kernel.clock import FixedClock
from dougong.kernel.settings import Settings
from tests.e2e.conftest import _run
from tests.e2e.test_composites import violations
from tests.exchange.books import book

if TYPE_CHECKING:
    from tests.e2e.conftest import Person

pytestmark = pytest.mark.browser

HEADS = ["姓名*", "工种", "所属班组", "手机号", "备注"]
ROWS = [[f"工人{n}", "木工", "木工一班", f"1380013{8000 + n}", ""] for n in range(30)]
BAD = ["坏手机", "木工", "木工一班", "12", ""]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The demo firm with a worker beside the web, as `dougong serve` runs them."""
    inst = Installation.open(
        Settings(data=tmp_path_factory.mktemp("import")), FixedClock(datetime(2025, 8, 20, 10, 0, tzinfo=UTC))
    )
    create_demo(inst)
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


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "花名册.xlsx"
    path.write_bytes(book(("封面", [["说明"]]), ("花名册", [["工人花名册"], HEADS, *ROWS, BAD])))
    return path


@pytest.mark.parametrize("screen", ["desk", "phone"])
def test_a_table_is_tried_written_and_undone(screen: str, enter: Callable[..., Person], table: Path) -> None:
    admin = enter("管理员", screen)
    page = admin.page
    admin.go("/f/labor.worker/import")
    assert violations(page) == []
    page.set_input_files("#file", table)
    page.get_by_role("button", name="读文件").click()
    page.wait_for_url("**/imports/*")
    assert page.get_by_label("手机号 填到").input_value() == "phone"
    assert page.get_by_label("备注 填到").input_value() == ""
    assert page.locator("#missing").inner_text().strip() == ""
    assert violations(page) == []
    page.get_by_label("姓名* 填到").select_option("")
    page.locator("#missing", has_text="姓名").wait_for()
    page.get_by_label("姓名* 填到").select_option("name")
    page.wait_for_function("() => !document.querySelector('#missing').innerText.trim()")
    page.get_by_role("button", name="试导入").click()

    page.get_by_text("有 1 行不能导入，其余 30 行没有问题").wait_for()
    assert "电话号码" in page.locator("table").inner_text()
    assert admin.width() <= page.viewport_size["width"]  # type: ignore[index]
    assert violations(page) == []
    with page.expect_download() as got:
        page.get_by_role("link", name="下载标出错误的表").click()
    assert got.value.suggested_filename == "花名册（待改）.xlsx"
    page.get_by_role("button", name="只导 30 行好的").click()

    page.get_by_text("已导入：新增 30 条").wait_for()
    address = page.url.removeprefix(admin.server)
    page.get_by_role("link", name="查看记录").click()
    page.wait_for_url("**/f/labor.worker?filter=*")
    page.get_by_text("工人29").first.wait_for()
    admin.go(address)
    page.get_by_role("button", name="撤销导入").click()
    page.get_by_text("已撤销：删除 30 条").wait_for()
    assert violations(page) == []
    admin.go("/f/labor.worker?q=工人29")
    assert page.locator("tbody", has_text="工人29").count() == 0


def test_a_file_dropped_on_the_page_is_taken(enter: Callable[..., Person]) -> None:
    admin = enter("管理员")
    admin.go("/f/labor.worker/import")
    admin.page.evaluate(_DROP)
    assert admin.page.locator("#file").evaluate("each => each.files[0].name") == "拖.csv"
    admin.page.get_by_role("button", name="读文件").click()
    admin.page.wait_for_url("**/imports/*")
    assert "工人甲" in admin.page.locator("table").inner_text()


def test_a_file_that_is_too_large_is_refused_before_it_is_sent(enter: Callable[..., Person]) -> None:
    admin = enter("管理员", "phone")
    page = admin.page
    admin.go("/f/labor.worker/import")
    told = page.locator("#file-bad")
    assert told.is_hidden()
    page.evaluate(_DROP.replace('["姓名,工种\\n工人甲,木工\\n"]', "[new Uint8Array(60 << 20)]"))
    assert "这个文件超过 50 MB" in told.inner_text()
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.method))
    page.get_by_role("button", name="读文件").click()
    assert "POST" not in sent
    page.evaluate(_DROP)
    assert told.is_hidden()
    page.get_by_role("button", name="读文件").click()
    page.wait_for_url("**/imports/*")


_DROP = """() => {
  const data = new DataTransfer();
  data.items.add(new File(["姓名,工种\\n工人甲,木工\\n"], "拖.csv", {type: "text/csv"}));
  document.querySelector("[data-drop]").dispatchEvent(new DragEvent("drop", {dataTransfer: data, bubbles: true}));
}"""
