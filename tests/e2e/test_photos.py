"""Photos of a ticket on the phone: one joins the other, what is refused takes nothing away, and the only one there is room
for can be put back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.pictures import picture

if TYPE_CHECKING:
    from tests.e2e.conftest import Person

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("server", ["sqlite"], indirect=True)]
SVG = b"<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("一.jpg", "二.jpg", *(f"又{number}.jpg" for number in range(9))):
        (tmp_path / name).write_bytes(picture("JPEG", (30, 20)))
    (tmp_path / "图.svg").write_bytes(SVG)
    (tmp_path / "假.jpg").write_bytes(b"%PDF-1.4")
    (tmp_path / "空.jpg").write_bytes(b"")
    return tmp_path


def drawn(foreman: Person) -> list[str]:
    """The names of the pictures that stand in the ticket, all of them drawn."""
    shown = foreman.page.locator(".pics .pic img")
    foreman.page.wait_for_function(
        "() => Array.from(document.querySelectorAll('.pics .pic img')).every(each => each.complete)"
    )
    assert shown.evaluate_all("all => all.every(each => each.naturalWidth > 0)")
    return [str(each.get_attribute("alt")) for each in shown.all()]


@pytest.mark.parametrize("screen", ["desk", "phone"])
def test_photos_join_each_other_and_a_refused_one_takes_none_away(
    screen: str, enter: Callable[..., Person], folder: Path
) -> None:
    foreman = enter("马强", screen)
    foreman.go("/f/labor.day_labor_ticket/new")
    camera = foreman.page.locator("[data-upload=photos]")
    said = foreman.page.locator(".pics .up-said")
    camera.set_input_files(folder / "一.jpg")
    foreman.page.locator(".pics img").wait_for()
    camera.set_input_files(folder / "二.jpg")
    foreman.page.locator(".pics img").nth(1).wait_for()
    for name, why in [
        ("图.svg", "图.svg 不是能显示的图片"), ("假.jpg", "假.jpg 的内容和文件名不符"), ("空.jpg", "空.jpg 是空的"),
    ]:  # fmt: skip
        camera.set_input_files(folder / name)
        said.get_by_text(why).wait_for()
        told = said.inner_text()
        assert [each for each in ("读不懂", "这种内容") if each in told] == []
        foreman.settle()
        assert drawn(foreman) == ["一.jpg", "二.jpg"]
    assert foreman.width() <= foreman.page.viewport_size["width"]  # type: ignore[index]
    foreman.complaints[:] = [each for each in foreman.complaints if "status of 4" not in each]
    foreman.page.reload()
    assert drawn(foreman) == ["一.jpg", "二.jpg"]


def test_many_chosen_at_once_are_kept_as_far_as_there_is_room(enter: Callable[..., Person], folder: Path) -> None:
    boss = enter("管理员")
    boss.go("/f/labor.day_labor_ticket/new")
    camera = boss.page.locator("[data-upload=photos]")
    names = ["一.jpg", *(f"又{number}.jpg" for number in range(9)), "二.jpg"]
    camera.set_input_files([folder / name for name in [names[0], "图.svg", *names[1:-2]]])
    said = boss.page.locator(".pics .up-said")
    said.get_by_text("最多放 9 个文件，没有放进来：又7.jpg").wait_for()
    boss.page.locator(".pics img").nth(7).wait_for()
    boss.settle()
    assert drawn(boss) == names[:8]
    said.get_by_text("图.svg 不是能显示的图片").wait_for()
    camera.set_input_files([folder / name for name in names[-2:]])
    said.get_by_text("没有放进来：二.jpg").wait_for()
    boss.page.locator(".pics img").nth(8).wait_for()
    boss.settle()
    assert drawn(boss) == [*names[:8], "又8.jpg"]
    boss.complaints[:] = [each for each in boss.complaints if "status of 415" not in each]


def test_the_only_file_there_is_room_for_is_replaced_and_put_back(enter: Callable[..., Person], folder: Path) -> None:
    boss = enter("管理员")
    boss.go("/f/probe.all/new")
    file = boss.page.locator("[data-upload=signature]")
    kept = boss.page.locator(".signed a")
    file.set_input_files(folder / "一.jpg")
    kept.wait_for()
    first = kept.get_attribute("href")
    file.set_input_files(folder / "二.jpg")
    back = boss.page.locator(".sign-x .up-said").get_by_role("button", name="换回来")
    back.wait_for()
    boss.settle()
    assert kept.count() == 1
    assert kept.get_attribute("href") != first
    back.click()
    boss.settle()
    assert kept.count() == 1
    assert kept.get_attribute("href") == first
    assert boss.page.locator(".sign-x .up-said").inner_text() == ""
    file.set_input_files(folder / "图.svg")
    boss.page.locator(".sign-x .up-said").get_by_text("不是能显示的图片").wait_for()
    assert kept.get_attribute("href") == first
    boss.complaints[:] = [each for each in boss.complaints if "status of 415" not in each]
