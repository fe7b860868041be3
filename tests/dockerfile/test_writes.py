"""Where commands write, and which paths they may write to."""

from __future__ import annotations

import pytest

from docker_hooks.dockerfile.calls import calls_of
from docker_hooks.dockerfile.reader import read
from docker_hooks.dockerfile.script import script_of
from docker_hooks.dockerfile.stages import State
from docker_hooks.dockerfile.writes import Named, may_write, named, named_by, written


@pytest.mark.parametrize(
    ("command", "paths"),
    [
        ("python main.py", []),
        ("python main.py > /var/log/a 2>&1", ["/var/log/a"]),
        ("python main.py >> log 2>/dev/null", ["/app/log", "/dev/null"]),
        ("python main.py < /etc/a", []),
        ("mkdir -m 755 -p /a b", ["/a", "/app/b"]),
        ("touch -r /a /b", ["/b"]),
        ("cp /a /b /c", ["/c"]),
        ("cp -t /c /a /b", ["/c"]),
        ("mv /a /b", ["/a", "/b"]),
        ("ln -snf /usr/share/zoneinfo/UTC /etc/localtime", ["/etc/localtime"]),
        ("chown -R a:b /c /d", ["/c", "/d"]),
        ("chmod 755 /c", ["/c"]),
        ("sed -i s/a/b/ /c", ["/c"]),
        ("sed -i -e s/a/b/ /c", ["/c"]),
        ("sed s/a/b/ /c", []),
        ("echo a | tee -a /etc/a", ["/etc/a"]),
        ("install -d -m 755 /a /b", ["/a", "/b"]),
        ("install -m 755 /a /b", ["/b"]),
        ("dd if=/a of=/b", ["/b"]),
        ("rm -rf /a", ["/a"]),
        ("wget -qO- https://example.com", []),
        ("wget -P /a https://example.com", ["/a"]),
        ("tar -xzf /a.tgz -C /b", ["/b"]),
        ("git clone https://example.com/a.git", []),
        ("aws s3 cp s3://a/b /c --region x", ["/c"]),
        ("cd /x && touch y", ["/x/y"]),
        ('touch "$A"', [None]),
        ('touch "$A/b"', [None]),
        (f"touch {'/a' * 9000}", [None]),
        ("touch $HOME/b", ["/?$HOME/b"]),
    ],
)
def test_written(command: str, paths: list[str | None]) -> None:
    script = script_of(read(f"FROM a\nCMD {command}\n").instructions[-1])
    calls = calls_of(script, State(), "/app").calls
    assert [path for call in calls for path in written(call)] == paths


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("case a in b) exec c;; esac", False),
        ("case a in b) echo c >&2;; d) e >/dev/null 2>&1;; esac", False),
        ("case a in b) echo c > d;; esac", True),
        ("case a in b) mkdir -p /c;; esac", True),
        ("case a in b) /opt/rm/x --cp y;; esac", False),
    ],
)
def test_what_may_write(text: str, expected: bool) -> None:
    assert may_write(text) is expected


@pytest.mark.parametrize(
    ("command", "paths"),
    [
        ("/bin/a", []),
        ("python /a.py --out /b", [Named("/a.py", False), Named("/b", True)]),
        ("python --log-file=/b", [Named("/b", True)]),
        ("python --log-config /b.yml", [Named("/b.yml", False)]),
        ("python --db sqlite:////a/b.db", [Named("/a/b.db", True)]),
        ("python --url sqlite:////a/b.sqlite3 --x file:///c", [Named("/a/b.sqlite3", True), Named("/c", False)]),
        ("python https://example.com/a x:/b a/b", []),
        ("gunicorn -b unix:/run/a.sock", [Named("/run/a.sock", True)]),
        ("gunicorn --bind unix:/run/a", [Named("/run/a", True)]),
        ("python --db sqlite:///a.db --x sqlite+aiosqlite:///b.db", []),
        ("python /b.log", [Named("/b.log", True)]),
        ("tensorboard --logdir /logs", []),
        ("python --out $A /b", [Named("/b", False)]),
    ],
)
def test_named(command: str, paths: list[Named]) -> None:
    script = script_of(read(f"FROM a\nCMD {command}\n").instructions[-1])
    (call,) = calls_of(script, State(), "/app").calls
    assert list(named(call)) == paths


@pytest.mark.parametrize(
    ("name", "value", "paths"),
    [
        ("IN", "/a", [Named("/a", False)]),
        ("OUT", "/a", [Named("/a", False, True)]),
        ("LOG_PATH", "/a", [Named("/a", False, True)]),
        ("LOG_CONFIG", "/a", [Named("/a", False)]),
        ("MODEL_PATH", "/a", []),
        ("HF_HOME", "/a", [Named("/a", True)]),
        ("DATABASE_URL", "sqlite:////a.db", [Named("/a.db", True, True)]),
        ("DATABASE_URL", "sqlite:///a.db", []),
        ("UPLOAD_URL", "/a", []),
        ("STORE_URL", "file:///a", [Named("/a", False, True)]),
        ("PATH", "/a/bin:/b/bin", []),
        ("UV_CACHE_DIR", "/a", []),
        ("LEVEL", "info", []),
    ],
)
def test_named_by_a_variable(name: str, value: str, paths: list[Named]) -> None:
    assert list(named_by(name, value)) == paths
