"""Set tutor up in a virtual environment of its own and run it: ``python3 bootstrap.py start`` or ``… test``.

Standard library only, and written so that an old Python can still read it and say that it is too old.
Everything is installed below ``.venv`` beside this file; nothing else on the machine is touched.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys

OLDEST = (3, 11)
TORCH = "torch>=2.6,<2.14"  # the same range as in pyproject.toml
ROOT = os.path.dirname(os.path.abspath(__file__))
VENV = os.path.join(ROOT, os.environ.get("TUTOR_VENV", ".venv"))
USAGE = """usage: python3 bootstrap.py start [arguments of `tutor start`]
       python3 bootstrap.py test  [arguments of pytest]
       python3 bootstrap.py run   COMMAND [arguments], e.g. run doctor"""


def say(text):
    """Narrate on stderr: stdout belongs to the program that is started."""
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def stop(text):
    """End with exit code 2 and a sentence that names the way out."""
    say("tutor: " + text)
    raise SystemExit(2)


def newer_python():
    """The path of a Python on PATH that is new enough, or None."""
    for minor in range(15, OLDEST[1] - 1, -1):
        found = shutil.which("python3.%d" % minor)
        if found:
            return found
    return None


def require_python():
    """Carry on with a newer Python when this one is too old and another is there."""
    if sys.version_info >= OLDEST:
        return
    found = newer_python()
    if found is None:
        stop(
            "Python %d.%d or newer is needed, this is %s. Install one (python.org, or your system's packages) "
            "and run: python3.%d bootstrap.py %s"
            % (OLDEST[0], OLDEST[1], sys.version.split()[0], OLDEST[1] + 1, " ".join(sys.argv[1:]))
        )
    say("This is Python %s, which is too old; going on with %s." % (sys.version.split()[0], found))
    os.execv(found, [found] + [os.path.abspath(__file__)] + sys.argv[1:])


def python_of(venv):
    """The interpreter of a virtual environment."""
    folder, name = ("Scripts", "python.exe") if os.name == "nt" else ("bin", "python")
    return os.path.join(venv, folder, name)


def works(python):
    """True when the environment's interpreter and its pip start."""
    try:
        done = subprocess.run([python, "-m", "pip", "--version"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    except OSError:
        return False
    return done.returncode == 0


def base_torch():
    """True when the Python that runs this already has a torch of the right range, to be kept."""
    try:
        from importlib.metadata import version

        parts = version("torch").split("+")[0].split(".")
        return (2, 6) <= (int(parts[0]), int(parts[1])) < (2, 14)
    except Exception:  # absent, or a version we cannot read: pip decides
        return False


def make_venv():
    """Create the virtual environment unless a working one is there."""
    python = python_of(VENV)
    if works(python):
        return python
    say("Making a virtual environment in %s …" % VENV)
    try:
        import ensurepip  # noqa: F401  # Debian ships venv without it, and venv's own message is long
        import venv
    except ImportError:
        stop(
            "this Python cannot make virtual environments: pip or venv is missing. "
            "On Debian and Ubuntu: sudo apt install python3-venv; then run the same command again."
        )
    try:
        venv.create(VENV, with_pip=True, clear=os.path.isdir(VENV), system_site_packages=base_torch())
    except (OSError, subprocess.CalledProcessError) as error:
        stop("could not make the virtual environment in %s: %s" % (VENV, error))
    return python


def stamp_of(extras):
    """What decides whether an installation is still right: the project file, the extras, the Python and the place."""
    with open(os.path.join(ROOT, "pyproject.toml"), "rb") as file:
        text = file.read()
    place = "%s %s %s" % (extras, sys.version, ROOT)
    return hashlib.sha256(text + place.encode()).hexdigest()


def pip(python, *arguments):
    """Run pip in the environment; True when it succeeded. A narrow set of options keeps its output short."""
    options = ["--disable-pip-version-check", "--no-input"]
    done = subprocess.run([python, "-m", "pip", "install", "--quiet"] + options + list(arguments))
    return done.returncode == 0


def torch_options():
    """Where to look for torch: an index of CPU builds when the user names one."""
    index = os.environ.get("TUTOR_TORCH_INDEX")
    return ["--index-url", index] if index else []


def install_torch(python):
    """Install torch first, so that a CPU build is taken where there is one and a large download is announced."""
    probe = "import importlib.metadata as m; m.version('torch')"
    if subprocess.run([python, "-c", probe], stderr=subprocess.DEVNULL).returncode == 0:
        return
    say("Looking for PyTorch …")
    plan = subprocess.run(
        [python, "-m", "pip", "install", "--quiet", "--dry-run", "--report", "-", TORCH] + torch_options(),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    names = []
    if plan.returncode == 0:
        names = [item["metadata"]["name"] for item in json.loads(plan.stdout.decode() or "{}").get("install", [])]
    cuda = [name for name in names if name.startswith(("nvidia", "cuda", "triton"))]
    if cuda and shutil.which("nvidia-smi") is None:
        say(
            "pip offers only a PyTorch with CUDA packages here (several GB), and this machine shows no NVIDIA GPU. To\n"
            "take a CPU build instead, stop now (ctrl+c), set TUTOR_TORCH_INDEX to the address of PyTorch's CPU\n"
            "packages (pytorch.org, Get Started, Compute Platform: CPU) and run the same command again."
        )
    say("Installing PyTorch; this is the long part …")
    if not pip(python, TORCH, *torch_options()):
        stop(
            "PyTorch could not be installed; pip's message is above. Usual reasons: no network, no space on the disk "
            "(2 GB are needed), or a Python for which there is no PyTorch yet (this is %s)." % sys.version.split()[0]
        )


def install(extras):
    """Install the project and its dependencies into the environment, once for each state of pyproject.toml."""
    python = make_venv()
    stamp_file = os.path.join(VENV, "tutor-%s.stamp" % (extras or "base"))
    stamp = stamp_of(extras)
    if os.path.exists(stamp_file):
        with open(stamp_file) as file:
            if file.read() == stamp:
                return python
    install_torch(python)
    say("Installing tutor%s …" % (" and what its tests need" if extras else ""))
    target = ROOT + ("[%s]" % extras if extras else "")
    if not pip(python, "--editable", target):
        stop("the installation failed; pip's message is above. Without a network nothing new can be installed.")
    with open(stamp_file, "w") as file:
        file.write(stamp)
    say("Ready.")
    return python


def hand_over(command):
    """Become the command: signals, the terminal and the exit code are its own."""
    if os.name == "nt":
        raise SystemExit(subprocess.call(command))
    os.execv(command[0], command)


def main():
    """Set up, then run what was asked for."""
    require_python()
    what, rest = (sys.argv[1], sys.argv[2:]) if len(sys.argv) > 1 else ("", [])
    if what == "start":
        hand_over([install(""), "-m", "tutor", "start"] + rest)
    elif what == "run" and rest:
        hand_over([install(""), "-m", "tutor"] + rest)
    elif what == "test":
        os.environ.setdefault("OMP_NUM_THREADS", "1")  # two torch threads on a busy machine are slower than one
        hand_over([install("dev"), "-m", "pytest", "-n", "auto", "--dist", "worksteal", "-q"] + rest)
    else:
        say(USAGE)
        raise SystemExit(0 if what in ("-h", "--help") else 2)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        stop("stopped. What was installed so far stays; the same command goes on from there.")
