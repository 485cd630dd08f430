"""What is left of a control group's memory, in folders like those of Linux."""

import math

import pytest

from impasto.machine import container_rest


def group(root, path, limit, used, *, version=2, cache=0):
    """Write the files of one group."""
    folder = root / "sys/fs/cgroup" / path
    folder.mkdir(parents=True, exist_ok=True)
    names = ("memory.max", "memory.current", "inactive_file")
    if version == 1:
        names = ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file")
    (folder / names[0]).write_text(f"{limit}\n")
    (folder / names[1]).write_text(f"{used}\n")
    (folder / "memory.stat").write_text(f"anon 5\n{names[2]} {cache}\n")


def belongs_to(root, *lines):
    """Say which groups the process is in."""
    (root / "proc/self").mkdir(parents=True)
    (root / "proc/self/cgroup").write_text("".join(f"{line}\n" for line in lines))


def test_where_there_are_no_groups_there_is_no_limit(tmp_path):
    assert container_rest(tmp_path) == math.inf
    belongs_to(tmp_path, "0::/user.slice")
    assert container_rest(tmp_path) == math.inf


def test_a_container_sees_its_own_limit_at_the_root(tmp_path):
    group(tmp_path, "", 1000, 100)
    assert container_rest(tmp_path) == 900
    belongs_to(tmp_path, "0::/")
    assert container_rest(tmp_path) == 900
    group(tmp_path, "", "max", 100)
    assert container_rest(tmp_path) == math.inf


@pytest.mark.parametrize("limited", ["slurm", "slurm/job_7", "slurm/job_7/step_0"])
def test_a_limit_counts_wherever_above_the_process_it_stands(tmp_path, limited):
    belongs_to(tmp_path, "0::/slurm/job_7/step_0")
    for path in ("slurm", "slurm/job_7", "slurm/job_7/step_0"):
        group(tmp_path, path, "max", 300)
    group(tmp_path, limited, 1000, 300)
    assert container_rest(tmp_path) == 700


def test_the_tightest_limit_counts(tmp_path):
    belongs_to(tmp_path, "0::/a/b")
    group(tmp_path, "a", 2000, 1900)
    group(tmp_path, "a/b", 1000, 100)
    group(tmp_path, "a/b/c", 10, 9)  # another process's
    group(tmp_path, "other", 10, 9)
    assert container_rest(tmp_path) == 100


def test_the_first_version_has_a_folder_of_its_own(tmp_path):
    belongs_to(tmp_path, "9:name=systemd:/x", "4:cpu,memory:/docker/1", "0::/x")
    group(tmp_path, "memory", 2**63 - 4096, 100, version=1)
    assert container_rest(tmp_path) > 2**62
    group(tmp_path, "memory/docker", 2000, 500, version=1)
    assert container_rest(tmp_path) == 1500
    group(tmp_path, "memory/docker/1", 1000, 200, version=1)
    assert container_rest(tmp_path) == 800


def test_a_container_of_the_first_version_sees_its_limit_at_the_root_of_the_folder(tmp_path):
    belongs_to(tmp_path, "4:memory:/docker/0123")
    group(tmp_path, "memory", 1000, 200, version=1)
    assert container_rest(tmp_path) == 800


@pytest.mark.parametrize("version", [1, 2])
def test_files_that_were_read_are_no_memory_in_use(tmp_path, version):
    belongs_to(tmp_path, "4:memory:/", "0::/")
    group(tmp_path, "memory" if version == 1 else "", 1000, 900, version=version, cache=700)
    assert container_rest(tmp_path) == 800
