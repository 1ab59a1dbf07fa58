"""Floor 4a: engines, column types, tables, publishing, own migrations, audit, jobs. Only this package knows that a tenant
is one SQLite file or one PostgreSQL schema."""
