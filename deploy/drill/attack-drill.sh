#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Six ways by which a process of the same user reads another one's memory, tried on a running plugin:
#   runuser -u USER -- attack-drill.sh PID [TEXT]
# Run it as the plugin's own user: root reads everything, and is no test. TEXT, if given, must be found for an attack to count;
# without it, whatever was got counts. One line for each attack. Exit code: 0 all were refused, 1 one got through, 2 usage,
# 3 one could not be tried here. What was got is removed at the end.
set -u

pid=${1-}
text=${2-}
if [ -z "$pid" ] || [ ! -d "/proc/$pid" ]; then
  echo "usage: attack-drill.sh PID [TEXT], PID of a running process" >&2
  exit 2
fi
if [ "$(id -u)" = 0 ]; then
  echo "attack-drill.sh: run it as the user of process $pid; root may read everything" >&2
  exit 2
fi

umask 077
loot=$(mktemp -d) || exit 2
trap 'rm -rf "$loot"' EXIT
through=0
untried=0

has() { command -v "$1" >/dev/null 2>&1; }

# Tells by what lies in the loot, not by exit codes: tools differ in what they call a success.
tell() {
  if [ -n "$text" ] && grep -rqaF -e "$text" "$loot"; then
    echo "$1: GOT THROUGH, the text was found"
    through=1
  elif [ -z "$text" ] && [ -n "$(find "$loot" -type f -name 'got*' -size +0c)" ]; then
    echo "$1: GOT THROUGH"
    through=1
  else
    echo "$1: refused"
  fi
  rm -rf "$loot"/got*
}

not_tried() {
  echo "$1: not tried, there is no $2"
  untried=1
}

# 1. The JVM's attach mechanism: a heap dump by the JVM itself.
if has jcmd; then
  timeout 30 jcmd "$pid" GC.heap_dump "$loot/got.hprof" >/dev/null 2>&1
  tell jcmd
else
  not_tried jcmd jcmd
fi

# 2. A heap dump, by the JVM and by a debugger that stops it.
if has jmap; then
  timeout 30 jmap "-dump:format=b,file=$loot/got.jmap" "$pid" >/dev/null 2>&1
  [ -s "$loot/got.jmap" ] || ! has jhsdb ||
    timeout 60 jhsdb jmap --binaryheap --dumpfile "$loot/got.jhsdb" --pid "$pid" >/dev/null 2>&1
  tell jmap
else
  not_tried jmap jmap
fi

# 3. A core of a process that goes on.
if has gcore; then
  timeout 60 gcore -o "$loot/got" "$pid" >/dev/null 2>&1
  tell gcore
else
  not_tried gcore gcore
fi

# 4. and 6. The memory, as a file and by a system call. Where no address is known, one is guessed: EPERM comes before EFAULT.
read_memory() {
  python3 - "$pid" "$1" "$loot/got.memory" <<'PYTHON'
import ctypes, os, sys

pid, way, loot = int(sys.argv[1]), sys.argv[2], sys.argv[3]
libc = ctypes.CDLL(None, use_errno=True)


class Vector(ctypes.Structure):
    _fields_ = [("base", ctypes.c_void_p), ("length", ctypes.c_size_t)]


def by_call(start, size):
    buffer = ctypes.create_string_buffer(size)
    mine, theirs = Vector(ctypes.addressof(buffer), size), Vector(start, size)
    count = libc.process_vm_readv(pid, ctypes.byref(mine), 1, ctypes.byref(theirs), 1, 0)
    if count < 0 and ctypes.get_errno() not in (1, 3):
        return b"the call was allowed"
    return buffer.raw[: max(count, 0)]


def by_file(start, size):
    with open(f"/proc/{pid}/mem", "rb", buffering=0) as memory:
        memory.seek(start)
        return memory.read(size)


def writable():
    try:
        with open(f"/proc/{pid}/maps") as maps:
            for line in maps:
                ends, access = line.split()[:2]
                if access.startswith("rw"):
                    yield [int(end, 16) for end in ends.split("-")]
    except OSError:
        yield [0x10000, 0x11000]


with open(loot, "wb") as out:
    for start, end in writable():
        for at in range(start, end, 1 << 20):
            try:
                out.write((by_call if way == "call" else by_file)(at, min(1 << 20, end - at)))
            except OSError:
                pass
PYTHON
}
if has python3; then
  read_memory file 2>/dev/null
  tell /proc/PID/mem
else
  not_tried /proc/PID/mem python3
fi

# 5. What it was started with.
cat "/proc/$pid/environ" >"$loot/got.environ" 2>/dev/null
tell /proc/PID/environ

if has python3; then
  read_memory call 2>/dev/null
  tell process_vm_readv
else
  not_tried process_vm_readv python3
fi

[ "$through" = 0 ] || exit 1
[ "$untried" = 0 ] || exit 3
