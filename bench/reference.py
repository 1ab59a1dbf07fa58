"""The reference: the same two forms as an expert would write them by hand, with Flask and SQLAlchemy Core. No metadata, no
audit, no permissions, no derived values. It is not part of the product; it is what the product is measured against."""

from __future__ import annotations

import csv
import hmac
import io
import json
import secrets
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from flask import Flask, Response, abort, redirect, render_template_string, request, session
from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Date,
    Engine,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Numeric,
    Table,
    Text,
    TypeDecorator,
    create_engine,
    event,
    func,
    insert,
    select,
)  # fmt: skip

from .rows import CATEGORIES, STATUSES

PAGE = 50
_PRAGMAS = (
    "journal_mode = WAL",
    "synchronous = FULL",
    "foreign_keys = ON",
    "busy_timeout = 5000",
    "temp_store = MEMORY",
)


class Money(TypeDecorator[Decimal]):
    """Cents in an integer on SQLite, NUMERIC elsewhere: exact on both."""

    impl = Integer
    cache_ok = True

    def load_dialect_impl(self, dialect: Any) -> Any:
        return dialect.type_descriptor(Numeric(18, 2) if dialect.name == "postgresql" else Integer())

    def process_bind_param(self, value: Any, dialect: Any) -> Any:
        return value if value is None or dialect.name == "postgresql" else int(value * 100)

    def process_result_value(self, value: Any, dialect: Any) -> Any:
        return value if value is None or dialect.name == "postgresql" else Decimal(value) / 100


meta = MetaData()
projects = Table(
    "project", meta, Column("id", Integer, primary_key=True), Column("name", Text, nullable=False, unique=True)
)
entries = Table(
    "entry",
    meta,
    Column("id", Integer, primary_key=True),
    Column("project", ForeignKey("project.id"), nullable=False),
    Column("category", Text, nullable=False),
    Column("amount", Money, nullable=False),
    Column("day", Date, nullable=False),
    Column("vendor", Text),
    Column("status", Text, nullable=False),
    Column("invoice", Text),
    Column("contact", Text),
    Column("place", Text),
    Column("due", Date),
    Column("rate", Money),
    Column("quantity", Money),
    Column("unit", Text),
    Column("urgent", Boolean),
    Column("note", Text),
    Index("entry_project", "project"),
    Index("entry_category", "category"),
)
lines = Table(
    "line",
    meta,
    Column("id", Integer, primary_key=True),
    Column("entry", ForeignKey("entry.id"), nullable=False, index=True),
    Column("what", Text),
    Column("quantity", Money),
    Column("price", Money),
)


class Wrong(Exception):
    """What was sent cannot be taken: a sentence by field."""


def engine_of(url: str) -> Engine:
    """The database, with the same settings as the other side has."""
    engine = create_engine(url)
    if engine.dialect.name == "sqlite":

        @event.listens_for(engine, "connect")
        def prepare(connection: Any, _: Any) -> None:
            for each in _PRAGMAS:
                connection.execute(f"PRAGMA {each}")

    return engine


def make(url: str, names: list[str]) -> None:
    """The tables and the projects."""
    engine = engine_of(url)
    meta.create_all(engine)
    with engine.begin() as conn:
        conn.execute(insert(projects), [{"name": each} for each in names])
    engine.dispose()


def checked(sent: dict[str, Any], known: dict[str, int]) -> dict[str, Any]:
    """One entry's values, converted. Raises Wrong."""
    found: dict[str, Any] = {}
    wrong: dict[str, str] = {}
    if (project := known.get(str(sent.get("project", "")))) is None:
        wrong["project"] = "There is no such project"
    found["project"] = project
    for name, choices in (("category", CATEGORIES), ("status", STATUSES)):
        found[name] = sent.get(name)
        if found[name] not in choices:
            wrong[name] = "Choose one"
    for name in ("day", "due"):
        try:
            found[name] = date.fromisoformat(sent[name]) if sent.get(name) else None
        except ValueError:
            wrong[name] = "Not a date"
    for name in ("amount", "rate", "quantity"):
        try:
            found[name] = Decimal(str(sent[name])) if sent.get(name) not in (None, "") else None
        except InvalidOperation:
            wrong[name] = "Not a number"
    if found.get("amount") is None or found["amount"] < 0:
        wrong["amount"] = "At least 0"
    if found.get("day") is None:
        wrong.setdefault("day", "Is missing")
    for name, longest in (
        ("vendor", 80), ("invoice", 30), ("contact", 30), ("place", 80), ("unit", 10), ("note", 500)
    ):  # fmt: skip
        found[name] = sent.get(name) or None
        if found[name] and len(found[name]) > longest:
            wrong[name] = "Too long"
    found["urgent"] = sent.get("urgent") in (True, "true", "on")
    if wrong:
        raise Wrong(json.dumps(wrong))
    return found


def load(url: str, text: str) -> int:
    """A CSV of entries into the table, checked row by row, in one transaction; how many."""
    engine = engine_of(url)
    with engine.begin() as conn:
        known = _projects(conn)
        made = [checked(row, known) for row in csv.DictReader(io.StringIO(text))]
        for start in range(0, len(made), 1000):
            conn.execute(insert(entries), made[start : start + 1000])
    engine.dispose()
    return len(made)


def app_of(url: str) -> Flask:
    """The application by hand."""
    app, engine = Flask("reference"), engine_of(url)
    app.secret_key = secrets.token_hex(16)
    _api(app, engine)
    _pages(app, engine)
    return app


def _projects(conn: Connection) -> dict[str, int]:
    return {row.name: row.id for row in conn.execute(select(projects.c.name, projects.c.id))}


def _project(conn: Connection, name: Any) -> dict[str, int]:
    found = conn.scalar(select(projects.c.id).where(projects.c.name == name))
    return {} if found is None else {str(name): found}


def _insert(conn: Connection, sent: dict[str, Any]) -> int:
    values = checked(sent, _project(conn, sent.get("project")))
    made = conn.execute(insert(entries).values(values)).inserted_primary_key
    assert made is not None
    if sent.get("lines"):
        rows = [
            {"entry": made[0], "what": each.get("what"), **{n: Decimal(str(each[n])) for n in ("quantity", "price")}}
            for each in sent["lines"]
        ]
        conn.execute(insert(lines), rows)
    return int(made[0])


def _shown(row: Any) -> dict[str, Any]:
    return {
        "id": row.id, "project": row.name, "category": row.category, "amount": str(row.amount), "day": row.day.isoformat(),
        "vendor": row.vendor, "status": row.status,
    }  # fmt: skip


def _list(conn: Connection, page: int) -> list[Any]:
    shown = (entries.c.id, projects.c.name, entries.c.category, entries.c.amount, entries.c.day, entries.c.vendor)
    query = (
        select(*shown, entries.c.status)
        .join(projects, projects.c.id == entries.c.project)
        .where(entries.c.category == CATEGORIES[0], entries.c.amount >= 500)
        .order_by(entries.c.day.desc(), entries.c.id.desc())
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    )
    return list(conn.execute(query))


def _sums(conn: Connection) -> list[dict[str, Any]]:
    query = (
        select(projects.c.name, entries.c.category, func.sum(entries.c.amount, type_=Money).label("total"))
        .join(projects, projects.c.id == entries.c.project)
        .group_by(projects.c.name, entries.c.category)
    )
    return [{"project": row.name, "category": row.category, "total": str(row.total)} for row in conn.execute(query)]


def _api(app: Flask, engine: Engine) -> None:
    @app.post("/api/entries")
    def create() -> Any:
        sent = request.get_json()
        try:
            with engine.begin() as conn:
                made = _insert(conn, sent)
        except Wrong as wrong:
            return {"problems": json.loads(str(wrong))}, 422
        return {"id": made, **sent}, 201

    @app.get("/api/entries")
    def found() -> Any:
        with engine.connect() as conn:
            return {"items": [_shown(row) for row in _list(conn, int(request.args.get("page", "1")))]}

    @app.get("/api/sums")
    def sums() -> Any:
        with engine.connect() as conn:
            return {"items": _sums(conn)}


def _pages(app: Flask, engine: Engine) -> None:
    def token() -> str:
        return str(session.setdefault("token", secrets.token_hex(16)))

    @app.get("/entries")
    def page() -> str:
        with engine.connect() as conn:
            return render_template_string(_LIST, rows=_list(conn, 1))

    @app.get("/entries/new")
    def new() -> str:
        with engine.connect() as conn:
            return render_template_string(
                _FORM, row={}, projects=list(_projects(conn)), said={}, token=token(), **_CHOICES
            )

    @app.get("/entries/<int:key>")
    def edit(key: int) -> str:
        with engine.connect() as conn:
            query = select(entries, projects.c.name).join(projects, projects.c.id == entries.c.project)
            found = conn.execute(query.where(entries.c.id == key)).mappings().first() or abort(404)
            row = {**found, "project": found["name"]}
            return render_template_string(
                _FORM, row=row, projects=list(_projects(conn)), said={}, token=token(), **_CHOICES
            )

    @app.post("/entries")
    def post() -> Any:
        if not hmac.compare_digest(request.form.get("token", ""), token()):
            abort(400)
        sent = request.form.to_dict()
        with engine.begin() as conn:
            try:
                made = _insert(conn, sent)
            except Wrong as wrong:
                known = list(_projects(conn))
                body = render_template_string(
                    _FORM, row=sent, projects=known, said=json.loads(str(wrong)), token=token(), **_CHOICES
                )
                return Response(body, 422)
        return redirect(f"/entries/{made}", 303)


_CHOICES = {"categories": CATEGORIES, "statuses": STATUSES}
_LIST = """<!doctype html><html lang="zh"><head><meta charset="utf-8"><title>费用</title><link rel="stylesheet" href="/a.css">
</head><body><h1>费用</h1><table><thead><tr><th>日期<th>项目<th>类别<th>金额<th>供应商<th>状态</tr></thead><tbody>
{% for row in rows %}<tr><td>{{ row.day }}</td><td><a href="/entries/{{ row.id }}">{{ row.name }}</a></td><td>{{ row.category
}}</td><td class="n">{{ "{:,.2f}".format(row.amount) }}</td><td>{{ row.vendor }}</td><td>{{ row.status }}</td></tr>
{% endfor %}</tbody></table><a href="?page=2">下一页</a></body></html>"""
_TEXTS = "".join(
    f'<label>{title}<input name="{name}" type="{kind}" value="{{{{ row.{name} if row.{name} is not none and row.{name} is '
    f'defined }}}}"></label><i>{{{{ said.{name} }}}}</i>'
    for name, title, kind in (
        ("amount", "金额", "text"), ("day", "日期", "date"), ("vendor", "供应商", "text"), ("invoice", "发票号", "text"),
        ("contact", "联系人", "text"), ("place", "地点", "text"), ("due", "到期日", "date"), ("rate", "税率", "text"),
        ("quantity", "数量", "text"), ("unit", "单位", "text"),
    )
)  # fmt: skip
_FORM = (
    """<!doctype html><html lang="zh"><head><meta charset="utf-8"><title>费用</title><link rel="stylesheet" href="/a.css">
</head><body><h1>费用</h1><form method="post" action="/entries"><input type="hidden" name="token" value="{{ token }}">
<label>项目<select name="project">{% for each in projects %}<option{% if each == row.project %} selected{% endif %}>{{ each
}}</option>{% endfor %}</select></label><i>{{ said.project }}</i>
<label>类别<select name="category">{% for each in categories %}<option{% if each == row.category %} selected{% endif %}>{{ each
}}</option>{% endfor %}</select></label><i>{{ said.category }}</i>
<label>状态<select name="status">{% for each in statuses %}<option{% if each == row.status %} selected{% endif %}>{{ each
}}</option>{% endfor %}</select></label><i>{{ said.status }}</i>"""
    + _TEXTS
    + """<label>加急<input type="checkbox" name="urgent"{% if row.urgent %} checked{% endif %}></label>
<label>说明<textarea name="note">{{ row.note or "" }}</textarea></label><button>保存</button></form></body></html>"""
)
