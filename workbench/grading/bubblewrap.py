"""The command that shuts a program in: Linux namespaces, by way of bubblewrap.

Inside there is a system that can only be read, an empty home, no network, no other process, no user of this
machine, and of the workbench all but what holds solutions. Nothing else of the disk exists there.
"""

from __future__ import annotations

import functools
import os
import secrets
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterator, Sequence
from pathlib import Path

HOUSE = Path(__file__).parents[1]  # the package
# Solutions, hidden inputs and the code that judges: a student's program finds these rooms empty.
HIDDEN = ("teaching", "grading", "notebooks")
SYSTEM = ("usr", "bin", "sbin", "lib", "lib32", "lib64", "libx32")
PROGRAM = Path("/sandbox")  # where the program inside lies
# Users that systemd keeps for services made on the fly: none of them owns a file. When root grades, each
# sandbox gets one of them; root's own processes would not be counted.
USERS = range(61184, 65520)


class NoSandbox(OSError):
    """Say that this machine has nothing to shut a student's code in."""


@functools.cache
def keeper() -> str:
    """Say what shuts students' code in on this machine, such as ``"bubblewrap 0.8.0"``.

    Raises
    ------
    NoSandbox : there is no bubblewrap, or it is not allowed to work; two commands that help are named.
    """
    help = "`apt install bubblewrap` brings it; `workbench grade --trust-students` grades without a sandbox"
    if shutil.which("bwrap") is None:
        raise NoSandbox(f"students' code needs a sandbox, and bubblewrap is not installed: {help}")
    tried = subprocess.run(
        [*shut_in((), 2**20), *python("import numpy", PROGRAM)],
        env={},
        capture_output=True,
        text=True,
        check=False,
    )
    if tried.returncode != 0:
        said = " ".join(tried.stderr.split()) or f"exit code {tried.returncode}"
        raise NoSandbox(f"students' code needs a sandbox, and bubblewrap does not work here ({said}): {help}")
    version = subprocess.run(["bwrap", "--version"], capture_output=True, text=True, check=False).stdout
    return version.strip()


def shut_in(program: Sequence[Path], scratch: int) -> list[str]:
    """Give the command to put before another one, so that it runs shut in.

    program : files that it finds in `PROGRAM`, under ``grading``. scratch : bytes that ``/tmp`` may hold.
    """
    root = os.getuid() == 0
    return [
        str(shutil.which("bwrap") or "bwrap"),
        *("--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try"),
        *([] if root else ["--unshare-user", "--disable-userns"]),
        *("--die-with-parent", "--new-session", "--clearenv", "--hostname", "sandbox"),
        *("--cap-drop", "ALL"),
        *(["--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"] if root else []),
        *_system(),
        # First of all, since the workbench itself may lie somewhere below it.
        *("--perms", "1777", "--size", str(scratch), "--tmpfs", "/tmp"),
        *_python(),
        *_workbench(),
        *("--dir", str(PROGRAM), "--dir", str(PROGRAM / "grading")),
        *(word for file in program for word in ("--ro-bind", str(file), f"{PROGRAM}/grading/{file.name}")),
        *("--proc", "/proc", "--dev", "/dev"),
        *("--remount-ro", "/dev", "--remount-ro", "/", "--chdir", "/tmp"),
        *(word for name, value in environment("/tmp").items() for word in ("--setenv", name, value)),
        "--",
        *(_another_user() if root else []),
    ]


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


def _system() -> Iterator[str]:
    for name in SYSTEM:
        path = Path("/", name)
        if path.is_symlink():
            yield from ("--symlink", os.readlink(path), str(path))
        elif path.is_dir():
            yield from ("--ro-bind", str(path), str(path))
    yield from ("--dir", "/etc")
    yield from ("--ro-bind-try", "/etc/ld.so.cache", "/etc/ld.so.cache")
    yield from ("--ro-bind-try", "/etc/alternatives", "/etc/alternatives")


def _python() -> Iterator[str]:
    base = Path(sys.base_prefix)
    for path in (base / "bin", base / "lib", base / "lib64", *libraries()[:-1]):
        if path.is_dir() and not path.is_relative_to("/usr"):
            yield from _bound(path)


def _workbench() -> Iterator[str]:
    """Bind the package and its pictures, and empty the rooms that hold solutions."""
    from workbench.samples import DATA

    for path in (HOUSE, DATA):
        if not path.is_relative_to("/usr"):
            yield from _bound(path)
    for room in HIDDEN:
        if (HOUSE / room).is_dir():
            yield from ("--perms", "0555", "--size", "4096", "--tmpfs", str(HOUSE / room))
            yield from ("--remount-ro", str(HOUSE / room))


def _bound(path: Path) -> Iterator[str]:
    # Folders on the way are made by hand: bubblewrap would make them readable for their owner alone.
    for folder in reversed(path.parents[:-1]):
        yield from ("--dir", str(folder))
    yield from ("--ro-bind", str(path), str(path))


def _another_user() -> list[str]:
    """Become a user who owns nothing, in a user namespace of its own, with no power there and no way to more.

    bubblewrap would do this itself, but for root it maps root: the kernel counts no processes of that one.
    """
    user = str(secrets.choice(USERS))
    become = ["/usr/bin/setpriv", "--reuid", user, "--regid", user, "--clear-groups", "--no-new-privs"]
    space = ["/usr/bin/unshare", "--user", "--map-current-user", "--keep-caps"]
    no_more = ["/bin/sh", "-c", 'echo 0 >/proc/sys/user/max_user_namespaces; exec "$@"', "sh"]
    powers = [word for kind in ("ambient-caps", "inh-caps", "bounding-set") for word in (f"--{kind}", "-all")]
    return [*become, *space, *no_more, "/usr/bin/setpriv", *powers]
