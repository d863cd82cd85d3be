"""A class of a hundred that is made up, to try grading on and to show it."""
