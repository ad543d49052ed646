"""Firefox and WebKit beside Chromium, each told what to do in WebDriver's own words, with no library between.

Firefox listens to them on a socket of its own (Marionette, what geckodriver speaks), WebKit through its WebKitWebDriver.
"""

import contextlib
import glob
import json
import os
import shutil
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request

KEYS = {"ArrowLeft": "\ue012", "ArrowRight": "\ue014", "Home": "\ue011", "End": "\ue010", "Enter": "\ue007", "Escape": "\ue00c"}


class Engine:
    """A browser with one window; a subclass starts it and says a command to it (`ask`)."""

    programs: tuple[str, ...] = ()
    brought_by = ""

    @classmethod
    def missing(cls):
        """What brings this engine here; nothing where it is."""
        return "" if all(map(shutil.which, cls.programs)) else cls.brought_by

    def start(self, command, environment=None):
        quiet = subprocess.DEVNULL
        # a group of its own: a browser is many processes, and all of them must end
        self.process = subprocess.Popen(command, env=os.environ | (environment or {}), stdout=quiet, stderr=quiet, start_new_session=True)

    def close(self):
        with contextlib.suppress(Exception):
            self.ask("DELETE", "")
        self.end(getattr(signal, "SIGTERM", None))
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.end(getattr(signal, "SIGKILL", None))
            self.process.wait(20)

    def end(self, how):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, how) if os.name == "posix" else self.process.kill()

    def run(self, script, *arguments):
        """What a function in the page gives, of its arguments."""
        return self.ask("POST", "/execute/sync", script=f"return ({script}).apply(null, arguments)", args=list(arguments))

    def goto(self, url):
        self.ask("POST", "/url", url=url)

    def wait(self, script, *arguments, seconds=20):
        """The first true answer of a function in the page."""
        end = time.monotonic() + seconds
        while not (found := self.run(script, *arguments)):
            assert time.monotonic() < end, f"nothing came of {script} {arguments}"
            time.sleep(0.05)
        return found

    def press(self, *keys):
        """Keys by their names, or the letters that they write."""
        values = [KEYS.get(key, key) for key in keys]
        self._act("key", [{"type": kind, "value": value} for value in values for kind in ("keyDown", "keyUp")])

    def enter(self, frame=0):
        """From now on the page is a frame of it, as narrow as no window can be; None for the page itself."""
        self.ask("POST", "/frame", id=frame)

    def drag(self, start, *ends):
        """The pointer goes down at `start` and up again at the last of `ends`, or where it is."""
        move = lambda x, y: {"type": "pointerMove", "x": round(x), "y": round(y), "duration": 50}
        down, up = ({"type": kind, "button": 0} for kind in ("pointerDown", "pointerUp"))
        self._act("pointer", [move(*start), down, *(move(*end) for end in ends), up])

    def _act(self, kind, steps):
        self.ask("POST", "/actions", actions=[{"type": kind, "id": kind, "actions": steps}])


class Firefox(Engine):
    programs = ("firefox-esr",) if shutil.which("firefox-esr") else ("firefox",)
    brought_by = "apt-get install firefox-esr"
    WORDS = {
        "/url": "Navigate",
        "/execute/sync": "ExecuteScript",
        "/actions": "PerformActions",
        "/window/rect": "SetWindowRect",
        "/frame": "SwitchToFrame",
    }

    def __init__(self, profile):
        (profile / "user.js").write_text('user_pref("marionette.port", 0);', "utf8")  # any port that is free
        self.start([self.programs[0], "--headless", "--no-remote", "--marionette", "--profile", str(profile)], {"HOME": str(profile)})
        wait_until(port := profile / "MarionetteActivePort", lambda file: file.exists() and file.read_text("utf8"), 60)
        self.socket = socket.create_connection(("127.0.0.1", int(port.read_text("utf8"))), timeout=60)
        self.said = self.socket.makefile("rb")
        self._hear()  # its greeting
        self._say("NewSession", {})
        self.ask("POST", "/window/rect", width=1280, height=900)

    def ask(self, method, path, **given):
        word = "DeleteSession" if method == "DELETE" else self.WORDS[path]
        answer = self._say(word, given)
        return answer.get("value") if isinstance(answer, dict) else answer

    def _say(self, word, given):
        text = json.dumps([0, 1, f"WebDriver:{word}", given]).encode()
        self.socket.sendall(b"%d:%s" % (len(text), text))
        _, _, error, answer = self._hear()
        assert error is None, error["message"]
        return answer

    def _hear(self):
        length = b""
        while (one := self.said.read(1)) != b":":
            assert one, "Firefox has gone"
            length += one
        return json.loads(self.said.read(int(length)))


class WebKit(Engine):
    programs = ("WebKitWebDriver", "xvfb-run", "xauth")
    brought_by = "apt-get install webkit2gtk-driver xvfb xauth"
    # there is no graphics card, and in a container as root no sandbox
    ENVIRONMENT = {"WEBKIT_DISABLE_COMPOSITING_MODE": "1", "WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS": "1", "GTK_A11Y": "none"}

    def __init__(self, profile):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        command = ["xvfb-run", "-a", "-s", "-screen 0 1400x1000x24", "WebKitWebDriver", "--host=127.0.0.1", f"--port={port}"]
        self.start(command, self.ENVIRONMENT | {"HOME": str(profile)})
        self.address = f"http://127.0.0.1:{port}/session"
        wait_until(port, listens, 30)
        browser = {"binary": self.browser(), "args": ["--automation"]}
        made = self.ask("POST", "", capabilities={"alwaysMatch": {"webkitgtk:browserOptions": browser}})
        self.address += f"/{made['sessionId']}"
        self.ask("POST", "/window/rect", x=0, y=0, width=1280, height=900)

    @classmethod
    def browser(cls):
        return next(iter(glob.glob("/usr/lib/*/webkit2gtk-4.1/MiniBrowser")), None)

    @classmethod
    def missing(cls):
        return super().missing() or ("" if cls.browser() else cls.brought_by)

    def ask(self, method, path, **given):
        data = json.dumps(given).encode() if method == "POST" else None
        request = urllib.request.Request(self.address + path, data, {"Content-Type": "application/json"}, method=method)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            raise AssertionError(json.load(error)["value"]["message"]) from None


def listens(port):
    with socket.socket() as trial:
        return trial.connect_ex(("127.0.0.1", port)) == 0


def wait_until(what, ready, seconds):
    end = time.monotonic() + seconds
    while not ready(what):
        assert time.monotonic() < end, f"{what} did not come"
        time.sleep(0.05)


ENGINES = {engine.__name__: engine for engine in (Firefox, WebKit)}
