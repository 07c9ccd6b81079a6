"""One file per tool. See app/tools/core for the seam every tool shares."""
