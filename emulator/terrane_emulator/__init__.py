"""An AWS that fits on a laptop: moto's server with the gaps closed that Terrane meets.

`README.md` beside this package says how to run and steer it, `GAPS.md` what it
cannot do faithfully.
"""
