"""A page → a PNG, by Chromium without a window. What the picture looks like depends on its fonts: Roboto and Noto's."""

import shutil
import subprocess
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory

# Phones have two or three dots for each pixel of a layout.
SCALE = 2
WIDTH, HEIGHT = 360, 3000
BEYOND = (255, 0, 255)
COLOURS = 128
_OPTIONS = (
    *(
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--hide-scrollbars",
        "--disable-lcd-text",
        "--font-render-hinting=none",
    ),
    *(f"--force-device-scale-factor={SCALE}", f"--window-size={WIDTH},{HEIGHT}"),
)


def photograph(page: str, picture: Path) -> None:
    """The page in full, cut to its length; what does not fit into 3,000 pixels is an AssertionError."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or "google-chrome"
    with TemporaryDirectory() as folder:
        (Path(folder) / "page.html").write_text(page, encoding="utf-8")
        shot = Path(folder) / "shot.png"
        address = (Path(folder) / "page.html").as_uri()
        command = [chromium, *_OPTIONS, f"--user-data-dir={folder}/user", f"--screenshot={shot}", address]
        subprocess.run(command, check=True, capture_output=True, timeout=120)
        _cut(shot, picture)


def _cut(shot: Path, picture: Path) -> None:
    images, chops = import_module("PIL.Image"), import_module("PIL.ImageChops")
    image = images.open(shot).convert("RGB")
    beyond = images.new("RGB", image.size, BEYOND)
    left, top, right, bottom = chops.difference(image, beyond).getbbox()
    assert bottom < image.height
    picture.parent.mkdir(exist_ok=True)
    cut = image.crop((left, top, right, bottom))
    cut.quantize(COLOURS, dither=images.Dither.NONE).save(picture, optimize=True)
