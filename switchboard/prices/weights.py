"""A model's trained numbers on disk, checked before they are opened.

A folder holds ``weights.npz``, arrays without Python objects, and ``manifest.json`` with its size and sha256.
Nothing in them is run when they are opened: no pickle. The check finds what was damaged, cut or mixed up; it
does not prove who wrote both files.
"""

import hashlib
import io
import json
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from switchboard.errors import DataDamaged

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Arrays = dict[str, NDArray[np.generic]]

SHIPPED = Path(__file__).parent / "weights"
FORMAT = 1
MAX_BYTES = 5_000_000
_ARRAYS, _MANIFEST = "weights.npz", "manifest.json"


def save_arrays(arrays: "Arrays", folder: Path) -> None:
    """Write the two files into ``folder``, made if need be; equal arrays give equal bytes."""
    import numpy as np

    buffer = io.BytesIO()
    np.savez_compressed(buffer, allow_pickle=False, **arrays)
    content = buffer.getvalue()
    manifest = {
        "format": FORMAT,
        "file": _ARRAYS,
        "bytes": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
    }
    folder.mkdir(parents=True, exist_ok=True)
    (folder / _ARRAYS).write_bytes(content)
    (folder / _MANIFEST).write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")


def load_arrays(folder: Path = SHIPPED) -> "Arrays":
    """What ``save_arrays`` wrote, each array of finite numbers.

    Raises:
        DataDamaged: a file is missing, was altered or cut, or is from another version.
    """
    import numpy as np

    manifest = _manifest(folder)
    content = _read(folder / _ARRAYS)
    if len(content) != manifest.get("bytes") or hashlib.sha256(content).hexdigest() != manifest.get("sha256"):
        raise damaged("The price model's weights are not the ones that belong to its manifest.")
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as opened:
            arrays = {name: opened[name] for name in opened.files}
    except (ValueError, OSError, EOFError, zipfile.BadZipFile) as exc:
        raise damaged("The price model's weights cannot be read.") from exc
    if any(array.dtype.kind not in "uf" or not np.isfinite(array).all() for array in arrays.values()):
        raise damaged("The price model's weights are not all numbers.")
    return arrays


def damaged(what: str) -> DataDamaged:
    """The error that says ``what`` is wrong with the weights and how to get them back."""
    return DataDamaged(
        what,
        "Get them back by installing the application again, or train them anew:"
        " python -m switchboard.prices train DATA_DIR.",
    )


def _manifest(folder: Path) -> dict[str, Any]:
    try:
        manifest = json.loads(_read(folder / _MANIFEST))
    except (ValueError, RecursionError) as exc:
        raise damaged("The price model's manifest is not JSON.") from exc
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise damaged("The price model's weights are from another version.")
    return manifest


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as exc:
        raise damaged(f"The price model's {path.name} is missing or cannot be read.") from exc
    if len(content) > MAX_BYTES:
        raise damaged(f"The price model's {path.name} is far larger than it can be.")
    return content
