"""The action ids of everything that can be clicked, shared by those who draw and those who listen."""

from __future__ import annotations

APPROVE = "approval.approve"
EDIT = "approval.edit"
DECLINE = "approval.decline"
EDIT_VIEW = "approval.edit_view"
CHOOSE = "answer.choose"  # followed by ".<number>"; the value is what the person is taken to have said
FOLLOW_UP = "answer.follow_up"  # followed by ".<number>"
DOWNLOAD_CSV = "answer.csv"  # followed by ".<number>"; the value names the turn and the table
FEEDBACK = "answer.feedback"
DEFINE = "answer.define"  # the value holds the keys of definitions, separated by commas
STOP_DIGEST = "digest.stop"  # the value is the schedule's id
ASK_EXAMPLE = "home.ask"  # followed by ".<number>"
GOOD, BAD = "good", "bad"
