"""Floor 5: sentences, formats and the Jinja environment that pages, mail and prints share. Knows no request."""
