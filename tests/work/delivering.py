"""A worker in a process of its own, to be killed: as `billto worker`, only that it tries again sooner."""

import asyncio
import json
import os
import signal
import sys

from billto import config, wiring
from billto.work.channels import channels
from billto.work.runner import Runner
from tests.work.office import QUICK


async def work() -> None:
    settings = config.read(os.environ)
    store = wiring.make_store(settings)
    await store.open()
    runner = Runner(store, wiring.clock, channels(settings), print, QUICK)
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, runner.end)
    loop.add_reader(sys.stdin.fileno(), os._exit, 1)  # the tests have ended
    print("working", flush=True)
    await runner.run()
    await store.close()


if __name__ == "__main__":
    os.environ |= json.loads(sys.argv[1])
    asyncio.run(work())
