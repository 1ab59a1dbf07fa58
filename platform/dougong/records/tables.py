"""The tables that records keep beside the forms' own, as queries see them; their DDL is migration 0020."""

from __future__ import annotations

from sqlalchemy import column, table

from ..storage.types import Id, Instant, Int, Text

files = table(
    "dg_file",
    column("id", Id()),
    column("sha256", Text()),
    column("name", Text()),
    column("size", Int()),
    column("type", Text()),
    column("uploaded_by", Id()),
    column("created_at", Instant()),
)
#: Which record holds a file in which field ("photos", "lines.photo").
file_holders = table(
    "dg_file_holder", column("file", Id()), column("form", Text()), column("record", Id()), column("field", Text())
)
#: One line for each effect that has happened: `row` is the id of the source's row, "" for the record itself.
effects = table(
    "dg_effect",
    column("source", Id()),
    column("row", Text()),
    column("effect", Text()),
    column("source_form", Text()),
    column("target_form", Text()),
    column("target", Id()),
    column("happened_at", Instant()),
)
