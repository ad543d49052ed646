"""Of each widget a number that Python sets, and the slider or list that then moves it one step."""

MOVES = {  # view -> class, trait, value, label, after
    "force-lab": ("ForceLab", "scale", 3.0, "β", 3.01),
    "encyclopedia": ("Encyclopedia", "count", 20, "Entries", 21),
    "trajectories": ("Trajectories", "scale", 3.0, "β", 3.1),
    "gravity-and-attention": ("GravityAndAttention", "steps", 40, "Steps", 41),
    "heads-and-tasks": ("HeadsAndTasks", "turns", [10.0, 0.0, 0.0], "Q turn", [11.0, 0.0, 0.0]),
    "emergence-lab": ("EmergenceLab", "steps", 200, "Steps", 300),
    "real-trajectories": ("RealTrajectories", "head", 3, "Head", 4),
    "sweeps": ("Sweeps", "length", 2, "n answers in a row", 3),
}
