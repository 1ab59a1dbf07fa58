"""The modules that come with the program in English: nothing Chinese is left on their screens, and what is refused is said
in English too."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from dougong.actions.create_tenant import create_tenant
from dougong.actions.enable_module import enable_module
from dougong.actions.installation import Installation
from dougong.actions.publish_module import plan_module
from dougong.actions.run_doctor import run_doctor
from dougong.app import create_app
from dougong.assets import MODULES
from dougong.kernel.actor import operator
from dougong.kernel.clock import FixedClock
from dougong.kernel.settings import Settings
from tests.web.visiting import PASSWORD, Visitor, words

FORMS = sorted(f"{path.parent.parent.name}.{path.stem}" for path in MODULES.glob("*/forms/*.json"))
HAN = re.compile(r"[\u4e00-\u9fff]+")
FIRM = operator("acme")


@pytest.fixture(scope="module")
def english(tmp_path_factory: pytest.TempPathFactory, clock: FixedClock) -> Iterator[Visitor]:
    """The admin of an English firm that has every module and no records yet."""
    inst = Installation.open(Settings(data=tmp_path_factory.mktemp("acme"), language="en"), clock)
    create_tenant(inst, "acme", title="Acme", admin="admin@acme.test", password=PASSWORD)
    for name in ("labor", "funds"):
        enable_module(inst, FIRM, name)
    visitor = Visitor(create_app(installation=inst))
    visitor.client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    yield visitor.sign_in("admin@acme.test")
    inst.close()


def chinese(page: str) -> set[str]:
    """What is Chinese on a page, but for the name of the other language, that of the member, and capitals of amounts."""
    return set(HAN.findall(page)) - {"中文", "简体中文", "斗拱", "管理员", "零元整"}


@pytest.mark.parametrize("form", FORMS)
def test_lists_and_forms_are_english(english: Visitor, form: str) -> None:
    assert chinese(words(english.get(f"/f/{form}"))) == set()
    if form not in ("cost_center.cost_entry", "funds.fund_ledger"):
        assert chinese(words(english.get(f"/f/{form}/new"))) == set()


def test_the_start_and_the_menu_are_english(english: Visitor) -> None:
    for address in ("/", "/apps"):
        assert chinese(words(english.get(address))) == set()


def test_the_admins_role_is_called_by_an_english_word(english: Visitor) -> None:
    roles = english.get("/admin/roles").text
    assert '<a class="tl-a" href="/admin/roles/admin">Administrator</a>' in roles
    assert "Administrator" in words(english.get("/admin/members"))
    assert "Administrator" in words(english.get("/me"))
    assert "管理员" not in words(english.get("/admin/roles/labor_clerk"))


def test_modules_name_their_forms_in_english(english: Visitor) -> None:
    page = words(english.get("/admin/modules/labor"))
    assert "Day-labour ticket" in page
    assert chinese(page) == set()


def test_records_are_english(english: Visitor) -> None:
    sheet = english.open_form("base.partner")
    assert english.post(sheet, act="save", name="Built Ltd", kinds="业主").status_code in (200, 303)
    page = english.get("/f/base.partner")
    assert "Built Ltd Owner" in words(page)
    address = re.search(r'href="(/f/base\.partner/[0-9a-f-]{36})"', page.text)
    assert address
    record = words(english.get(address[1]))
    assert "Unified social credit code" in record
    assert chinese(record) == set()
    month = english.open_form("base.period")
    english.post(month, act="save", ym="2025-02", start="2025-02-01", end="2025-02-28", status="open")
    assert "2025-02" in words(english.get("/f/base.period"))
    inst: Installation = english.client.application.extensions["dougong"]
    assert [each for each in run_doctor(inst, FIRM) if each["what"] != "audit_unsealed"] == []


def test_the_preview_of_a_change_is_english(english: Visitor) -> None:
    account = {"code": "A1", "name": "Till", "kind": "基本户", "opening_balance": "0", "opening_date": "2025-01-01"}
    english.post(english.open_form("funds.fund_account"), act="save", **account)
    found = re.search(r'href="/f/funds\.fund_account/([0-9a-f-]{36})"', english.get("/f/funds.fund_account").text)
    assert found
    preview = words(english.post("/f/funds.fund_account/many/try", htmx=True, id=found[1], field="kind", v0="一般户"))
    assert "Till" in preview
    assert chinese(preview) == set()


def test_what_is_refused_is_said_in_english(english: Visitor) -> None:
    sheet = english.open_form("base.period")
    refused = english.post(sheet, act="save", ym="2025-01", start="2025-02-01", end="2025-01-01")
    assert "The end cannot be before the start" in words(refused)


def test_definitions_are_planned_in_their_authors_words(english: Visitor) -> None:
    inst: Installation = english.client.application.extensions["dougong"]
    english.get("/f/labor.worker")
    assert all(plan_module(inst, FIRM, MODULES / name).empty for name in ("base", "labor", "funds"))
