from ..display import *  # noqa: F403
