"""The command line as a script uses it: stdout is the result alone, the exit code tells how it went."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dougong.assets import MODULES
from dougong.cli.main import main
from dougong.kernel.settings import Settings

Run = Callable[..., tuple[int, str]]

GUEST = {
    "title": "访客",
    "record": {
        "type": "object",
        "required": ["name"],
        "properties": {"name": {"type": "string", "title": "姓名", "x-unique": True}, "age": {"type": "integer"}},
    },
}


@pytest.fixture
def run(settings: Settings, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    """Run one command on an empty installation: (exit code, stdout)."""
    monkeypatch.setenv("DOUGONG_DATA", str(settings.data))
    if settings.database_url:
        monkeypatch.setenv("DOUGONG_DATABASE_URL", settings.database_url)

    def one(*words: str, stdin: str = "") -> tuple[int, str]:
        monkeypatch.setattr("sys.stdin", io.StringIO(stdin))
        code = main(words)
        return code, capfd.readouterr().out

    return one


@pytest.fixture
def firm(run: Run) -> Run:
    """An installation with the tenant acme."""
    code, out = run(
        "tenant",
        "create",
        "acme",
        "--title",
        "Acme",
        "--admin",
        "boss@acme.test",
        "--password-stdin",
        stdin="secret-1\n",
    )
    assert (code, out) == (0, "")
    return run


def _file(folder: Path, form: dict[str, Any], name: str = "guest.json") -> str:
    path = folder / name
    path.write_text(json.dumps(form), encoding="utf-8")
    return str(path)


def test_a_tenant_is_listed_suspended_and_resumed(firm: Run) -> None:
    assert firm("tenant", "suspend", "acme") == (0, "")
    assert json.loads(firm("tenant", "list", "--json")[1]) == {
        "items": [{"name": "acme", "title": "Acme", "state": "suspended"}]
    }
    assert firm("tenant", "resume", "acme") == (0, "")


def test_a_second_tenant_of_the_same_name_is_refused(firm: Run) -> None:
    assert firm("tenant", "create", "acme", "--title", "B", "--admin", "b@b.test")[0] == 1


def test_an_account_that_is_neither_mail_nor_phone_is_refused(run: Run) -> None:
    assert run("tenant", "create", "acme", "--title", "A", "--admin", "not an account")[0] == 1
    assert json.loads(run("tenant", "list", "--json")[1]) == {"items": []}


def test_a_short_password_is_refused(run: Run) -> None:
    words = ("tenant", "create", "acme", "--title", "A", "--admin", "a@a.test", "--password-stdin")
    assert run(*words, stdin="short\n")[0] == 1


def test_wrong_usage_exits_with_2(run: Run) -> None:
    assert run("tenant", "create")[0] == 2
    assert run("no-such-command")[0] == 2


def test_a_token_stands_alone_on_one_line(firm: Run) -> None:
    firm("user", "add", "clerk@acme.test", "--tenant", "acme", "--name", "何静", "--role", "clerk")
    code, out = firm("token", "create", "--tenant", "acme", "--user", "clerk@acme.test")
    assert code == 0
    assert out.endswith("\n")
    assert len(out.split()) == 1


def test_check_names_every_problem_and_its_place(run: Run, tmp_path: Path) -> None:
    bad = {
        **GUEST,
        "record": {**GUEST["record"], "properties": {"a": {"x-type": "nonsense"}, "b": {"x-formula": "1 +"}}},
    }  # type: ignore[dict-item]
    code, out = run("module", "check", _file(tmp_path, bad), "--json")
    problems = json.loads(out)["problems"]
    assert code == 1
    assert all(set(each) == {"file", "pointer", "code", "message", "level"} for each in problems)
    assert {each["pointer"] for each in problems if each["level"] == "error"} >= {
        "/record/properties/a/x-type",
        "/record/properties/b/x-formula",
    }


def test_bundled_modules_have_no_problem(run: Run) -> None:
    code, out = run("module", "check", *(str(each.parent) for each in MODULES.glob("*/module.json")), "--json")
    assert (code, json.loads(out)) == (0, {"problems": []})


def test_plan_apply_plan_ends_empty(firm: Run, tmp_path: Path) -> None:
    words = (_file(tmp_path, GUEST), "--as", "visit.guest", "--tenant", "acme", "--json")
    code, out = firm("module", "plan", *words)
    assert (code, json.loads(out)["steps"][0]["op"]) == (3, "create_form")
    assert firm("module", "apply", *words)[0] == 0
    assert firm("module", "plan", *words)[0] == 0
    assert firm("module", "apply", *words)[0] == 0


def test_a_field_that_holds_values_goes_only_when_loss_is_allowed(firm: Run, tmp_path: Path) -> None:
    path = _file(tmp_path, GUEST)
    firm("module", "apply", path, "--as", "visit.guest", "--tenant", "acme")
    firm("module", "enable", "base", "--tenant", "acme")
    _one_guest(firm)
    less = {**GUEST, "record": {"type": "object", "properties": {"age": {"type": "integer"}}}}
    words = (_file(tmp_path, less, "less.json"), "--as", "visit.guest", "--tenant", "acme", "--json")
    code, out = firm("module", "plan", *words)
    step = next(each for each in json.loads(out)["steps"] if each["op"] == "retire_field")
    assert (code, step["rows"], step["loss"]) == (3, 1, 1)
    assert firm("module", "apply", *words)[0] == 1
    assert firm("module", "apply", *words, "--allow-loss")[0] == 0
    assert firm("module", "apply", path, "--as", "visit.guest", "--tenant", "acme")[0] == 0
    assert json.loads(firm("records", "query", "visit.guest", "--tenant", "acme", "--json")[1])["items"][0][
        "values"
    ] == {
        "name": "张伟",
        "age": 30,
    }


def _one_guest(firm: Run) -> None:
    """The command line has no verb for one record: write it as the operator would through the actions."""
    import os

    from dougong.actions.create_record import create_record
    from dougong.actions.installation import Installation
    from dougong.kernel.actor import operator

    inst = Installation.open(Settings.from_environment(os.environ))
    create_record(inst, operator("acme"), "visit.guest", {"name": "张伟", "age": 30})
    inst.close()


def test_export_never_writes_a_live_formula(firm: Run, tmp_path: Path) -> None:
    import os

    from dougong.actions.create_record import create_record
    from dougong.actions.installation import Installation
    from dougong.kernel.actor import operator

    firm("module", "apply", _file(tmp_path, GUEST), "--as", "visit.guest", "--tenant", "acme")
    inst = Installation.open(Settings.from_environment(os.environ))
    create_record(inst, operator("acme"), "visit.guest", {"name": "=1+1", "age": -3})
    inst.close()
    assert (
        firm("records", "export", "visit.guest", "--tenant", "acme", "--format", "csv")[1]
        .splitlines()[1]
        .endswith(",'=1+1,-3")
    )


def test_a_member_named_by_actor_acts_under_its_policies(firm: Run, tmp_path: Path) -> None:
    firm("module", "apply", _file(tmp_path, GUEST), "--as", "visit.guest", "--tenant", "acme")
    firm("user", "add", "clerk@acme.test", "--tenant", "acme")
    words = ("records", "query", "visit.guest", "--tenant", "acme", "--json")
    assert firm(*words)[0] == 0
    assert firm(*words, "--actor", "clerk@acme.test")[0] == 1


def test_the_doctor_finds_a_new_firm_sound(firm: Run) -> None:
    firm("module", "enable", "labor", "--tenant", "acme")
    assert firm("doctor", "--json") == (0, '{"findings":[]}\n')


def test_a_module_is_exported_and_applies_again_without_a_change(firm: Run, tmp_path: Path) -> None:
    firm("module", "enable", "labor", "--tenant", "acme")
    assert firm("module", "export", "labor", "--tenant", "acme", "--to", str(tmp_path / "labor"))[0] == 0
    assert firm("module", "plan", str(tmp_path / "labor"), "--tenant", "acme")[0] == 0


def test_disabling_is_refused_while_another_module_needs_it(firm: Run) -> None:
    firm("module", "enable", "labor", "--tenant", "acme")
    assert firm("module", "disable", "base", "--tenant", "acme")[0] == 1
    for name in ("labor", "cost_center", "base"):
        assert firm("module", "disable", name, "--tenant", "acme")[0] == 0


def _guests(firm: Run, tmp_path: Path, text: str) -> tuple[str, ...]:
    firm("module", "apply", _file(tmp_path, GUEST), "--as", "visit.guest", "--tenant", "acme")
    path = tmp_path / "guests.csv"
    path.write_text(text, encoding="utf-8-sig")
    return ("records", "import", "visit.guest", str(path), "--tenant", "acme", "--json")


def _names(firm: Run) -> list[str]:
    items = json.loads(firm("records", "query", "visit.guest", "--tenant", "acme", "--json")[1])["items"]
    return sorted(each["values"]["name"] for each in items)


def test_import_matches_headers_by_name_or_title(firm: Run, tmp_path: Path) -> None:
    code, out = firm(*_guests(firm, tmp_path, "姓名,age\n张伟,30\n李强,\n"))
    assert (code, json.loads(out)) == (0, {"rows": 2, "good": 2, "bad": 0, "problems": []})
    assert _names(firm) == ["张伟", "李强"]


def test_a_bad_row_refuses_the_import_and_is_named_as_the_file_counts(firm: Run, tmp_path: Path) -> None:
    words = _guests(firm, tmp_path, "姓名,age\n张伟,30\n李强,many\n王芳,1\n张伟,2\n")
    code, out = firm(*words)
    told = json.loads(out)
    assert (code, told["rows"], told["good"], told["bad"]) == (1, 4, 2, 2)
    assert {(each["row"], each["field"], each["code"]) for each in told["problems"]} == {
        (3, "age", "type"),
        (5, "name", "unique"),
    }
    assert _names(firm) == []
    assert firm(*words, "--good-only", "--dry-run")[0] == 0
    assert _names(firm) == []
    assert firm(*words, "--good-only")[0] == 0
    assert _names(firm) == ["张伟", "王芳"]


def test_an_unknown_header_is_refused(firm: Run, tmp_path: Path) -> None:
    assert firm(*_guests(firm, tmp_path, "姓名,nonsense\n张伟,1\n"))[0] == 1


def test_the_scale_of_the_demo_data_is_a_sensible_number(run: Run) -> None:
    for wrong in ("0", "-1", "11", "much", "nan"):
        assert run("demo", "--volume", "--scale", wrong)[0] == 2


def test_a_scale_without_volume_is_told_and_makes_nothing(run: Run, capfd: pytest.CaptureFixture[str]) -> None:
    assert run("demo", "--scale", "0.01")[0] == 1
    assert '"items": []' in run("tenant", "list", "--json")[1] or run("tenant", "list")[1].strip() == ""
