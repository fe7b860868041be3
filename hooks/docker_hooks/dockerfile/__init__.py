"""Reads and edits a Dockerfile as BuildKit reads it; knows no hook."""
