"""What kind of thing a file is, by its name; and whether a notebook holds output."""

from __future__ import annotations

from pathlib import Path

import pytest

from docker_hooks.project.kinds import (
    CODE,
    DATA,
    MEDIA,
    MODEL,
    NOTEBOOK,
    OTHER,
    TEXT,
    has_output,
    is_payload,
    is_served,
    kind_of,
)


@pytest.mark.parametrize(
    ("kind", "paths"),
    [
        (DATA, "a.csv A.CSV a.csv.gz x/a.tar.gz a.parquet a.feather a.h5 a.hdf5 a.npy a.npz a.zip a.db a.jsonl a.xlsx"),
        (DATA, "events.out.tfevents.1700000000.host x.y.z.tsv"),
        (MODEL, "m.pt m.pth m.onnx m.safetensors m.gguf m.pkl m.joblib m.keras m.bin m.ckpt my_model.h5 models/a.zip"),
        (NOTEBOOK, "a.ipynb"),
        (MEDIA, "a.jpg a.PNG a.wav a.mp4"),
        (TEXT, "readme.md labels.txt a.json conf.yaml .gitkeep LICENSE a.csv.dvc"),
        (CODE, "main.py app.js a.so a.whl pyproject.toml run.sh uv.lock a.svg"),
        (OTHER, "core Makefile .env .csv a a. x.unknown"),
    ],
)
def test_kinds(kind: str, paths: str) -> None:
    assert {path: kind_of(path) for path in paths.split()} == dict.fromkeys(paths.split(), kind)


def test_folders() -> None:
    assert [folder for folder in ("data", "x/Models", "src", "database", "") if is_payload(folder)] == [
        "data",
        "x/Models",
    ]
    assert is_served("web/static/big")
    assert not is_served("photos/statics")


@pytest.mark.parametrize(
    ("text", "has"),
    [
        ('{"cells": [{"outputs": [{"name": "stdout"}]}]}', True),
        ('{"cells": [{"outputs": []}, {"outputs": [\n {}]}]}', True),
        ('{"cells": [{"outputs": []}, {"outputs":[ \n ]}]}', False),
        ('{"cells": []}', False),
        ('"outputs": [' + " " * 2_000_000 + "{}", False),
        ("\udcff", False),
        ("", False),
    ],
)
def test_output_of_notebooks(tmp_path: Path, text: str, has: bool) -> None:
    (tmp_path / "a.ipynb").write_bytes(text.encode("utf-8", "surrogateescape"))
    assert has_output(tmp_path / "a.ipynb") is has


def test_a_notebook_that_is_gone_has_no_output(tmp_path: Path) -> None:
    assert not has_output(tmp_path / "gone.ipynb")
    assert not has_output(tmp_path)
