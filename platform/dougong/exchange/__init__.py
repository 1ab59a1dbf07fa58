"""Tables from files and into files: reading what a stranger sends, matching it with a form, writing workbooks."""
