"""What runs inside the sandbox: the limits, the program, and a verdict that is its own.

The file is never imported: `sandbox` hands its text to a bare interpreter, so it needs
the standard library alone, and little of that, since its start is paid by each program.
A program comes by standard input, after one line of settings. The verdict leaves by a
pipe of its own, behind a token that the program is not given.
"""

import builtins
import os
import resource
import sys

ERRORS = {
    value: name
    for name, value in vars(builtins).items()
    if isinstance(value, type) and issubclass(value, BaseException)
}


def main() -> None:
    """Read one program, run it under the limits, and say what became of it."""
    line, _, source = sys.stdin.buffer.read().partition(b"\n")
    token, *numbers, user, root, prefix = line.decode().split("\t")
    channel, seconds, memory, processes, size, folder = map(int, numbers)
    if root:
        enter(root, prefix, folder)
        if child := os.fork():  # the first process of a namespace ignores its own kill
            os.waitpid(child, 0)
            os._exit(0)
    confine(seconds, memory, processes, size, int(user))
    if root:
        give_up_powers()
    say = speaker(channel, token)
    for stream in (1, 2):
        os.dup2(0, stream)  # what is printed goes nowhere, however much of it there is
    say("ready", end=False)
    try:
        program = compile(source.decode("utf-8", "surrogatepass"), "<program>", "exec")
    except (SyntaxError, ValueError, MemoryError, RecursionError, OverflowError):
        say("syntax")
    say("parsed", end=False)
    try:
        exec(program, {"__name__": "__main__"})
    except AssertionError:
        say("wrong")
    except BaseException as error:  # sys.exit too: the tests are not over then
        # A name that the program made up might hold another verdict.
        say(f"error {ERRORS.get(type(error), 'Exception')}")
    say("passed")


def speaker(channel: int, token: str):
    """What writes a word, and ends the process at once: no hook of the program runs."""
    write, leave, ending = os.write, os._exit, f"{token}\n"

    def say(word: str, end: bool = True) -> None:
        try:
            write(channel, f"{word}\t{ending}".encode("utf-8", "replace"))
        except OSError:  # the program closed it
            leave(1)
        if end:
            leave(0)

    return say


def confine(seconds: int, memory: int, processes: int, size: int, user: int) -> None:
    """The limits of the process and of all that it starts.

    user: who to be from here on, or 0 to stay who one is. The limit on processes does
    not bind the superuser, so that a program never runs as that.
    """
    if user:
        os.setgroups([])
        os.setresgid(user, user, user)
        os.setresuid(user, user, user)
    for which, limit in (
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_NPROC, processes),
        (resource.RLIMIT_FSIZE, size),
        (resource.RLIMIT_NOFILE, 64),
        (resource.RLIMIT_CORE, 0),
    ):
        hard = resource.getrlimit(which)[1]
        limit = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
        resource.setrlimit(which, (limit, limit))
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)


def enter(root: str, prefix: str, folder: int) -> None:
    """Make of an empty folder a root that has the system, read-only, and no more.

    The process has a mount namespace of its own, by `unshare`. See mount(2).
    """
    import ctypes

    call = ctypes.CDLL(None, use_errno=True)

    def mount(source: str, target: str, kind: str, flags: int, data: str = "") -> None:
        texts = (source.encode(), target.encode(), kind.encode())
        if call.mount(*texts, ctypes.c_ulong(flags), data.encode()):
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), target)

    readonly, nosuid, nodev, bind, rec, private = 1, 2, 4, 4096, 16384, 1 << 18
    remount = 32
    mount("none", "/", "", rec | private)
    mount("tmpfs", root, "tmpfs", nosuid | nodev, "size=1m,mode=755")
    for path in dict.fromkeys(("/usr", "/bin", "/lib", "/lib64", prefix)):
        inside = root + path
        if os.path.islink(path):
            os.symlink(os.readlink(path), inside)
        elif os.path.isdir(path) and not os.path.isdir(inside):
            os.makedirs(inside)
            mount(path, inside, "", bind | rec)
            mount("none", inside, "", bind | remount | readonly | nosuid | nodev)
    os.mkdir(f"{root}/dev")
    for name in ("null", "zero", "random", "urandom"):
        os.close(os.open(f"{root}/dev/{name}", os.O_CREAT))
        mount(f"/dev/{name}", f"{root}/dev/{name}", "", bind)
    os.mkdir(f"{root}/tmp")
    data = f"size={folder},nr_inodes=4096,mode=1777"
    mount("tmpfs", f"{root}/tmp", "tmpfs", nosuid | nodev, data)
    mount("none", root, "", remount | readonly | nosuid | nodev)
    os.chroot(root)
    os.chdir("/tmp")


def give_up_powers() -> None:
    """No capability is left, nor to be had: so nothing leads out of the new root.

    See capset(2) and prctl(2); who was the superuser in a user namespace has them all.
    """
    import ctypes

    call = ctypes.CDLL(None, use_errno=True)
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)  # _LINUX_CAPABILITY_VERSION_3
    if call.capset(header, (ctypes.c_uint32 * 6)()) or call.prctl(38, 1, 0, 0, 0):
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


main()
