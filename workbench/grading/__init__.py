"""Grading a class: answers run where they can do no harm and give data; judging happens outside."""
