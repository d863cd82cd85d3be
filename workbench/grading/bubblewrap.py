"""The command that shuts a program in: Linux namespaces, by way of bubblewrap."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

from workbench.grading import surroundings
from workbench.grading.surroundings import PROGRAM, NoSandbox


def tried() -> str:
    """Shut a program in, and say what did it, such as ``"bubblewrap 0.8.0"``.

    Raises
    ------
    NoSandbox : there is no bubblewrap, or it is not allowed to work.
    """
    if shutil.which("bwrap") is None:
        raise NoSandbox("bubblewrap is not installed")
    ran = subprocess.run(
        [*shut_in((), 2**20), *surroundings.python("import numpy", PROGRAM)],
        env={},
        capture_output=True,
        text=True,
        check=False,
    )
    if ran.returncode != 0:
        said = " ".join(ran.stderr.split()) or f"exit code {ran.returncode}"
        raise NoSandbox(f"bubblewrap does not work here ({said})")
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
        # First of all, since the workbench itself may lie somewhere below it.
        *("--perms", "1777", "--size", str(scratch), "--tmpfs", "/tmp"),
        *_disk(),
        *("--dir", str(PROGRAM), "--dir", str(PROGRAM / "grading")),
        *(word for file in program for word in ("--ro-bind", str(file), f"{PROGRAM}/grading/{file.name}")),
        *("--proc", "/proc", "--dev", "/dev"),
        *("--remount-ro", "/dev", "--remount-ro", "/", "--chdir", "/tmp"),
        *(word for known in surroundings.environment("/tmp").items() for word in ("--setenv", *known)),
        "--",
        *(_another_user() if root else []),
    ]


def _disk() -> Iterator[str]:
    for path, end in surroundings.links().items():
        yield from ("--symlink", end, str(path))
    for path in surroundings.readable():
        # Folders on the way are made by hand: bubblewrap would make them readable for their owner alone.
        for folder in reversed(path.parents[:-1]):
            yield from ("--dir", str(folder))
        yield from ("--ro-bind", str(path), str(path))
    for room in surroundings.emptied():
        yield from ("--perms", "0555", "--size", "4096", "--tmpfs", str(room), "--remount-ro", str(room))


def _another_user() -> list[str]:
    """Become a user who owns nothing, in a user namespace of its own, with no power there and no way to more.

    bubblewrap would do this itself, but for root it maps root: the kernel counts no processes of that one.
    """
    user = surroundings.somebody()
    become = ["/usr/bin/setpriv", "--reuid", user, "--regid", user, "--clear-groups", "--no-new-privs"]
    space = ["/usr/bin/unshare", "--user", "--map-current-user", "--keep-caps"]
    no_more = ["/bin/sh", "-c", 'echo 0 >/proc/sys/user/max_user_namespaces; exec "$@"', "sh"]
    powers = [word for kind in ("ambient-caps", "inh-caps", "bounding-set") for word in (f"--{kind}", "-all")]
    return [*become, *space, *no_more, "/usr/bin/setpriv", *powers]
