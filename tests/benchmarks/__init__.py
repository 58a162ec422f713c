"""Figures that anyone can measure again; each command takes the folders of its data.

python -m tests.benchmarks.matching   is the right entry found, and what is out of scope refused
python -m tests.benchmarks.speed      how long a visitor waits
python -m tests.benchmarks.scale      what grows with the knowledge
"""
