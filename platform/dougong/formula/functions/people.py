"""The actor and other members. All answers are of this moment, so nothing stored may depend on them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..types import BOOLEAN, DEPARTMENT, MEMBER, Context, Kind, People, Type
from .function import Function


def _ask(question: Callable[[People, Any], Any]) -> Callable[..., Any]:
    """Without people (a definition tried out alone) the answer is null."""
    return lambda context, *arguments: context.people and question(context.people, *arguments)


def _in_role(context: Context, role: str) -> bool:
    return context.people is not None and context.people.in_role(role)


def _departments(context: Context) -> tuple[str, ...]:
    return context.people.departments() if context.people else ()


def _department(context: Context) -> str | None:
    return next(iter(_departments(context)), None)


FUNCTIONS = (
    Function("me", ("当前用户", "我"), "people", "", MEMBER, "The member who acts.", "当前成员。", "me()", "",
             lambda context: context.me, context=True, volatile=True),
    Function("my", ("我的",), "people", "group:record", BOOLEAN,
             "Whether the actor is a member in force of a group record, such as a project.",
             "当前成员是否为该记录（如项目）在任的成员。", "", "", special=True, volatile=True),
    Function("in_role", ("有角色",), "people", "role:text", BOOLEAN, "Whether the actor holds a role.",
             "当前成员是否有此角色。", 'in_role("admin")', "", _in_role, context=True, volatile=True),
    Function("my_department", ("我的部门",), "people", "", DEPARTMENT, "The actor's main department.", "当前成员的主部门。",
             "my_department()", "", _department, context=True, volatile=True),
    Function("my_departments", ("我的所有部门",), "people", "", Type(Kind.LIST, item=DEPARTMENT),
             "All departments of the actor.", "当前成员的所有部门。", "my_departments()", "", _departments,
             context=True, volatile=True),
    Function("department_of", ("所在部门",), "people", "member:member", DEPARTMENT, "A member's main department.",
             "成员的主部门。", "department_of(me())", "", _ask(lambda people, member: people.department_of(member)),
             context=True, volatile=True),
    Function("superior_of", ("上级",), "people", "member:member", MEMBER, "A member's superior.", "成员的上级。",
             "superior_of(me())", "", _ask(lambda people, member: people.superior_of(member)),
             context=True, volatile=True),
)  # fmt: skip
