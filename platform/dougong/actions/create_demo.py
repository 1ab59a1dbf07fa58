"""Makes the demo firm: a tenant with the modules that come with the program and the seed set `demo`. Every step can be
repeated, so a start that was interrupted is finished by the next one."""

from __future__ import annotations

from ..kernel.actor import operator
from .create_tenant import create_tenant
from .enable_module import enable_module
from .installation import Installation
from .load_seed import load_seed
from .module_source import bundled_names
from .sign_in import DEMO

TITLE = "恒拓建设工程有限公司"
ADMIN = "admin@demo.test"


def create_demo(inst: Installation) -> bool:
    """Make or finish the tenant `demo` with people, masters and open periods; False when there are other tenants only.
    Its accounts have no passwords: on a loopback bind one picks a person."""
    tenants = inst.database.tenants()
    if tenants and DEMO not in tenants:
        return False
    if DEMO not in tenants:
        create_tenant(inst, DEMO, title=TITLE, admin=ADMIN)
    actor = operator(DEMO)
    for name in bundled_names():
        enable_module(inst, actor, name)
    load_seed(inst, DEMO, "demo")
    return True
