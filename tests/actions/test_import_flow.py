"""An import from the file to the list and back again: dry run, writing, undoing, by jobs, on both databases."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from dougong.actions.begin_import import begin_import, choose_sheet, import_files
from dougong.actions.carry_out_import import carry_out_import, drop_import, undo_import
from dougong.actions.choose_columns import choose_columns, choose_header
from dougong.actions.create_record import create_record
from dougong.actions.installation import Installation
from dougong.actions.read_record import find_records
from dougong.actions.run_jobs import run_jobs
from dougong.actions.transaction import read
from dougong.actions.update_record import update_record
from dougong.exchange import batches
from dougong.exchange.batches import Batch
from dougong.kernel.actor import Actor
from dougong.kernel.clock import FixedClock
from dougong.kernel.errors import Conflict, DougongError, Forbidden, Malformed, NotFound
from dougong.records.query import Query
from dougong.storage import own
from tests.exchange.books import book, csv

FORMS: dict[str, Any] = {
    "site": {
        "title": "项目",
        "record": {
            "type": "object",
            "required": ["name"],
            "properties": {
                "code": {"type": "string", "title": "代号", "x-unique": True},
                "name": {"type": "string", "title": "项目名称"},
                "spent": {"x-rollup": {"from": "m.cost", "via": "site", "fn": "sum", "field": "amount"}},
                "limit": {"type": "number", "x-type": "money", "title": "上限"},
            },
        },
        "checks": [{"id": "cap", "rule": "spent <= nz(limit, 1000000)", "message": "超过上限", "on": ["save"]}],
        "policies": [{"roles": ["clerk"], "actions": ["view"]}],
    },
    "cost": {
        "title": "费用",
        "record": {
            "type": "object",
            "required": ["no", "amount"],
            "properties": {
                "no": {"type": "string", "title": "凭证号", "x-unique": True, "maxLength": 10},
                "site": {"type": "string", "title": "项目", "x-ref": "m.site"},
                "amount": {"type": "number", "x-type": "money", "title": "金额", "minimum": 0},
                "day": {"type": "string", "format": "date", "title": "日期"},
                "kind": {"oneOf": [{"const": "m", "title": "材料"}, {"const": "l", "title": "人工"}], "title": "类别"},
                "who": {"type": "string", "x-type": "member", "title": "经办人"},
                "secret": {"type": "string", "title": "内部"},
                "lines": {
                    "type": "array",
                    "title": "明细",
                    "items": {
                        "type": "object",
                        "properties": {
                            "what": {"type": "string", "title": "名目"},
                            "count": {"type": "integer", "title": "数量"},
                        },
                    },
                },
            },
        },
        "policies": [
            {
                "roles": ["clerk"],
                "actions": ["view", "create", "edit", "delete", "import"],
                "rows": "own",
                "fields": {"secret": "read"},
            }
        ],
    },
}


@pytest.fixture
def admin(installation: Installation, publish: Callable[..., None], member: Callable[..., Actor]) -> Actor:
    publish(m=FORMS)
    boss: Actor = member("admin")
    for code, name in (("A", "城东小学"), ("B", "滨河路")):
        create_record(installation, boss, "m.site", {"code": code, "name": name})
    return boss


def start(inst: Installation, actor: Actor, content: bytes, name: str = "费用.csv", form: str = "m.cost") -> Batch:
    batch = begin_import(inst, actor, form, name, io.BytesIO(content))
    return state(inst, actor, batch)


def state(inst: Installation, actor: Actor, batch: str) -> Batch:
    return read(inst, actor, lambda tx: batches.get(tx, batch))


def check(inst: Installation, actor: Actor, known: Batch, **changes: Any) -> Batch:
    choose_columns(inst, actor, known.id, replace(known.wanted, **changes))
    run_jobs(inst, "demo")
    return state(inst, actor, known.id)


def carry_out(inst: Installation, actor: Actor, known: Batch, **asked: Any) -> Batch:
    carry_out_import(inst, actor, known.id, **asked)
    run_jobs(inst, "demo")
    return state(inst, actor, known.id)


def take_back(inst: Installation, actor: Actor, known: Batch, **asked: Any) -> Batch:
    undo_import(inst, actor, known.id, **asked)
    run_jobs(inst, "demo")
    return state(inst, actor, known.id)


def values(inst: Installation, actor: Actor, form: str = "m.cost") -> list[dict[str, Any]]:
    return [each["values"] for each in find_records(inst, actor, form, Query(sort=["$created_at,$id"])).items]


def spent(inst: Installation, actor: Actor) -> list[str]:
    return [f"{each['spent']:.2f}" for each in values(inst, actor, "m.site")]


def problems(inst: Installation, known: Batch) -> list[tuple[int, str | None, str]]:
    found = batches.read_json(import_files(inst, "demo", known.id).problems)
    return [(each["row"], each["field"], each["code"]) for each in found]


GOOD = book(
    ("说明", []),
    (
        "费用",
        [
            ["二〇二五年费用"],
            ["凭证号", "工程名称", "金额（元）", "日期", "类别", "经办人"],
            ["V1", "城东小学", 12.5, "2025/8/4", "材料", "admin"],
            ["V2", "B", 0.1, None, "l", None],
        ],
    ),
)


def test_a_workbook_is_matched_tried_written_and_taken_back(installation: Installation, admin: Actor) -> None:
    known = start(installation, admin, GOOD, "费用.xlsx")
    assert known.wanted.header == 2
    assert known.wanted.columns == ("no", "site", "amount", "day", "kind", "who")
    tried = check(installation, admin, known)
    assert (tried.state, tried.report and tried.report["good"], values(installation, admin)) == ("checked", 2, [])
    done = carry_out(installation, admin, tried)
    assert done.state == "done"
    assert done.report is not None
    assert (done.report["created"], done.report["bad"]) == (2, 0)
    first, second = values(installation, admin)
    assert (str(first["amount"]), first["day"], first["kind"]) == ("12.50", "2025-08-04", "m")
    assert str(second["amount"]) == "0.10"
    assert spent(installation, admin) == ["12.50", "0.10"]

    undone = take_back(installation, admin, done)
    assert (undone.state, undone.report and undone.report["deleted"]) == ("undone", 2)
    far = batches.read_json(import_files(installation, "demo", known.id).progress)
    assert far["share"] > 0, "the undoing says how far it is, too"
    assert values(installation, admin) == []
    assert spent(installation, admin) == ["0.00", "0.00"]


def test_what_was_chosen_is_remembered_for_the_next_file(installation: Installation, admin: Actor) -> None:
    content = csv("单据,值", "V1,5")
    known = start(installation, admin, content)
    assert known.wanted.columns == (None, None)
    check(installation, admin, known, columns=("no", "amount"), mode="both", key=("no",))
    again = start(installation, admin, content)
    assert (again.wanted.columns, again.wanted.mode, again.wanted.key) == (("no", "amount"), "both", ("no",))


def test_bad_rows_stop_all_or_are_left_out(installation: Installation, admin: Actor) -> None:
    rows = csv("凭证号,金额,项目,日期", "V1,1,A,", "V2,x,A,", "V3,3,无此项目,", "V4,4,B,2025-02-30", "V1,5,A,")
    tried = check(installation, admin, start(installation, admin, rows))
    assert tried.report is not None
    assert (tried.report["rows"], tried.report["good"], tried.report["bad"]) == (5, 1, 4)
    assert problems(installation, tried) == [
        (3, "amount", "type"), (4, "site", "reference"), (5, "day", "format"), (6, "no", "unique"),
    ]  # fmt: skip
    with pytest.raises(Conflict):
        carry_out_import(installation, admin, tried.id)
    done = carry_out(installation, admin, tried, good_only=True)
    assert (done.state, [each["no"] for each in values(installation, admin)]) == ("done", ["V1"])


def test_rows_change_what_stands_and_the_undo_puts_it_back(installation: Installation, admin: Actor) -> None:
    create_record(
        installation, admin, "m.cost", {"no": "V1", "amount": 1, "site": {"$key": "A"}, "lines": [{"what": "钉"}]}
    )
    create_record(installation, admin, "m.cost", {"no": "V2", "amount": 2})
    before = values(installation, admin)
    rows = csv("凭证号,金额,名目,明细.数量", "V1,7,板,1", ",,梁,2", "V2,2,,", "V3,3,,")
    known = start(installation, admin, rows)
    assert known.wanted.columns == ("no", "amount", "lines.what", "lines.count")
    tried = check(installation, admin, known, mode="both", key=("no",))
    assert tried.report is not None
    assert {name: tried.report[name] for name in ("rows", "created", "updated", "unchanged")} == {
        "rows": 3, "created": 1, "updated": 1, "unchanged": 1,
    }  # fmt: skip
    done = carry_out(installation, admin, tried)
    assert [(each["what"], each["count"]) for each in values(installation, admin)[0]["lines"]] == [("板", 1), ("梁", 2)]
    undone = take_back(installation, admin, done)
    assert undone.report is not None
    assert (undone.report["deleted"], undone.report["restored"]) == (1, 1)
    after = values(installation, admin)
    for each in (*before, *after):
        each["lines"] = [{**row, "$id": ""} for row in each["lines"]]
    assert after == before


def test_a_record_touched_since_stands_in_the_way_and_can_be_left(installation: Installation, admin: Actor) -> None:
    done = carry_out(installation, admin, check(installation, admin, start(installation, admin, GOOD, "费用.xlsx")))
    page = find_records(installation, admin, "m.cost", Query(filter='no = "V1"'))
    touched = page.items[0]["id"]
    update_record(installation, admin, "m.cost", touched, {"amount": 9}, version=None)
    refused = take_back(installation, admin, done)
    assert refused.state == "done"
    assert refused.error is not None
    assert [each["record"] for each in refused.error["records"]] == [touched]
    assert len(values(installation, admin)) == 2
    undone = take_back(installation, admin, refused, leave=True)
    assert undone.report is not None
    assert (undone.state, undone.report["left"]) == ("undone", 1)
    assert [each["no"] for each in values(installation, admin)] == ["V1"]


def test_a_shared_limit_takes_rows_until_it_is_full(installation: Installation, admin: Actor) -> None:
    create_record(installation, admin, "m.site", {"code": "C", "name": "小", "limit": 10})
    rows = csv("凭证号,金额,项目", "V1,4,C", "V2,5,C", "V3,6,C", "V4,100,A")
    tried = check(installation, admin, start(installation, admin, rows))
    assert [row for row, _, _ in problems(installation, tried)] == [4]
    assert tried.report is not None
    assert tried.report["good"] == 3


def test_policies_hold_for_every_row(installation: Installation, admin: Actor, member: Callable[..., Actor]) -> None:
    bob, eve, nobody = member("bob", "clerk"), member("eve", "clerk"), member("zed")
    create_record(installation, eve, "m.cost", {"no": "E1", "amount": 1})
    with pytest.raises(DougongError) as refused:
        start(installation, nobody, csv("凭证号,金额", "V1,1"))
    assert isinstance(refused.value, Forbidden | NotFound)
    known = start(installation, bob, csv("凭证号,金额,内部", "V1,1,x", "E1,2,"))
    assert known.wanted.columns == ("no", "amount", None)
    with pytest.raises(Malformed):
        choose_columns(installation, bob, known.id, replace(known.wanted, columns=("no", "amount", "secret")))
    tried = check(installation, bob, known, mode="both", key=("no",))
    assert problems(installation, tried) == [(3, "no", "unique")]
    with pytest.raises(NotFound):
        state(installation, eve, known.id)


def test_two_who_press_the_button_write_once(installation: Installation, admin: Actor) -> None:
    tried = check(installation, admin, start(installation, admin, GOOD, "费用.xlsx"))
    carry_out_import(installation, admin, tried.id)
    with pytest.raises(Conflict):
        carry_out_import(installation, admin, tried.id)
    run_jobs(installation, "demo")
    run_jobs(installation, "demo")
    assert len(values(installation, admin)) == 2


def test_another_sheet_and_another_header_can_be_chosen(installation: Installation, admin: Actor) -> None:
    two = book(("一", [["凭证号", "金额"], ["V1", 1]]), ("二", [["金额", "凭证号"], ["凭证号", "金额"], [2, "V2"]]))
    known = start(installation, admin, two, "两张.xlsx")
    assert known.table["sheet"] == "一"
    choose_sheet(installation, admin, known.id, "二")
    choose_header(installation, admin, known.id, 2)
    assert state(installation, admin, known.id).wanted.columns == ("no", "amount")
    with pytest.raises(Malformed):
        choose_sheet(installation, admin, known.id, "三")


def test_a_file_that_is_dropped_leaves_nothing(installation: Installation, admin: Actor) -> None:
    known = start(installation, admin, GOOD, "费用.xlsx")
    files = import_files(installation, "demo", known.id)
    assert files.source.exists()
    drop_import(installation, admin, known.id)
    assert not any(each.exists() for each in (files.source, files.table))
    with pytest.raises(NotFound):
        state(installation, admin, known.id)


def test_a_version_that_was_seen_guards_against_changes_since(installation: Installation, admin: Actor) -> None:
    made = create_record(installation, admin, "m.cost", {"no": "V1", "amount": 1})
    update_record(installation, admin, "m.cost", made["id"], {"amount": 2}, version=None)
    rows = csv("凭证号,金额,$version", "V1,5,1", "V2,5,")
    tried = check(installation, admin, start(installation, admin, rows), mode="both", key=("no",))
    assert problems(installation, tried) == [(2, None, "stale")]


def test_numbers_are_given_by_admins_only(
    installation: Installation, publish: Callable[..., None], member: Callable[..., Actor]
) -> None:
    form = {
        "title": "单",
        "record": {
            "type": "object",
            "properties": {
                "no": {"type": "string", "x-number": "D-{seq:3}", "title": "单号"},
                "what": {"type": "string"},
            },
        },
        "policies": [{"roles": ["clerk"], "actions": ["view", "create", "edit", "import"]}],
    }
    publish(n={"bill": form})
    rows = csv("单号,what", "D-900,a", ",b")
    bob, boss = member("bob", "clerk"), member("admin")
    tried = check(installation, bob, start(installation, bob, rows, form="n.bill"))
    assert problems(installation, tried) == [(2, "no", "read_only")]
    done = carry_out(installation, boss, check(installation, boss, start(installation, boss, rows, form="n.bill")))
    assert done.report is not None
    assert done.report["created"] == 2
    numbers = [each["number"] for each in find_records(installation, boss, "n.bill", Query(sort=["$created_at"])).items]
    assert "D-900" in numbers
    changed = csv("单号,what", "D-900,neu", "D-404,nix")
    tried = check(installation, bob, start(installation, bob, changed, form="n.bill"), mode="update", key=("$number",))
    assert problems(installation, tried) == [(3, "$number", "reference")]
    assert tried.report is not None
    assert tried.report["updated"] == 1


def test_what_is_called_the_same_is_not_guessed(installation: Installation, admin: Actor) -> None:
    create_record(installation, admin, "m.site", {"code": "A2", "name": "城东小学"})
    rows = csv("凭证号,金额,项目", "V1,1,城东小学", "V2,1,A2", "V3,1,滨河路")
    tried = check(installation, admin, start(installation, admin, rows))
    assert problems(installation, tried) == [(2, "site", "reference")]
    assert tried.report is not None
    assert tried.report["good"] == 2


def test_rows_of_one_record_must_agree(installation: Installation, admin: Actor) -> None:
    rows = csv("凭证号,金额,名目", "V1,1,钉", "V1,2,板", "V2,1,", ",,梁")
    known = start(installation, admin, rows)
    tried = check(installation, admin, known, mode="both", key=("no",))
    assert problems(installation, tried) == [(3, "amount", "check")]
    assert tried.report is not None
    assert (tried.report["rows"], tried.report["good"]) == (2, 1)


def test_a_worker_that_is_killed_leaves_nothing_and_the_next_goes_on(
    installation: Installation, admin: Actor, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dougong.actions import run_import

    tried = check(installation, admin, start(installation, admin, GOOD, "费用.xlsx"))
    carry_out_import(installation, admin, tried.id)

    class Killed(BaseException):
        """What a signal does to a worker in the middle of its work."""

    def die(*_: Any) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(run_import.jobs, "finish", die)
        with pytest.raises(Killed):
            run_jobs(installation, "demo")
    assert values(installation, admin) == []
    assert state(installation, admin, tried.id).state == "committing"
    clock.advance(timedelta(minutes=30))
    run_jobs(installation, "demo")
    assert state(installation, admin, tried.id).state == "done"
    assert len(values(installation, admin)) == 2


def test_the_undoing_is_in_the_audit_as_one_act(installation: Installation, admin: Actor) -> None:
    done = carry_out(installation, admin, check(installation, admin, start(installation, admin, GOOD, "费用.xlsx")))
    take_back(installation, admin, done)
    with installation.database.tenant("demo").read() as conn:
        rows = conn.execute(select(own.audit.c.event, own.audit.c.request_id).where(own.audit.c.form == "m.cost")).all()
    assert [row.event for row in rows] == ["create", "create", "import", "delete", "delete", "import_undo"]
    assert len({row.request_id for row in rows}) == 2


def test_the_same_key_twice_in_a_file_is_told_with_the_first_row(installation: Installation, admin: Actor) -> None:
    rows = csv("凭证号,金额", "V1,1", "V2,2", "V1,3")
    tried = check(installation, admin, start(installation, admin, rows), mode="both", key=("no",))
    assert problems(installation, tried) == [(4, "no", "unique")]
    found = batches.read_json(import_files(installation, "demo", tried.id).problems)
    assert found[0]["params"]["row"] == 2


def test_people_and_records_of_the_same_file_are_found(
    installation: Installation, publish: Callable[..., None], member: Callable[..., Actor]
) -> None:
    tree = {
        "title": "科目",
        "record": {
            "type": "object",
            "properties": {
                "code": {"type": "string", "title": "编码", "x-unique": True},
                "above": {"type": "string", "title": "上级", "x-ref": "t.node", "x-ref-tree": True},
                "who": {"type": "string", "x-type": "member", "title": "负责人"},
                "unit": {"type": "string", "x-type": "department", "title": "部门"},
            },
        },
    }
    publish(t={"node": tree})
    boss = member("admin")
    member("张伟", departments=["公司/工程部/一组"])
    rows = csv("编码,上级,负责人,部门", "1,,张伟,一组", "1.1,1,,工程部/一组", "1.2,9,,无此部门")
    tried = check(installation, boss, start(installation, boss, rows, form="t.node"))
    assert problems(installation, tried) == [(4, "above", "reference"), (4, "unit", "reference")]
    done = carry_out(installation, boss, tried, good_only=True)
    first, second = find_records(installation, boss, "t.node", Query(sort=["code"])).items
    assert second["values"]["above"] == first["id"]
    assert first["titles"]["who"] == "张伟"
    assert first["values"]["unit"] == second["values"]["unit"]
    assert take_back(installation, boss, done).state == "undone"


def test_who_may_not_delete_cannot_undo(
    installation: Installation, admin: Actor, publish: Callable[..., None], member: Callable[..., Actor]
) -> None:
    form = {
        "title": "条",
        "record": {"type": "object", "properties": {"what": {"type": "string", "title": "内容"}}},
        "policies": [{"roles": ["clerk"], "actions": ["view", "create", "import"]}],
    }
    publish(d={"note": form})
    bob = member("bob", "clerk")
    tried = check(installation, bob, start(installation, bob, csv("内容", "a", "b"), form="d.note"))
    done = carry_out(installation, bob, tried)
    with pytest.raises(Forbidden):
        take_back(installation, bob, done)
    assert state(installation, bob, done.id).state == "done"
    assert take_back(installation, admin, done).state == "undone"


def test_a_connection_that_breaks_off_leaves_no_file(installation: Installation, admin: Actor) -> None:
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        begin_import(installation, admin, "m.cost", "费用.csv", Broken())
    assert [each.name for each in (installation.settings.data / "imports" / "demo").iterdir()] == []


def test_a_fault_of_ours_puts_the_import_back_and_goes_on_to_the_worker(
    installation: Installation, admin: Actor
) -> None:
    known = start(installation, admin, csv("凭证号,金额", "F-1,1"))
    choose_columns(installation, admin, known.id, known.wanted)
    import_files(installation, "demo", known.id).table.unlink()
    with pytest.raises(FileNotFoundError):
        run_jobs(installation, "demo")
    after = state(installation, admin, known.id)
    assert (after.state, after.error) == ("uploaded", {"code": "internal", "params": {}})
