"""Which variables tell an install of files, and which paths stand in a value."""

from __future__ import annotations

import pytest

from docker_hooks.dockerfile.told_files import may_tell, paths_set, paths_told


@pytest.mark.parametrize(
    "variable",
    [
        *("REQUESTS_CA_BUNDLE", "SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS", "PIP_CONFIG_FILE", "PIP_INDEX_URL"),
        *("UV_INDEX", "POETRY_VIRTUALENVS_PATH", "GIT_SSH_COMMAND", "CFLAGS", "CC", "C_INCLUDE_PATH", "HOME"),
        *("PYTHONHOME", "TMPDIR", "XDG_CONFIG_HOME", "LD_LIBRARY_PATH", "PKG_CONFIG_PATH", "CONDA_CHANNELS"),
    ],
)
def test_may_tell(variable: str) -> None:
    assert may_tell(variable)


@pytest.mark.parametrize(
    "variable",
    [
        *("PATH", "PYTHONPATH", "VIRTUAL_ENV", "UV_PROJECT_ENVIRONMENT", "PIP_CACHE_DIR", "XDG_CACHE_HOME"),
        *("APP_HOME", "FLASK_APP", "DJANGO_SETTINGS_MODULE", "ENV", "PIPELINE", "CATALOG", "HOMEPAGE", "CONDA_DIR"),
    ],
)
def test_does_not_tell(variable: str) -> None:
    assert not may_tell(variable)


@pytest.mark.parametrize(
    ("text", "absolute", "relative"),
    [
        ("/app/ca.pem", ["/app/ca.pem"], []),
        ("ca.pem", [], ["ca.pem"]),
        ("../ca.pem", ["../ca.pem"], []),
        ("/opt/lib:/app/lib", ["/opt/lib", "/app/lib"], []),
        ("-O2 -I/app/inc -L./lib", ["/app/inc", "./lib"], []),
        ("ssh -i '/app/key'", ["/app/key"], ["ssh"]),
        ("file:///app/a file:/app/b file:c", ["/app/a", "/app/b"], ["c"]),
        ("git+file:///app/a", ["/app/a"], []),
        ("local=/app/a", ["/app/a"], ["local"]),
        ("https://example.org/app/a", [], []),
        ("https://user:word@example.org:8080/a /app/b", ["/app/b"], []),
        ("", [], []),
    ],
)
def test_paths_told(text: str, absolute: list[str], relative: list[str]) -> None:
    assert list(paths_told(text)) == absolute
    assert [path for path in paths_told(text, relative=True) if path not in absolute] == relative


@pytest.mark.parametrize(
    ("line", "paths"),
    [
        ("config set global.cert certs/ca.pem", ["certs/ca.pem"]),
        ("config set global.index-url https://example.org", []),
        ("config set global.index-url file:///app/pypi", ["/app/pypi"]),
        ("config set global.timeout 60", []),
        ("config set global.cache-dir /app/cache", []),
        ("config --set ssl_verify false", []),
        ("config --set ssl_verify ca.pem", ["ca.pem"]),
        ("config --add channels conda-forge/label/x", []),
        ("config certificates.x.cert /app/ca.pem", ["/app/ca.pem"]),
        ("config --global --add safe.directory /app", []),
        ("config --global http.sslCAInfo ca.pem", ["ca.pem"]),
    ],
)
def test_paths_set(line: str, paths: list[str]) -> None:
    assert list(paths_set(line.split())) == paths
