"""A process that steers a class: each time it is told to, it splits, and the new half works on until it kills itself.

Usage: ``runner.py DATA_DIR TEMPLATES``, then a line on its standard input for each process: the number of its first step, and at
which of its accesses to files it is killed. It prints the number of each step that was carried out, and then ``ended`` follows.
"""

import os
import signal
import sys
from itertools import count
from pathlib import Path

from simulator.app import create_app
from simulator.classroom.teaching import Classroom, classroom
from simulator.settings import Settings

ACCESSES = ("open", "os.mkdir", "os.remove", "os.rename", "shutil.copyfile", "sqlite3.connect")
ACTIONS = ("hint", "put-back", "stuck", "next", "undo", "go-to", "unstuck", "set-minutes")


def step(room: Classroom, number: int) -> None:
    """Carry out one step: a message with its number, a minute more, and an action for one of three trainees."""
    trainee, action = ("lisa", "omar", "tess")[number % 3], ACTIONS[number % len(ACTIONS)]
    room.act("monday", "message", text=str(number))
    room.act("monday", "add-minutes", minutes=1)
    if action in ("stuck", "unstuck"):
        room.say_stuck("monday", trainee, stuck=action == "stuck")
    else:
        first = room.classes.get("monday").exercises[0]
        room.act("monday", action, trainee, exercise=first, minutes=5)


def work(settings: Settings, first: int, access: int) -> None:
    """Steer the class until the end of this process."""
    accesses = count(1)

    def kill(event: str, _: object) -> None:
        if event in ACCESSES and next(accesses) == access:
            os.kill(os.getpid(), signal.SIGKILL)

    with create_app(settings).app_context():
        classroom()
        sys.addaudithook(kill)
        for number in count(first):
            step(classroom(), number)
            print(number, flush=True)


def main() -> None:
    """Wait for orders."""
    settings = Settings(data_dir=Path(sys.argv[1]), templates=Path(sys.argv[2]))
    print("ready", flush=True)
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            work(settings, *map(int, line.split()))
        os.waitpid(child, 0)
        print("ended", flush=True)


if __name__ == "__main__":
    main()
