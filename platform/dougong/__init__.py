"""Dougong 斗拱: reads module definitions in JSON Schema and runs them as forms, lists, approvals and an API."""

__version__ = "0.1.0"
