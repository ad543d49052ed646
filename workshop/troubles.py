"""What the words of pip, npm, Sphinx and the system mean for the person at the desk: a sentence that says what failed, and what to do."""

import re

AGAIN = "then give the same command again: it goes on from where it stopped."
# (what a program said, what that means); the first that is found counts
MEANINGS = [
    (r"No space left on device|Errno 28\b|ENOSPC|not enough space on the disk", "There is no space left on the disk. The book and its tests need about 2 GB: free some, " + AGAIN),
    (r"ensurepip is not\s+available|No module named '?(ensurepip|venv)", "This Python lacks its module venv. On Debian and Ubuntu: apt install python3-venv, " + AGAIN),
    (r"Permission denied|EACCES|Errno 13\b|Read-only file system|Errno 30\b", "Something in this folder may not be written. Put the book into a folder that is yours, " + AGAIN),
    (r"NameResolutionError|NewConnectionError|ConnectTimeoutError|ReadTimeoutError|Failed to establish a new connection|Temporary failure in name resolution"
     r"|ProtocolError|Connection aborted|Connection reset|Network is unreachable|EAI_AGAIN|ENOTFOUND|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH",
     "There is no network, or no way through it to the package registry. Connect (behind a proxy, set HTTPS_PROXY), " + AGAIN),
    (r"CERTIFICATE_VERIFY_FAILED|SELF_SIGNED_CERT|unable to get local issuer", "The registry's certificate is not trusted here. Behind a company's proxy, set PIP_CERT and NODE_EXTRA_CA_CERTS to its certificate, " + AGAIN),
    (r"No matching distribution found for (?P<what>\S+)|(?P<also>\S+)@\S+ is not in this registry|E404.*?(?P<or>[\w@/.-]+)' is not",
     "The package registry that this machine asks has no {what} for this Python and system. Ask another (PIP_INDEX_URL, npm config set registry), " + AGAIN),
    (r"DO NOT MATCH THE HASHES|EINTEGRITY", "A package came damaged. Give the same command again: it is fetched anew."),
    (r"metadata-generation-failed|Failed building wheel for (?P<what>\S+)|Microsoft Visual C\+\+|command '?gcc'? failed",
     "There is no ready-made {what} for this Python and system, and building one failed. Take a Python from 3.11 to 3.14."),
    (r"DeadKernelError|Kernel died", "A kernel died while it ran a notebook; most often memory ran out (1 GB is enough). Close what you can, " + AGAIN),
    (r"Kernel didn't respond", "A notebook's kernel did not start within a minute: the machine is very busy. Close what you can, " + AGAIN),
    (r"MemoryError|Cannot allocate memory|JavaScript heap out of memory", "There was not enough memory (1 GB is enough for the book, 4 GB for the tests). Close what you can, " + AGAIN),
]  # fmt: skip


def meaning(said):
    """The sentence for what a program said, or nothing."""
    for pattern, words in MEANINGS:
        if found := re.search(pattern, said):
            what = next((name for name in found.groupdict().values() if name), "package of that name")
            return words.format(what=what)
    return ""


def gist(said):
    """The line that says most: the first error by name, or the last line."""
    lines = [line.strip() for line in said.splitlines() if line.strip() and not line.startswith("$ ")]
    named = [line for line in lines if re.match(r"(ERROR: |npm (ERR!|error) |[\w.]*(Error|Exception): )\S", line)]
    return (named or lines[-1:] or ["it said nothing"])[0]
