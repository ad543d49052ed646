"""The live widgets: one Python class and one JavaScript view each."""

from .emergence_lab import EmergenceLab
from .encyclopedia import Encyclopedia
from .force_lab import ForceLab
from .gravity_and_attention import GravityAndAttention
from .heads_and_tasks import HeadsAndTasks
from .real_trajectories import (
    RealTrajectories,
)
from .real_trajectories import (
    trajectories_of as trajectories_of,  # not a widget's name, so not in __all__
)
from .sweeps import Sweeps
from .trajectories import Trajectories

__all__ = [
    "EmergenceLab", "Encyclopedia", "ForceLab", "GravityAndAttention", "HeadsAndTasks", "RealTrajectories", "Sweeps", "Trajectories",
]  # fmt: skip
