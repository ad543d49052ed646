"""What every widget of the book shares: array traits, the bundle it shows, its still, its link."""

import base64
import copy
import functools
import gzip
import json
import os
from pathlib import Path
from typing import Any

import anywidget
import numpy as np
import traitlets

from .. import _checks
from . import _links

STATIC = Path(__file__).parent / "static"
LATE = ("plotly.js", "save.js")  # scripts that a page asks for when a plot is reached, or something is saved (ui/late.js)
PREDICTION = {"question": str, "choices": list, "answer": int, "explanation": str}
TEMPTING = {"tempting": int, "because": str}


def beside(module: str, name: str) -> Any:
    """What the JSON file `name` beside a widget's module holds; the page reads the same file."""
    return json.loads(Path(module).with_name(name).read_text("utf8"))


@functools.cache
def _bundle(name):
    return (STATIC / name).read_text("utf8")


class Array(traitlets.TraitType):
    """A float64 array of a fixed shape (None for a free length), sent to the page as nested lists.

    What it hands out is read-only: an entry changed in place would change nothing on the page, so numpy
    says so. Assign a whole array instead, `lab.Q = …`.
    """

    info_text = "an array of finite numbers"

    def __init__(self, default, shape, **options):
        self._shape = shape
        super().__init__(default_value=_frozen(default), **options)
        self.tag(sync=True, to_json=lambda value, _: value.tolist(), from_json=lambda value, _: value)

    def validate(self, owner, value):
        wanted = str(self._shape).replace("None", "n")
        try:
            array = _frozen(value)
        except (TypeError, ValueError):
            raise ValueError(f"{self.name} must be numbers in an array of shape {wanted}; got {value!r:.60}") from None
        fits = array.ndim == len(self._shape) and all(s in (None, n) for s, n in zip(self._shape, array.shape))
        if not fits:
            raise ValueError(f"{self.name} must have shape {wanted}; got shape {array.shape}")
        if not np.isfinite(array).all():
            raise ValueError(f"{self.name} must be finite; got {array.tolist()!r:.60}")
        return array

    def set(self, owner, value):
        # traitlets compares with ==, which an array answers entry by entry
        value = self._validate(owner, value)
        old = owner._trait_values.get(self.name)
        if old is None or not np.array_equal(old, value):
            owner._trait_values[self.name] = value
            owner._notify_trait(self.name, old, value)


def _again(kind, given):
    return kind(**given)


def _frozen(value):
    array = np.array(value, dtype=np.float64)
    array.setflags(write=False)
    return array


class Live(anywidget.AnyWidget):
    """A widget with one JavaScript view, `static/<view>.js` and `.css`.

    A subclass names its `view`, lists in `state_names` the traits that make up a state (what a link and a line
    of Python carry), and draws itself for paper in `still()`.
    """

    view: str | None = None
    state_names: tuple[str, ...] = ()
    given_names: tuple[str, ...] = ()  # the traits that hold what it was made of, where no state does
    presets: dict[str, dict] = {}  # by name, where the class has a method `preset`; links start from them, so a name keeps its meaning

    key = traitlets.Unicode("").tag(sync=True)  # tells links apart where a page shows two of a kind
    panel = traitlets.Unicode("").tag(sync=True)  # the panel that is open at first, where it is not the first
    prediction = traitlets.Dict(allow_none=True, default_value=None).tag(sync=True)

    # texts, and the same ones for all widgets of a kind: of a path anywidget keeps a watcher, which would hold on to every widget
    _esm = traitlets.Unicode().tag(sync=True)
    _css = traitlets.Unicode().tag(sync=True)

    def __init__(self, **state):
        super().__init__(**state)
        self.on_msg(self._send_script)

    def _send_script(self, widget, content, buffers):
        """What a page without the book's files beside it asks for; packed, as a notebook server limits how much may pass in a second."""
        name = content.get("want") if isinstance(content, dict) else None
        if name in LATE:
            self.send({"sent": name}, buffers=[gzip.compress((STATIC / name).read_bytes(), 6)])

    @traitlets.default("_esm")
    def _script(self):
        return _bundle(f"{self.view}.js")

    @traitlets.default("_css")
    def _style(self):
        return _bundle(f"{self.view}.css")

    def __setattr__(self, name, value):
        # a number or a row out of an array is a number or a list to the traits, as it is to JSON
        row = isinstance(value, np.ndarray) and (value.ndim == 0 or isinstance(getattr(type(self), name, None), traitlets.List))
        if row or isinstance(value, np.generic):
            value = value.tolist()
        super().__setattr__(name, value)

    def __reduce__(self):
        """A widget is kept in a file, or goes to another process, as what it shows."""
        kind = next(each for each in type(self).__mro__ if "view" in vars(each))
        return _again, (kind, {name: getattr(self, name) for name in (*self.state_names, *self.given_names, "key", "panel", "prediction")})

    def __copy__(self):
        again, given = self.__reduce__()
        return again(*given)

    def __deepcopy__(self, memo):
        return copy.copy(self)

    @traitlets.validate("prediction")
    def _check_prediction(self, proposal):
        """None, or PREDICTION with, at will, TEMPTING: the wrong choice that tempts, and what makes it tempt."""
        value = proposal["value"]
        if value is not None:
            wanted = PREDICTION | (TEMPTING if set(value) & set(TEMPTING) else {})
            if set(value) != set(wanted) or not all(isinstance(value[k], t) for k, t in wanted.items()):
                raise ValueError(f"prediction must be None or a dict of {', '.join(wanted)}; got {value!r:.80}")
            if not 0 <= value["answer"] < len(value["choices"]):
                raise ValueError(f"prediction: answer must index one of the choices; got {value['answer']}")
            if "tempting" in value and not (0 <= value["tempting"] < len(value["choices"]) and value["tempting"] != value["answer"]):
                raise ValueError(f"prediction: tempting must index a choice that is not the answer; got {value['tempting']}")
        return value

    def state(self) -> dict[str, Any]:
        """The state as plain Python values: what `copy link` carries and `widgetState()` returns."""
        values = {name: getattr(self, name) for name in self.state_names}
        return {name: v.tolist() if isinstance(v, np.ndarray) else v for name, v in values.items()}

    @classmethod
    def _preset_state(cls, name):
        """The traits that a preset sets, without its words."""
        preset = cls.presets[_checks.choice("name", name, cls.presets)]
        return {k: v for k, v in preset.items() if k not in ("title", "note")}

    def link(self) -> str:
        """The state as the end of an address, `#force-lab=v3!turning;scale=2`: a preset, and what differs from it.

        Put it behind the address of a page on which the widget stands; `from_link` reads it back.
        """
        starts = {name: self.preset(name).state() for name in self.presets} or {"": type(self)().state()}
        return f"#{self.view}{'~' * bool(self.key)}{self.key}={_links.written(self.state(), starts)}"

    @classmethod
    def from_link(cls, link: str) -> "Live":
        """The widget whose state a copied link carries, of any of the three kinds (see ui/link.js).

        Raises ValueError for a link that is not one of ours, or whose state cannot be.
        """
        found = _links.part(str(cls.view), str(link))
        if not found:
            raise ValueError(f"link must hold #{cls.view}=v3… as `copy link` gives it; got {link!r:.80}")
        try:
            name, state = _links.read(found, cls.presets or [""])
        except LookupError as error:
            raise ValueError(f"link must start from a preset of {cls.__name__}; got {error.args[0]!r:.40}") from None
        except (ValueError, TypeError, RecursionError):
            raise ValueError(f"link is broken: what follows the = does not decode; got {link!r:.80}") from None
        known = {key: state[key] for key in cls.state_names if key in state}
        try:
            return cls.preset(name, **known) if name else cls(**known)
        except (TypeError, LookupError) as error:  # one part was checked by another that is no better
            raise ValueError(f"link holds a state that cannot be: {error!r:.80}") from None

    def still(self) -> tuple[bytes, str]:
        """(PNG bytes, alt text) of the widget as it stands, for print and for pages without JavaScript."""
        raise NotImplementedError

    def _repr_mimebundle_(self, **options):
        data, metadata = _pair(super()._repr_mimebundle_(**options))
        if os.environ.get("TOKENDYNAMICS_STILLS"):  # set while the book is built; elsewhere nobody sees it
            image, alt = self.still()
            data["image/png"] = base64.b64encode(image).decode()
            data["text/plain"] = alt  # the build makes it the image's alternative text
        return data, metadata


def _pair(bundle):
    return bundle if isinstance(bundle, tuple) else (bundle or {}, {})
