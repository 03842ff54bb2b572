"""A small real file of a released schema: the file of the release before, opened by this release and written into."""

import shutil
from collections.abc import Callable
from pathlib import Path

from hmi.store.database import Database


def grow(before: Path, file: Path, fill: Callable[[Database], object]) -> None:
    """Make a file out of the one of the release before; fill writes what only the new schema can hold."""
    making = Path(shutil.copy(before, file.with_suffix(".making")))
    database = Database(making)
    fill(database)
    database.backup(file)
    database.close()
    for part in file.parent.glob(file.stem + ".making*"):
        part.unlink()
