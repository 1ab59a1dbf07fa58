"""What a browser says it is, in the few words a person knows it by, and where an address lies. One rule: what is not known
is not guessed at."""

from __future__ import annotations

import ipaddress

from ...pages.catalogue import mark as _
from ..language import say

#: The first that fits; those that carry another's name stand before it.
_PROGRAMS = (
    ("MicroMessenger", _("WeChat")), ("DingTalk", _("DingTalk")), ("Lark", _("Feishu")), ("Feishu", _("Feishu")),
    ("wxwork", _("WeCom")), ("Edg", "Edge"), ("OPR/", "Opera"), ("Firefox", "Firefox"), ("HuaweiBrowser", "Huawei Browser"),
    ("Chrome", "Chrome"), ("Safari", "Safari"), ("curl", "curl"),
)  # fmt: skip
_SYSTEMS = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("HarmonyOS", "HarmonyOS"), ("Android", "Android"), ("Windows", "Windows"),
    ("Mac OS X", "macOS"), ("CrOS", "ChromeOS"), ("Linux", "Linux"),
)  # fmt: skip


def named(agent: str | None) -> str:
    """Such as "Chrome · Windows"; without anything known "An unknown device"."""
    text = agent or ""
    found = [next((name for part, name in known if part in text), "") for known in (_PROGRAMS, _SYSTEMS)]
    return " · ".join(say(each) for each in found if each) or say("An unknown device")


def is_phone(agent: str | None) -> bool:
    """Whether it goes into a pocket."""
    return any(part in (agent or "") for part in ("iPhone", "Android", "Mobile"))


def place(network: str | None) -> str:
    """Where an address lies, as far as it says so itself."""
    try:
        address = ipaddress.ip_address(network or "")
    except ValueError:
        return network or "—"
    if address.is_loopback:
        return say("This machine")
    return say("Own network {address}", address=network) if address.is_private else str(network)
