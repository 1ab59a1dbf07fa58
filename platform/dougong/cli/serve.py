"""`serve` and `worker`: the programs that stay. SQLite installations run one process that serves and works."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace

import waitress

from ..actions.create_demo import create_demo, wants_demo
from ..actions.installation import Installation
from ..app import create_app
from ..jobs.worker import Worker
from ..kernel.logs import configure
from . import ending
from .command import Command, House, Result

THREADS = 8


def _serve_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--port", type=int, default=8000, help="port to listen on")
    parser.add_argument("--no-demo", action="store_true", help="do not make the demo firm when there is no tenant")


def _serve(house: House, arguments: Namespace) -> Result:
    inst = house.inst
    configure(house.settings.log_level)
    if not arguments.no_demo and wants_demo(inst):
        _say("making the demo firm …")
        create_demo(inst)
    server = waitress.create_server(
        create_app(installation=inst), host=arguments.host, port=arguments.port, threads=THREADS, ident=None
    )
    worker = _worker(inst)
    shown = "[" + arguments.host + "]" if ":" in arguments.host else arguments.host
    _say(f"Dougong at http://{shown}:{getattr(server, 'effective_port', arguments.port)}  (Ctrl C ends)")
    try:
        ending.run(server)
    finally:
        worker.stop()
    return Result()


def _work(house: House, _: Namespace) -> Result:
    configure(house.settings.log_level)
    _say("working on jobs (Ctrl C ends)")
    worker = Worker(house.inst)
    ending.on_sigterm(worker.stop)
    worker.run()
    return Result()


def _worker(inst: Installation) -> Worker:
    worker = Worker(inst)
    worker.start()
    return worker


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


COMMANDS = (
    Command(
        "serve", "serve the web application; makes the demo firm when there is no tenant", _serve, _serve_arguments
    ),
    Command("worker", "work on jobs only, beside several serving processes", _work),
)
