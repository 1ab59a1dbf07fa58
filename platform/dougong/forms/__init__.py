"""Floor 5: a form on the screen, from a definition and values alone: what a browser posted, the sheet that keeps it, and the
view that templates draw. Saving is another call."""
