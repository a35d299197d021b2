"""Walk a manual with the camera, and write its page."""

import shutil
from contextlib import suppress
from pathlib import Path

from .book import folder_of, write_manual
from .camera import Camera
from .model import Manual
from .walker import Walker


def walk_with_pictures(
    walker: Walker,
    manual: Manual,
    variant: str | None,
    language: str,
    folder: Path,
    shots: Path,
    hide_mark: bool = False,
) -> Path:
    """Walk one variant of a manual, take a picture of each step, and write a page that reads as a manual.

    Pictures of an earlier walk of the same variant and language are replaced once all new ones are there: a walk that stops
    leaves nothing of its own.

    Args:
        walker: Walks.
        manual: The manual.
        variant: One of its variants; None when it has none.
        language: The language of the pages.
        folder: Where files to upload are relative to.
        shots: The folder of all pictures.
        hide_mark: Whether pictures leave out the simulator's visible mark.

    Returns:
        The page: `<shots>/<manual>/<language>[-variant]/index.html`.

    Raises:
        WalkFailed: A step did not go as the manual says.
    """
    pages_folder = shots / manual.id / folder_of(language, variant)
    unfinished = pages_folder.with_name(f".{pages_folder.name}.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    try:
        camera = Camera(unfinished, hide_mark)
        walker.walk(manual, variant, language, folder, [camera])
        page = write_manual(unfinished, manual, variant, walker.labels(manual, language), camera.figures)
        shutil.rmtree(pages_folder, ignore_errors=True)
        unfinished.rename(pages_folder)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
        with suppress(OSError):
            # Succeeds only for an empty one.
            unfinished.parent.rmdir()
    return pages_folder / page.name
