"""Walk a manual with the camera, and write its page."""

import shutil
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

    Pictures of an earlier walk of the same variant and language are replaced; those of a walk that stops stay
    as far as it came, without a page.

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
    shutil.rmtree(pages_folder, ignore_errors=True)
    camera = Camera(pages_folder, hide_mark)
    walker.walk(manual, variant, language, folder, [camera])
    return write_manual(pages_folder, manual, variant, walker.labels(manual, language), camera.figures)
