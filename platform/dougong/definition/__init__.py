"""Floor 2: what a module definition says, as frozen dataclasses; loading, linking and comparing definitions. No I/O."""
