"""What every widget of the book shares: array traits, the bundle it shows, its still, its link."""

import base64
import json
import os
import re
from pathlib import Path

import anywidget
import numpy as np
import traitlets

STATIC = Path(__file__).parent / "static"
LINK_VERSION = "v1"


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

    key = traitlets.Unicode("").tag(sync=True)  # tells links apart where a page shows two of a kind
    prediction = traitlets.Dict(allow_none=True, default_value=None).tag(sync=True)

    def __init_subclass__(cls, **options):
        if "view" in vars(cls):  # not in the subclass that ipywidgets makes of each instance
            cls._esm = STATIC / f"{cls.view}.js"
            cls._css = STATIC / f"{cls.view}.css"
        super().__init_subclass__(**options)

    @traitlets.validate("prediction")
    def _check_prediction(self, proposal):
        value = proposal["value"]
        wanted = {"question": str, "choices": list, "answer": int, "explanation": str}
        if value is not None:
            if set(value) != set(wanted) or not all(isinstance(value[k], t) for k, t in wanted.items()):
                raise ValueError(f"prediction must be None or a dict of {', '.join(wanted)}; got {value!r:.80}")
            if not 0 <= value["answer"] < len(value["choices"]):
                raise ValueError(f"prediction: answer must index one of the choices; got {value['answer']}")
        return value

    def state(self):
        """The state as plain Python values: what `copy link` carries and `widgetState()` returns."""
        values = {name: getattr(self, name) for name in self.state_names}
        return {name: v.tolist() if isinstance(v, np.ndarray) else v for name, v in values.items()}

    @classmethod
    def from_link(cls, link):
        """The widget whose state a copied link carries. Raises ValueError for a link that is not one of ours."""
        found = re.search(rf"#{cls.view}(?:\.[\w-]+)?=({LINK_VERSION})\.([\w-]+)", str(link))
        if not found:
            raise ValueError(f"link must hold #{cls.view}={LINK_VERSION}.… as `copy link` gives it; got {link!r:.80}")
        text = found[2]
        try:
            state = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
            if not isinstance(state, dict):
                raise TypeError
            return cls(**{name: state[name] for name in cls.state_names if name in state})
        except (UnicodeDecodeError, json.JSONDecodeError, TypeError, AttributeError):
            raise ValueError(f"link is broken: the part after {LINK_VERSION}. does not decode; got {link!r:.80}") from None

    def still(self):
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
