"""Floor 8: HTTP. One blueprint an area; nothing below knows Flask, htmx or a cookie."""
