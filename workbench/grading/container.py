"""A container as a sandbox, where there is no bubblewrap: the same surroundings, by way of podman or docker.

The two engines understand the same words, but for a few. They start what is inside, so it is no descendant of
the command given here: that one only carries what is said, between its own two pipes and those inside.
"""

from __future__ import annotations

import io
import re
import secrets
import shutil
import subprocess
import tarfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from workbench.grading import surroundings
from workbench.grading.surroundings import PROGRAM, NoSandbox

# However the grader ends, a shell beside the engine's command is told so, and removes the container ($0).
# What a shell starts behind itself would read nothing, were it not given the pipe by another number.
REMOVES = """trap '"$1" rm --force "$0"' TERM; """
UNTIL_WE_END = REMOVES + 'exec 3<&0 </dev/null; "$@" <&3 3<&- & exec 3<&-; wait $!'
WATCHED = ("/usr/bin/setpriv", "--pdeathsig", "TERM", "/bin/sh", "-c", UNTIL_WE_END)
PATIENCE = 60.0  # s for one word with an engine: a disk may be slow, but not a daemon dead
# The first process inside. It moves the two pipes to `PIPES`, where no print of a student's finds them, and
# then only waits: for the program, for the ends of orphans, and for podman to ask it to end.
PIPES = (3, 4)
FIRST = 'trap exit TERM; exec 3<&0 4>&1 </dev/null >/dev/null 2>&1; "$@" & exec 3<&- 4>&-; wait'


@dataclass(frozen=True)
class Engine:
    """Speak with one engine of containers.

    more : what it alone must be told when it starts one. empty : the same, of a folder in memory.
    """

    name: str
    more: tuple[str, ...]
    empty: str = ""

    def tried(self) -> str:
        """Shut a program in, and say what did it, such as ``"podman 4.3.1"``.

        Raises
        ------
        NoSandbox : there is no such engine, or it is not allowed to work.
        """
        if shutil.which(self.name) is None:
            raise NoSandbox(f"{self.name} is not installed")
        if self._told("image", "inspect", image()[0]).returncode != 0:
            self._worked(self._told("import", "-", image()[0], input=image()[1]))
        command = [*self.shut_in((), 2**20, new_name()), *surroundings.python("import numpy", PROGRAM)]
        self._worked(self._ran(command))
        version = self._worked(self._told("--version"))
        return " ".join([self.name, *re.findall(r"\d[\d.]*\d", version)[:1]])

    def shut_in(self, program: Sequence[Path], scratch: int, name: str) -> list[str]:
        """Give the command to put before another one, so that it runs shut in, with `PIPES` to speak through.

        program : files that it finds in `PROGRAM`, under ``grading``. scratch : bytes that ``/tmp`` may hold.
        name : of the container.
        """
        user = surroundings.somebody()
        known = [f"{name}={value}" for name, value in surroundings.environment("/tmp").items()]
        return [
            *(*WATCHED, name),
            *(str(shutil.which(self.name) or self.name), "run", "--name", name),
            *("--rm", "--interactive", "--pull", "never", "--log-driver", "none"),
            *("--network", "none", "--ipc", "none", "--hostname", "sandbox", "--user", f"{user}:{user}"),
            # The engine's own filter of system calls stays; the program inside adds those of `seccomp`.
            *("--cap-drop", "ALL", "--security-opt", "no-new-privileges"),
            # Labels of SELinux would have to be written to the disk, so that what is bound could be read.
            *("--security-opt", "label=disable"),
            # The program sets narrower ones for what it starts; these are what some engines cannot raise.
            *("--ulimit", "nofile=64:64", "--ulimit", "nproc=256:256", "--ulimit", "core=0:0"),
            *("--read-only", "--workdir", "/tmp"),
            *self._memory("/tmp", scratch, "mode=1777"),
            *_disk(program),
            *(word for room in surroundings.emptied() for word in self._memory(room, 4096, "ro,mode=0555")),
            *self.more,
            *(image()[0], "/bin/sh", "-c", FIRST, "sh", "/usr/bin/env", "-i", *known),
        ]

    def first(self, name: str) -> int:
        """Give the number of a container's first process, as this machine counts; 0 where there is none."""
        said = self._told("inspect", "--format", "{{.State.Pid}}", name).stdout
        return int(said) if said.strip().isdigit() else 0

    def remove(self, name: str) -> None:
        """End everything in a container, and wait until it is gone; nothing where it is already."""
        self._told("rm", "--force", name)

    def _memory(self, folder: str | Path, size: int, how: str) -> tuple[str, str]:
        return "--tmpfs", f"{folder}:{how},size={size}{self.empty}"

    def _told(self, *words: str, input: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        return self._ran([self.name, *words], input)

    def _ran(self, command: Sequence[str], input: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        try:
            return subprocess.run(command, input=input, capture_output=True, check=False, timeout=PATIENCE)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise NoSandbox(f"{self.name} does not work here ({error})") from None

    def _worked(self, ran: subprocess.CompletedProcess[bytes]) -> str:
        if ran.returncode != 0:
            said = " ".join(ran.stderr.decode(errors="replace").split()) or f"exit code {ran.returncode}"
            raise NoSandbox(f"{self.name} does not work here ({said})")
        return ran.stdout.decode(errors="replace")


# Each would put files of its own into /etc, which tell of this machine. podman makes room to write,
# besides, and copies into an empty folder what it hides.
PODMAN = Engine("podman", ("--read-only-tmpfs=false", "--passwd=false", "--no-hosts"), ",notmpcopyup")
DOCKER = Engine("docker", ("--dns", "127.0.0.1"))
ENGINES = (PODMAN, DOCKER)


def new_name() -> str:
    """Make a name that no container has."""
    return f"workbench-{secrets.token_hex(8)}"


def image() -> tuple[str, bytes]:
    """Give the name and the archive of the image: the links of the system and nothing else.

    The name ends in a number made of what is in it, so that a change of the system makes another one.
    """
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        for path, end in surroundings.links().items():
            link = tarfile.TarInfo(str(path.relative_to("/")))
            link.type, link.linkname = tarfile.SYMTYPE, end
            archive.addfile(link)
    data = file.getvalue()
    return f"localhost/workbench-sandbox:{zlib.crc32(data):08x}", data


def _disk(program: Sequence[Path]) -> Iterator[str]:
    for path in surroundings.readable():
        yield from _bound(path, path)
    for file in program:
        yield from _bound(file, PROGRAM / "grading" / file.name)


def _bound(path: Path, inside: Path) -> tuple[str, str]:
    return "--mount", f"type=bind,src={path},dst={inside},readonly"
