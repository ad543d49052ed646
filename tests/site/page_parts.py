"""What a reader may ask of numpy, matplotlib and Pillow, as programs that run here and in a page alike: each prints a line for each thing that it
tried. They are there to meet compiled code of every kind, since a page goes without much of it (site/book_wasm.py)."""

UFUNCS = """
import numpy as np, warnings
warnings.simplefilter("ignore")
def one(code, kind):
    if code == "O":
        return np.array([2, 1, 3], object)
    if code in "mM":
        return np.array([5, 1, 9], code + "8[D]")
    if code in "SUTV":
        return np.array(["b", "a", "c"])
    return np.array([2, 1, 3]).astype(code)
tried = 0
for name in sorted(set(dir(np)) - {"f2py"}):
    f = getattr(np, name)
    if not isinstance(f, np.ufunc):
        continue
    for types in f.types:
        given = [one(code, name) for code in types.split("->")[0]]
        if f.signature:
            given = [np.stack([np.roll(each, i) for i in range(3)]) for each in given]
        for call in (lambda: f(*given), lambda: f.reduce(given[0]), lambda: f.accumulate(given[0]), lambda: f.outer(*given),
                     lambda: f.reduceat(given[0], [0, 2]), lambda: f.at(given[0].copy(), [0, 1], *given[1:2])):
            try:
                call()
                tried += 1
            except (TypeError, ValueError, RuntimeError, AttributeError, ArithmeticError, MemoryError, NotImplementedError):
                pass
print("ufuncs", tried > 3000)
"""

LINALG = """
import numpy as np
from numpy import linalg
def told(name, *results):
    flat = np.concatenate([np.abs(np.asarray(r)).ravel().astype(float) for r in results])
    print(name, f"{flat.sum():.4g}")
for kind in "fdFD":
    rng = np.random.default_rng(3)
    for n in (3, 60, 130):
        A = rng.normal(size=(n, n)) + n * np.eye(n)
        A = (A + 0.1j * rng.normal(size=(n, n)) if kind in "FD" else A).astype(kind)
        S, b = (A + A.conj().T) / 2, np.ones((n, 2), kind)
        where = f"{kind}{n}"
        told(where + " inv", linalg.inv(A), linalg.solve(A, b), linalg.solve(A, b[:, 0]), linalg.pinv(A), linalg.tensorinv(A, 1))
        told(where + " det", np.log(np.abs(linalg.slogdet(A / n)[1]) + 1), linalg.matrix_rank(A), linalg.cond(A))
        told(where + " svd", linalg.svd(A)[1], linalg.svd(A[:, :2], full_matrices=False)[1], linalg.svdvals(A), linalg.svd(A[:2])[1])
        told(where + " eig", linalg.eigvals(A).real.sum(), linalg.eig(A)[0].real.sum(), linalg.eigvalsh(S), linalg.eigh(S, UPLO="U")[0])
        told(where + " qr", *(np.abs(np.diag(linalg.qr(A[:, :3], mode)[1])) for mode in ("reduced", "complete")), linalg.qr(A, "r").diagonal())
        told(where + " chol", linalg.cholesky(S), linalg.cholesky(S, upper=True), linalg.lstsq(A[:, :2], b)[0])
        told(where + " norm", *(linalg.norm(A, ord) for ord in (None, "fro", "nuc", 1, -1, 2, -2, np.inf)), linalg.matrix_power(A / n, 3))
        told(where + " mul", A @ A, A.T @ A, A @ A.T, A.conj().T @ A, A @ b, A[::2] @ b, np.dot(A[0], A[1]), np.vdot(A[0], A[1]), np.inner(A, A),
             np.einsum("ij,jk->ik", A, A), np.einsum("ij,ij->", A, A), np.tensordot(A, A), np.kron(A[:2, :2], A[:2, :2]), np.cross(A[0, :3], A[1, :3]))
        told(where + " many", linalg.inv(np.stack([A, S])), linalg.eigvalsh(np.stack([S, S])), linalg.multi_dot([A, S, A]) / n**3)
"""

FFT = """
import numpy as np
for kind in "efdgFDG":
    for n in (1, 2, 3, 4, 5, 7, 8, 11, 13, 30, 97, 128, 1009):
        x = np.cos(np.arange(n) ** 2).astype(kind)
        for name in ("fft", "ifft", "hfft", "fft2", "fftn", "rfft", "irfft", "ihfft", "rfftn"):
            if name in ("rfft", "ihfft", "rfftn") and kind in "FDG" or name in ("irfft", "hfft") and n < 2:
                continue
            given = np.stack([x, x]) if name.endswith(("2", "n")) else x
            print(kind, n, name, np.round(float(np.abs(getattr(np.fft, name)(given)).sum()), 0 if kind in "efF" else 2))
print(np.fft.fftshift(np.fft.fftfreq(5)).round(2))
"""

RANDOM = """
import numpy as np
from numpy import random
given = dict(beta=(1, 2), binomial=(10, 0.3), chisquare=(2,), dirichlet=([1, 2],), exponential=(), f=(2, 3), gamma=(2,), geometric=(0.3,), gumbel=(),
    hypergeometric=(5, 5, 3), laplace=(), logistic=(), lognormal=(), logseries=(0.5,), multinomial=(10, [0.2, 0.8]), multivariate_normal=([0, 0], np.eye(2)),
    negative_binomial=(3, 0.4), noncentral_chisquare=(2, 1), noncentral_f=(2, 3, 1), normal=(), pareto=(2,), poisson=(3,), power=(2,), rayleigh=(),
    standard_cauchy=(), standard_exponential=(), standard_gamma=(2,), standard_normal=(), standard_t=(3,), triangular=(0, 1, 2), uniform=(),
    vonmises=(0, 1), wald=(1, 2), weibull=(2,), zipf=(2,))
for bits in (random.MT19937, random.PCG64, random.PCG64DXSM, random.Philox, random.SFC64):
    for rng in (random.Generator(bits(1)), random.RandomState(bits(1))):
        where = f"{bits.__name__} {type(rng).__name__}"
        for name, arguments in given.items():
            print(where, name, np.round(np.asarray(getattr(rng, name)(*arguments, size=50), float).sum(), 3))
        print(where, rng.permutation(5), rng.choice(9, 3), rng.choice(9, 3, replace=False), rng.bytes(3))
        if hasattr(rng, "integers"):
            print([rng.integers(0, 200, 3, dtype=kind).tolist() for kind in ("u1", "u2", "u4", "u8", "i2", "i4", "i8")], rng.permuted([3, 4, 5]))
            print(rng.multivariate_hypergeometric([3, 4], 3), rng.random(2, "f").round(3), rng.standard_normal(2, "f").round(3), round(rng.spawn(1)[0].random(), 3))
"""

ARRAYS = """
from numpy import *
import io, itertools, warnings, numpy as np
warnings.simplefilter("ignore")
rng = np.random.default_rng(5)
for kind in ["?", *np.typecodes["AllInteger"], *np.typecodes["AllFloat"], "M8[s]", "m8[s]", "U3", "S3", "O"]:
    x = rng.integers(0, 90, 400).astype("i8").astype("U3" if kind in ("U3", "S3") else kind).astype(kind)
    sums = [np.sort(x, kind=how).tolist() == sorted(x.tolist(), key=lambda v: (v.real, v.imag) if kind in "FDG" else v) for how in ("quick", "heap", "stable")]
    parts = [np.partition(x, 9)[9] == np.sort(x)[9], x[np.argpartition(x, 9)][9] == np.sort(x)[9], (x[np.argsort(x)] == np.sort(x)).all()]
    found = np.searchsorted(np.sort(x), x[:9]), np.unique(x).size, int(np.argmax(x)), np.lexsort([x, x])[:3]
    print(kind, sums, parts, found, np.isin(x, x[:3]).sum(), np.flip(x)[0] == x[-1], np.nonzero(x)[0].size)
kinds = "?bhilqBHILQefdgFDGO"
for a, b in itertools.product(kinds, kinds):
    with np.errstate(all="ignore"):
        try:
            np.arange(4).astype(a).astype(b); np.zeros(3, a)[::-1].astype(b, casting="unsafe"); np.add(np.ones(3, a), np.ones(3, b))
        except TypeError:
            pass
words = np.array(["ab c", "Def", "", "xyz12"])
print([getattr(np.strings, f)(words).tolist() for f in ("upper", "lower", "title", "swapcase", "capitalize", "isalpha", "isdigit", "str_len", "strip")])
print(np.strings.replace(words, "b", "--"), np.strings.find(words, "c"), np.strings.partition(words, " "), np.strings.zfill(words, 6), np.char.join("-", words))
print(np.array(["a", "bb"], np.dtypes.StringDType()) + "c", np.array(["1", "2"]).astype(int))
days = np.arange("2024-01-30", "2024-03-03", dtype="M8[D]")
print(np.busday_count(days[0], days[-1]), np.busday_offset(days[0], 3, "forward"), np.is_busday(days).sum(), days.astype("M8[M]")[-1], np.datetime_as_string(days[:2], "h"))
P = np.polynomial
for kind in (P.Polynomial, P.Chebyshev, P.Legendre, P.Hermite, P.HermiteE, P.Laguerre):
    p = kind([1, 2, 3])
    print(kind.__name__, (p * p).coef.round(3), p.deriv(), p.integ()(0.5).round(4), np.abs(p.roots()).round(4), kind.fit(range(6), np.arange(6) ** 2, 2)(2).round(4), p(0.3))
x = rng.normal(size=(40, 3))
print(np.histogramdd(x, 3)[0].sum(), np.percentile(x, [5, 50], axis=0, method="hazen").round(3), np.quantile(x, 0.3).round(4), np.median(x).round(4), np.cov(x.T).round(3),
    np.corrcoef(x.T).round(3), np.interp(0.5, [0, 1], [3, 4]), np.gradient(x[:, 0])[:2].round(3), np.convolve(x[:5, 0], [1, 2]).round(3), np.digitize(x[:4, 0], [-1, 0, 1]),
    np.trapezoid(x[:, 0]).round(4), np.unwrap(x[:4, 0] * 9).round(3), np.bincount([1, 2, 2]), np.roots([1, -3, 2]), np.polyfit(range(5), range(5), 1).round(3), np.kaiser(3, 2).round(3), np.i0(1.0).round(4), np.sinc(0.3).round(4))
print(np.einsum("ijk,kl,l->ij", rng.normal(size=(2, 3, 4)), np.ones((4, 2)), np.ones(2), optimize=True).shape, np.pad(x[:2], 1, "reflect").shape, np.packbits([1, 0, 1]), np.vectorize(lambda v: v + 1)([1, 2]))
file = io.BytesIO(); np.savez_compressed(file, x=x); file.seek(0); print(np.load(file)["x"].shape)
text = io.StringIO(); np.savetxt(text, x[:2]); text.seek(0); print(np.loadtxt(text).shape, np.genfromtxt(["1,2", "3,"], delimiter=","), np.fromstring("1 2", sep=" "))
record = np.array([(1, 2.5, "a")], dtype=[("n", "i4"), ("v", "f8"), ("s", "U2")])
print(record["v"], np.rec.array(record).n, np.ma.masked_greater([1, 5], 3).filled(0), np.ma.median(np.ma.array([1, 2, 9], mask=[0, 0, 1])), np.lib.stride_tricks.sliding_window_view(np.arange(5), 3).sum(0))
print(np.frombuffer(b"ab", "u1"), memoryview(np.arange(3))[1], np.nditer([x, x], ["buffered"]).itersize, np.array2string(x[:1], precision=2), np.format_float_scientific(1.5), np.info is not None)
print(sum(np.arange(2**16).astype(">i4").view("u1").tolist()), np.byte_bounds if hasattr(np, "byte_bounds") else "", np.take_along_axis(x, np.argsort(x, 0), 0)[0].round(3), np.set_printoptions())
"""

PICTURES = """
import io, warnings, numpy as np, matplotlib
matplotlib.use("agg")
import matplotlib.pyplot as plt
from matplotlib import patheffects, tri
warnings.simplefilter("error")
x = np.linspace(0, 6, 30); X, Y = np.meshgrid(x, x); Z = np.sin(X) * np.cos(Y); rng = np.random.default_rng(0)
def plots(ax):
    return [
        lambda: ax.plot(x, np.sin(x), "o--", path_effects=[patheffects.withStroke(linewidth=3)]), lambda: ax.plot(x, x, marker="*", ls=(0, (3, 1))),
        lambda: ax.scatter(x, x, c=x, s=9 * x, marker="^"), lambda: ax.bar(x, x, hatch="//"), lambda: ax.hist(x, 5, histtype="step"),
        lambda: ax.hist2d(x, x), lambda: ax.hexbin(x, x, gridsize=5), lambda: ax.contour(X, Y, Z, colors="k"), lambda: ax.clabel(ax.contour(X, Y, Z)),
        lambda: ax.contourf(X, Y, Z, hatches=["/"]), lambda: ax.tricontour(X.ravel(), Y.ravel(), Z.ravel()), lambda: ax.tricontourf(X.ravel(), Y.ravel(), Z.ravel()),
        lambda: ax.tripcolor(tri.Triangulation(*rng.random((2, 20))), rng.random(20), shading="gouraud"), lambda: ax.pcolormesh(X, Y, Z, shading="gouraud"),
        lambda: ax.pcolormesh(X, Y, Z), lambda: ax.imshow(Z, alpha=0.5), lambda: ax.quiver(X, Y, Z, Z), lambda: ax.barbs(X[::9, ::9], Y[::9, ::9], 9 * Z[::9, ::9], Z[::9, ::9]),
        lambda: ax.streamplot(x, x, Z, Z), lambda: ax.fill_between(x, x), lambda: ax.boxplot(rng.random((9, 2))), lambda: ax.violinplot(rng.random((9, 2))),
        lambda: ax.errorbar(x, x, 0.1), lambda: ax.stem(x, x), lambda: ax.pie([1, 2]), lambda: ax.step(x, x), lambda: ax.eventplot([x]), lambda: ax.stackplot(x, x, x),
        lambda: ax.specgram(rng.random(600)), lambda: ax.text(0, 0, r"$\\frac{a}{\\sqrt{b}}\\ \\int_0^1 \\mathbf{x}\\,\\mathcal{L}$", rotation=30), lambda: ax.annotate("é ß ж 漢", (1, 1), (2, 2), arrowprops={"arrowstyle": "->"}),
        lambda: (ax.set_xscale("log"), ax.plot(x + 1, x, label="a"), ax.legend(), ax.grid(True), ax.set_title("t")),
        lambda: ax.table([["a", "b"]]), lambda: ax.matshow(Z), lambda: ax.loglog(x + 1, x + 1), lambda: ax.figure.colorbar(ax.imshow(Z)),
        *(lambda how=how: ax.imshow(Z, interpolation=how) for how in ("nearest", "bilinear", "bicubic", "hanning", "lanczos", "gaussian", "spline36", "antialiased", "mitchell", "sinc")),
    ]
many = len(plots(plt.figure().gca()))
for number in range(many):
    plt.close("all")
    figure = plt.figure(figsize=(2, 2), layout="constrained" if number % 2 else None)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        plots(figure.add_subplot())[number]()
        figure.savefig(io.BytesIO(), format="png")
    print("plot", number)
figure = plt.figure()
ax = figure.add_subplot(projection="3d"); ax.plot_surface(X, Y, Z, cmap="viridis"); ax.scatter(x, x, x); ax.plot_wireframe(X, Y, Z); ax.contour(X, Y, Z)
polar = figure.add_axes([0, 0, 0.3, 0.3], projection="polar"); polar.plot(x, x); figure.add_axes([0.7, 0, 0.3, 0.3], projection="mollweide").grid(True)
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    for kind in ("png", "svg", "tif", "raw"):
        out = io.BytesIO(); figure.savefig(out, format=kind); print(kind, len(out.getvalue()) > 1000)
from PIL import Image, ImageDraw, ImageFilter, ImageOps
image = Image.fromarray((255 * np.abs(Z)).astype("u1")).resize((60, 60), Image.LANCZOS).convert("RGB").rotate(20).filter(ImageFilter.GaussianBlur(1)).quantize(16).convert("RGB")
ImageDraw.Draw(image).ellipse((1, 1, 20, 30), fill="red"); ImageOps.autocontrast(image)
for kind in ("PNG", "GIF", "TIFF", "BMP", "PPM"):
    out = io.BytesIO(); image.save(out, kind); out.seek(0); print(kind, Image.open(out).convert("L").size)
from matplotlib.animation import FuncAnimation, PillowWriter
figure, ax = plt.subplots(figsize=(1, 1)); (drawn,) = ax.plot(x); FuncAnimation(figure, lambda i: drawn.set_ydata(x * i), 3).save("/tmp/a.gif", PillowWriter()); print("gif")
"""

STANDARD = """
import array, base64, binascii, bisect, bz2, calendar, cmath, collections, csv, datetime, decimal, difflib, fractions, functools, gzip, hashlib, heapq, hmac, html, inspect, io, itertools
import json, logging, lzma, math, operator, os, pathlib, pickle, pprint, random, re, secrets, shutil, statistics, string, struct, tempfile, textwrap, time, timeit, tokenize, unicodedata, uuid, zipfile, zlib, zoneinfo
print([hashlib.new(name, b"a").hexdigest()[:6] for name in sorted(hashlib.algorithms_guaranteed) if not name.startswith("shake")], hashlib.shake_128(b"a").hexdigest(4))
print([pack.decompress(pack.compress(b"abc" * 99)) == b"abc" * 99 for pack in (bz2, lzma, zlib, gzip)], hmac.new(b"k", b"m", "sha256").hexdigest()[:6])
print(json.loads(json.dumps({"a": [1.5, None, "é"]})), pickle.loads(pickle.dumps({"a": {1, 2}})), re.findall(r"(?<=a)\\w+?\\b", "ab ac"), decimal.Decimal(2).sqrt(), fractions.Fraction(1, 3) + 1)
print(["é漢".encode(name, "replace")[:3] for name in ("utf-16", "gb18030", "shift_jis", "euc_kr", "big5", "latin-1", "cp1252", "iso2022_jp")], unicodedata.name("é"), unicodedata.normalize("NFD", "é") != "é")
print(statistics.NormalDist().cdf(1), math.comb(9, 3), math.gamma(4.5), cmath.sqrt(-1), random.Random(1).random(), struct.pack("<if", 1, 2.0), array.array("d", [1, 2]).tobytes()[:2])
print(datetime.datetime(2024, 2, 29, tzinfo=datetime.timezone.utc).isoformat(), datetime.datetime.strptime("3 May 2021", "%d %b %Y").date(), *map(int, calendar.monthrange(2024, 2)), time.strftime("%Y", time.gmtime(0)))
import xml.etree.ElementTree as tree, xml.dom.minidom, html.parser, configparser, ast, dis, queue, contextlib, dataclasses, enum, typing, types, weakref, copy, graphlib, locale, urllib.parse, argparse, email.message, ipaddress, colorsys
print(tree.fromstring("<a><b/></a>")[0].tag, xml.dom.minidom.parseString("<a/>").documentElement.tagName, ast.unparse(ast.parse("x=1")), urllib.parse.quote("é"), sorted([3, 1]), "".join(difflib.unified_diff(["a"], ["b"]))[:3])
with tempfile.TemporaryDirectory() as folder:
    place = pathlib.Path(folder, "a.zip")
    with zipfile.ZipFile(place, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("b", "c")
    shutil.copy(place, place.with_name("d")); print(zipfile.ZipFile(place).read("b"), sorted(p.name for p in pathlib.Path(folder).iterdir()), os.stat(place).st_size > 20)
print(timeit.timeit("1", number=3) >= 0, inspect.signature(re.sub).parameters["count"].default, textwrap.fill("a b", 2), pprint.pformat({"a": 1}), eval("1 if True else 2"), [*map(chr, range(97, 99))])
"""

PROGRAMS = {"ufuncs": UFUNCS, "linalg": LINALG, "fft": FFT, "random": RANDOM, "arrays": ARRAYS, "pictures": PICTURES, "standard": STANDARD}
