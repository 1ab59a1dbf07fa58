"""Our own tables, step by step: numbered, forward only, never edited once released."""
