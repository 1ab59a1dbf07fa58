"""What the description of the API says whatever the forms are: addresses without a form, parameters, answers, shapes."""

from __future__ import annotations

from typing import Any

#: (method, address after /records/{form}, action that must be granted, shape of the answer).
ACTS: tuple[tuple[str, str, str, str], ...] = (
    ("get", "", "view", "list"),
    ("post", "", "create", "created"),
    ("post", "/bulk", "create", "report"),
    ("post", "/aggregate", "view", "groups"),
    ("get", "/{id}", "view", "record"),
    ("patch", "/{id}", "edit", "record"),
    ("delete", "/{id}", "delete", "nothing"),
    *(("post", f"/{{id}}/{act}", act, "record") for act in
      ("submit", "withdraw", "void", "close", "disable", "enable", "restore")),
    ("get", "/{id}/history", "view", "history"),
    ("get", "/{id}/comments", "view", "comments"),
    ("post", "/{id}/comments", "comment", "comment"),
)  # fmt: skip

_LIST = ("filter", "sort", "fields", "limit", "after", "count")
_TEXT = {"type": "string"}
_FLAG = {"type": "boolean"}


def _ref(kind: str, name: str) -> dict[str, str]:
    return {"$ref": f"#/components/{kind}/{name}"}


def _query(name: str, schema: dict[str, Any], says: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "schema": schema, "description": says}


PARAMETERS: dict[str, Any] = {
    "id": {"name": "id", "in": "path", "required": True, "schema": _TEXT},
    "filter": _query("filter", _TEXT, "a formula over the record's fields"),
    "sort": _query("sort", _TEXT, "names with commas, - before a name for the other way"),
    "fields": _query("fields", _TEXT, "names with commas; a dot leads through a reference"),
    "limit": _query("limit", {"type": "integer", "minimum": 1, "maximum": 200, "default": 50}, "items of a page"),
    "after": _query("after", _TEXT, "`next` of the page before"),
    "by": _query("by", _TEXT, "a member's id: only what that member did"),
    "field": _query("field", _TEXT, "only changes of this field"),
    "count": _query("count", _FLAG, "tell how many there are, exactly to 10,000"),
    "submit": _query("submit", _FLAG, "submit in the same transaction"),
    "partial": _query("partial", _FLAG, "keep the good lines and report the others"),
    "confirm_warnings": _query("confirm_warnings", {**_FLAG, "default": True}, "false: warnings refuse the act"),
    "IfMatch": {"name": "If-Match", "in": "header", "schema": _TEXT, "description": "the version read, or *"},
    "IfMatchNeeded": {"name": "If-Match", "in": "header", "required": True, "schema": _TEXT,
                      "description": "the version read, or *"},
    "Key": {"name": "Idempotency-Key", "in": "header", "schema": {"type": "string", "maxLength": 255},
            "description": "the act with this key happens once"},
}  # fmt: skip

RESPONSES: dict[str, Any] = {
    "Refused": {
        "description": "refused; nothing was saved",
        "content": {"application/problem+json": {"schema": _ref("schemas", "Refusal")}},
    }
}

SCHEMAS: dict[str, Any] = {
    "Key": {"type": "object", "required": ["$key"], "properties": {"$key": _TEXT}, "additionalProperties": False,
            "description": "a record by its number or single-field unique"},
    "Problem": {"type": "object", "required": ["pointer", "code", "message"],
                "properties": {"pointer": _TEXT, "code": _TEXT, "message": _TEXT, "level": {"enum": ["error", "warning"]}}},
    "Refusal": {"type": "object", "required": ["type", "title", "status", "code", "problems"], "properties": {
        "type": _TEXT, "title": _TEXT, "status": {"type": "integer"}, "code": _TEXT, "request_id": _TEXT,
        "problems": {"type": "array", "items": _ref("schemas", "Problem")},
        "current": {"type": "integer"}, "differs": {"type": "array", "items": {"type": "object"}}}},
    "Record": {"type": "object", "properties": {
        "id": _TEXT, "number": {"type": ["string", "null"]}, "state": _TEXT, "version": {"type": "integer"},
        "values": {"type": "object"}, "titles": {"type": "object"}, "owner": {"type": ["string", "null"]},
        "department": {"type": ["string", "null"]}, "created_at": {"type": "string", "format": "date-time"},
        "created_by": {"type": ["string", "null"]}, "updated_at": {"type": "string", "format": "date-time"},
        "updated_by": {"type": ["string", "null"]}}},
    "File": {"type": "object", "properties": {
        "id": _TEXT, "name": _TEXT, "size": {"type": "integer"}, "type": _TEXT, "sha256": _TEXT}},
    "Comment": {"type": "object", "properties": {
        "id": _TEXT, "text": {"type": ["string", "null"]}, "by": {"type": ["string", "null"]}, "by_name": _TEXT,
        "at": {"type": "string", "format": "date-time"}, "edited_at": {"type": ["string", "null"]}, "deleted": _FLAG,
        "mentions": {"type": "array", "items": _TEXT}, "mention_names": {"type": "array", "items": _TEXT}}},
    "NewComment": {"type": "object", "required": ["text"], "additionalProperties": False, "properties": {
        "text": {"type": "string", "minLength": 1, "maxLength": 5000},
        "mentions": {"type": "array", "items": _TEXT, "maxItems": 50}}},
    "Report": {"type": "object", "properties": {
        "rows": {"type": "integer"}, "good": {"type": "integer"}, "bad": {"type": "integer"},
        "items": {"type": "array", "items": {"type": "object"}},
        "problems": {"type": "array", "items": _ref("schemas", "Problem")}}},
    "Aggregate": {"type": "object", "additionalProperties": False, "properties": {
        "group": {"type": "array", "items": _TEXT}, "measures": {"type": "object", "additionalProperties": _TEXT},
        "filter": _TEXT, "limit": {"type": "integer"}, "after": _TEXT}},
}  # fmt: skip


def _page(items: dict[str, Any]) -> dict[str, Any]:
    shown = {"items": {"type": "array", "items": items}, "next": {"type": ["string", "null"]}}
    return {"type": "object", "properties": {**shown, "count": {"type": "integer"}, "more": _FLAG}}


def answered(schema: dict[str, Any] | None, status: str = "200", media: str = "application/json") -> dict[str, Any]:
    """The answers of an operation: what comes when it is good, and the one shape of all refusals."""
    good: dict[str, Any] = {"description": "done"}
    if schema is not None:
        good["content"] = {media: {"schema": schema}}
    return {status: good, "default": _ref("responses", "Refused")}


def operation(form: str, title: str, method: str, tail: str, shape: str) -> dict[str, Any]:
    """One operation on the records of a form."""
    word = tail.rpartition("/")[2].replace("{id}", "")
    asked = [_ref("parameters", each) for each in _asked(method, tail, word)]
    made: dict[str, Any] = {
        "operationId": ".".join(filter(None, (form, "one" if tail == "/{id}" else word, method))),
        "tags": [form],
        "summary": title,
        "parameters": asked,
        "responses": _shape(form, shape),
    }
    body = _body(form, method, tail)
    return {**made, "requestBody": {"content": body}} if body else made


def _asked(method: str, tail: str, word: str) -> list[str]:
    named = ["id"] if "{id}" in tail else []
    if (method, tail) == ("get", ""):
        return [*named, *_LIST]
    if word == "history":
        return [*named, "limit", "after", "by", "field"]
    if word == "comments":
        return [*named, "limit", "after"] if method == "get" else [*named, "Key"]
    if method == "get" or word == "aggregate":
        return named
    if (method, tail) == ("post", ""):
        named += ["submit", "confirm_warnings"]
    elif word == "bulk":
        named += ["partial", "submit"]
    elif method in ("patch", "delete"):
        named += ["IfMatchNeeded"]
    else:
        named += ["IfMatch", "confirm_warnings"]
    return [*named, *(["confirm_warnings"] if method == "patch" else []), "Key"]


def _shape(form: str, shape: str) -> dict[str, Any]:
    record = _ref("schemas", f"{form}.record")
    shapes: dict[str, tuple[dict[str, Any] | None, str]] = {
        "list": (_page(record), "200"),
        "created": (record, "201"),
        "record": (record, "200"),
        "nothing": (None, "204"),
        "report": (_ref("schemas", "Report"), "200"),
        "groups": (_page({"type": "object"}), "200"),
        "history": (_page({"type": "object"}), "200"),
        "comments": (_page(_ref("schemas", "Comment")), "200"),
        "comment": (_ref("schemas", "Comment"), "201"),
    }
    return answered(*shapes[shape])


def _body(form: str, method: str, tail: str) -> dict[str, Any]:
    bare = {"schema": _ref("schemas", form)}
    if tail == "/bulk":
        return {"application/x-ndjson": bare}
    if tail == "/aggregate":
        return {"application/json": {"schema": _ref("schemas", "Aggregate")}}
    if (method, tail) == ("post", "/{id}/comments"):
        return {"application/json": {"schema": _ref("schemas", "NewComment")}}
    if (method, tail) == ("post", ""):
        return {"application/json": bare}
    return {"application/merge-patch+json": {"schema": {"type": "object"}}, "application/json": {
        "schema": {"type": "object"}}} if method == "patch" else {}  # fmt: skip


def _get(name: str, schema: dict[str, Any], *parameters: dict[str, Any]) -> dict[str, Any]:
    return {"get": {"operationId": name, "parameters": list(parameters), "responses": answered(schema)}}


_ANY = {"type": "object"}
FORM_FREE: dict[str, dict[str, Any]] = {
    "/me": _get("me", _ANY),
    "/forms": _get("forms", _page(_ANY)),
    "/forms/{form}": _get("form", _ANY, {"name": "form", "in": "path", "required": True, "schema": _TEXT}),
    "/openapi.json": _get("openapi", _ANY),
    "/explain": _get(
        "explain", _ANY, {**_query("form", _TEXT, "module.form"), "required": True},
        {**_query("action", _TEXT, "view, create, edit …"), "required": True}, _query("id", _TEXT, "a record"),
    ),
    "/files": {"post": {
        "operationId": "upload", "parameters": [_ref("parameters", "Key")],
        "requestBody": {"content": {"multipart/form-data": {"schema": {
            "type": "object", "required": ["file"], "properties": {"file": {"type": "string", "format": "binary"}}}}}},
        "responses": answered(_ref("schemas", "File"), "201")}},
    "/files/{id}": {"get": {
        "operationId": "download", "parameters": [_ref("parameters", "id")],
        "responses": answered({"type": "string", "format": "binary"}, media="application/octet-stream")}},
}  # fmt: skip
