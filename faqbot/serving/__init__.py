"""What any web server needs: waitress, limits for each address, the log, metrics.

`server` runs waitress with options that keep it answering under slow clients; `limits` counts what
each address asks; `logs` writes a line for each request; `metrics` counts for Prometheus.
"""
