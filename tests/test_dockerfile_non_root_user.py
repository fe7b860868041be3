"""What dockerfile-non-root-user mends, reports, and leaves alone."""
# ruff: noqa: E501

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from docker_hooks.dockerfile_non_root_user import HOOK_RULES, ID, check, main
from docker_hooks.run import Hook, found
from tests.mends import findings_of, mended, subject_of

HOOK = Hook(ID, check, HOOK_RULES)

REWRITE = {
    "in the file's own casing and indentation": (
        """\
from python:3.12-slim
    workdir /app
    cmd ["python", "main.py"]
""",
        """\
from python:3.12-slim
    run groupadd --gid 1000 app \\
        && useradd --uid 1000 --gid app --create-home app \\
        && mkdir -p /app \\
        && chown app:app /app
    workdir /app
    user app
    cmd ["python", "main.py"]
""",
    ),
    "the usual file": (
        """\
FROM python:3.12-slim
# where the code lives
WORKDIR /app
COPY requirements.txt .
RUN pip install -r requirements.txt
COPY . .
# start
CMD ["python", "main.py"]
""",
        """\
FROM python:3.12-slim
RUN groupadd --gid 1000 app \\
    && useradd --uid 1000 --gid app --create-home app \\
    && mkdir -p /app \\
    && chown app:app /app
# where the code lives
WORKDIR /app
COPY requirements.txt .
RUN pip install -r requirements.txt
COPY --chown=app:app . .
USER app
# start
CMD ["python", "main.py"]
""",
    ),
    "Alpine": (
        "FROM python:3.12-alpine\nWORKDIR /app\nCOPY . .\nCMD python main.py\n",
        """\
FROM python:3.12-alpine
RUN addgroup -g 1000 app \\
    && adduser -D -u 1000 -G app app \\
    && mkdir -p /app \\
    && chown app:app /app
WORKDIR /app
COPY --chown=app:app . .
USER app
CMD python main.py
""",
    ),
    "a user that the file creates and never uses": (
        """\
FROM python:3.12
RUN useradd -m worker
WORKDIR /app
RUN pip install numpy
COPY . .
CMD ["python", "main.py"]
""",
        """\
FROM python:3.12
RUN useradd -m worker
WORKDIR /app
RUN chown worker:worker /app
RUN pip install numpy
COPY --chown=worker:worker . .
USER worker
CMD ["python", "main.py"]
""",
    ),
    "a user that is left again": (
        """\
FROM python:3.12
RUN groupadd -r me && useradd -m -r -g me me
USER me
WORKDIR /home/me/app
USER root
RUN apt-get update
COPY . .
CMD ["python3"]
""",
        """\
FROM python:3.12
RUN groupadd -r me && useradd -m -r -g me me
USER me
WORKDIR /home/me/app
USER root
RUN apt-get update
COPY --chown=me:me . .
USER me
CMD ["python3"]
""",
    ),
    "USER root at the end": (
        'FROM python:3.12\nRUN useradd -m worker\nWORKDIR /home/worker\nUSER root\nCMD ["python"]\n',
        'FROM python:3.12\nRUN useradd -m worker\nWORKDIR /home/worker\nUSER worker\nCMD ["python"]\n',
    ),
    "a user that the base image has": (
        'FROM node:22\nWORKDIR /app\nCOPY . .\nCMD ["node", "x.js"]\n',
        'FROM node:22\nWORKDIR /app\nRUN chown node:node /app\nCOPY --chown=node:node . .\nUSER node\nCMD ["node", "x.js"]\n',
    ),
    "a base image that is not root, left as root": (
        'FROM quay.io/jupyter/scipy-notebook:2024-05-27\nUSER root\nRUN apt-get update\nCMD ["start-notebook.py"]\n',
        'FROM quay.io/jupyter/scipy-notebook:2024-05-27\nUSER root\nRUN apt-get update\nUSER jovyan\nCMD ["start-notebook.py"]\n',
    ),
    "more than one stage": (
        """\
FROM python:3.12 AS build
WORKDIR /app
RUN pip install --target=/deps numpy
FROM python:3.12-slim
WORKDIR /app
COPY --from=build /deps /deps
COPY main.py .
ENTRYPOINT ["python", "main.py"]
""",
        """\
FROM python:3.12 AS build
WORKDIR /app
RUN pip install --target=/deps numpy
FROM python:3.12-slim
RUN groupadd --gid 1000 app \\
    && useradd --uid 1000 --gid app --create-home app \\
    && mkdir -p /app \\
    && chown app:app /app
WORKDIR /app
COPY --from=build /deps /deps
COPY --chown=app:app main.py .
USER app
ENTRYPOINT ["python", "main.py"]
""",
    ),
    "a working directory that comes from the stage before": (
        'FROM python:3.12 AS base\nWORKDIR /app\nFROM base\nCOPY . .\nCMD ["python"]\n',
        """\
FROM python:3.12 AS base
WORKDIR /app
FROM base
RUN groupadd --gid 1000 app \\
    && useradd --uid 1000 --gid app --create-home app \\
    && mkdir -p /app \\
    && chown app:app /app
COPY --chown=app:app . .
USER app
CMD ["python"]
""",
    ),
    "files copied before the working directory is set": (
        'FROM python:3.12\nCOPY . /app\nWORKDIR /app\nCMD ["python"]\n',
        """\
FROM python:3.12
RUN groupadd --gid 1000 app \\
    && useradd --uid 1000 --gid app --create-home app \\
    && mkdir -p /app \\
    && chown app:app /app
COPY --chown=app:app . /app
WORKDIR /app
USER app
CMD ["python"]
""",
    ),
    "CMD before the last step": (
        'FROM python:3.12\nWORKDIR /app\nCMD ["python"]\nCOPY . .\n',
        """\
FROM python:3.12
RUN groupadd --gid 1000 app \\
    && useradd --uid 1000 --gid app --create-home app \\
    && mkdir -p /app \\
    && chown app:app /app
WORKDIR /app
CMD ["python"]
COPY --chown=app:app . .
USER app
""",
    ),
    "another escape character": (
        '# escape=`\nFROM python:3.12\nWORKDIR /app\nCMD ["python"]\n',
        """\
# escape=`
FROM python:3.12
RUN groupadd --gid 1000 app `
    && useradd --uid 1000 --gid app --create-home app `
    && mkdir -p /app `
    && chown app:app /app
WORKDIR /app
USER app
CMD ["python"]
""",
    ),
    "nothing between WORKDIR and CMD": (
        'FROM node:22\nWORKDIR /app\nCMD ["node"]\n',
        'FROM node:22\nWORKDIR /app\nRUN chown node:node /app\nUSER node\nCMD ["node"]\n',
    ),
    "a volume": (
        'FROM python:3.12-slim\nVOLUME ["/data"]\nWORKDIR /app\nCMD ["python"]\n',
        """\
FROM python:3.12-slim
RUN groupadd --gid 1000 app \\
    && useradd --uid 1000 --gid app --create-home app \\
    && mkdir -p /app /data \\
    && chown app:app /app /data
VOLUME ["/data"]
WORKDIR /app
USER app
CMD ["python"]
""",
    ),
    "a step that may ask git whose the files are": (
        'FROM python:3.12\nWORKDIR /app\nCOPY . .\nRUN pip install .\nCOPY main.py .\nCMD ["python"]\n',
        """\
FROM python:3.12
WORKDIR /app
COPY . .
RUN pip install .
RUN groupadd --gid 1000 app \\
    && useradd --uid 1000 --gid app --create-home app \\
    && mkdir -p /app \\
    && chown app:app /app
COPY --chown=app:app main.py .
USER app
CMD ["python"]
""",
    ),
    "steps that don't care": (
        'FROM node:22\nWORKDIR /app\nCOPY . .\nRUN pip install -r requirements.txt\nCMD ["x"]\n',
        """\
FROM node:22
WORKDIR /app
RUN chown node:node /app
COPY --chown=node:node . .
RUN pip install -r requirements.txt
USER node
CMD ["x"]
""",
    ),
    "a working directory by ARG": (
        'FROM node:22\nARG APP=/app\nWORKDIR ${APP}/\nCOPY . .\nCMD ["node"]\n',
        """\
FROM node:22
ARG APP=/app
WORKDIR ${APP}/
RUN chown node:node ${APP}
COPY --chown=node:node . .
USER node
CMD ["node"]
""",
    ),
    "JSON form, and comments in the middle": (
        'FROM node:22\nWORKDIR /home/node\nCOPY \\\n  # why\n  ["a b", "./"]\nCMD ["node"]\n',
        'FROM node:22\nWORKDIR /home/node\nCOPY --chown=node:node \\\n  # why\n  ["a b", "./"]\nUSER node\nCMD ["node"]\n',
    ),
    "--link takes numbers alone": (
        'FROM node:22\nWORKDIR /home/node\nCOPY --link . .\nCMD ["node"]\n',
        'FROM node:22\nWORKDIR /home/node\nCOPY --chown=1000:1000 --link . .\nUSER node\nCMD ["node"]\n',
    ),
    "ARG as user": (
        'FROM node:22\nARG U=root\nWORKDIR /home/node\nUSER $U\nCMD ["node"]\n',
        'FROM node:22\nARG U=root\nWORKDIR /home/node\nUSER node\nCMD ["node"]\n',
    ),
}


@pytest.mark.parametrize(("before", "after"), REWRITE.values(), ids=REWRITE)
def test_mends(before: str, after: str) -> None:
    assert mended(HOOK, before) == after


def test_writes_numbers() -> None:
    hook = Hook(ID, partial(check, numeric=True))
    before = 'FROM python:3.12\nWORKDIR /app\nCOPY . .\nCMD ["python"]\n'
    after = mended(hook, before)
    assert "COPY --chown=1000:1000 . .\nUSER 1000:1000\n" in after


NOOP = {
    "a user": 'FROM python:3.12\nUSER app\nCMD ["python"]\n',
    "a number": "FROM python:3.12\nUSER 1000:1000\n",
    "inherited": 'FROM python:3.12 AS a\nUSER app\nFROM a\nCMD ["python"]\n',
    "ARG user": "FROM python:3.12\nARG U=app\nUSER $U\n",
    "unknown user": "FROM python:3.12\nARG U\nUSER $U\n",
    "unknown base": 'FROM example.com/base:1\nCMD ["python"]\n',
    "unknown base by variable": 'ARG B\nFROM $B\nCMD ["python"]\n',
    "jupyter": "FROM jupyter/scipy-notebook\nRUN pip install numpy\n",
    "micromamba": "FROM mambaorg/micromamba:1.5.8\nRUN micromamba install -y numpy\n",
    "distroless nonroot": "FROM gcr.io/distroless/python3-debian12:nonroot\nCOPY . /app\n",
    "chainguard": "FROM cgr.dev/chainguard/python:latest\nCOPY . /app\n",
    "airflow": "FROM apache/airflow:2.9.0\nRUN pip install x\n",
    "lambda": 'FROM public.ecr.aws/lambda/python:3.12\nCMD ["app.handler"]\n',
    "gosu": 'FROM python:3.12\nENTRYPOINT ["gosu", "app", "python"]\n',
    "su-exec in shell form": "FROM python:3.12-alpine\nCMD su-exec app python main.py\n",
    "setpriv": 'FROM python:3.12\nCMD ["tini", "--", "setpriv", "--reuid=1", "python"]\n',
    "gosu and an entrypoint that is not there": (
        "FROM python:3.12\nRUN apt-get update && apt-get install -y gosu\nCOPY entrypoint.sh /\n"
        'ENTRYPOINT ["/entrypoint.sh"]\n'
    ),
    "gunicorn that drops": 'FROM python:3.12\nCMD ["gunicorn", "-u", "www-data", "-g", "www-data", "x:app"]\n',
    "gunicorn that drops in full": "FROM python:3.12\nENTRYPOINT exec gunicorn --user=www-data x:app\n",
    "gunicorn that drops by CMD": 'FROM python:3.12\nENTRYPOINT ["gunicorn"]\nCMD ["-u", "www-data", "x:app"]\n',
    "uwsgi": 'FROM python:3.12\nCMD ["uwsgi", "--uid", "www-data", "--http", ":8000"]\n',
    "celery": 'FROM python:3.12\nCMD ["celery", "worker", "--uid=nobody", "--gid=nogroup"]\n',
    "a script of init": "FROM python:3.12\nCMD /etc/init.d/x start && tail -f /dev/null\n",
    "supervisord": 'FROM python:3.12\nCMD ["/usr/bin/supervisord", "-n"]\n',
    "cron": "FROM python:3.12\nCMD cron && tail -f /var/log/cron.log\n",
    "ours": "FROM python:3.12\n# docker-hooks: ignore=dockerfile-non-root-user the device needs it\nUSER root\n",
    "hadolint's": 'FROM python:3.12\n# hadolint ignore=DL3002\nUSER root\nCMD ["python"]\n',
    "for the whole file": '# docker-hooks: ignore=dockerfile-non-root-user\nFROM python:3.12\nCMD ["python"]\n',
    "earlier stages": "FROM python:3.12 AS build\nUSER root\nRUN make\nFROM gcr.io/distroless/python3:nonroot\n",
}


@pytest.mark.parametrize("text", NOOP.values(), ids=NOOP)
def test_is_silent(text: str) -> None:
    assert found(HOOK, subject_of(text)) == []


REPORT = {
    "no CMD": ("FROM python:3.12\nWORKDIR /app\nRUN pip install x\n", "neither CMD nor ENTRYPOINT"),
    "no WORKDIR": ("FROM python:3.12\nCOPY main.py /\nCMD [\"python\", \"/main.py\"]\n", "no WORKDIR"),
    "WORKDIR in /root": ("FROM python:3.12\nWORKDIR /root\nCMD [\"python\"]\n", "names root's home"),
    "WORKDIR of the system": ("FROM python:3.12\nWORKDIR /usr/src\nCMD [\"python\"]\n", "/usr/src"),
    "pip --user": ("FROM python:3.12\nWORKDIR /a\nRUN pip install --user x\nCMD [\"python\"]\n", "--user"),
    "poetry": ("FROM python:3.12\nWORKDIR /a\nRUN poetry install\nCMD [\"python\"]\n", "poetry"),
    "pipenv": ("FROM python:3.12\nWORKDIR /a\nRUN pipenv install\nCMD [\"pipenv\"]\n", "pipenv"),
    "an installer": ("FROM python:3.12\nWORKDIR /a\nRUN curl x | sh\nCMD [\"python\"]\n", "installer"),
    "home": ("FROM python:3.12\nWORKDIR /a\nRUN mkdir ~/.ssh\nCMD [\"python\"]\n", "root's home"),
    "a variable of it": ("FROM python:3.12\nWORKDIR /a\nENV PATH=/root/.local/bin:$PATH\nCMD [\"x\"]\n", "root's home"),
    "models": (
        "FROM python:3.12\nWORKDIR /a\nRUN python -c \"from x import A; A.from_pretrained('b')\"\nCMD [\"x\"]\n",
        "cached in root's home",
    ),
    "a script that can't be read": ("FROM python:3.12\nWORKDIR /a\nRUN case a in b) c;; esac\nCMD [\"x\"]\n", "can't be read"),
    "an entrypoint that is not there": ("FROM python:3.12\nWORKDIR /a\nENTRYPOINT [\"/run.sh\"]\n", "/run.sh"),
    "port 80": ("FROM python:3.12\nWORKDIR /a\nEXPOSE 80\nCMD [\"x\"]\n", "port 80"),
    "port 443 of a program": ("FROM python:3.12\nWORKDIR /a\nCMD [\"gunicorn\", \"-b\", \"0.0.0.0:443\"]\n", "port 443"),
    "a volume before a step that may ask git": (
        "FROM python:3.12\nWORKDIR /a\nVOLUME /data\nCOPY . .\nRUN pip install .\nCMD [\"x\"]\n",
        "VOLUME",
    ),
    "a folder of root's": ("FROM python:3.12\nWORKDIR /a\nRUN mkdir -p logs\nCMD [\"x\"]\n", "makes folders"),
    "a volume of the system": ("FROM python:3.12\nWORKDIR /a\nVOLUME /var/lib\nCMD [\"x\"]\n", "/var/lib"),
    "ONBUILD": ("FROM python:3.12\nWORKDIR /a\nONBUILD COPY . .\nCMD [\"x\"]\n", "ONBUILD"),
    "a user without home": ("FROM python:3.12\nRUN useradd u\nWORKDIR /a\nCMD [\"x\"]\n", "no home"),
    "a user that may not be there": ("FROM python:3.12\nRUN useradd -m u || true\nWORKDIR /a\nCMD [\"x\"]\n", "can't be told"),
    "two users": ("FROM python:3.12\nRUN useradd -m u && useradd -m v\nWORKDIR /a\nCMD [\"x\"]\n", "several users"),
    "an unknown base, made root": ("FROM example.com/base\nUSER root\nWORKDIR /a\nCMD [\"x\"]\n", "isn't known"),
    "root by number": ("FROM example.com/base\nUSER 0:0\nWORKDIR /a\nCMD [\"x\"]\n", "USER 0:0"),
    "root by ARG": ("FROM example.com/base\nARG U=root\nUSER ${U}\nWORKDIR /a\nCMD [\"x\"]\n", "USER root"),
    "root inherited": (
        "FROM example.com/base AS b\nUSER root\nFROM b\nWORKDIR /a\nCMD [\"x\"]\n", "the stage it builds on",
    ),
    "distroless": ("FROM gcr.io/distroless/python3-debian12\nWORKDIR /a\nCMD [\"x\"]\n", "runs as root"),
    "scratch": ("FROM scratch\nWORKDIR /a\nCOPY x /x\nCMD [\"/x\"]\n", "scratch"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "words"), REPORT.values(), ids=REPORT)
def test_reports(text: str, words: str) -> None:
    (finding,) = findings_of(check, text)
    assert not finding.edits
    assert words in f"{finding.message} {finding.advice}"
    assert mended(HOOK, text) == text


BASE = "FROM python:3.11-slim\nWORKDIR /app\nCOPY main.py .\n"

DENIED = {
    "what ADD downloads": ('ADD https://example.com/m.bin /m/m.bin\nCMD ["python"]\n', "/m/m.bin to root alone"),
    "a mode for root": ('COPY --chmod=700 run.sh /bin/job\nCMD ["job"]\n', "/bin/job to root alone"),
    "a mode that chmod sets": ('COPY job /job\nRUN chmod 700 /job\nCMD ["/job"]\n', "line 5 may leave /job"),
    "a mode, and a step that may ask git": (
        'COPY . .\nRUN chmod 700 job && pip install .\nCMD ["./job"]\n', "leave /app/job",
    ),
    "a redirection": ("CMD python main.py > /var/log/app.log\n", "writes to /var/log/app.log"),
    "mkdir": ("CMD mkdir -p /var/lib/app && python main.py\n", "writes to /var/lib/app"),
    "mkdir in a shell": ('CMD ["bash", "-lc", "mkdir /a; exec python main.py"]\n', "writes to /a"),
    "mkdir behind tini": ('ENTRYPOINT ["tini", "--", "sh", "-ec", "mkdir /a; python"]\n', "writes to /a"),
    "a place that no one knows": ('CMD touch "$STATE/x" && python main.py\n', "only the running shell"),
    "a script that can't be read": ("CMD case $A in b) echo c > /d;; esac\n", "can't be read"),
    "apt-get": ("CMD apt-get update && python main.py\n", "apt-get, which needs root"),
    "a folder of root's for a log": (
        'RUN mkdir -p /var/log/app\nCMD ["python", "main.py", "--log", "/var/log/app/x.log"]\n', "/var/log/app/x.log",
    ),
    "a folder of root's": ('RUN mkdir /output\nCMD ["python", "main.py", "/output"]\n', "names /output"),
    "a folder of root's by ENV": ('RUN mkdir /output\nENV OUT=/output\nCMD ["python"]\n', "ENV OUT names /output"),
    "a folder by WORKDIR": (
        'WORKDIR /data\nWORKDIR /app\nCMD ["python", "main.py", "--out", "/data/o.csv"]\n', "names /data/o.csv",
    ),
    "a folder that isn't there": ("CMD gunicorn --access-logfile /var/log/g.log x:app\n", "names /var/log/g.log"),
    "a database": (
        "RUN mkdir /mlflow\nCMD mlflow server --backend-store-uri sqlite:////mlflow/m.db\n", "names /mlflow/m.db",
    ),
    "a library's cache": ('ENV HF_HOME=/opt/hf\nCMD ["python"]\n', "ENV HF_HOME names /opt/hf"),
    "uv run": ('RUN uv sync --locked --no-dev\nCMD ["uv", "run", "x"]\n', "uv run --no-sync"),
    "uv run behind tini": ('RUN uv sync\nENTRYPOINT ["tini", "--", "uv", "run"]\nCMD ["x"]\n', "uv run --no-sync"),
    "poetry run": (
        'RUN poetry config virtualenvs.create false && poetry install\nCMD ["poetry", "run", "x"]\n', "poetry run",
    ),
    "a port as a word": ('CMD ["uvicorn", "x:app", "--port", "80"]\n', "port 80"),
    "a port in a shell": ('CMD ["sh", "-c", "exec uvicorn x:app --port 80"]\n', "port 80"),
    "a port by ENV": ("ENV P=80\nCMD uvicorn x:app --port ${P}\n", "port 80"),
    "a port by default": ("CMD uvicorn x:app --port ${P:-80}\n", "port 80"),
    "a port that the program reads": ('ENV PORT=80\nCMD ["python", "main.py"]\n', "port 80"),
    "a socket": ('CMD ["gunicorn", "--bind", "unix:/run/g.sock", "x:app"]\n', "names /run/g.sock"),
    "a socket by an old name": ('CMD ["hypercorn", "-b", "unix:/var/run/h.sock"]\n', "names /var/run/h.sock"),
    "a socket as a URL": ('CMD ["gunicorn", "--bind", "unix:///run/g.sock", "x:app"]\n', "names /run/g.sock"),
    "a database with four slashes": ("ENV DATABASE_URL=sqlite:////db.sqlite3\nCMD x\n", "DATABASE_URL names /db.sqlite3"),
    "a folder for logs by ENV": ("ENV LOG_DIR=/var/log/app\nCMD x\n", "LOG_DIR names /var/log/app"),
    "a folder for logs by a path": ("ENV LOG_PATH=/var/log/app\nCMD x\n", "LOG_PATH names /var/log/app"),
    "a folder for what is made": ("ENV OUTPUT_DIR=/output\nCMD x\n", "OUTPUT_DIR names /output"),
    "a folder for caches": ("ENV CACHE_DIR=/cache\nCMD x\n", "CACHE_DIR names /cache"),
    "a folder for uploads": ("ENV UPLOAD_FOLDER=/var/uploads\nCMD x\n", "UPLOAD_FOLDER names /var/uploads"),
    "a store of runs": ("ENV MLFLOW_TRACKING_URI=file:///mlruns\nCMD x\n", "MLFLOW_TRACKING_URI names /mlruns"),
    "a program's home": ("ENV AIRFLOW_HOME=/usr/local/airflow\nCMD x\n", "AIRFLOW_HOME names /usr/local/airflow"),
    "Jupyter's folder": ("ENV JUPYTER_DATA_DIR=/jup\nCMD x\n", "JUPYTER_DATA_DIR names /jup"),
    "date -s": ('CMD date -s "2020-01-01" && python main.py\n', "date, which needs root"),
    "tcpdump": ('CMD ["tcpdump", "-i", "eth0"]\n', "tcpdump, which needs root"),
    "wget": ("CMD wget -qO /data.csv https://example.com/x && python main.py\n", "writes to /data.csv"),
    "git clone": ("CMD git clone --depth 1 https://example.com/x /repo && python main.py\n", "writes to /repo"),
    "tar": ("CMD tar xzf a.tgz -C /opt && python main.py\n", "writes to /opt"),
    "unzip": ("CMD unzip a.zip -d /opt && python main.py\n", "writes to /opt"),
    "aws": ("CMD aws s3 cp s3://b/m /models/m --region x && python main.py\n", "writes to /models/m"),
    "a download": ("CMD hf download x --local-dir /models && python main.py\n", "names /models"),
    "papermill": ('CMD ["papermill", "in.ipynb", "/output/out.ipynb", "-p", "a", "1"]\n', "writes to /output/out.ipynb"),
    "celery's schedule": ('CMD ["celery", "beat", "--schedule=/var/run/beat"]\n', "writes to /var/run/beat"),
    "celery's schedule in short": ('CMD ["celery", "beat", "-s", "/var/run/beat"]\n', "writes to /var/run/beat"),
    "ray": ('CMD ["ray", "start", "--head", "--temp-dir=/ray"]\n', "names /ray"),
    "dask": ('CMD ["dask", "worker", "x:8786", "--local-directory", "/dask"]\n', "names /dask"),
    "a worker's folder": ('CMD ["gunicorn", "--worker-tmp-dir", "/wtmp", "x:app"]\n', "names /wtmp"),
    "pytest": ('CMD ["pytest", "--junitxml=/reports/r.xml"]\n', "names /reports/r.xml"),
    "coverage": ('CMD ["coverage", "html", "-d", "/cov"]\n', "writes to /cov"),
    "a kernel": ('RUN python -m ipykernel install --user --name=e\nCMD ["jupyter", "lab"]\n', "root's home (--user)"),
    "a pipeline": ("RUN python -c \"from transformers import pipeline; pipeline('x')\"\nCMD x\n", "cached in root's home"),
    "sentences": ("RUN python -c \"from s import *; SentenceTransformer('x')\"\nCMD x\n", "cached in root's home"),
    "stanza": ("RUN python -c \"import stanza; stanza.download('en')\"\nCMD x\n", "cached in root's home"),
    "whisper": ("RUN python -c \"import whisper; whisper.load_model('b')\"\nCMD x\n", "cached in root's home"),
    "nltk": ("RUN python -m nltk.downloader -d /usr/share/nltk_data a && python -m nltk.downloader b\nCMD x\n", "cached"),
    "a folder that mkdir opens to root alone": ('RUN mkdir -m 700 /data\nCMD ["x"]\n', "may leave /data to root alone"),
    "a folder of root's, not by its mode": ("RUN mkdir -m 755 logs\nCMD x\n", "makes folders in the working directory"),
    "folders made behind cd": ("RUN cd /app && mkdir logs\nCMD x\n", "makes folders in the working directory"),
    "folders made where no one knows": ("RUN cd $X && mkdir logs\nCMD x\n", "makes folders in the working directory"),
    "a script behind an entrypoint": ('ENTRYPOINT ["tini", "--"]\nCMD ["run"]\n', "the script run"),
    "a script in a shell": ('ENTRYPOINT ["sh", "-c"]\nCMD ["./x.sh"]\n', "the script ./x.sh"),
    "a script in an environment": ('ENTRYPOINT ["conda", "run", "-n", "e"]\nCMD ["./x.sh"]\n', "the script ./x.sh"),
    "a script behind a script": (
        'COPY <<E /e.sh\nexec "$@"\nE\nENTRYPOINT ["sh", "/e.sh"]\nCMD ["./x.sh"]\n', "the script ./x.sh",
    ),
    "EXPOSE by ENV": ('ENV P=80\nEXPOSE $P\nCMD ["python", "main.py"]\n', "port 80"),
}  # fmt: skip


@pytest.mark.parametrize(("rest", "words"), DENIED.values(), ids=DENIED)
def test_refuses_what_another_user_could_not_do(rest: str, words: str) -> None:
    (finding,) = findings_of(check, BASE + rest)
    assert not finding.edits
    assert words in finding.advice


@pytest.mark.parametrize(
    "rest",
    [
        'ADD --chmod=644 https://example.com/m.bin /m/m.bin\nCMD ["python"]\n',
        'ADD https://example.com/m.bin .\nCMD ["python"]\n',
        'ADD https://example.com/tini /tini\nRUN chmod +x /tini\nENTRYPOINT ["/tini", "--"]\n',
        'ADD https://example.com/get-pip.py /\nRUN python /get-pip.py\nCMD ["python"]\n',
        'COPY --chmod=755 run.sh /bin/job\nCMD ["job"]\n',
        'COPY job .\nRUN chmod 700 job\nCMD ["./job"]\n',
        "CMD python main.py > app.log 2>&1\n",
        "CMD python main.py > /dev/stdout 2>/dev/null\n",
        "CMD mkdir -p out && python main.py > /tmp/x\n",
        "CMD case $A in b) exec python c;; esac\n",
        'COPY a.yml /etc/a/a.yml\nCMD ["python", "main.py", "--config", "/etc/a/a.yml"]\n',
        'RUN mkdir /config\nCOPY a.yml /config/\nCMD ["python", "main.py", "--log-config", "/config/a.yml"]\n',
        'RUN mkdir /m && curl -o /m/x https://example.com/x\nCMD ["python", "main.py", "--model", "/m/x"]\n',
        'WORKDIR /db\nRUN fetch light\nWORKDIR /app\nENV DB=/db/light\nCMD ["python"]\n',
        'RUN mkdir /out && chmod 777 /out\nCMD ["python", "main.py", "--out", "/out"]\n',
        'RUN useradd -m u && mkdir /out && chown u /out\nCMD ["python", "main.py", "--out", "/out/x"]\n',
        'VOLUME /data\nCMD ["python", "main.py", "--out", "/data/x"]\n',
        'COPY src /src\nCMD ["python", "/src/main.py"]\n',
        'ENV HF_HOME=/app/.cache MPLCONFIGDIR=/tmp/mpl\nCMD ["python"]\n',
        'RUN mkdir /cache\nENV UV_CACHE_DIR=/cache\nCMD ["python"]\n',
        'CMD ["uv", "run", "x"]\n',
        'RUN uv sync\nCMD ["uv", "run", "--no-sync", "x"]\n',
        'RUN uv sync\nENV UV_NO_SYNC=1\nCMD ["uv", "run", "x"]\n',
        'RUN poetry config virtualenvs.in-project true && poetry install\nCMD ["poetry", "run", "x"]\n',
        "ENV PORT=8080\nCMD gunicorn -b :$PORT -w 4 -t 120 x:app\n",
        'CMD ["tensorboard", "--logdir", "/logs"]\n',
        'ENTRYPOINT ["flask"]\nCMD ["run"]\n',
        'ENTRYPOINT ["python", "-m", "flask"]\nCMD ["run"]\n',
        'ENTRYPOINT ["tini", "--", "ray"]\nCMD ["start"]\n',
        'ENTRYPOINT ["streamlit"]\nCMD ["run", "x.py"]\n',
        'ENV DATABASE_URL=sqlite:///db.sqlite3\nCMD ["python", "main.py"]\n',
        'CMD ["mlflow", "server", "--backend-store-uri", "sqlite:///mlflow.db"]\n',
        'CMD ["gunicorn", "--worker-tmp-dir", "/dev/shm", "x:app"]\n',
        'CMD ["gunicorn", "--bind", "unix:/tmp/g.sock", "x:app"]\n',
        "ENV LOG_DIR=/app/logs LOG_LEVEL=info JAVA_HOME=/opt/java MODEL_PATH=/opt/m API_URL=https://example.com/api\nCMD x\n",
        'COPY data /data\nENV DATA_DIR=/data\nCMD ["python", "main.py"]\n',
        "RUN python -m nltk.downloader -d /usr/local/share/nltk_data punkt\nCMD x\n",
        "RUN python -c \"import nltk; nltk.download('x', download_dir='/usr/share/nltk_data')\"\nCMD x\n",
        "RUN mkdir -m 777 /data\nCMD x --out /data\n",
        "RUN mkdir -p -m 0755 /var/x\nCMD x\n",
        "RUN touch -d yesterday /etc/stamp\nCMD x\n",
        "RUN install -d -m 1777 /data\nCMD x --out /data\n",
        "RUN cd / && mkdir data\nCMD x\n",
        "RUN mkdir /tmp/b; pushd /tmp/b; popd\nCMD x\n",
        "CMD Xvfb :99 & python main.py\n",
        "CMD date && wget https://example.com/x -O - && python main.py\n",
    ],
)
def test_mends_what_another_user_can_do(rest: str) -> None:
    (finding,) = findings_of(check, BASE + rest)
    assert finding.edits, finding.advice


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        (
            'FROM gcr.io/distroless/python3\nCMD ["x"]\n',
            "nonroot that gcr.io/distroless/python3 has, with USER nonroot b",
        ),
        ("FROM jupyter/scipy-notebook\nUSER root\nRUN x\n", "USER ${NB_UID} at its end"),
        ("FROM mambaorg/micromamba\nUSER root\nRUN x\n", "USER $MAMBA_USER at its end"),
        ('FROM scratch\nCOPY x /\nENTRYPOINT ["/x"]\n', "USER 65532:65532, before ENTRYPOINT"),
        ('FROM example.com/x\nUSER root\nCMD ["x"]\n', "before CMD to the base image's own user"),
        ('FROM python:3.12\nRUN useradd -m u\nCMD ["x"]\n', "the user u that it creates, with USER before CMD"),
        (
            "FROM python:3.12\nRUN useradd -m u && useradd -m v\n",
            "one of the users that it creates, with USER at its end",
        ),
        ("FROM python:3.12\nRUN x\n", "create a user and switch to it with USER at its end"),
        ('FROM python:3.12\nCMD ["x"]\n', "create a user and switch to it with USER before CMD"),
    ],
)
def test_advice(text: str, advice: str) -> None:
    (finding,) = findings_of(check, text)
    assert advice in finding.advice


@pytest.mark.parametrize(
    ("entrypoint", "outcome"),
    [
        ("#!/bin/sh\nexec python main.py\n", "mended"),
        ("#!/bin/sh\nset -e\nmkdir -p logs /tmp/x\nexec python main.py > logs/a\n", "mended"),
        ("#!/bin/sh\nset -e\nmkdir -p /var/lib/myapp\npython main.py\n", "refused"),
        ('#!/bin/sh\necho "$TZ" > /etc/timezone\nexec "$@"\n', "refused"),
        ("#!/bin/sh\nln -snf /usr/share/zoneinfo/UTC /etc/localtime\n", "refused"),
        ('#!/bin/sh\ncase "$1" in a) mkdir /b;; esac\nexec "$@"\n', "refused"),
        ('#!/bin/sh\ncase "$1" in a) set -- python "$@";; esac\nexec "$@"\n', "mended"),
        ("#!/bin/sh\nexec uvicorn main:app --port 80\n", "refused"),
        ("#!/bin/sh\n# once on 0.0.0.0:80\nexec uvicorn main:app --port 8000\n", "mended"),
        ("#!/bin/sh\nchown -R app /data\nexec gosu app python main.py\n", "silent"),
        ("#!/bin/sh\nexec gunicorn --bind :8000 --user www-data main:app\n", "silent"),
        ("#!/bin/sh\n/etc/init.d/x start\nexec python main.py\n", "silent"),
        ("#!/bin/sh\ncp /root/.netrc .\nexec python main.py\n", "silent"),
    ],
)
@pytest.mark.parametrize(
    "copy", ["COPY entrypoint.sh /app/", "COPY . /app", "COPY --chmod=755 ./entrypoint.sh /app/entrypoint.sh"]
)
def test_reads_the_entrypoint(tmp_path: Path, entrypoint: str, outcome: str, copy: str) -> None:
    (tmp_path / "entrypoint.sh").write_text(entrypoint)
    text = f'FROM python:3.12\nWORKDIR /app\n{copy}\nENTRYPOINT ["./entrypoint.sh"]\n'
    findings = findings_of(check, text, tmp_path)
    assert ["mended" if finding.edits else "refused" for finding in findings] == [outcome][: outcome != "silent"]


@pytest.mark.parametrize(
    ("last", "is_mended"), [("exec python main.py", True), ("exec gosu app python main.py", False)]
)
def test_reads_an_entrypoint_in_a_heredoc(last: str, is_mended: bool) -> None:
    script = f"COPY --chmod=755 <<E /app/entrypoint.sh\n#!/bin/sh\n{last}\nE\n"
    findings = findings_of(check, f'FROM python:3.12\nWORKDIR /app\n{script}ENTRYPOINT ["./entrypoint.sh"]\n')
    assert [bool(finding.edits) for finding in findings] == ([True] if is_mended else [])


def test_target(tmp_path: Path) -> None:
    text = 'FROM python:3.12 AS prod\nWORKDIR /a\nCMD ["x"]\nFROM prod AS dev\nUSER dev\n'
    assert findings_of(check, text) == []
    (finding,) = findings_of(partial(check, target="prod"), text)
    assert finding.line == 1
    assert findings_of(partial(check, target="nothing"), text) == []


def test_devcontainers_are_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / ".devcontainer"
    folder.mkdir()
    (folder / "Dockerfile").write_text('FROM python:3.12\nCMD ["x"]\n')
    assert main([str(folder / "Dockerfile")]) == 0
    assert capsys.readouterr().out == ""


def test_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "Dockerfile"
    path.write_text(REWRITE["the usual file"][0])
    assert main(["--check", str(path)]) == 1
    assert path.read_text() == REWRITE["the usual file"][0]
    assert f"{path}:1: the final stage runs as root" in capsys.readouterr().out
    assert main([str(path)]) == 1
    assert path.read_text() == REWRITE["the usual file"][1]
    assert f"{path}:1: fixed: the final stage runs as root" in capsys.readouterr().out
    assert main([str(path)]) == 0
    assert capsys.readouterr().out == ""


def test_an_entrypoint_takes_away_the_inherited_command() -> None:
    base = 'FROM python:3.12 AS base\nWORKDIR /app\nCMD ["./start.sh"]\nFROM base\n'
    assert "the script ./start.sh" in findings_of(check, base)[0].advice
    assert findings_of(check, base + 'ENTRYPOINT ["python", "main.py"]\n')[0].edits
