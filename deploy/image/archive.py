#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""archive.py STAGED NAME LIST...: puts the archive NAME of the classes in all LISTs into what stage.sh made, in place of one that is there.

A dump from a list of classes, unlike one at the end of a run, has the same bytes each time, with three exceptions: soft
references hold the machine's uptime in ms at which they were made, and the archive's checksums follow from it (the JVM
compares them only when it is asked to, and Bulla's does not ask); one in some forty dumps has its parts in another order, for a reason
that is not known. So two dumps that differ in nothing else count, with 0 in these
places: that is as good an uptime as any, since it is another machine's. The class path is in it, and is given by a name that no folder is in: at
a start only what follows the jars' common folder is compared.
"""

import array
import os
import subprocess
import sys
import tempfile
import time
from typing import NamedTuple

HEADER = 4096
BLOCK = 4096
HALVES = (0xFFFFFFFF, 0xFFFFFFFF << 32)  # of a word of the header, which has checksums of four bytes


def uptime_ms() -> int:
    return time.monotonic_ns() // 1_000_000


class Dump(NamedTuple):
    words: array.array
    begin: int  # uptimes between which it was made
    end: int

    def made_at(self, word: int) -> bool:
        return self.begin <= word <= self.end


def dump(app: str, name: str, classes: str) -> Dump:
    begin = uptime_ms()
    subprocess.run(
        ["../jre/bin/java", "@jvm.options", "-Xlog:all=off", "-Xshare:dump", "-XX:+AOTClassLinking", "-XX:SharedClassListFile=" + classes]
        + ["-XX:SharedArchiveFile=" + name, "-cp", "/proc/self/cwd/bulla.jar"],
        cwd=app, check=True, stdout=subprocess.DEVNULL)
    end = uptime_ms()
    words = array.array("Q")
    with open(app + "/" + name, "rb") as file:
        words.frombytes(file.read())
    return Dump(words, begin, end)


def differing(one: array.array, other: array.array):
    for block in range(0, len(one), BLOCK):
        if one[block:block + BLOCK] != other[block:block + BLOCK]:
            yield from (at for at in range(block, min(block + BLOCK, len(one))) if one[at] != other[at])


def without_times(one: Dump, other: Dump) -> array.array | None:
    """What two dumps have in common, or None if they differ in more than checksums and times.

    A word is a time only if it is one in both, and another one: an offset may look like a time in one of them.
    """
    if len(one.words) != len(other.words):
        return None
    same = array.array("Q", one.words)
    for at in differing(one.words, other.words):
        if at * 8 < HEADER:
            same[at] = sum(one.words[at] & half for half in HALVES if one.words[at] & half == other.words[at] & half)
        elif one.made_at(one.words[at]) and other.made_at(other.words[at]):
            same[at] = 0
        else:
            return None
    return same


def twice(app: str, name: str, classes: str) -> array.array:
    seen: list[Dump] = []
    for _ in range(6):
        now = dump(app, name, classes)
        for before in seen:
            same = without_times(before, now)
            if same is not None:
                return same
        seen.append(now)
    sys.exit("archive.py: no two archives of classes were the same")


def main(staged: str, name: str, lists: list[str]) -> None:
    app = staged + "/opt/bulla/app"
    with tempfile.NamedTemporaryFile() as classes:
        for part in lists:
            with open(part, "rb") as file:
                classes.write(file.read())
        classes.flush()
        archive = twice(app, name, classes.name)
    with open(app + "/" + name, "wb") as file:
        archive.tofile(file)
    os.chmod(app + "/" + name, 0o644)
    for changed in (app + "/" + name, app):
        os.utime(changed, (1, 1))


if __name__ == "__main__":
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    main(sys.argv[1], sys.argv[2], sys.argv[3:])
