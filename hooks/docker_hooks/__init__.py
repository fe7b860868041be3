"""Pre-commit hooks for the Docker files of Python data-science projects."""
