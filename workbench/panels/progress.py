"""The progress panel: which exercises are done, where to go next, and a file to carry that elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workbench.panels.cards import sentence
from workbench.panels.page import PageWidget
from workbench.widgets import assets

if TYPE_CHECKING:
    from workbench.teaching.progress import Lesson


class ProgressWidget(PageWidget):
    """Show the progress page; `panels.progress` makes it."""

    _esm = assets.module("progress.js")

    def __init__(self) -> None:
        super().__init__()
        # The other panels start without the lessons' exercises, so these are brought here.
        from workbench.teaching import kept, progress

        self._kept, self._summary = kept, progress.summary
        self.on_msg(lambda _, content, buffers: self.receive(content, buffers))
        kept.listen(self.look)

    def receive(self, content: Any, buffers: list[Any]) -> None:
        """Take one message from the page; what cannot be is answered with a sentence."""
        asked = content.get("type") if isinstance(content, dict) else None
        if asked in ("hello", "look"):
            self.look()
        elif asked == "export":
            file = {"type": "download", "name": "workbench-progress.json", "mime": "application/json"}
            self._tell(file, [self._kept.exported().encode()])
        elif asked == "import":
            self._take(bytes(buffers[0]) if buffers else b"")
        else:
            self._say("the page asked for something that there is not; reload it", "error")

    def look(self) -> None:
        """Send what is kept now."""
        found = self._summary()
        lessons = [_described(lesson) for lesson in found.lessons]
        upcoming = found.next.exercise.id if found.next else ""
        keeps = self._kept.place() is not None
        counts = {"done": found.done, "total": len(found.steps), "next": upcoming, "sentence": found.sentence}
        self._tell({"type": "progress", "lessons": lessons, "keeps": keeps, **counts}, [])

    def _take(self, data: bytes) -> None:
        try:
            count = self._kept.merged(data.decode())
        except UnicodeDecodeError:
            self._say("this is no text; choose the JSON file that the workbench exported", "error")
        except (ValueError, OSError) as error:
            self._say(sentence(error), "error")
        else:
            self._say(f"read: {count} exercise{'' if count == 1 else 's'}", "info")

    def _say(self, message: str, level: str) -> None:
        self._tell({"type": "notice", "level": level, "message": message}, [])


def progress() -> ProgressWidget:
    """Show which exercises of which lesson are done, and where to go next; exports and reads a JSON file."""
    return ProgressWidget()


def _described(lesson: Lesson) -> dict[str, Any]:
    steps = [
        {
            "id": step.exercise.id,
            "title": step.exercise.title,
            "state": step.state,
            "told": step.told,
            "when": step.kept.first_right[:10] if step.kept else "",
        }
        for step in lesson.steps
    ]
    return {"number": lesson.number, "topic": lesson.topic, "done": lesson.done, "steps": steps}
