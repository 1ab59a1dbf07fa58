"""Records: the one writer path, derived values, totals, states, numbers, queries. Floor 4c."""
