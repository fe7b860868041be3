"""What kind of thing a file of a build context is, by its name: data, a model, a notebook, or something else.

Nothing is read, save for the beginning of a notebook where it matters whether it holds output.
"""

from __future__ import annotations

import posixpath
import re
from pathlib import Path

from docker_hooks.dockerfile.regex import regex

DATA, MODEL, NOTEBOOK, MEDIA, TEXT, CODE, OTHER = "data", "model", "notebook", "media", "text", "code", "other"

_BY_SUFFIX = {
    DATA: (
        "arrow avro bz2 csv db dta duckdb feather geojson geotiff gpkg gz h5 hdf hdf5 jsonl lmdb lz4 mat mdb ndjson nc "
        "npy npz orc parquet pq rar rdata rds rec sas7bdat sav shp sqlite sqlite3 tar tbz2 tfrecord tfrecords tgz tsv "
        "txz xls xlsx xz zarr zip zst 7z"
    ),
    MODEL: (
        "bin caffemodel cbm ckpt engine ggml gguf joblib keras llamafile mlmodel onnx pb pickle pkl pt pth safetensors "
        "tflite torchscript ubj weights"
    ),
    NOTEBOOK: "ipynb",
    MEDIA: "aac avi bmp dcm flac gif jpeg jpg m4a mkv mov mp3 mp4 mpeg ogg png tif tiff wav webm webp",
    TEXT: "dump dvc json license log md rst sql text txt xml yaml yml",
    # Programs, what is installed, and what is served: large or not, it is there to be copied.
    CODE: (
        "c cc cpp css cu cuh deb dll dylib exe h hpp html ini jar js jsx lock map mjs node pxd py pyd pyi pyx r rpm rs "
        "scss sh so svg toml ts tsx vue wasm whl cfg go java jl"
    ),
}  # fmt: skip
_KINDS = {suffix: kind for kind, suffixes in _BY_SUFFIX.items() for suffix in suffixes.split()}
_MARKERS = frozenset({".gitattributes", ".gitignore", ".gitkeep", ".keep", "LICENSE", "README"})
_MODEL_WORDS = regex(r"model|weight|checkpoint|ckpt", re.IGNORECASE)
# Folders that are copied for what they hold: who copies one of these by name wants the data in it.
_PAYLOADS = frozenset(
    {"artifact", "artifacts", "asset", "assets", "checkpoint", "checkpoints", "data", "dataset", "datasets", "db"}
    | {"input", "inputs", "model", "models", "notebook", "notebooks", "pretrained", "resource", "resources", "weights"}
)
_SERVED = frozenset({"assets", "docs", "icons", "images", "img", "public", "static", "templates", "www"})
_MOST_READ = 1_000_000
_OUTPUT = regex(rb'"outputs":\s*\[\s*[^\]\s]')


def kind_of(path: str) -> str:
    """The kind of a file: DATA, MODEL, NOTEBOOK, MEDIA, TEXT (readme, labels, settings), CODE or OTHER."""
    name = path.rpartition("/")[2]
    stem, _, suffix = name.rpartition(".")
    if name in _MARKERS:
        return TEXT
    suffix = suffix.lower() if stem else ""
    if suffix in ("h5", "hdf5", "tar", "gz", "zip") and _MODEL_WORDS.search(path):
        return MODEL
    if name.startswith("events.out.tfevents."):
        return DATA
    return _KINDS.get(suffix, OTHER)


def is_payload(folder: str) -> bool:
    """Whether a folder is called as those are that people copy for the data, models or notebooks in them."""
    return posixpath.basename(folder).lower() in _PAYLOADS


def is_served(path: str) -> bool:
    """Whether a path lies in a folder of a web page or of documentation, where pictures belong."""
    return not _SERVED.isdisjoint(path.lower().split("/"))


def has_output(path: Path) -> bool:
    """Whether a notebook holds output, as far as its first megabyte tells. False where it can't be read."""
    return _OUTPUT.search(_start_of(path, _MOST_READ)) is not None


def _start_of(path: Path, most: int) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(most)
    except (OSError, ValueError):
        return b""
