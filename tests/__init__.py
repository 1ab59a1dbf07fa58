"""The tests mirror the package; helpers shared by several areas lie here as `tests.<name>`."""
