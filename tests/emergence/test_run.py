"""The sweeps: the same table to the bit on any backend, resumed after a kill, nothing lost and nothing doubled."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest

from tokendynamics.emergence import run, tables
from tokendynamics.emergence.sweeps import SWEEPS

pytest.importorskip("joblib", reason="joblib is not installed")
SMALL = {"words": 4, "d": 8, "heads": 2, "steps": 20, "every": 20, "held_out": 50}
POINTS = [{"model": "roles", "dtype": "float32", **SMALL, "seed": seed} for seed in range(6)]
POINTS += [{"model": "pairs", "d": 8, "steps": 20, "every": 10, "held_out": 50, "seed": seed} for seed in range(3)]


@pytest.fixture(scope="module")
def rows():
    return [run.run_point(point) for point in POINTS]


def sweep(path, points=POINTS, **options):
    return run.run_sweep(points, path, progress=False, **options)


@pytest.mark.parametrize("options", [{"backend": "sequential"}, {"jobs": 2}])
def test_any_backend_gives_the_same_to_the_bit(tmp_path, rows, options):
    assert sweep(tmp_path / "runs.jsonl", **options) == rows
    assert len({row["digest"] for row in rows}) == len(POINTS)


def test_a_stopped_sweep_goes_on_where_it_was(tmp_path, rows):
    path = tmp_path / "runs.jsonl"
    lines = [json.dumps(row) for row in rows]
    path.write_text("\n".join(lines[:4]) + "\n" + lines[4][:50], "utf8", newline="\n")  # the fifth was cut short
    mark = path.read_bytes()[: len("\n".join(lines[:4])) + 1]
    assert sweep(path, backend="sequential") == rows
    assert path.read_bytes().startswith(mark) and len(path.read_text("utf8").splitlines()) == len(rows)
    before = path.read_bytes()
    assert sweep(path, backend="sequential") == rows and path.read_bytes() == before


def test_a_killed_command_loses_what_was_under_way_and_no_more(tmp_path):
    command = [
        sys.executable,
        "-m",
        "tokendynamics.emergence.run",
        "superposition",
        "--jobs",
        "1",
        "--seeds",
        "2",
        "--folder",
        str(tmp_path),
    ]
    path = tmp_path / "superposition.runs.jsonl"
    whole = 2 * len({json.dumps(point | {"seed": 0}) for point in SWEEPS["superposition"]()})
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 60
        while (not path.exists() or path.read_bytes().count(b"\n") < 2) and time.monotonic() < deadline:
            time.sleep(0.05)
    finally:
        process.kill()
        process.wait(60)
    kept = path.read_bytes().split(b"\n")[:-1]
    assert 2 <= len(kept) < whole
    subprocess.run(command, stderr=subprocess.DEVNULL, check=True, timeout=300)
    lines = path.read_bytes().splitlines()
    assert lines[: len(kept)] == kept and len(lines) == len(set(lines)) == whole
    made = json.loads((tmp_path / "emergence_superposition.json").read_text("utf8"))
    assert made["provenance"]["runs"] == len(made["rows"]) == whole and made["provenance"]["seeds"] == [0, 1]


@pytest.mark.filterwarnings("ignore")
def test_dask_gives_the_same_and_survives_the_loss_of_a_worker(tmp_path):
    distributed = pytest.importorskip("distributed", reason="dask's distributed is not installed")
    points = [point | {"steps": 200} for point in POINTS[:6]] + [point | {"steps": 200, "seed": 9 + point["seed"]} for point in POINTS[:6]]
    path = tmp_path / "runs.jsonl"
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address=None, local_directory=str(tmp_path / "dask")
    ) as cluster:
        with distributed.Client(cluster, timeout=60) as client:
            pids = client.run(os.getpid)
        script = (
            "import json, sys; from pathlib import Path; from tokendynamics.emergence import run;"
            "run.run_sweep(json.loads(sys.argv[1]), Path(sys.argv[2]), backend='dask', scheduler=sys.argv[3], progress=False)"
        )
        process = subprocess.Popen([sys.executable, "-c", script, json.dumps(points), str(path), cluster.scheduler_address])
        deadline = time.monotonic() + 60
        while (not path.exists() or not path.read_bytes()) and time.monotonic() < deadline:
            time.sleep(0.02)
        assert len(path.read_bytes().splitlines()) < len(points), "all was over before a worker could be killed"
        os.kill(next(iter(pids.values())), getattr(signal, "SIGKILL", signal.SIGTERM))  # on Windows every signal kills
        assert process.wait(timeout=120) == 0
    lines = [json.loads(line) for line in path.read_text("utf8").splitlines()]
    expected = [run.run_point(point) for point in points]
    assert sorted(row["digest"] for row in lines) == sorted(row["digest"] for row in expected)  # none lost, none twice
    assert sweep(path, points, backend="sequential") == expected


@pytest.mark.parametrize("options, named", [
    ({"backend": "magic"}, "backend"), ({"backend": "dask"}, "scheduler"), ({"scheduler": "tcp://127.0.0.1:1"}, "scheduler"),
])  # fmt: skip
def test_bad_options_are_told_by_name(tmp_path, options, named):
    with pytest.raises(ValueError, match=f"^{named} must be"):
        sweep(tmp_path / "runs.jsonl", **options)
    with pytest.raises(ValueError, match="^name must be one of"):
        tables.table("magic")


def test_the_command_says_how():
    said = subprocess.run(
        [sys.executable, "-m", "tokendynamics.emergence.run", "--help"], capture_output=True, encoding="utf8", check=True, timeout=600
    ).stdout
    assert all(word in said for word in (*SWEEPS, "--backend", "--scheduler", "--jobs", "--seeds", "--folder"))


def test_rows_are_picked_and_spread_out():
    rows = [{"heads": h, "seed": s, "all": [h + s, -s], "one": h} for h in (2, 1) for s in (0, 1)]
    assert tables.select(rows, heads=1, other=None) == rows[2:]
    values, results = tables.grid(rows, "heads", "all", place=0)
    assert values.tolist() == [1, 2] and results.tolist() == [[1, 2], [2, 3]]
    assert tables.grid(rows, "seed", "one")[1].tolist() == [[2, 1], [2, 1]]
    assert tables.spread([0.4, 0.5, 0.9]) == "0.60 [0.40 to 0.90]"
