"""What a tenant has bought. Until licences exist every tenant may write; the guard stands in every writing action."""

from __future__ import annotations

from ..kernel.errors import LicenceReadOnly


def may_write(tenant: str) -> bool:
    """Whether the tenant's licence allows changes today (always, until licences exist)."""
    return bool(tenant)


def require(allowed: bool) -> None:
    """Refuse with 423 unless `allowed`: `require(may_write(tenant))` opens every writing action."""
    if not allowed:
        raise LicenceReadOnly("licence_read_only")
