"""A form whose every field has a name that some layer might trip over."""

from __future__ import annotations

from typing import Any

ALIKE = "甲" * 60
NAMES = [
    "validate", "select", "rowid", "oid", "version", "data", "errors", "id", "state", "number", "owner", "parent",
    "record", "position", "deleted_at", "created_at", "csrf_token", "act", "confirm", "lang", "sheet", "lines.0.x",
    "A", "a", "Ａ", "é", "e\u0301", "__class__", "_fields", "None", "true", "null", "and", "if", "sum", "table", "group",
    "order by 1", "a b", "'", '"', "`", "a`b", "\\", "/", "~0", "a/b~c", "%s", "%(x)s", "{name}", "{{7*7}}",
    "<script>alert(1)</script>", "a;drop table x", "--", "*", "?", "&", "=", ":x", "a.b", "$", "😀", "👨‍👩‍👧‍👦",
    "\u202eمرحبا", "שלום", ALIKE + "一", ALIKE + "二", "0", "1e5", "-", ",", "-name", "name,",
]  # fmt: skip
NAUGHTY: dict[str, Any] = {
    "title": "难名", "kind": "master",
    "record": {"type": "object", "properties": {
        **{name: {"type": "string", "title": f"栏{n}", "x-id": f"n{n}"} for n, name in enumerate(NAMES)},
        "rows": {"type": "array", "title": "行", "items": {"type": "object", "properties": {
            **{name: {"type": "string", "title": f"格{n}", "x-id": f"r{n}"} for n, name in enumerate(NAMES)}}}}}},
    "policies": [{"roles": ["clerk"], "actions": ["view", "create", "edit", "delete"]}],
    "views": [{"name": "all", "title": "全部", "columns": NAMES, "sort": ["version", "-A"]}],
}  # fmt: skip
