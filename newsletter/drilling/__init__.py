"""The crash drill: senders are killed at random instants, and a sink's own count says what that cost.

place  a data directory and a database of its own | invented people | one issue, due now
sink   a process that takes letters and writes each Message-ID down before it says so
crew   senders as production runs them; kill -9, and who held what when it came
run    kill until so many kills have hit something | let the rest go out | judging.judge
"""
