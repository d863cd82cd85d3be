"""What a student's code may use."""

from __future__ import annotations

from dataclasses import dataclass

from workbench.grading import wire


@dataclass(frozen=True)
class Limits:
    """Hold what a student's code may use for one answer.

    memory : bytes, of each process and of all together. processes : at once, threads included.
    file, scratch : bytes of one file and of all files. reply : bytes that come back from one call.
    prepare : seconds for the cells that an answer needs. wall : seconds for all calls of one answer.
    """

    memory: int = 2 * 2**30
    processes: int = 32
    file: int = 16 * 2**20
    scratch: int = 64 * 2**20
    reply: int = wire.MOST_BYTES
    prepare: float = 20.0
    wall: float = 90.0

    def kernel(self) -> dict[str, int]:
        """Give the limits that the kernel keeps for each process, by its names for them."""
        seconds = int(self.prepare + self.wall) + 1
        return {
            "AS": self.memory,
            "CPU": seconds,
            "FSIZE": self.file,
            "NPROC": self.processes + 1,  # the program that starts the processes is one, too
            "NOFILE": 64,
            "CORE": 0,
        }
