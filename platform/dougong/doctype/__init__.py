"""Reads DocTypes, the form definitions of the Frappe framework, and writes them as a module of ours. One rule: what has no
counterpart here stands in the report of losses, and no expression of a DocType is ever carried out."""
