"""`doctor` and `upgrade`: keeping the house in order."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from ..actions.manage_tenants import list_tenants
from ..actions.run_doctor import run_doctor
from ..kernel.actor import operator
from .command import GOOD, REFUSED, Command, House, Result
from .output import table


def _tenant(parser: ArgumentParser) -> None:
    parser.add_argument("--tenant", metavar="T", help="only this one")


def _doctor_arguments(parser: ArgumentParser) -> None:
    _tenant(parser)
    parser.add_argument("--repair", action="store_true", help="put right what can be recomputed")


def _doctor(house: House, arguments: Namespace) -> Result:
    findings = []
    for name in _names(house, arguments):
        findings += run_doctor(house.inst, operator(name), repair=arguments.repair)
    rows = [{key: each.get(key) for key in ("tenant", "what", "form", "name", "rows")} for each in findings]
    return Result({"findings": findings}, table(rows) if findings else "sound", REFUSED if findings else GOOD)


def _upgrade(house: House, arguments: Namespace) -> Result:
    rows = [{"tenant": name, "applied": house.inst.database.upgrade(name)} for name in _names(house, arguments)]
    return Result({"items": rows})


def _names(house: House, arguments: Namespace) -> list[str]:
    names = [each.name for each in list_tenants(house.inst)]
    if arguments.tenant is None:
        return names
    house.actor(Namespace(tenant=arguments.tenant, actor=None))
    return [arguments.tenant]


COMMANDS = (
    Command(
        "doctor",
        "compare everything kept with a full recomputation; exit 1 when something is wrong",
        _doctor,
        _doctor_arguments,
        True,
    ),
    Command("upgrade", "bring the tables of this program up to date, after a backup", _upgrade, _tenant, True),
)
