"""The table of base images: what is known of each without pulling it, and where that is written.

To add an image, read the Dockerfile it is built from and add a row in the section it belongs to. A row says only
what its source shows: an image whose default user, family or Python isn't known stays out, or has None there, for
a wrong row makes a hook break somebody's build. `images.known` finds the row of a reference.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from types import MappingProxyType

from docker_hooks.dockerfile.values import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal

    # How an image is put together, which decides how users are added and packages installed:
    #   debian      Debian, Ubuntu: apt-get, useradd (adduser is not in every release: not in debian:trixie)
    #   alpine      Alpine, Wolfi, BusyBox: BusyBox's adduser and addgroup
    #   redhat      Fedora, CentOS, UBI, Amazon Linux ...: dnf or yum, useradd except in the small ones
    #   suse        openSUSE: zypper
    #   distroless  no shell and no package manager
    #   scratch     empty
    #   windows     Windows: none of this applies
    Family = Literal["debian", "alpine", "redhat", "suse", "distroless", "scratch", "windows"]

    # Who decides about the user, where USER doesn't, or should not:
    #   platform    whatever runs the image (AWS Lambda, an editor's development container)
    #   entrypoint  the image's ENTRYPOINT or CMD starts as root and drops to a user of its own
    #   init        its init or daemon has to be root (s6-overlay, supervisord with nginx, dockerd)
    Ruler = Literal["platform", "entrypoint", "init"]

_NOTHING: Mapping[str, str] = MappingProxyType({})


class Account(NamedTuple):
    """A user of an image, as in its /etc/passwd; None stands for what the source doesn't say."""

    name: str | None
    uid: int | None
    gid: int | None
    group: str | None
    home: str | None


class KnownImage(NamedTuple):
    """What is known of an image.

    `runs_as` is the user in force at the end of its Dockerfile, `users` are the further ones fit to run a program
    (not nobody or www-data), `taken` the user ids that some of its tags may have used besides. `family` is None where
    it isn't known or is another. `python` says that `python` is on PATH. `environment` holds the variables that hooks
    ask for, not all. `shell` is the SHELL that it sets, None for the default. `useradd` is False where the family's
    program for adding a user is missing, or isn't known to be there. `ruled_by` is None where USER decides.
    """

    runs_as: Account
    family: Family | None
    source: str
    users: tuple[Account, ...] = ()
    taken: tuple[int, ...] = ()
    python: bool = False
    environment: Mapping[str, str] = _NOTHING
    shell: tuple[str, ...] | None = None
    useradd: bool = True
    ruled_by: Ruler | None = None

    @property
    def is_root(self) -> bool:
        """Whether it runs as root unless a Dockerfile says otherwise."""
        return self.runs_as.uid == 0

    @property
    def user_program(self) -> Literal["useradd", "adduser"] | None:
        """The program that adds a user: useradd (shadow), adduser (BusyBox), None where none is known to be there."""
        if not self.useradd:
            return None
        if self.family == "alpine":
            return "adduser"
        return "useradd" if self.family in ("debian", "redhat") else None

    @property
    def taken_uids(self) -> frozenset[int]:
        """The user ids that are, or may be, in use."""
        accounts = (self.runs_as, *self.users)
        return frozenset(self.taken) | {account.uid for account in accounts if account.uid is not None}

    def free_uid(self, taken: Collection[int] = ()) -> int:
        """The first number from 1000 up that is free as a user id and as a group id; `taken` are not free either."""
        groups = {account.gid for account in (self.runs_as, *self.users)}
        uid = 1000
        while uid in self.taken_uids or uid in groups or uid in taken:
            uid += 1
        return uid

    def account(self, user: str) -> Account | None:
        """The account that `user`, a name or a number as in USER, stands for; None where it isn't known."""
        for account in (self.runs_as, *self.users):
            if user == account.name or (account.uid is not None and user == str(account.uid)):
                return account
        return None


class Row(NamedTuple):
    """A row of the table: the repositories it is about (`*` at the end stands for any ending) and the image.

    With `tags` it holds for those tags alone that have such a word (`alpine` is a word of `3.12-alpine3.20`, `1.4`
    one of `1.4.9`); of a repository's rows the first that holds decides, and None stands for "not known".
    With `by_tag` the tag's words decide about the distribution, and `family` is that of the other tags.
    """

    repositories: tuple[str, ...]
    image: KnownImage | None
    tags: tuple[str, ...] = ()
    by_tag: bool = False


def words(text: str) -> tuple[str, ...]:
    """The words of `text`, which is how the tables here write lists of plain names."""
    return tuple(text.split())


def _row(
    repositories: str,
    runs_as: Account | None,
    family: Family | None = None,
    *,
    source: str = "",
    tags: str = "",
    by_tag: bool = False,
    users: tuple[Account, ...] = (),
    taken: tuple[int, ...] = (),
    python: bool = False,
    environment: Mapping[str, str] = _NOTHING,
    shell: tuple[str, ...] | None = None,
    useradd: bool = True,
    ruled_by: Ruler | None = None,
) -> Row:
    """A row, written short: repositories as in FROM, and words instead of tuples of words."""
    image = None
    if runs_as:
        image = KnownImage(runs_as, family, source, users, taken, python, environment, shell, useradd, ruled_by)
    return Row(tuple(map(_full_name, words(repositories))), image, words(tags), by_tag)


def _full_name(repository: str) -> str:
    owner, slash, _ = repository.partition("/")
    if repository == "scratch" or "." in owner:
        return repository
    return f"docker.io/{repository}" if slash else f"docker.io/library/{repository}"


ROOT = Account("root", 0, 0, "root", "/root")
UBUNTU = Account("ubuntu", 1000, 1000, "ubuntu", "/home/ubuntu")
# ContainerAdministrator or ContainerUser, as the image is.
WINDOWS_USER = Account(None, None, None, None, None)
_NODE = Account("node", 1000, 1000, "node", "/home/node")
_JOVYAN = Account("jovyan", 1000, 100, "users", "/home/jovyan")
_NONROOT = Account("nonroot", 65532, 65532, "nonroot", None)
_NONROOT_AT_HOME = _NONROOT._replace(home="/home/nonroot")
_JENKINS = Account("jenkins", 1000, 1000, "jenkins", "/home/jenkins")
_UBI = Account(None, 1001, 0, "root", "/opt/app-root/src")  # `default`, but in the minimal images it has no name
_VSCODE = Account("vscode", 1000, 1000, "vscode", "/home/vscode")

_BASH = ("/bin/bash", "-c")
_BASH_PIPEFAIL = ("/bin/bash", "-o", "pipefail", "-c")
_UNBUFFERED = {"PYTHONUNBUFFERED": "1"}
_NONINTERACTIVE = {"DEBIAN_FRONTEND": "noninteractive"}

# The names and numbers of the Ubuntu releases whose images have no user `ubuntu` (it came with 23.04, as bug 2005129
# of Launchpad's cloud-images explains); a closed list, so that later releases need no entry.
UBUNTU_WITHOUT_USER = words(
    """
    lucid precise quantal raring saucy trusty utopic vivid wily xenial yakkety zesty artful bionic cosmic disco eoan
    focal groovy hirsute impish jammy kinetic 10.04 12.04 12.10 13.04 13.10 14.04 14.10 15.04 15.10 16.04 16.10 17.04
    17.10 18.04 18.10 19.04 19.10 20.04 20.10 21.04 21.10 22.04 22.10
    """
)
# Later ones, to know them in the tags of other images.
UBUNTU_WITH_USER = words("lunar mantic noble oracular plucky questing resolute stonking")

_JUPYTER = " ".join(
    f"{owner}/{image}"
    for owner in ("quay.io/jupyter", "jupyter")
    for image in words(
        """
        docker-stacks-foundation base-notebook minimal-notebook scipy-notebook datascience-notebook r-notebook
        julia-notebook tensorflow-notebook pytorch-notebook pyspark-notebook all-spark-notebook
        """
    )
)

# A table reads better in a layout of its own than in the formatter's.
# fmt: off
_DISTRIBUTIONS = (
    _row("scratch", Account(None, 0, 0, None, None), "scratch", useradd=False,
         source="docs.docker.com/build/building/base-images"),
    _row("debian", ROOT, "debian",
         source="docker-library/python 3.12/slim-bookworm/Dockerfile installs on it without USER"),
    _row("bitnami/minideb", ROOT, "debian",
         source="bitnami/containers bitnami/python/3.12/debian-12/Dockerfile installs on it"),
    _row("ubuntu", ROOT, "debian", tags=" ".join(UBUNTU_WITHOUT_USER),
         source="adoptium/containers 17/jdk/ubuntu/jammy/Dockerfile installs on it without USER"),
    _row("ubuntu", ROOT, "debian", users=(UBUNTU,),
         source="bugs.launchpad.net/cloud-images/+bug/2005129; osrf/docker_images#795"),
    _row("buildpack-deps", ROOT, "debian", by_tag=True, source="docker-library/buildpack-deps Dockerfile.template"),
    _row("alpine", ROOT, "alpine",
         source="docker-library/python 3.12/alpine3.23/Dockerfile installs on it without USER"),
    _row("gliderlabs/alpine", ROOT, "alpine", source="gliderlabs/docker-alpine versions/gliderlabs-3.4/Dockerfile"),
    _row("frolvlad/alpine-glibc", ROOT, "alpine", source="Docker-Hub-frolvlad/docker-alpine-glibc Dockerfile"),
    _row("alpine/git", ROOT, "alpine", source="alpine-docker/git Dockerfile"),
    _row("cgr.dev/chainguard/wolfi-base", ROOT, "alpine", users=(_NONROOT_AT_HOME,),
         source="chainguard-images/images images/wolfi-base/locked_config.json"),
    _row("fedora quay.io/fedora/fedora registry.fedoraproject.org/fedora", ROOT, "redhat",
         source="fedora-cloud/docker-brew-fedora 42:x86_64/Dockerfile"),
    _row("centos", ROOT, "redhat", source="CentOS/sig-cloud-instance-images CentOS-7:docker/Dockerfile"),
    _row("quay.io/centos/centos", ROOT, "redhat", useradd=False, tags="minimal",
         source="sclorg/s2i-python-container 3.12-minimal/Dockerfile.c9s installs on it"),
    _row("quay.io/centos/centos", ROOT, "redhat",
         source="sclorg/s2i-base-container core/Dockerfile.c9s adds a user on it"),
    _row("rockylinux almalinux", ROOT, "redhat", useradd=False, tags="minimal micro",
         source="AlmaLinux/container-images Containerfiles/9/Containerfile.minimal"),
    _row("rockylinux rockylinux/rockylinux", ROOT, "redhat",
         source="rocky-linux/sig-cloud-instance-images Rocky-8.4-x86_64:Dockerfile"),
    _row("almalinux", ROOT, "redhat", source="AlmaLinux/container-images Containerfiles/9/Containerfile.default"),
    _row("oraclelinux", ROOT, "redhat", source="docker-library/mysql 8.4/Dockerfile.oracle adds a user on it"),
    _row("amazonlinux public.ecr.aws/amazonlinux/amazonlinux", ROOT, "redhat", useradd=False,
         source="amazonlinux/container-images al2023:Dockerfile; mamba-org/micromamba-docker fedora.Dockerfile"),
    _row("registry.access.redhat.com/ubi8 registry.access.redhat.com/ubi9 registry.access.redhat.com/ubi10 "
         "registry.access.redhat.com/ubi8/ubi registry.access.redhat.com/ubi9/ubi "
         "registry.access.redhat.com/ubi10/ubi",
         ROOT, "redhat", source="jenkinsci/docker rhel/Dockerfile adds a user on it"),
    _row("registry.access.redhat.com/ubi8-minimal registry.access.redhat.com/ubi9-minimal "
         "registry.access.redhat.com/ubi10-minimal registry.access.redhat.com/ubi8/ubi-minimal "
         "registry.access.redhat.com/ubi9/ubi-minimal registry.access.redhat.com/ubi10/ubi-minimal",
         ROOT, "redhat", useradd=False,
         source="adoptium/containers 17/jdk/ubi/ubi9-minimal/Dockerfile; wildfly/wildfly-container#187"),
    _row("mcr.microsoft.com/azurelinux/base/core mcr.microsoft.com/cbl-mariner/base/core",
         ROOT, "redhat", users=(_NONROOT_AT_HOME,), useradd=False,
         source="microsoft/azurelinux .pipelines/containerSourceData/base/Dockerfile-Base-Template"),
    _row("opensuse/leap opensuse/tumbleweed opensuse", ROOT, "suse", useradd=False,
         source="openSUSE/docker-containers-build openSUSE-Tumbleweed:x86_64/Dockerfile"),
    _row("archlinux archlinux/archlinux", ROOT, None, useradd=False,
         source="archlinux/archlinux-docker Dockerfile.template"),
    _row("busybox", ROOT, "alpine", source="docker-library/busybox Dockerfile.template"),
    _row("mcr.microsoft.com/windows/*", WINDOWS_USER, "windows", useradd=False,
         source="docker-library/golang 1.26/windows/nanoserver-ltsc2022/Dockerfile"),
)

_LANGUAGES = (
    _row("python", ROOT, "debian", python=True, by_tag=True,
         source="docker-library/python Dockerfile-linux.template"),
    _row("pypy", ROOT, "debian", by_tag=True, source="docker-library/pypy Dockerfile-linux.template"),
    _row("nikolaik/python-nodejs",
         ROOT, "debian", users=(Account("pn", 1000, 1000, "pn", "/home/pn"),), python=True, by_tag=True,
         source="nikolaik/docker-python-nodejs templates/debian.Dockerfile"),
    _row("ghcr.io/astral-sh/uv astral/uv", _NONROOT, None, useradd=False, tags="dhi",
         source="astral-sh/uv .github/workflows/build-docker.yml"),
    _row("ghcr.io/astral-sh/uv astral/uv", ROOT, "debian", python=True, tags="python", by_tag=True,
         source="astral-sh/uv .github/workflows/build-docker.yml"),
    _row("ghcr.io/astral-sh/uv astral/uv", ROOT, "debian", tags="debian bullseye bookworm trixie alpine", by_tag=True,
         source="astral-sh/uv .github/workflows/build-docker.yml"),
    _row("ghcr.io/astral-sh/uv astral/uv", ROOT, "distroless", useradd=False, source="astral-sh/uv Dockerfile"),
    _row("frolvlad/alpine-python3 frolvlad/alpine-python2", ROOT, "alpine", python=True, environment=_UNBUFFERED,
         source="Docker-Hub-frolvlad/docker-alpine-python3 Dockerfile"),
    _row("jfloff/alpine-python", ROOT, "alpine", python=True, source="jfloff/alpine-python 3.6/Dockerfile"),
    _row("gcr.io/google-appengine/python", ROOT, "debian", taken=(1000,), python=True, environment=_UNBUFFERED,
         source="GoogleCloudPlatform/python-runtime runtime-image/Dockerfile.in"),
    _row("bitnami/python", ROOT, "debian", python=True,
         source="bitnami/containers bitnami/python/3.12/debian-12/Dockerfile has no USER"),
    _row("registry.access.redhat.com/ubi8/python-* registry.access.redhat.com/ubi9/python-* "
         "registry.access.redhat.com/ubi10/python-* quay.io/sclorg/python-*",
         _UBI, "redhat", python=True,
         environment={"PYTHONUNBUFFERED": "1", "PIP_NO_CACHE_DIR": "off", "HOME": "/opt/app-root/src"}, useradd=False,
         source="sclorg/s2i-python-container 3.12/Dockerfile.rhel9 on sclorg/s2i-base-container core/Dockerfile.rhel9"),
    _row("centos/python-*", _UBI, "redhat", python=True, useradd=False, source="sclorg/s2i-python-container"),
    _row("mcr.microsoft.com/azurelinux/base/python mcr.microsoft.com/cbl-mariner/base/python",
         ROOT, "redhat", users=(_NONROOT_AT_HOME,), useradd=False,
         source="microsoft/azurelinux .pipelines/containerSourceData/python/Dockerfile-Python"),
    _row("golang", ROOT, "debian", by_tag=True, source="docker-library/golang Dockerfile-linux.template"),
    _row("ruby", ROOT, "debian", by_tag=True, source="docker-library/ruby Dockerfile.template"),
    _row("rust", ROOT, "debian", by_tag=True, source="rust-lang/docker-rust Dockerfile-debian.template"),
    _row("php", ROOT, "debian", ruled_by="entrypoint", tags="fpm apache", by_tag=True,
         source="docker-library/php Dockerfile-linux.template"),
    _row("php", ROOT, "debian", by_tag=True, source="docker-library/php Dockerfile-linux.template"),
    _row("julia", ROOT, "debian", by_tag=True, source="docker-library/julia Dockerfile-linux.template"),
    # The user came in October 2016; a tag as old as these may have it or not.
    _row("node", ROOT, "debian", taken=(1000,), tags="0 4 5 6 argon boron", by_tag=True,
         source="nodejs/docker-node, commit b18c441d"),
    _row("node", ROOT, "debian", users=(_NODE,), by_tag=True,
         source="nodejs/docker-node 22/bookworm-slim/Dockerfile"),
    _row("mhart/alpine-node", ROOT, "alpine", source="mhart/alpine-node slim.dockerfile"),
    # From 12 on a tag without the word is Oracle Linux, and was Debian while it was young.
    _row("openjdk java", ROOT, "debian", tags="6 6b 7 7u 8 8u 9 10 11", by_tag=True,
         source="docker-library/official-images library/java, docker-library/openjdk"),
    _row("openjdk", ROOT, None, by_tag=True, source="docker-library/openjdk Dockerfile-linux.template"),
    _row("eclipse-temurin", ROOT, "debian", taken=(1000,), by_tag=True,
         source="adoptium/containers 17/jdk/ubuntu/noble/Dockerfile"),
    _row("r-base", ROOT, "debian", users=(Account("docker", 1000, None, None, "/home/docker"),),
         source="rocker-org/rocker r-base/latest/Dockerfile"),
    _row("rocker/r-ver", ROOT, "debian", source="rocker-org/rocker-versioned2 dockerfiles/r-ver_4.5.3.Dockerfile"),
    _row("rocker/rstudio rocker/tidyverse rocker/verse rocker/geospatial",
         ROOT, "debian", users=(Account("rstudio", 1000, 1000, "rstudio", "/home/rstudio"),), ruled_by="init",
         source="rocker-org/rocker-versioned2 dockerfiles/rstudio_4.5.3.Dockerfile, scripts/default_user.sh"),
)

_HARDENED = (
    _row("gcr.io/distroless/python*", _NONROOT_AT_HOME, "distroless", python=True, useradd=False, tags="nonroot",
         source="GoogleContainerTools/distroless python3/python.bzl, common/BUILD.bazel"),
    _row("gcr.io/distroless/python*", ROOT, "distroless", users=(_NONROOT_AT_HOME,), python=True, useradd=False,
         source="GoogleContainerTools/distroless python3/python.bzl, common/BUILD.bazel"),
    _row("gcr.io/distroless/*", _NONROOT_AT_HOME, "distroless", useradd=False, tags="nonroot",
         source="GoogleContainerTools/distroless static/static.bzl"),
    _row("gcr.io/distroless/*", ROOT, "distroless", users=(_NONROOT_AT_HOME,), useradd=False,
         source="GoogleContainerTools/distroless static/static.bzl"),
    _row("cgr.dev/chainguard/python cgr.dev/chainguard/pytorch", _NONROOT, "alpine", python=True, tags="dev",
         source="chainguard-images/images images/python/locked_config.json, devConfigs"),
    _row("cgr.dev/chainguard/python", _NONROOT, "distroless", python=True, useradd=False,
         source="chainguard-images/images images/python/locked_config.json"),
    _row("cgr.dev/chainguard/pytorch", _NONROOT, None, python=True, useradd=False,
         source="chainguard-images/images images/pytorch/locked_config.json"),
    _row("cgr.dev/chainguard/static cgr.dev/chainguard/glibc-dynamic", _NONROOT, "distroless", useradd=False,
         source="chainguard-images/images images/static/locked_config.json"),
    # Debian by default, Alpine where the tag says so; neither has a program that adds users.
    _row("dhi.io/python dhi.io/pytorch dhi.io/miniconda3",
         ROOT, "debian", users=(_NONROOT,), python=True, useradd=False, tags="dev", by_tag=True,
         source="docker-hardened-images/catalog image/python/debian-13/3.12-dev.yaml"),
    _row("dhi.io/python dhi.io/pytorch", _NONROOT, "distroless", python=True, useradd=False,
         source="docker-hardened-images/catalog image/python/debian-13/3.12.yaml"),
    _row("dhi.io/debian-base", ROOT, "debian", users=(_NONROOT,), useradd=False, tags="dev",
         source="docker-hardened-images/catalog image/debian-base/debian-13/13-dev.yaml"),
    _row("dhi.io/debian-base", _NONROOT, None, useradd=False,
         source="docker-hardened-images/catalog image/debian-base/debian-13/13.yaml"),
    _row("dhi.io/alpine-base", ROOT, "alpine", users=(_NONROOT,), useradd=False, tags="dev",
         source="docker-hardened-images/catalog image/alpine-base/alpine-3.23/3.23-dev.yaml"),
    _row("dhi.io/alpine-base", _NONROOT, None, useradd=False,
         source="docker-hardened-images/catalog image/alpine-base/alpine-3.23/3.23.yaml"),
)

_CONDA = (
    # Early in 2019 these tags were Alpine with a user of its own, before and after Debian with root.
    _row("continuumio/miniconda3 continuumio/miniconda continuumio/anaconda3 continuumio/anaconda",
         None, tags="alpine 4.5.12 2018.12 nanoserver"),
    _row("continuumio/miniconda3 continuumio/miniconda continuumio/anaconda3 continuumio/anaconda",
         ROOT, "debian", python=True, by_tag=True, source="ContinuumIO/docker-images miniconda3/debian/Dockerfile"),
    _row("condaforge/miniforge3 condaforge/mambaforge quay.io/condaforge/miniforge3 "
         "quay.io/condaforge/mambaforge",
         ROOT, "debian", taken=(1000,), python=True,
         source="conda-forge/miniforge-images ubuntu/Dockerfile on ubuntu:noble"),
    # The user was root until June 2021, `micromamba` until 0.19.1, 1000 until 1.4.9, and 57439 since 1.5.0.
    _row("mambaorg/micromamba ghcr.io/mamba-org/micromamba", None, tags=" ".join(f"0.{minor}" for minor in range(20))),
    _row("mambaorg/micromamba ghcr.io/mamba-org/micromamba",
         Account("mambauser", 1000, 1000, "mambauser", "/home/mambauser"), "debian",
         shell=("/usr/local/bin/_dockerfile_shell.sh",), tags="0 1.0 1.1 1.2 1.3 1.4", by_tag=True,
         source="mamba-org/micromamba-docker CHANGELOG.md, 24 August 2023"),
    _row("mambaorg/micromamba ghcr.io/mamba-org/micromamba",
         Account("mambauser", 57439, 57439, "mambauser", "/home/mambauser"), "debian",
         shell=("/usr/local/bin/_dockerfile_shell.sh",), by_tag=True,
         source="mamba-org/micromamba-docker debian.Dockerfile"),
    _row("ghcr.io/prefix-dev/pixi", ROOT, "debian", taken=(1000,), by_tag=True,
         source="prefix-dev/pixi-docker Dockerfile"),
    _row("ghcr.io/dask/dask daskdev/dask", ROOT, "debian", taken=(1000,), python=True, shell=_BASH,
         source="dask/dask-docker base/Dockerfile on miniforge3"),
    _row("frolvlad/alpine-miniconda3", ROOT, "alpine", python=True,
         source="Docker-Hub-frolvlad/docker-alpine-miniconda3 Dockerfile"),
    _row("nfcore/base", ROOT, "debian", python=True,
         source="nf-core/tools base.Dockerfile on continuumio/miniconda3"),
)

_NOTEBOOKS = (
    _row(_JUPYTER,
         _JOVYAN, "debian", python=True, environment={"DEBIAN_FRONTEND": "noninteractive", "HOME": "/home/jovyan"},
         shell=_BASH_PIPEFAIL, source="jupyter/docker-stacks images/docker-stacks-foundation/Dockerfile"),
    _row("pangeo/base-image pangeo/base-notebook pangeo/pangeo-notebook pangeo/ml-notebook "
         "pangeo/pytorch-notebook quay.io/pangeo/base-image quay.io/pangeo/base-notebook "
         "quay.io/pangeo/pangeo-notebook quay.io/pangeo/ml-notebook quay.io/pangeo/pytorch-notebook",
         Account("jovyan", 1000, 1000, "jovyan", "/home/jovyan"), "debian", python=True,
         environment={"DEBIAN_FRONTEND": "noninteractive", "HOME": "/home/jovyan"},
         source="pangeo-data/pangeo-docker-images base-image/Dockerfile"),
    _row("ghcr.io/ucsd-ets/datascience-notebook ucsdets/datascience-notebook",
         _JOVYAN, "debian", python=True, environment=_NONINTERACTIVE, shell=_BASH_PIPEFAIL,
         source="ucsd-ets/datahub-docker-stack images/datascience-notebook/Dockerfile"),
    _row("jupyterhub/k8s-singleuser-sample quay.io/jupyterhub/k8s-singleuser-sample",
         Account("jovyan", 1000, None, None, "/home/jovyan"), "debian", python=True,
         source="jupyterhub/zero-to-jupyterhub-k8s images/singleuser-sample/Dockerfile"),
    _row("kaggle/python gcr.io/kaggle-images/python gcr.io/kaggle-gpu-images/python",
         ROOT, "debian", taken=(1000,), python=True, source="Kaggle/docker-python Dockerfile.tmpl installs as root"),
    _row("public.ecr.aws/sagemaker/sagemaker-distribution",
         Account("sagemaker-user", 1000, None, None, "/home/sagemaker-user"), "debian", python=True,
         source="aws/sagemaker-distribution build_artifacts/*/Dockerfile"),
    _row("sagemath/sagemath", Account("sage", None, None, None, "/home/sage"), "debian",
         source="sagemath/docker-images sagemath/Dockerfile"),
)

_GPU = (
    _row("nvidia/cuda nvcr.io/nvidia/cuda", ROOT, "debian", by_tag=True,
         source="tensorflow/build tensorflow_runtime_dockerfiles/gpu.Dockerfile installs on it"),
    _row("nvcr.io/nvidia/pytorch nvcr.io/nvidia/tensorflow", ROOT, "debian", taken=(1000,), python=True,
         source="NVIDIA/Isaac-GR00T#653; public Dockerfiles install on both without USER"),
    # Its user triton-server has no home.
    _row("nvcr.io/nvidia/tritonserver", ROOT, None, taken=(1000,), useradd=False,
         source="triton-inference-server/server build.py"),
    _row("ollama/ollama", ROOT, "debian", taken=(1000,), source="ollama/ollama Dockerfile"),
    _row("pytorch/pytorch", ROOT, "debian", taken=(1000,), python=True, source="pytorch/pytorch Dockerfile"),
    _row("tensorflow/tensorflow", ROOT, "debian", taken=(1000,), python=True,
         source="tensorflow/build tensorflow_runtime_dockerfiles/cpu.Dockerfile, gpu.Dockerfile"),
    _row("tensorflow/serving", ROOT, "debian", taken=(1000,),
         source="tensorflow/serving tensorflow_serving/tools/docker/Dockerfile"),
    _row("pytorch/torchserve", Account("model-server", None, None, None, "/home/model-server"), "debian", python=True,
         environment={"PYTHONUNBUFFERED": "TRUE"}, source="pytorch/serve docker/Dockerfile"),
    _row("huggingface/transformers-pytorch-gpu", ROOT, "debian", taken=(1000,),
         source="huggingface/transformers docker/transformers-pytorch-gpu/Dockerfile"),
    _row("ultralytics/ultralytics", ROOT, "debian", taken=(1000,), python=True,
         source="ultralytics/ultralytics docker/Dockerfile"),
    _row("vllm/vllm-openai", ROOT, "debian", taken=(1000,),
         source="vllm-project/vllm docker/Dockerfile; aws/deep-learning-containers docker/vllm/Dockerfile"),
    _row("runpod/pytorch runpod/base", ROOT, "debian", taken=(1000,), python=True,
         environment={"PYTHONUNBUFFERED": "True", "DEBIAN_FRONTEND": "noninteractive"}, shell=_BASH_PIPEFAIL,
         source="runpod/containers official-templates/base/Dockerfile"),
    _row("rapidsai/base rapidsai/notebooks nvcr.io/nvidia/rapidsai/base nvcr.io/nvidia/rapidsai/notebooks",
         Account("rapids", 1001, None, "conda", "/home/rapids"), "debian", taken=(1000,), python=True,
         shell=("/bin/bash", "-euo", "pipefail", "-c"), by_tag=True, source="rapidsai/docker Dockerfile"),
    _row("rocm/dev-ubuntu-*", ROOT, "debian", taken=(1000,), source="ROCm/ROCm-docker dev/Dockerfile-ubuntu-22.04"),
    _row("dustynv/l4t-*", ROOT, "debian", taken=(1000,), source="dusty-nv/jetson-containers packages/*/Dockerfile"),
    _row("ufoym/deepo", ROOT, "debian", python=True, source="ufoym/deepo docker/Dockerfile.all-py38-cpu"),
    _row("openvino/ubuntu*", Account("openvino", None, None, "openvino", "/home/openvino"), "debian", taken=(1000,),
         source="openvinotoolkit/docker_ci dockerfiles/ubuntu24/openvino_cgn_runtime_2025.3.0.0.dockerfile"),
    _row("rayproject/ray rayproject/ray-ml rayproject/ray-llm",
         Account("ray", 1000, 100, "users", "/home/ray"), "debian", python=True, environment={"HOME": "/home/ray"},
         shell=_BASH, source="ray-project/ray docker/base-deps/Dockerfile"),
    _row("mcr.microsoft.com/azureml/openmpi*",
         ROOT, "debian", taken=(1000,), python=True, environment=_NONINTERACTIVE,
         source="Azure/AzureML-Containers base/cpu/openmpi4.1.0-ubuntu20.04/Dockerfile"),
)

_DATA = (
    # Its group was 50000 until 2.0.2.
    _row("apache/airflow",
         Account("airflow", 50000, None, None, "/home/airflow"), "debian", python=True, tags="1.10 2.0",
         source="apache/airflow#14944"),
    _row("apache/airflow",
         Account("airflow", 50000, 0, "root", "/home/airflow"), "debian", python=True, environment=_NONINTERACTIVE,
         shell=("/bin/bash", "-o", "pipefail", "-o", "errexit", "-o", "nounset", "-o", "nolog", "-c"),
         source="apache/airflow Dockerfile"),
    _row("puckel/docker-airflow",
         Account("airflow", 1000, 1000, "airflow", "/usr/local/airflow"), "debian", python=True,
         source="puckel/docker-airflow Dockerfile"),
    _row("quay.io/astronomer/astro-runtime", Account("astro", None, None, None, None), "debian", python=True,
         source="astronomer/docs#3213"),
    _row("spark", Account("spark", 185, 185, "spark", None), "debian", taken=(1000,),
         source="apache/spark-docker 3.5.1/*/Dockerfile"),
    _row("apache/spark apache/spark-py", Account(None, 185, None, None, None), "debian", taken=(1000,),
         source="apache/spark-docker 3.5.1/*/Dockerfile"),
    _row("bitnami/spark bitnami/pytorch bitnamilegacy/spark bitnamilegacy/pytorch",
         Account(None, 1001, None, None, "/"), "debian", python=True, environment={"HOME": "/"},
         shell=("/bin/bash", "-o", "errexit", "-o", "nounset", "-o", "pipefail", "-c"),
         source="bitnami/containers bitnami/spark/3.5/debian-12/Dockerfile, bitnami/pytorch/2/debian-12/Dockerfile"),
    _row("apache/superset", Account("superset", None, None, "superset", "/app/superset_home"), "debian", python=True,
         source="apache/superset Dockerfile"),
    _row("prefecthq/prefect", ROOT, "debian", python=True, source="PrefectHQ/prefect Dockerfile"),
    _row("ghcr.io/mlflow/mlflow", ROOT, "debian", python=True, source="mlflow/mlflow docker/Dockerfile"),
    _row("meltano/meltano", ROOT, "debian", python=True, environment={"PIP_NO_CACHE_DIR": "1"},
         source="meltano/meltano docker/meltano/Dockerfile"),
    _row("quay.io/unstructured-io/unstructured downloads.unstructured.io/unstructured-io/unstructured",
         Account("notebook-user", 1000, 1000, "notebook-user", "/home/notebook-user"), None, python=True,
         useradd=False, source="Unstructured-IO/unstructured Dockerfile"),
    _row("ghcr.io/osgeo/gdal osgeo/gdal", ROOT, "debian", taken=(1000,), by_tag=True,
         source="OSGeo/gdal docker/ubuntu-small/Dockerfile, docker/alpine-small/Dockerfile"),
    _row("odoo", Account("odoo", None, None, None, None), "debian", taken=(1000,),
         source="odoo/docker 18.0/Dockerfile"),
    _row("ros osrf/ros", ROOT, "debian", taken=(1000,), source="osrf/docker_images#795"),
    _row("google/cloud-sdk gcr.io/google.com/cloudsdktool/cloud-sdk "
         "gcr.io/google.com/cloudsdktool/google-cloud-cli",
         ROOT, "debian", users=(Account("cloudsdk", 1000, 1000, "cloudsdk", "/home/cloudsdk"),), by_tag=True,
         source="GoogleCloudPlatform/cloud-sdk-docker debian_slim/Dockerfile, alpine/Dockerfile"),
    _row("biocontainers/biocontainers",
         Account("biodocker", None, None, "biodocker", "/home/biodocker"), "alpine", tags="alpine",
         source="BioContainers/containers biocontainers/1.0.0_alpine/Dockerfile"),
    _row("biocontainers/biocontainers", Account("biodocker", 1000, 1000, "biodocker", "/home/biodocker"), "debian",
         environment={"DEBIAN_FRONTEND": "noninteractive", "HOME": "/home/biodocker"},
         source="BioContainers/containers biocontainers/1.2.0/Dockerfile"),
    _row("broadinstitute/gatk", ROOT, "debian", python=True, source="broadinstitute/gatk Dockerfile"),
)

_SERVERS = (
    _row("tiangolo/uwsgi-nginx tiangolo/uwsgi-nginx-flask", ROOT, "debian", python=True, ruled_by="init", by_tag=True,
         source="tiangolo/uwsgi-nginx-docker docker-images/python3.11.dockerfile"),
    # The variable came in March 2024, when Python 3.7 was still built.
    _row("tiangolo/uvicorn-gunicorn tiangolo/uvicorn-gunicorn-fastapi",
         ROOT, "debian", python=True, environment=_UNBUFFERED, tags="python3.10 python3.11", by_tag=True,
         source="tiangolo/uvicorn-gunicorn-docker docker-images/python3.11.dockerfile"),
    _row("tiangolo/uvicorn-gunicorn tiangolo/uvicorn-gunicorn-fastapi tiangolo/meinheld-gunicorn-flask",
         ROOT, "debian", python=True, by_tag=True,
         source="tiangolo/uvicorn-gunicorn-docker docker-images/python3.11.dockerfile"),
    _row("nginx", ROOT, "debian", ruled_by="entrypoint", by_tag=True,
         source="nginx/docker-nginx Dockerfile-debian.template"),
    _row("nginxinc/nginx-unprivileged", Account("nginx", 101, 101, "nginx", None), "debian", by_tag=True,
         source="nginxinc/docker-nginx-unprivileged mainline/debian/Dockerfile"),
    _row("httpd", ROOT, "debian", ruled_by="entrypoint", by_tag=True, source="docker-library/httpd 2.4/Dockerfile"),
    _row("postgres postgis/postgis", ROOT, "debian", ruled_by="entrypoint", by_tag=True,
         source="docker-library/postgres docker-entrypoint.sh; postgis/docker-postgis"),
    _row("redis", ROOT, "debian", taken=(1000,), ruled_by="entrypoint", by_tag=True,
         source="redis/docker-library-redis Dockerfile.template"),
    _row("mongo", ROOT, "debian", taken=(1000,), ruled_by="entrypoint", by_tag=True,
         source="docker-library/mongo Dockerfile-linux.template"),
    _row("rabbitmq", ROOT, "debian", taken=(1000,), ruled_by="entrypoint", by_tag=True,
         source="docker-library/rabbitmq 4.2/ubuntu/Dockerfile"),
    _row("mysql", ROOT, None, ruled_by="entrypoint", by_tag=True, source="docker-library/mysql docker-entrypoint.sh"),
    _row("docker",
         Account("rootless", 1000, 1000, "rootless", "/home/rootless"), "alpine", ruled_by="init", tags="rootless",
         source="docker-library/docker Dockerfile-dind-rootless.template"),
    _row("docker", ROOT, "alpine", ruled_by="init", by_tag=True,
         source="docker-library/docker Dockerfile-cli.template, Dockerfile-dind.template"),
    _row("phusion/baseimage", ROOT, "debian", taken=(1000,), ruled_by="init",
         source="phusion/baseimage-docker image/Dockerfile"),
    _row("lsiobase/alpine* linuxserver/baseimage-alpine* ghcr.io/linuxserver/baseimage-alpine*",
         ROOT, "alpine", ruled_by="init", source="linuxserver/docker-baseimage-alpine Dockerfile"),
    _row("lsiobase/* linuxserver/* ghcr.io/linuxserver/* lscr.io/linuxserver/*",
         ROOT, None, useradd=False, ruled_by="init", source="linuxserver/docker-baseimage-ubuntu Dockerfile"),
    _row("homeassistant/home-assistant ghcr.io/home-assistant/home-assistant",
         ROOT, "alpine", python=True, ruled_by="init", source="home-assistant/docker-base alpine/Dockerfile"),
)

_BROWSERS = (
    _row("mcr.microsoft.com/playwright/python",
         ROOT, "debian", users=(Account("pwuser", 1000, 1000, "pwuser", "/home/pwuser"),), python=True,
         tags="jammy focal bionic", source="microsoft/playwright-python utils/docker/Dockerfile.jammy"),
    _row("mcr.microsoft.com/playwright/python",
         ROOT, "debian", users=(Account("pwuser", 1001, 1001, "pwuser", "/home/pwuser"), UBUNTU), python=True,
         tags="noble resolute", source="microsoft/playwright-python utils/docker/Dockerfile.noble"),
    _row("mcr.microsoft.com/playwright/python",
         ROOT, "debian", users=(Account("pwuser", None, None, "pwuser", "/home/pwuser"),), taken=(1000, 1001),
         python=True, source="microsoft/playwright-python utils/docker/Dockerfile.noble, Dockerfile.jammy"),
    _row("mcr.microsoft.com/playwright",
         ROOT, "debian", users=(Account("pwuser", None, None, "pwuser", "/home/pwuser"),), taken=(1000, 1001),
         source="microsoft/playwright utils/docker/Dockerfile.noble, Dockerfile.jammy"),
    _row("selenium/base selenium/hub selenium/node-* selenium/standalone-*",
         Account("seluser", 1200, 1201, "seluser", "/home/seluser"), "debian", taken=(1000,),
         environment={"DEBIAN_FRONTEND": "noninteractive", "HOME": "/home/seluser"},
         source="SeleniumHQ/docker-selenium Base/Dockerfile"),
)

_PLATFORMS = (
    _row("public.ecr.aws/lambda/python amazon/aws-lambda-python",
         ROOT, "redhat", python=True, useradd=False, ruled_by="platform",
         source="aws/aws-lambda-base-images python3.12; docs.aws.amazon.com/lambda/latest/dg/images-create"),
    _row("public.ecr.aws/lambda/* amazon/aws-lambda-*", ROOT, "redhat", useradd=False, ruled_by="platform",
         source="aws/aws-lambda-base-images provided.al2023; docs.aws.amazon.com/lambda/latest/dg/images-create"),
    _row("mcr.microsoft.com/azure-functions/python", ROOT, "debian", python=True, environment={"HOME": "/home"},
         ruled_by="init", source="Azure/azure-functions-docker host/4/bullseye/python, issue 1210"),
    _row("mcr.microsoft.com/devcontainers/python mcr.microsoft.com/devcontainers/anaconda "
         "mcr.microsoft.com/devcontainers/miniconda mcr.microsoft.com/vscode/devcontainers/python "
         "mcr.microsoft.com/vscode/devcontainers/anaconda mcr.microsoft.com/vscode/devcontainers/miniconda",
         ROOT, "debian", users=(_VSCODE,), python=True, ruled_by="platform",
         source="devcontainers/images src/python/.devcontainer/devcontainer.json"),
    _row("mcr.microsoft.com/devcontainers/base mcr.microsoft.com/vscode/devcontainers/base",
         ROOT, "alpine", users=(_VSCODE,), ruled_by="platform", tags="alpine",
         source="devcontainers/images src/base-alpine/.devcontainer/devcontainer.json"),
    _row("mcr.microsoft.com/devcontainers/base mcr.microsoft.com/vscode/devcontainers/base",
         ROOT, "debian", users=(_VSCODE,), ruled_by="platform",
         source="devcontainers/images src/base-debian/.devcontainer/devcontainer.json"),
    _row("gitpod/workspace-*",
         Account("gitpod", 33333, 33333, "gitpod", "/home/gitpod"), "debian", environment={"HOME": "/home/gitpod"},
         ruled_by="platform", source="gitpod-io/workspace-images base/Dockerfile"),
    _row("codercom/enterprise-base codercom/example-base",
         Account("coder", 1000, 1000, "coder", "/home/coder"), "debian", environment=_NONINTERACTIVE, shell=_BASH,
         ruled_by="platform", source="coder/images images/base/ubuntu.Dockerfile"),
    # cimg's user was 3434, as circleci's, before it was 1001.
    _row("cimg/python",
         Account("circleci", None, None, "circleci", "/home/circleci"), "debian", taken=(1000,), python=True,
         environment=_NONINTERACTIVE, shell=("/bin/bash", "-exo", "pipefail", "-c"),
         source="CircleCI-Public/cimg-base 24.04/Dockerfile, CircleCI-Public/cimg-python"),
    _row("cimg/base", Account("circleci", None, None, "circleci", "/home/circleci"), "debian", taken=(1000,),
         environment=_NONINTERACTIVE, shell=("/bin/bash", "-exo", "pipefail", "-c"),
         source="CircleCI-Public/cimg-base 24.04/Dockerfile"),
    _row("circleci/python", Account("circleci", 3434, 3434, "circleci", "/home/circleci"), "debian", python=True,
         source="circleci/circleci-images shared/images/Dockerfile-basic.template"),
    _row("circleci/node", Account("circleci", 3434, 3434, "circleci", "/home/circleci"), "debian", taken=(1000,),
         source="circleci/circleci-images shared/images/Dockerfile-basic.template"),
    _row("jenkins/jenkins jenkins", _JENKINS._replace(home="/var/jenkins_home"), "debian", by_tag=True,
         source="jenkinsci/docker debian/Dockerfile"),
    _row("jenkins/agent jenkins/inbound-agent", _JENKINS, "debian", by_tag=True,
         source="jenkinsci/docker-agent debian/Dockerfile"),
    # Its number was 10000 until December 2018.
    _row("jenkins/slave jenkins/jnlp-slave", Account("jenkins", None, None, "jenkins", "/home/jenkins"), "debian",
         taken=(1000,), by_tag=True, source="jenkinsci/docker-agent, commit 19215a4"),
    _row("quay.io/pypa/manylinux_2_24* quay.io/pypa/manylinux_2_31* quay.io/pypa/manylinux_2_35*", ROOT, "debian",
         source="pypa/manylinux README.rst"),
    _row("quay.io/pypa/manylinux*", ROOT, "redhat", useradd=False, source="pypa/manylinux docker/Dockerfile"),
    _row("quay.io/pypa/musllinux*", ROOT, "alpine", source="pypa/manylinux docker/Dockerfile"),
    _row("demisto/python3", ROOT, "alpine", python=True, source="demisto/dockerfiles docker/python3/Dockerfile"),
    _row("demisto/python3-deb", ROOT, "debian", python=True,
         source="demisto/dockerfiles docker/python3-deb/Dockerfile"),
)
# fmt: on

TABLE: tuple[Row, ...] = (
    *_DISTRIBUTIONS,
    *_LANGUAGES,
    *_HARDENED,
    *_CONDA,
    *_NOTEBOOKS,
    *_GPU,
    *_DATA,
    *_SERVERS,
    *_BROWSERS,
    *_PLATFORMS,
)
