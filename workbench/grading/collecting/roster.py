"""Who is who: from what an export calls a student to the one in the course's list."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from workbench.teaching.course import Student


@dataclass(frozen=True)
class Roster:
    """Hold the students of a course; an empty one takes everybody under the name that they come with.

    >>> roster = Roster((Student("17", "Ada Lovelace"), Student("18", "Zoë Abe")))
    >>> [roster.find(name).id for name in ("Ada Lovelace", "lovelaceada", "17", "Zoe ABE")]
    ['17', '17', '17', '18']
    """

    students: Sequence[Student] = ()

    def find(self, name: str, key: str = "") -> Student:
        """Find a student by name or by id; `key` is the platform's own id, where it gives one.

        Raises
        ------
        ValueError : the list has nobody of that name, or several.
        """
        if not self.students:
            return Student(f"{name} ({key})" if key else name, name)
        by_id = {student.id: student for student in self.students}
        if found := by_id.get(key) or by_id.get(name):
            return found
        same = self._by_name().get(folded(name), [])
        if len(same) == 1:
            return same[0]
        if same:
            ids = ", ".join(student.id for student in same)
            raise ValueError(f"{name!r} may be any of {ids} in the list of students; rename it to the id")
        raise ValueError(f"{name!r} is not in the list of students; add it there, or rename the file")

    def _by_name(self) -> dict[str, list[Student]]:
        """Look names up in any order of their parts, as Canvas puts the last one first."""
        found: dict[str, list[Student]] = defaultdict(list)
        for student in self.students:
            words = student.name.split() or [student.id]
            turned = {folded("".join(words[at:] + words[:at])) for at in range(len(words))}
            for spelling in turned | {folded(student.id)}:
                found[spelling].append(student)
        return found


def folded(name: str) -> str:
    """Write a name without case, accents, spaces and signs, as learning platforms do in file names.

    >>> folded("Søren O'Neill-García")
    'sørenoneillgarcia'
    """
    # Taking letters apart may bring capitals to light, and folding these may bring accents.
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", name).casefold()).casefold()
    return "".join(letter for letter in plain if letter.isalnum())
