"""The kernel that the lab starts: Debian's own, downloaded and unpacked, never installed."""

import lzma
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

METAPACKAGE = "linux-image-amd64"
STORAGE_MODULES = ("virtio_pci", "9pnet_virtio", "9p", "overlay")
"""What the guest needs to see the host's files."""
VIDEO_MODULE = "vivid"


class KernelMissing(Exception):
    """No kernel can be had; `str()` says why."""


@dataclass(frozen=True, slots=True)
class Kernel:
    """The files that a start needs."""

    image: Path
    initramfs: Path
    video_module: Path
    """The driver of the simulated capture device; loaded by the guest, with its parameters."""


def fetch_kernel(cache: Path) -> Kernel:
    """The kernel in `cache`, downloaded the first time; raises KernelMissing.

    Only the image and the modules that are used are kept (about 12 of 400 MB).
    """
    if not (cache / "kernel").is_dir():
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=cache) as scratch:
            _download(Path(scratch))
            _keep_what_is_used(Path(scratch), cache)
    kernel = Kernel(
        cache / "kernel/vmlinuz", cache / "initramfs", cache / f"kernel/modules/{VIDEO_MODULE}.ko"
    )
    _pack_initramfs(cache / "kernel/modules", kernel.initramfs)
    return kernel


def _download(scratch: Path) -> None:
    try:
        _download_package(scratch)
    except KernelMissing:  # apt's lists are absent, or older than what can be had
        _output("apt-get", "update", "-qq")
        _download_package(scratch)


def _download_package(scratch: Path) -> None:
    depends = _output("apt-cache", "depends", METAPACKAGE).split()
    package = next((w for w in depends if w.startswith("linux-image-") and w != METAPACKAGE), None)
    if package is None:
        raise KernelMissing(f"apt knows no kernel behind {METAPACKAGE}")
    _output("apt-get", "download", "-qq", package, folder=scratch)
    archive = next(scratch.glob("*.deb"))
    _output("dpkg", "-x", str(archive), str(scratch / "root"))


def _keep_what_is_used(scratch: Path, cache: Path) -> None:
    root = scratch / "root"
    image = next((root / "boot").glob("vmlinuz-*"))
    release = image.name.removeprefix("vmlinuz-")
    _output("depmod", "-b", str(root), release)
    kept = scratch / "kept"
    (kept / "modules").mkdir(parents=True)
    shutil.copy(image, kept / "vmlinuz")
    order = [_copy_module(path, kept / "modules") for path in _modules_in_order(root, release)]
    names = [name for name in dict.fromkeys(order) if name != f"{VIDEO_MODULE}.ko"]
    (kept / "modules/order").write_text("".join(f"{name}\n" for name in names), "utf-8")
    kept.rename(cache / "kernel")


def _modules_in_order(root: Path, release: str) -> list[Path]:
    ask = ("modprobe", "-d", str(root), "-S", release, "--show-depends")
    wanted = (*STORAGE_MODULES, VIDEO_MODULE)
    lines = [line.split() for name in wanted for line in _output(*ask, name).splitlines()]
    return [Path(words[1]) for words in lines if words[0] == "insmod"]  # others are built in


def _copy_module(module: Path, folder: Path) -> str:
    """Copied and, where the distribution packs its modules, unpacked; the name of the file."""
    content = module.read_bytes()
    if module.suffix == ".xz":
        content = lzma.decompress(content)
    name = f"{module.name.partition('.')[0]}.ko"
    (folder / name).write_bytes(content)
    return name


def _pack_initramfs(modules: Path, target: Path) -> None:
    with tempfile.TemporaryDirectory(dir=target.parent) as scratch:
        root = Path(scratch)
        shutil.copytree(modules, root / "modules", ignore=shutil.ignore_patterns("vivid.ko"))
        shutil.copy(Path(__file__).with_name("init"), root / "init")
        (root / "init").chmod(0o755)
        (root / "bin").mkdir()
        shutil.copy(shutil.which("busybox") or "/bin/busybox", root / "bin/busybox")
        names = "".join(f"{path.relative_to(root)}\n" for path in sorted(root.rglob("*")))
        packed = subprocess.run(
            ["cpio", "--quiet", "-o", "-H", "newc"],
            cwd=root,
            input=names.encode(),
            capture_output=True,
            check=True,
        )
        target.write_bytes(packed.stdout)


def _output(*command: str, folder: Path | None = None) -> str:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        said = " ".join(done.stderr.split()) or "it does not say why"
        raise KernelMissing(f"{' '.join(command[:2])} failed: {said}")
    return done.stdout
