"""From what was handed in, whatever its form, to who did which lesson, and when."""
