"""The house's own tables as queries see them. One rule: their DDL lives in the numbered migrations, which never change;
here stand only the names and types of the columns as they are after the last of them."""

from __future__ import annotations

from sqlalchemy import column, table

from .types import Bool, Id, Instant, Int, Json, JsonText, Text

# -------------------------------------------------------------------------------------------------- every store
migration = table("dg_migration", column("number", Int()), column("name", Text()), column("applied_at", Instant()))
meta = table("dg_meta", column("key", Text()), column("value", Text()))

# -------------------------------------------------------------------------------------------------- control
tenant = table(
    "tenant",
    column("name", Text()),
    column("title", Text()),
    column("state", Text()),  # creating, active, suspended
    column("created_at", Instant()),
)

# -------------------------------------------------------------------------------------------------- definitions
mark = table("dg_mark", column("name", Text()), column("mark", Int()))
live = table("dg_live", column("one", Int()), column("version", Int()))
content = table("dg_content", column("digest", Text()), column("files", JsonText()))
module = table(
    "dg_module",
    column("name", Text()),
    column("title", Text()),
    column("digest", Text()),
    column("enabled", Bool()),
    column("version", Int()),
)
version = table(
    "dg_version",
    column("number", Int()),
    column("based_on", Int()),
    column("modules", JsonText()),
    column("author_kind", Text()),
    column("author", Text()),
    column("author_name", Text()),
    column("reason", Text()),
    column("plan", JsonText()),
    column("created_at", Instant()),
)
form = table(
    "dg_form",
    column("form", Text()),
    column("state", Text()),  # live, retired
    column("since", Int()),
    column("until", Int()),
)
field_column = table(
    "dg_column",
    column("form", Text()),
    column("sub", Text()),
    column("field", Text()),
    column("column", Text()),
    column("kind", Text()),
    column("precision", Int()),
    column("scale", Int()),
    column("type", Text()),
    column("name", Text()),
    column("settings", JsonText()),
    column("state", Text()),
    column("since", Int()),
    column("until", Int()),
    column("source", Text()),
)
derived_table = table(
    "dg_derived_table",
    column("name", Text()),
    column("form", Text()),
    column("kind", Text()),  # unique, total
    column("id", Text()),
    column("shape", Text()),
)
index = table(
    "dg_index",
    column("name", Text()),
    column("form", Text()),
    column("on_table", Text()),
    column("definition", Text()),
)
building = table(
    "dg_building",
    column("form", Text()),
    column("sub", Text()),
    column("field", Text()),
    column("column", Text()),
    column("source", Text()),
    column("cursor", Text()),
    column("rows_done", Int()),
    column("rows_all", Int()),
    column("version", Int()),
)

# -------------------------------------------------------------------------------------------------- acts
audit = table(
    "dg_audit",
    column("id", Id()),
    column("at", Instant()),
    column("actor_kind", Text()),
    column("actor", Text()),
    column("actor_name", Text()),
    column("on_behalf", Text()),
    column("request_id", Text()),
    column("form", Text()),
    column("record_id", Text()),
    column("event", Text()),
    column("changes", JsonText()),
    column("seq", Int()),
    column("hash", Text()),
)
outbox = table(
    "dg_outbox",
    column("id", Id()),
    column("at", Instant()),
    column("kind", Text()),
    column("payload", Json()),
    column("state", Text()),  # new, done
)
job = table(
    "dg_job",
    column("id", Id()),
    column("kind", Text()),
    column("payload", Json()),
    column("unique_key", Text()),
    column("state", Text()),  # ready, running, done, dead
    column("due_at", Instant()),
    column("attempts", Int()),
    column("lease_until", Instant()),
    column("fence", Int()),
    column("progress", Json()),
    column("error", Text()),
    column("created_at", Instant()),
    column("finished_at", Instant()),
)
idempotency = table(
    "dg_idempotency",
    column("member", Text()),
    column("key", Text()),
    column("body_hash", Text()),
    column("status", Int()),
    column("answer", JsonText()),
    column("created_at", Instant()),
)
counter = table("dg_counter", column("key", Text()), column("value", Int()))
