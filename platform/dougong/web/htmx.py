"""The one place that speaks htmx 4: what it sends is read here, what it obeys is set here.

flask-htmx knows the headers of htmx 2; those that changed (HX-Source instead of HX-Trigger, a target written tag#id) are
read by hand."""

from __future__ import annotations

from typing import Any

from flask import Response, make_response, request
from flask_htmx import HTMX

htmx = HTMX()


def is_fragment() -> bool:
    """Whether the browser waits for a fragment rather than a page."""
    return bool(htmx) and request.headers.get("HX-Request-Type", "partial") != "full"


def source() -> str | None:
    """The id of the element that asked, from HX-Source (`form#ask` → `ask`)."""
    sent = request.headers.get("HX-Source", "")
    return sent.partition("#")[2] or None


def fragment(body: str, status: int = 200, **headers: Any) -> Response:
    """An answer with htmx response headers: `fragment(html, 422, retarget="#form", reswap="outerMorph")`."""
    response = make_response(body, status)
    for name, value in headers.items():
        response.headers["HX-" + name.replace("_", "-").title()] = str(value)
    return response


def go(address: str) -> Response:
    """Lead the browser to another page, whether it asked by htmx or not."""
    if htmx:
        return fragment("", 204, redirect=address)
    return Response(status=303, headers={"Location": address})
