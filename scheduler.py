"""The clock process: one tick that calls the jobs. It keeps no state; the issue table is the truth."""
