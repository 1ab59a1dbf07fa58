"""Floor 3: one file per field type. A file here is all it takes to add one; found by walking this package."""
