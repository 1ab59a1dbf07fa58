"""Floor 1: the formula language. Text becomes a typed tree once; the tree is evaluated in Python or compiled to SQL, with
the same value on both databases. Nothing here reads a record, a clock or a file: values come from an environment."""
