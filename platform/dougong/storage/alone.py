"""Whether a worker is the only one on a folder of SQLite files. One rule: the mark is a lock of the operating system, so it
goes with the process, however that ends; nobody has to tidy up after a power cut."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pysqlite3.dbapi2 as driver

FILE = "working.lock"


class Alone:
    """Held until `give_up` or the end of the process."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def give_up(self) -> None:
        self._connection.close()


def alone(folder: Path) -> Alone | None:
    """The mark on the folder; None while another process has it."""
    connection = driver.connect(str(folder / FILE), isolation_level=None, timeout=0, check_same_thread=False)
    try:
        connection.execute("BEGIN EXCLUSIVE")
    except driver.OperationalError:
        connection.close()
        return None
    return Alone(connection)
