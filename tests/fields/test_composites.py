"""What people type for periods, regions and places, and what is left of hostile markup."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from dougong.fields.rich_text import cleaned, plain_text
from tests.fields.making import TYPES, a_field

OWN = {"tree": ["甲", {"value": "b", "title": "乙", "children": [{"value": "b/1", "title": "乙/一"}, "b2"]}]}


def typed(name: str, *raw: str, **options: Any) -> Any:
    field = a_field(name, options=options)
    return TYPES[name].read(TYPES[name].read_form(list(raw), field), field)


@pytest.mark.parametrize(
    "raw",
    [
        ("2026-02-01", "2026-02-28"), ("2026/2/1", "20260228"), ("２０２６年2月1日", "2026.2.28"),
        ("2026-02-01/2026-02-28",), ("2026/2/1 至 2026/2/28",), ("20260201~20260228",), ("2026年2月1日—2026年2月28日",),
    ],
)  # fmt: skip
def test_a_period_is_typed_as_people_write_days(raw: tuple[str, ...]) -> None:
    assert typed("date_range", *raw) == "2026-02-01/2026-02-28"


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("广东省/深圳市/福田区", ("44", "4403", "440304")), ("44/4403", ("44", "4403")), ("深圳市", ("44", "4403")),
        ("4403", ("44", "4403")), ("深圳市/福田区", ("44", "4403", "440304")), ("广东省／深圳市", ("44", "4403")),
    ],
)  # fmt: skip
def test_a_region_is_named_from_the_root_or_by_an_end_there_is_once(text: str, path: tuple[str, ...]) -> None:
    assert typed("cascade", text) == path


def test_a_region_of_a_name_there_is_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="enum"):
        typed("cascade", "朝阳区")


def test_a_tree_of_ones_own_survives_files_whatever_its_titles_hold() -> None:
    field, kind = a_field("cascade", options=OWN), TYPES["cascade"]
    for path in (("甲",), ("b",), ("b", "b/1"), ("b", "b2")):
        assert kind.read(kind.read_text(kind.write_text(path, field), field), field) == path
    assert kind.label(("b", "b2"), field) == "乙/b2"
    assert kind.label(("gone", "x"), field) == "gone/x"


@pytest.mark.parametrize(
    ("raw", "place"),
    [
        (("3 号楼", "22.5", "114"), {"lat": Decimal("22.5"), "lng": 114, "text": "3 号楼"}),
        (("", "２２.５", "114"), {"lat": Decimal("22.5"), "lng": 114}),
        (("3 号楼", "", ""), {"text": "3 号楼"}),
        (("", "", ""), None),
        (("22.5, 114 东门",), {"lat": Decimal("22.5"), "lng": 114, "text": "东门"}),
    ],
)
def test_a_place_is_a_text_or_degrees_or_both(raw: tuple[str, ...], place: Any) -> None:
    assert typed("location", *raw) == place


@pytest.mark.parametrize(
    "hostile",
    [
        '<img src=x onerror=alert(1)>', '<svg/onload=alert(1)>', '<a href="javascript:alert(1)">x</a>',
        '<b onclick="x">y</b>',
        '<a href="//evil.test">x</a>', '<a href=" jAvAsCrIpT:1">x</a>',
        '<div hx-get="/x" data-hx-post="/y" style="x">z</div>',
        '<iframe src="/f/a"></iframe>', '<form action="/x"><button>z</button></form>', '<style>*{}</style>',
        '<base href="//e">',
        '<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>', '<p id="x" class="y" dir="rtl">z</p>',
        '<a href="data:text/html,<script>1</script>">x</a>', '<script>alert(1)</script>', '<!--<img src=x onerror=1>-->',
    ],
)  # fmt: skip
def test_nothing_of_hostile_markup_is_left(hostile: str) -> None:
    left = cleaned(hostile).lower()
    assert cleaned(left) == left
    for word in (
        "on",
        "src",
        "hx-",
        "style",
        "script:",
        "href",
        "data:",
        "class",
        "id=",
        "<img",
        "<svg",
        "<form",
        "evil",
    ):
        assert word not in left.replace("noopener", "")


def test_rich_text_reads_as_lines() -> None:
    assert (
        plain_text("<h3>一</h3><p>二 &amp; <b>三</b><br>四</p><ul><li>五</li><li>六</li></ul>")
        == "一\n二 & 三\n四\n· 五\n· 六"
    )
    assert plain_text(typed("rich_text", "<p>a</p>")) == "a"
    field = a_field("rich_text")
    assert TYPES["rich_text"].read_text("第一行\n1 < 2", field) == "<div>第一行</div><div>1 &lt; 2</div>"
