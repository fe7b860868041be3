"""docker-hooks beside its peers: how fast, how safe, and who finds and mends what.

    python -m benchmarks             speed
    python -m benchmarks.safety      what fix modes do to real files
    python -m benchmarks.compare     who finds and mends what, case by case
    python -m benchmarks.hadolint    which rule of hadolint is which hook
    python -m benchmarks.picture     the picture of a run

Each installs what it needs under `environments/`, prints its tables and writes them as Markdown. See README.md.
"""
