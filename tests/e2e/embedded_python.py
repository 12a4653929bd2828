"""A Python program that embeds libdrift: embedded_python.py CONFIGURATION [WHAT]. CONFIGURATION is JSON whose `settings` are the keys of a drift.yaml;
WHAT is one of the functions below. Reports are printed as one line of JSON each."""
import asyncio
import json
import multiprocessing
import os
import signal
import sys
import threading

import libdrift


def engine_of(config):
    return libdrift.Engine(config=config["settings"])


def tell(report):
    with report:
        print(report.to_json(compact=True).strip(), flush=True)


def twice(config):
    with engine_of(config) as engine:
        tell(engine.scan())
        tell(asyncio.run(engine.ascan()))


def stacks(config):
    """Scans of several documents, one after the other."""
    with engine_of(config) as engine:
        for state in config["states"]:
            tell(engine.scan(state=state))


def fork(config):
    """The child has an engine that is its parent's, makes one of its own, and ends as any program does."""
    engine = engine_of(config)
    tell(engine.scan())
    child = os.fork()
    if child == 0:
        try:
            engine.scan()
        except libdrift.DriftError as error:
            print(json.dumps(error.name), flush=True)
        with engine_of(config) as own:
            tell(own.scan())
        return
    if os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0:
        tell(engine.scan())  # with the provider that it has had all along
    engine.close()


def outlived(config):
    """A child lives on, with copies of all that was open, until it is killed."""
    engine = engine_of(config)
    tell(engine.scan())
    child = os.fork()
    if child == 0:
        while True:
            signal.pause()
    print(json.dumps(child), flush=True)
    sys.stdin.readline()
    engine.close()
    print(json.dumps("closed"), flush=True)
    os.waitpid(child, 0)


def closes(config):
    """The engine is closed, and the program goes on."""
    with engine_of(config) as engine:
        tell(engine.scan())
    print(json.dumps("closed"), flush=True)
    sys.stdin.readline()


def in_worker(config):
    with engine_of(config) as engine, engine.scan() as report:
        return os.getpid(), report.to_json(compact=True).strip()


def pools(config):
    """Workers of every kind, while the parent has an engine with a provider, too."""
    with engine_of(config) as engine:
        tell(engine.scan())
        for method in multiprocessing.get_all_start_methods():
            with multiprocessing.get_context(method).Pool(2) as pool:
                for pid, report in pool.map(in_worker, [config] * 4, chunksize=1):
                    assert pid != os.getpid()
                    print(report, flush=True)
                pool.close()
                pool.join()
        tell(engine.scan())


def waits(config):
    """For a read that never ends."""
    tell(engine_of(config).scan())


def leaves(config):
    """The program ends though a thread waits for a read that never ends."""
    threading.Thread(target=waits, args=(config,), daemon=True).start()
    sys.stdin.readline()


if __name__ == "__main__":
    globals()[sys.argv[2] if len(sys.argv) > 2 else "twice"](json.loads(sys.argv[1]))
