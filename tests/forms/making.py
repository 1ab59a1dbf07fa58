"""A day-labour ticket in small: its form, its sheet and its view."""

from __future__ import annotations

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from dougong.definition.model import Expr, Form
from dougong.fields.type import Here
from dougong.forms.cells import Words
from dougong.forms.inputs import Given, build_view, plain_words
from dougong.forms.kept import KeptRows
from dougong.forms.view import FormView, Urls
from tests.fields.making import TYPES, a_field, a_form

HERE = Here(ZoneInfo("Asia/Shanghai"), date(2025, 8, 20))
ROW, OTHER = "01890000-0000-7000-8000-000000000001", "01890000-0000-7000-8000-000000000002"
URLS = Urls("/f/m.f/sheet/t", "/f/m.f/sheet/t", "/f/m.f/options/", "/f/m.f/sheet/t/paste", "/files/")


def ticket() -> Form:
    columns = (
        a_field("reference", {"type": "string"}, "worker", ref="labor.worker", required=True),
        a_field("decimal", {"type": "number"}, "hours", scale=1, required=True),
        a_field("choice", {"enum": ["平日", "休息日", "法定节假日", "调休"]}, "ot_type"),
        a_field("formula", {"type": "number"}, "amount", formula=Expr("hours * 45"), result="money"),
    )
    return a_form(
        a_field("reference", {"type": "string"}, "project", ref="base.project", required=True),
        a_field("date", None, "work_date", required=True),
        a_field("choice", {"enum": ["白班", "夜班"]}, "shift"),
        a_field("long_text", {"type": "string", "maxLength": 200}, "content", help="写清部位"),
        a_field("text", {"type": "string"}, "address.city"),
        a_field("json", {}, "extra"),
        a_field("boolean", None, "urgent"),
        a_field("subtable", {"type": "array", "items": {"type": "object"}}, "lines", fields=columns, required=True),
        groups={"address": "地址"},
    )


def view_of(
    form: Form | None = None, words: Words | None = None, kept: KeptRows | None = None, **given: Any
) -> FormView:
    return build_view(form or ticket(), TYPES, Given(**given), HERE, words or plain_words(), URLS, kept)
