"""What a program finds around it in a sandbox, whatever shuts it in.

Inside there is a system that can only be read, an empty home, no network, no other process, no user of this
machine, and of the workbench all but what holds solutions. Nothing else of the disk exists there.
"""

from __future__ import annotations

import os
import secrets
import sys
import sysconfig
from pathlib import Path

HOUSE = Path(__file__).parents[1]  # the package
# Solutions, hidden inputs and the code that judges: a student's program finds these rooms empty.
HIDDEN = ("teaching", "grading", "notebooks")
SYSTEM = tuple(Path("/", name) for name in ("usr", "bin", "sbin", "lib", "lib32", "lib64", "libx32"))
FROM_ETC = (Path("/etc/ld.so.cache"), Path("/etc/alternatives"))
PROGRAM = Path("/sandbox")  # where the program inside lies
# Users that systemd keeps for services made on the fly: none of them owns a file. A sandbox gets one of them
# where it cannot have the one who grades.
USERS = range(61184, 65520)


class NoSandbox(OSError):
    """Say that this machine has nothing to shut a student's code in."""


def python(code: str, program: Path) -> list[str]:
    """Give the command that runs a line of Python, importing from `program` and what is installed."""
    name = f"python{sys.version_info[0]}.{sys.version_info[1]}"
    # Without site: no line of a .pth file is run, and the workbench is where it is said to be.
    start = [str(Path(sys.base_prefix, "bin", name)), "-s", "-P", "-S", "-B", "-c"]
    paths = "import sys; sys.path[:0] = sys.argv[1:2]; sys.path += sys.argv[2:]; "
    return [*start, paths + code, str(program), *map(str, libraries())]


def environment(home: str) -> dict[str, str]:
    """Give all that a program inside may know of its surroundings."""
    one = {f"{library}_NUM_THREADS": "1" for library in ("OMP", "OPENBLAS", "MKL")}
    known = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "MPLBACKEND": "agg", "PYTHONHASHSEED": "0"}
    # Every thread would reserve 64 MB of addresses, and addresses are what the memory limit counts.
    return {"HOME": home, **known, **one, "MALLOC_ARENA_MAX": "2"}


def libraries() -> list[Path]:
    """List the folders from which Python takes installed packages, here and inside alike."""
    paths = sysconfig.get_paths()
    return list(dict.fromkeys([Path(paths["purelib"]), Path(paths["platlib"]), HOUSE.parent]))


def links() -> dict[Path, str]:
    """Name the links of the system, such as ``/bin``, and where each leads."""
    return {path: os.readlink(path) for path in SYSTEM if path.is_symlink()}


def readable() -> list[Path]:
    """List what can be read inside, where it is outside: the system, Python, the workbench, its pictures."""
    from workbench.samples import DATA

    base = Path(sys.base_prefix)
    system = [path for path in (*SYSTEM, *FROM_ETC) if path.exists() and not path.is_symlink()]
    own = (base / "bin", base / "lib", base / "lib64", *libraries()[:-1], HOUSE, DATA)
    own = tuple(path for path in own if path.is_dir() and not path.is_relative_to("/usr"))
    return list(dict.fromkeys([*system, *own]))


def emptied() -> list[Path]:
    """List the folders among the readable ones that are empty inside, since they hold solutions."""
    return [HOUSE / room for room in HIDDEN if (HOUSE / room).is_dir()]


def somebody() -> str:
    """Draw a user who owns nothing, by number."""
    return str(secrets.choice(USERS))
