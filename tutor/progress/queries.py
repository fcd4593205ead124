"""The few queries that `tutor list` shares with the store; plain strings, so that reading them costs nothing."""

from __future__ import annotations

VERSION = 1
"""`PRAGMA user_version` of the present schema."""

SUMMARY = "SELECT exercise, attempts, passed FROM exercise_summary"
"""Of each exercise that was graded: its name then, how often, whether one attempt passed."""

FURTHEST = "SELECT subject, number FROM event_maxima WHERE kind = ?"
"""Of each subject that had such an event: the largest number."""
