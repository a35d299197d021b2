"""Archives as people upload them."""

from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile


def zipped(*files: tuple[str, bytes]) -> bytes:
    """Return an archive."""
    target = BytesIO()
    with ZipFile(target, "w", ZIP_DEFLATED) as archive:
        for name, content in files:
            archive.writestr(name, content)
    return target.getvalue()
