"""Builds a driver of tests/peers against the library that `make` makes."""

import os
import subprocess

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
BUILD = os.path.abspath(os.environ.get("BUILD", os.path.join(ROOT, "build")))


def build(name, *packages):
    """The path of BUILD/peers/NAME, made from tests/peers/NAME.c; packages as pkg-config
    knows them. BUILD is the environment's, else build/ of the repository."""
    library = os.path.join(BUILD, "release", "libmecombo.a")
    # Named as by `make` in the repository: what objects depend on is written by name.
    place = BUILD.removeprefix(ROOT + os.sep)
    subprocess.run(["make", "-s", "-C", ROOT, f"BUILD={place}", "MODE=release",
                    os.path.join(place, "release", "libmecombo.a")],
                   check=True, stdout=subprocess.DEVNULL)
    flags = []
    if packages:
        flags = subprocess.run(["pkg-config", "--libs", *packages], check=True,
                               capture_output=True, text=True).stdout.split()
    os.makedirs(os.path.join(BUILD, "peers"), exist_ok=True)
    driver = os.path.join(BUILD, "peers", name)
    subprocess.run(["gcc", "-std=c17", "-D_GNU_SOURCE", "-O2", f"-I{ROOT}/include",
                    os.path.join(HERE, name + ".c"), library, *flags, "-lm", "-ldl",
                    "-lpthread", "-o", driver], check=True)
    return driver
